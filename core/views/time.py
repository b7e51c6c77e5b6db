"""The views of “When?”."""

from core.flow import calendar, findings
from core.view import View

SECTION = "When?"

VIEWS: tuple[View, ...] = (
    View(
        key="weekday-trends",
        title="Weekdays",
        section=SECTION,
        icon=":material/calendar_view_week:",
        question="On which weekdays do people call?",
        definition="Calls by weekday (1 = Monday) of their first dated step. n_days is how often that weekday lies "
        "between the first and the last day of the calls that pass the filter; calls without a date come last.",
        columns=("weekday", "n_calls", "n_days", "calls_per_day"),
        compute=calendar.weekday_trends,
        tell=findings.of_weekday_trends,
    ),
)
