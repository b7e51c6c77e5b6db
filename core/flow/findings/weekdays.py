"""What the weekdays say."""

import calendar

import pandas as pd

from core.flow.filter import Filter
from core.flow.findings.words import Finding
from core.tables.calllog import CallLog
from core.text import number, plural, share_of

WEEKDAYS = dict(enumerate(calendar.day_name, 1))
"""ISO weekday -> its name."""


def of_weekday_trends(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """The busiest and the quietest weekday."""
    dated = rows[rows["weekday"].notna()]
    n_dated, n_calls = int(dated["n_calls"].sum()), int(rows["n_calls"].sum())
    words = of_weekdays(rows)
    if not words:
        return Finding("There are too few days to compare", f"{share_of(n_dated, n_calls)} calls have a date.")
    days = plural(int(dated["n_days"].sum()), "day")
    return Finding(words, f"{share_of(n_dated, n_calls)} calls have a date, on {days} from the first to the last.")


def of_weekdays(weekdays: pd.DataFrame) -> str:
    """ "Tuesday is busiest with 92 calls a day, Saturday quietest with 21", "" where there is nothing to compare."""
    dated = weekdays[weekdays["weekday"].notna()]
    if len(dated) < 2:
        return ""
    by_rate = dated.sort_values("calls_per_day", kind="stable")
    busiest, quietest = by_rate.iloc[-1], by_rate.iloc[0]
    return (
        f"{WEEKDAYS[int(busiest['weekday'])]} is busiest with {number(round(busiest['calls_per_day']))} calls a day, "
        f"{WEEKDAYS[int(quietest['weekday'])]} quietest with {number(round(quietest['calls_per_day']))}"
    )
