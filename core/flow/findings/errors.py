"""What technical errors say."""

from datetime import date

import pandas as pd

from core.flow.errors import errors_in_all
from core.flow.filter import Filter
from core.flow.findings.words import Finding, named
from core.flow.selection import select
from core.tables.calllog import CallLog
from core.text import day, number, percent, plural, share_of


def of_errors(log: CallLog, where: Filter, rows: pd.DataFrame, fine: tuple[str, ...]) -> Finding:
    """How many calls meet an error, how many end there, and on which node most do."""
    found, n_calls = errors_in_all(log, where, fine=fine), select(log, where).n_calls
    if not found.n_errors:
        return Finding("No step has an error", f"{share_of(0, n_calls)} calls meet one.")
    worst = rows.iloc[0]
    return Finding(
        f"{percent(found.n_ended / found.n_calls, 0)} of the calls that meet an error end within one step of it",
        f"{share_of(found.n_ended, found.n_calls)} calls; {share_of(found.n_calls, n_calls)} calls in all meet one. "
        f"{named(worst)} has most: {plural(int(worst['n_errors']), 'step')} of {number(int(worst['n_steps']))}.",
        alarming=True,
    )


def of_error_days(log: CallLog, where: Filter, rows: pd.DataFrame, fine: tuple[str, ...]) -> Finding:
    """The day with most errors, against the others."""
    total = int(rows["n_errors"].sum())
    dated = rows[rows["day"].notna() & (rows["n_errors"] > 0)]
    if dated.empty:
        return Finding(
            "No day has an error", f"{share_of(total, int(rows['n_steps'].sum()))} steps have one, of calls of any day."
        )
    worst = dated.iloc[int(dated["n_errors"].to_numpy().argmax())]
    n, steps = int(worst["n_errors"]), int(worst["n_steps"])
    others, other_steps = total - n, int(rows["n_steps"].sum()) - steps
    rest = f" On all other days together {share_of(others, other_steps)}." if other_steps else ""
    when = date.fromisoformat(str(worst["day"]))
    return Finding(
        f"{percent(n / total, 0)} of all errors are on {day(when)}",
        f"{share_of(n, steps)} steps of that day have one, {percent(n / steps)}.{rest} "
        f"{plural(len(dated), 'day')} of {number(int(rows['day'].notna().sum()))} have errors.",
        alarming=True,
    )
