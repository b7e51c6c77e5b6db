"""Slowest Moves: which moves take longest."""

from dataclasses import replace

from core import views
from core.charts.measures import time_bars
from core.text import move
from pages.parts import pictures, settings, view

VIEW = views.view("slow-transitions")
shown = view.begin(VIEW)
given = settings.draw(VIEW, shown.log)
rows = view.answer(shown, VIEW, **given)
if len(rows):
    with view.card("The slowest moves", "Blue: half take no longer. Pale: nine in ten do not."):
        labels = [move(*ends) for ends in zip(rows["source_label"], rows["target_label"], strict=True)]
        told = rows.assign(label=labels, node=[str(place) for place in range(len(rows))])
        clicked = pictures.measured(time_bars, told, shown, "Moves by the time they take", key="moves")
    columns = {
        "source": ("From id", "text"),
        "source_label": ("From", "data"),
        "target": ("To id", "text"),
        "target_label": ("To", "data"),
        "n": ("Times", "count"),
        "median_s": ("Median (s)", "number"),
        "p90_s": ("p90 (s)", "number"),
        "total_s": ("Total (s)", "count"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if place is None and clicked:
        place = int(clicked)
    if place is not None:
        move = (str(rows["source"].iloc[place]), str(rows["target"].iloc[place]))
        view.to_calls(replace(shown.where, transitions=(*shown.where.transitions, move)))
