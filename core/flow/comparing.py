"""Two groups of calls side by side: which shares differ by more than chance, by how much, and how sure that is."""

from datetime import date
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from core.errors import ViewError
from core.flow.filter import ALL, Filter
from core.flow.grouping import GROUPS, INTENT, LEAF, VARIANT, Grouping
from core.flow.intervals import MOST_FALSE, difference, false_discovery, ratio, two_proportions
from core.flow.selection import select
from core.flow.singles import chosen, outcomes_of, path_of
from core.tables.arrays import Counts
from core.tables.calllog import CallLog

OUTCOME: Final = "outcome"
SHARES: Final = {INTENT: GROUPS[INTENT], LEAF: GROUPS[LEAF], VARIANT: GROUPS[VARIANT], OUTCOME: "Outcome"}
"""What the shares that are compared are of, and what it is called."""


class Sides(NamedTuple):
    """The numbers of the calls of two groups without a call in common, and how many were in both.

    A call in both counts for the smaller group alone, so that a group that holds the other is its rest: `taken_from` is
    the group, "first" or "second", that went without them.
    """

    first: Counts
    second: Counts
    n_both: int
    taken_from: str


def sides(log: CallLog, where: Filter, against: Filter) -> Sides:
    """The calls that pass `where`, and those that pass `against`. Raises ViewError as `select` does."""
    return log.recall(("sides", where, against), lambda: _sides(log, where, against))


def _sides(log: CallLog, where: Filter, against: Filter) -> Sides:
    first, second = chosen(log, where), chosen(log, against)
    smaller, larger = (second, first) if len(first) > len(second) else (first, second)
    shared = np.zeros(log.about.found.n_calls, np.bool_)
    shared[smaller] = True
    rest = larger[~shared[larger]]
    n_both = len(larger) - len(rest)
    if len(first) > len(second):
        return Sides(rest, second, n_both, "first")
    return Sides(first, rest, n_both, "second")


def usual_other(log: CallLog, where: Filter = ALL) -> Filter:
    """What a group is compared with until the person says: a part with all calls, all calls with their first half.

    The first half is that of the days, or the first of several files; without either it is all calls again.
    """
    if where:
        return ALL
    if span := select(log, ALL).span:
        first, last = (date.toordinal(one) for one in span)
        return Filter(last=date.fromordinal((first + last - 1) // 2)) if first < last else ALL
    return Filter(files=(next(iter(log.files)),)) if len(log.files) > 1 else ALL


def compare(log: CallLog, where: Filter = ALL, *, against: Filter | None = None, of: str = INTENT) -> pd.DataFrame:
    """Each share in the calls that pass `where` beside that in those that pass `against`, by one of SHARES.

    Columns: group, label, n_first, share_first, n_second, share_second, difference (share_first - share_second) and its
    95 % interval low, high (Newcombe); p (two-proportion test), q (p adjusted by Benjamini-Hochberg), changed (q is at
    most 5 %). p, q and changed are missing where there are too few calls to ever tell. Calls in both groups count for
    the smaller alone. What changed comes first, then by the size of the difference. Without `against` the other group
    is `usual_other`. Raises ViewError for an `of` that is not one of SHARES.
    """
    if of not in SHARES:
        raise ViewError(f"Shares cannot be of {of[:40]!r}.", f"They can be of: {', '.join(SHARES)}.")
    two = sides(log, where, usual_other(log, where) if against is None else against)
    grouping = None if of == OUTCOME else Grouping(log, of)
    codes = outcomes_of(log).codes if grouping is None else grouping.of_path
    size = outcomes_of(log).missing + 1 if grouping is None else grouping.size

    def count(calls: Counts) -> Counts:
        return np.bincount(codes[calls if grouping is None else path_of(log)[calls]], minlength=size)

    one, other = count(two.first), count(two.second)
    taken = np.flatnonzero(one + other) if len(two.first) and len(two.second) else np.zeros(0, np.int64)
    k, n, other_k, other_n = one[taken], len(two.first), other[taken], len(two.second)
    low, high = difference(k, n, other_k, other_n)
    p = two_proportions(k, n, other_k, other_n)
    q = false_discovery(p)
    figures = {
        "n_first": k,
        "share_first": ratio(k, n),
        "n_second": other_k,
        "share_second": ratio(other_k, other_n),
        "difference": ratio(k, n) - ratio(other_k, other_n),
        "low": low,
        "high": high,
        "p": p,
        "q": q,
        "changed": pd.array([None if np.isnan(one) else bool(one <= MOST_FALSE) for one in q], "boolean"),
    }
    if grouping is None:
        words = np.array([*outcomes_of(log).words.to_pylist(), None], object)[taken]
        told = ["No outcome" if word is None else word for word in words]
        frame = pd.DataFrame({"group": pd.array(words, "str"), "label": pd.array(told, "str"), **figures})
        place = np.argsort(np.argsort([word or "" for word in words], kind="stable"))
    else:
        frame, place = grouping.named(taken, **figures), np.arange(len(taken))
    order = np.lexsort((place, -np.abs(frame["difference"].to_numpy().round(15)), ~(q <= MOST_FALSE)))
    return frame.iloc[order].reset_index(drop=True)
