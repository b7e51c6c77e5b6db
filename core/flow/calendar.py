"""When people call."""

import numpy as np
import pandas as pd

from core.flow.filter import ALL, Filter
from core.flow.selection import select
from core.tables.arrays import summed, weekday_of
from core.tables.calllog import CallLog


def weekday_trends(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """Calls by ISO weekday, 1 = Monday: weekday, n_calls, n_days, calls_per_day.

    n_days is how often that weekday lies in the span from the first to the last day of the calls that pass; weekdays
    outside the span are left out. Calls without a date come last, with weekday, n_days and calls_per_day missing.
    """
    found = select(log, where)
    days, counts = found.by_day
    calls = summed(weekday_of(days), counts, 8)
    every = weekday_of(np.arange(days[0], days[-1] + 1)) if len(days) else weekday_of(days)
    n_days = np.bincount(every, minlength=8)
    there = np.flatnonzero(n_days)
    undated = found.n_calls - int(counts.sum())
    gap = [pd.NA] if undated else []
    return pd.DataFrame(
        {
            "weekday": pd.array([*there.tolist(), *gap], "Int64"),
            "n_calls": [*calls[there].tolist(), *([undated] if undated else [])],
            "n_days": pd.array([*n_days[there].tolist(), *gap], "Int64"),
            "calls_per_day": [*(calls[there] / n_days[there]).tolist(), *([np.nan] if undated else [])],
        }
    )
