"""Waiting: how long calls wait in the queue, and which end there."""

from dataclasses import replace
from functools import partial

from core import views
from core.charts.measures import time_bars
from pages.parts import pictures, settings, times, view

VIEW = views.view("waiting")
shown = view.begin(VIEW)
given = settings.draw(VIEW, shown.log)
rows = view.answer(shown, VIEW, **given)
if len(rows):
    times.waits(shown, **VIEW.values(shown.log, **given))
    with view.card("Waits by intent", "Blue: half wait no longer. Pale: nine in ten. Click one for its calls."):
        queued = rows[rows["n_queued"] > 0].rename(columns={"n_queued": "n"})
        draw = partial(time_bars, unit="queued call")
        clicked = pictures.measured(draw, queued, shown, "Intents by how long their calls wait", key="waits")
    columns = {
        "node": ("Id", "text"),
        "label": ("Intent", "data"),
        "n_calls": ("Calls", "count"),
        "n_queued": ("Queued", "count"),
        "median_s": ("Median (s)", "number"),
        "p90_s": ("p90 (s)", "number"),
        "n_over": ("Long waits", "count"),
        "share_over": ("Share of long ones", "share"),
        "n_left": ("Ended in the queue", "count"),
        "n_short": ("Of these short", "count"),
        "abandonment": ("Abandonment", "share"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if chosen := view.chosen(rows, "node", clicked, place):
        view.to_calls(replace(shown.where, intents=(chosen,)))
