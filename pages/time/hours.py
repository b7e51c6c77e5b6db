"""Hours: at which hours people call."""

from dataclasses import replace

from core import views
from pages.parts import pictures, times, view

VIEW = views.view("hours")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    with view.card("Calls a day, by weekday and hour", "The darker, the busier. Click an hour to see its calls."):
        clicked = times.week(rows, shown)
        times.clock_note(shown)
    told = rows.assign(day=rows["weekday"].map(pictures.weekday_name).where(rows["hour"].notna(), "No time of day"))
    columns = {
        "day": ("Weekday", "text"),
        "hour": ("Hour", "count"),
        "n_calls": ("Calls", "count"),
        "n_days": ("Days", "count"),
        "calls_per_day": ("Calls a day", "number"),
    }
    place = view.behind(shown, VIEW, told, columns)
    if place is not None and rows["hour"].notna().iloc[place]:
        clicked = (int(rows["weekday"].iloc[place]), int(rows["hour"].iloc[place]))
    if clicked:
        view.to_calls(replace(shown.where, weekdays=(clicked[0],), hours=(clicked[1],)))
