"""How many calls are in progress at once."""

from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from core.flow.chosen_calls import asked
from core.flow.filter import ALL, Filter
from core.flow.gaps import DAY_HOURS, HOUR
from core.flow.selection import EPOCH, as_date, select
from core.tables.arrays import Counts
from core.tables.calllog import CallLog

_DAY = 24 * HOUR


class Peak(NamedTuple):
    """The most calls in progress at once, when that was first so, and how many calls were left out as too long."""

    n: int
    at: datetime | None
    too_long: int


def load(log: CallLog, where: Filter = ALL, *, longest: int = DAY_HOURS) -> pd.DataFrame:
    """day, n_calls, peak, peak_at: of every day on which a call is in progress, how many are at once, at most.

    n_calls begin on the day; peak_at is the first time of the day at which so many are in progress. A call is in
    progress from its first step to its last, both included; those of over `longest` hours are left out of the peak.
    Calls without a time of day come last, with all else missing.
    """
    days, begun, peaks, at, _ = _peaks(log, where, longest)
    untimed = select(log, where).n_calls - int(begun.sum())
    gap = [None] if untimed else []
    return pd.DataFrame(
        {
            "day": pd.array([*(as_date(int(day)).isoformat() for day in days), *gap], "str"),
            "n_calls": np.array([*begun.tolist(), *([untimed] if untimed else [])], np.int64),
            "peak": pd.array([*peaks.tolist(), *gap], "Int64"),
            "peak_at": pd.array([*(_clock(int(one)) for one in at), *gap], "str"),
        }
    )


def peak(log: CallLog, where: Filter = ALL, *, longest: int = DAY_HOURS) -> Peak:
    """The most calls in progress at once."""
    _, _, peaks, at, too_long = _peaks(log, where, longest)
    if not peaks.any():
        return Peak(0, None, too_long)
    best = int(peaks.argmax())
    moment = datetime(EPOCH.year, EPOCH.month, EPOCH.day) + timedelta(milliseconds=int(at[best]))
    return Peak(int(peaks[best]), moment, too_long)


def _peaks(log: CallLog, where: Filter, longest: int) -> tuple[Counts, Counts, Counts, Counts, int]:
    """Days since 1970, calls begun, peaks, when those were (milliseconds since 1970), and calls left out."""
    return log.recall(("load", where, longest), lambda: _peaks_of(log, where, longest * HOUR))


def _peaks_of(log: CallLog, where: Filter, longest: int) -> tuple[Counts, Counts, Counts, Counts, int]:
    found = asked(log, where, 'SELECT epoch_ms("at") AS a, epoch_ms(until) AS b FROM chosen WHERE hour IS NOT NULL')
    start, end = _numbers(found, "a"), _numbers(found, "b")
    begun_days = start // _DAY
    fine = end - start <= longest
    too_long = int(np.count_nonzero(~fine))
    start, end = np.sort(start[fine]), np.sort(end[fine])
    # The number in progress rises only where one begins; on a day that begins with some, those are its first number.
    first, last = (int(start[0] // _DAY), int(end[-1] // _DAY)) if len(start) else (0, -1)
    midnights = np.arange(first, last + 1) * _DAY if last - first < 400_000 else np.zeros(0, np.int64)
    times = np.unique(np.concatenate([start, midnights]))
    level = np.searchsorted(start, times, side="right") - np.searchsorted(end, times, side="left")
    days = times // _DAY
    starts = np.flatnonzero(np.diff(days, prepend=-(2**62)))
    most = np.maximum.reduceat(level, starts) if len(starts) else level
    highest = np.flatnonzero(level == np.repeat(most, np.diff(starts, append=len(days))))
    best = highest[np.flatnonzero(np.diff(days[highest], prepend=-(2**62)))]
    best = best[level[best] > 0]
    every = np.unique(np.concatenate([days[best], begun_days]))
    peaks, at = np.zeros(len(every), np.int64), every * _DAY
    places = np.searchsorted(every, days[best])
    peaks[places], at[places] = level[best], times[best]
    begun = np.bincount(np.searchsorted(every, begun_days), minlength=len(every)).astype(np.int64)
    return every, begun, peaks, at, too_long


def _numbers(found: pa.Table, name: str) -> Counts:
    return np.asarray(found[name].to_numpy(), np.int64)


def _clock(ms: int) -> str:
    seconds = ms % _DAY // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
