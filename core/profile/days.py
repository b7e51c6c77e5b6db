"""What the dates of one column tell: their span, their gaps, and how many fall into each day, month or year."""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.profile.measures import Histogram, counts_between

MOST_BINS = 60
_EPOCH = datetime(1970, 1, 1)


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """`first` and `last` as ISO dates, with the time where the column has one. `n_days` are the days that have a row,
    of `span` from the first to the last; the longest run without one has `gap` days, from `gap_first` to `gap_last`.
    """

    first: str
    last: str
    n_days: int
    span: int
    gap: int = 0
    gap_first: str = ""
    gap_last: str = ""
    histogram: Histogram


def days(values: NDArray[np.int64], *, with_time: bool) -> Days:
    """The measures of sorted moments, in microseconds since 1970."""
    found = values.view("datetime64[us]").astype("datetime64[D]")
    distinct = found[np.concatenate(([True], found[1:] != found[:-1]))].astype(np.int64)
    steps = np.diff(distinct)
    at = int(steps.argmax()) if steps.size else 0
    gap = int(steps[at]) - 1 if steps.size else 0
    return Days(
        first=moment(values[0], with_time=with_time),
        last=moment(values[-1], with_time=with_time),
        n_days=int(distinct.size),
        span=int(distinct[-1] - distinct[0]) + 1,
        gap=gap,
        gap_first=_day(int(distinct[at]) + 1) if gap else "",
        gap_last=_day(int(distinct[at + 1]) - 1) if gap else "",
        histogram=_histogram(found),
    )


def moment(microseconds: Any, *, with_time: bool) -> str:
    """A moment as ISO text."""
    found = _EPOCH + timedelta(microseconds=int(microseconds))
    return found.isoformat(sep=" ", timespec="auto") if with_time else found.date().isoformat()


def clock(microseconds: Any) -> str:
    """A time of day, in microseconds since midnight, as text."""
    return (_EPOCH + timedelta(microseconds=int(microseconds))).time().isoformat()


def hours(values: NDArray[np.int64]) -> Histogram:
    """How many of the sorted times of day, in microseconds since midnight, fall into each hour."""
    edges = np.arange(25, dtype=np.int64)
    return Histogram(tuple(map(int, edges)), counts_between(values, edges * 3_600_000_000), "hour")


def _day(number: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


def _histogram(found: NDArray[Any]) -> Histogram:
    """A bin a day, month or year: the shortest of which there are not too many."""
    for code, unit in (("D", "day"), ("M", "month"), ("Y", "year")):
        first, last = found[0].astype(f"datetime64[{code}]"), found[-1].astype(f"datetime64[{code}]")
        if int((last - first).astype(np.int64)) < MOST_BINS or unit == "year":
            edges = np.arange(first, last + 2)
            counts = counts_between(found, edges.astype("datetime64[D]"))
            return Histogram(tuple(str(edge.astype("datetime64[D]")) for edge in edges), counts, unit)
    raise AssertionError("a year is a bin, however many there are")
