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
from core.ingest import zones
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
            "peak_at": pd.array([*(_clock(int(one)) for one in _shown(log, at)), *gap], "str"),
        }
    )


def peak(log: CallLog, where: Filter = ALL, *, longest: int = DAY_HOURS) -> Peak:
    """The most calls in progress at once."""
    _, _, peaks, at, too_long = _peaks(log, where, longest)
    if not peaks.any():
        return Peak(0, None, too_long)
    best = int(peaks.argmax())
    at = _shown(log, at)
    moment = datetime(EPOCH.year, EPOCH.month, EPOCH.day) + timedelta(milliseconds=int(at[best]))
    return Peak(int(peaks[best]), moment, too_long)


def _peaks(log: CallLog, where: Filter, longest: int) -> tuple[Counts, Counts, Counts, Counts, int]:
    """Days since 1970, calls begun, peaks, when those were (milliseconds since 1970, as in the tables), and calls left
    out."""
    return log.recall(("load", where, longest), lambda: _peaks_of(log, where, longest * HOUR))


def _peaks_of(log: CallLog, where: Filter, longest: int) -> tuple[Counts, Counts, Counts, Counts, int]:
    query = """
        SELECT epoch_ms("at") AS a, epoch_ms(until) AS b, date - DATE '1970-01-01' AS day FROM chosen
        WHERE hour IS NOT NULL
        """
    found = asked(log, where, query)
    start, end, begun_days = (_numbers(found, name) for name in ("a", "b", "day"))
    fine = end - start <= longest
    too_long = int(np.count_nonzero(~fine))
    start, end = np.sort(start[fine]), np.sort(end[fine])
    # The number in progress rises only where one begins; on a day that begins with some, those are its first number.
    first, last = (int(start[0] // _DAY) - 1, int(end[-1] // _DAY) + 1) if len(start) else (0, -1)
    midnights = _midnights(log, np.arange(first, last + 1))
    within = midnights[(midnights >= start[0]) & (midnights <= end[-1])] if len(start) else midnights
    times = np.unique(np.concatenate([start, within]))
    level = np.searchsorted(start, times, side="right") - np.searchsorted(end, times, side="left")
    days = first + np.searchsorted(midnights, times, side="right") - 1
    starts = np.flatnonzero(np.diff(days, prepend=-(2**62)))
    most = np.maximum.reduceat(level, starts) if len(starts) else level
    highest = np.flatnonzero(level == np.repeat(most, np.diff(starts, append=len(days))))
    best = highest[np.flatnonzero(np.diff(days[highest], prepend=-(2**62)))]
    best = best[level[best] > 0]
    every = np.unique(np.concatenate([days[best], begun_days]))
    peaks, at = np.zeros(len(every), np.int64), _midnights(log, every)
    places = np.searchsorted(every, days[best])
    peaks[places], at[places] = level[best], times[best]
    begun = np.bincount(np.searchsorted(every, begun_days), minlength=len(every)).astype(np.int64)
    return every, begun, peaks, at, too_long


def _midnights(log: CallLog, days: Counts) -> Counts:
    """When each of these days begins, in milliseconds as in the tables."""
    if not log.about.zone:
        return days * _DAY
    moment = zones.utc("make_timestamp(ms * 1000)", log.about.zone)
    return _told(log, moment, days * _DAY)


def _shown(log: CallLog, at: Counts) -> Counts:
    """The milliseconds of the tables as times are told."""
    return _told(log, log.local("make_timestamp(ms * 1000)"), at) if log.about.zone else at


def _told(log: CallLog, moment: str, ms: Counts) -> Counts:
    query = f"SELECT epoch_ms({moment}) AS told FROM given ORDER BY place"
    return _numbers(log.arrow(query, given=pa.table({"ms": ms, "place": np.arange(len(ms))})), "told").copy()


def _numbers(found: pa.Table, name: str) -> Counts:
    return np.asarray(found[name].to_numpy(), np.int64)


def _clock(ms: int) -> str:
    seconds = ms % _DAY // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
