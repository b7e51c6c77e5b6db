"""Weekdays: on which days people call."""

from dataclasses import replace

from core import views
from pages.parts import odd_calls, pictures, view
from pages.parts.pagefiles import page_of

VIEW = views.view("weekday-trends")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    odd_calls.note(shown, page_of(VIEW))
    with view.card("Calls a day, by weekday", "Click a weekday to see its calls."):
        clicked = pictures.weekdays(rows, shown)
    told = rows.assign(day=rows["weekday"].map(pictures.weekday_name))
    columns = {
        "day": ("Weekday", "text"),
        "n_calls": ("Calls", "count"),
        "n_days": ("Days", "count"),
        "calls_per_day": ("Calls a day", "number"),
    }
    place = view.behind(shown, VIEW, told, columns)
    if place is not None and rows["weekday"].notna().iloc[place]:
        clicked = str(rows["weekday"].iloc[place])
    if clicked:
        view.to_calls(replace(shown.where, weekdays=(int(clicked),)))
