"""Errors by Day: on which days there are errors."""

from dataclasses import replace
from datetime import date

from core import views
from pages.parts import settings, times, view

VIEW = views.view("error-days")
shown = view.begin(VIEW)
given = settings.draw(VIEW, shown.log)
rows = view.answer(shown, VIEW, **given)
if len(rows):
    with view.card("Steps with an error, by day", "Click a day to see its calls with one."):
        hovers = [f"of {n:,} steps" for n in rows["n_steps"]]
        clicked = times.by_day(rows["day"], rows["n_errors"], hovers, shown, "Steps with an error by day")
    columns = {
        "day": ("Day", "text"),
        "n_calls": ("Calls", "count"),
        "n_steps": ("Steps", "count"),
        "n_errors": ("With an error", "count"),
        "error_rate": ("Share of steps", "share"),
        "n_with": ("Calls with one", "count"),
        "n_ended": ("Of these ended", "count"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if place is not None and rows["day"].notna().iloc[place]:
        clicked = str(rows["day"].iloc[place])
    if clicked:
        day = date.fromisoformat(clicked)
        fine = VIEW.values(shown.log, **given)["fine"]
        view.to_calls(replace(shown.where, first=day, last=day).erring("", fine))
