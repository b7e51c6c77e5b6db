"""Depth Funnel: how many steps calls take before they end."""

from dataclasses import replace

from core import views
from core.flow.findings import of_depths
from core.flow.funnels import depths
from pages.parts import pictures, view

VIEW = views.view("depth-funnel")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    reached = depths(shown.log, shown.where)
    with view.card("How far calls get", of_depths(reached)):
        pictures.depths(reached, shown)
    columns = {
        "depth": ("Step", "count"),
        "n_calls": ("Calls that get there", "count"),
        "share": ("Share of calls", "share"),
        "drop": ("Ended one step before", "count"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if place is not None:
        view.to_calls(replace(shown.where, shortest=max(int(rows["depth"].iloc[place]), shown.where.shortest or 1)))
