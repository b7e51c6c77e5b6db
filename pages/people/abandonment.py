"""Abandonment: where calls break off although the menu goes on, how deep, and after how long."""

from dataclasses import replace

from core import views
from core.flow.findings import of_depths
from core.flow.funnels import depths
from pages.parts import groups, pictures, view

VIEW = views.view("abandonment")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    with view.card("Where they end", groups.note(rows, "n_touched", "Red")):
        named = rows.rename(columns={"node": "group"}).sort_values("low", ascending=False, kind="stable")
        overall = int(rows["n_calls"].sum()) / int(rows["n_touched"].sum())
        clicked = groups.measures(named, shown, value="share", n="n_touched", overall=overall, lost=True)
    reached = depths(shown.log, shown.where)
    with view.card("On which step", of_depths(reached)):
        pictures.depths(reached, shown)
    columns = {
        "node": ("Id", "text"),
        "label": ("Menu item", "data"),
        "depth": ("Levels down", "count"),
        "n_calls": ("End there", "count"),
        "n_touched": ("Calls on it", "count"),
        "share": ("Share", "share"),
        "low": ("95% from", "percent"),
        "high": ("to", "percent"),
        "median_step": ("Half by step", "count"),
        "median_seconds": ("Half within", "seconds"),
        "p90_seconds": ("90% within", "seconds"),
    }
    if not rows["n_timed"].sum():
        del columns["median_seconds"], columns["p90_seconds"]
    place = view.behind(shown, VIEW, rows, columns)
    if chosen := view.chosen(rows, "node", clicked, place):
        view.to_calls(replace(shown.where, ends=(chosen,)))
