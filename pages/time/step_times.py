"""Time on Steps: on which steps the time goes."""

from functools import partial

from core import views
from core.charts.measures import time_bars
from pages.parts import pictures, settings, times, view

VIEW = views.view("step-times")
shown = view.begin(VIEW)
given = settings.draw(VIEW, shown.log)
rows = view.answer(shown, VIEW, **given)
if len(rows):
    with view.card("The steps that take most time in all", "Blue: half take no longer. Pale: nine in ten do not."):
        clicked = pictures.measured(
            partial(time_bars, unit="step"), rows, shown, "Menu items by the time until the next step", key="times"
        )
        times.clock_note(shown)
    columns = {
        "node": ("Id", "text"),
        "label": ("Menu item", "data"),
        "n": ("Steps timed", "count"),
        "median_s": ("Median (s)", "number"),
        "p90_s": ("p90 (s)", "number"),
        "total_s": ("Total (s)", "count"),
        "share": ("Share of time", "share"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if chosen := view.chosen(rows, "node", clicked, place):
        view.to_calls(shown.where.passing(chosen))
