"""Figures of values that come with counts, by group: sums and nearest ranks."""

from typing import NamedTuple

import numpy as np

from core.tables.arrays import Counts


class Ranked(NamedTuple):
    """Of each group, in order: its number, how many values it has, their sum, their median and 90th percentile."""

    group: Counts
    n: Counts
    total: Counts
    median: Counts
    p90: Counts


def ranked(group: Counts, value: Counts, n: Counts) -> Ranked:
    """The figures of whole numbers, `n` being how often each stands in its group.

    A percentile is the value at position ceil(p · n), counted from 1 (nearest rank).
    """
    order = np.lexsort((value, group))
    group, value, n = group[order], value[order], n[order]
    starts = np.flatnonzero(np.diff(group, prepend=group[:1] - 1))
    if not len(starts):
        empty = np.zeros(0, np.int64)
        return Ranked(empty, empty, empty, empty, empty)
    upto = np.cumsum(n)
    before = upto[starts] - n[starts]
    counts = np.add.reduceat(n, starts)

    def at(percent: int) -> Counts:
        found: Counts = value[np.searchsorted(upto, before + (counts * percent + 99) // 100)]
        return found

    return Ranked(group[starts], counts, np.add.reduceat(value * n, starts), at(50), at(90))


def counted(values: Counts, n: Counts | None = None) -> tuple[Counts, Counts]:
    """The distinct values in order, and how many there are of each; `n` is how often each of `values` counts."""
    if n is None:
        distinct, counts = np.unique(values, return_counts=True)
        return distinct, counts.astype(np.int64)
    distinct, place = np.unique(values, return_inverse=True)
    return distinct, np.bincount(place, weights=n, minlength=len(distinct)).astype(np.int64)
