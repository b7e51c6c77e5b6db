"""Calls at Once: how many calls are in progress at once."""

from dataclasses import replace
from datetime import date

from core import views
from pages.parts import settings, times, view

VIEW = views.view("load")
shown = view.begin(VIEW)
given = settings.draw(VIEW, shown.log)
rows = view.answer(shown, VIEW, **given)
if len(rows):
    with view.card("The most calls at once, by day", "Click a day to see its calls."):
        hovers = [f"at {at}\n{n:,} calls begin" for at, n in zip(rows["peak_at"], rows["n_calls"], strict=True)]
        clicked = times.by_day(rows["day"], rows["peak"], hovers, shown, "The most calls at once by day")
        times.clock_note(shown)
    columns = {
        "day": ("Day", "text"),
        "n_calls": ("Calls that begin", "count"),
        "peak": ("Most at once", "count"),
        "peak_at": ("First so at", "text"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if place is not None and rows["day"].notna().iloc[place]:
        clicked = str(rows["day"].iloc[place])
    if clicked:
        view.to_calls(replace(shown.where, first=date.fromisoformat(clicked), last=date.fromisoformat(clicked)))
