"""At which hours people call."""

import numpy as np
import pandas as pd

from core.flow.chosen_calls import asked
from core.flow.filter import ALL, Filter
from core.flow.selection import select
from core.tables.arrays import summed, weekday_of
from core.tables.calllog import CallLog


def hours(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """Calls by ISO weekday and hour of their first dated step: weekday, hour, n_calls, n_days, calls_per_day.

    All 24 hours of each weekday that lies between the first and the last day of the calls that pass; n_days is how
    often it does. Calls without a time of day come last, with all else missing.
    """
    chosen = select(log, where)
    found = asked(
        log,
        where,
        "SELECT isodow(date) AS weekday, hour, count(*) AS n FROM chosen WHERE hour IS NOT NULL GROUP BY ALL",
    )
    days, _ = chosen.by_day
    n_days = np.bincount(weekday_of(np.arange(days[0], days[-1] + 1)) if len(days) else days, minlength=8)
    codes = found["weekday"].to_numpy() * 24 + found["hour"].to_numpy()
    calls = summed(codes, found["n"].to_numpy(), 8 * 24)
    cells = np.flatnonzero(np.repeat(n_days, 24)) if calls.sum() else np.zeros(0, np.int64)
    untimed = chosen.n_calls - int(calls.sum())
    gap = [None] if untimed else []
    per_day = calls[cells] / n_days[cells // 24]
    return pd.DataFrame(
        {
            "weekday": pd.array([*(cells // 24).tolist(), *gap], "Int64"),
            "hour": pd.array([*(cells % 24).tolist(), *gap], "Int64"),
            "n_calls": np.array([*calls[cells].tolist(), *([untimed] if untimed else [])], np.int64),
            "n_days": pd.array([*n_days[cells // 24].tolist(), *gap], "Int64"),
            "calls_per_day": np.array([*per_day.tolist(), *gap], float),
        }
    )
