"""How long calls last, from the first step to the last one."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from core.flow.chosen_calls import asked
from core.flow.filter import ALL, Filter
from core.flow.gaps import DAY_HOURS, HOUR
from core.flow.ranks import ranked
from core.flow.selection import select
from core.flow.spans import Span
from core.tables.arrays import Counts
from core.tables.calllog import CallLog

_MINUTE, _DAY = 60, 86_400
BREAKS = (
    0, 1, 5, 10, 20, 30, 45, _MINUTE, 90, 2 * _MINUTE, 3 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 20 * _MINUTE,
    30 * _MINUTE, 60 * _MINUTE, 2 * 3600, 4 * 3600, 8 * 3600, 16 * 3600, _DAY, 2 * _DAY, 4 * _DAY, 7 * _DAY,
    14 * _DAY, 30 * _DAY, 60 * _DAY, 120 * _DAY, 366 * _DAY + 1,
)  # fmt: skip
"""Seconds at which one class of durations ends and the next begins."""
COUNTED, TOO_LONG, UNTIMED = "counted", "too long", "no time"


class Lasting(NamedTuple):
    """Milliseconds that calls last, with how many last as long, and how many of these have a single step, so that
    nothing tells when they ended; `too_long` calls are left out, `untimed` have no time of day."""

    ms: Counts
    n: Counts
    n_single: Counts
    too_long: int
    untimed: int

    @property
    def single(self) -> int:
        return int(self.n_single.sum())

    def percentile(self, percent: int, *, several: bool = False) -> float | None:
        """The median (50) or 90th percentile in seconds, of all or of the calls with several steps; None of none."""
        n = self.n - self.n_single if several else self.n
        kept = n > 0
        if not kept.any():
            return None
        found = ranked(np.zeros(int(kept.sum()), np.int64), self.ms[kept], n[kept])
        return float((found.median if percent == 50 else found.p90)[0]) / 1000


def lasting(log: CallLog, where: Filter = ALL, *, longest: int = DAY_HOURS) -> Lasting:
    """How long the calls last: from their first step to the end of their last, if that is told, else to its start."""
    found = asked(
        log,
        where,
        """
        SELECT (epoch_us(until) - epoch_us("at")) // 1000 AS ms, count(*) AS n,
               count(*) FILTER (n_steps = 1 AND until = "at") AS n_single
        FROM chosen WHERE hour IS NOT NULL GROUP BY ALL ORDER BY ms
        """,
    )
    ms, n, n_single = (found[name].to_numpy() for name in ("ms", "n", "n_single"))
    fine = ms <= longest * HOUR
    untimed = select(log, where).n_calls - int(n.sum())
    return Lasting(ms[fine], n[fine], n_single[fine], int(n[~fine].sum()), untimed)


def durations(log: CallLog, where: Filter = ALL, *, longest: int = DAY_HOURS) -> pd.DataFrame:
    """kind, from_s, to_s, n_calls, share, cumulative_share: calls by how long they last, from_s <= duration < to_s.

    kind is "counted"; of the last rows, without bounds and shares, "too long" (over `longest` hours: left out) and
    "no time" (no time of day). Shares are of the calls that are counted.
    """
    found = lasting(log, where, longest=longest)
    starts = np.array(BREAKS, np.int64)
    counts = np.bincount(np.searchsorted(starts * 1000, found.ms, side="right") - 1, weights=found.n)
    counts = counts.astype(np.int64)[: len(BREAKS) - 1]
    there = np.flatnonzero(counts)
    part = slice(int(there[0]), int(there[-1]) + 1) if len(there) else slice(0, 0)
    classes = np.arange(len(BREAKS) - 1)[part]
    counts, total = counts[part], max(int(counts.sum()), 1)
    rest = [(kind, n) for kind, n in ((TOO_LONG, found.too_long), (UNTIMED, found.untimed)) if n]
    gap = [None] * len(rest)
    return pd.DataFrame(
        {
            "kind": pd.array([*[COUNTED] * len(classes), *(kind for kind, _ in rest)], "str"),
            "from_s": pd.array([*starts[classes].tolist(), *gap], "Int64"),
            "to_s": pd.array([*starts[classes + 1].tolist(), *gap], "Int64"),
            "n_calls": np.array([*counts.tolist(), *(n for _, n in rest)], np.int64),
            "share": np.array([*(counts / total).tolist(), *gap], float),
            "cumulative_share": np.array([*(np.cumsum(counts) / total).tolist(), *gap], float),
        }
    )


def span_of(rows: pd.DataFrame, place: int, longest: int = DAY_HOURS) -> Span | None:
    """How long the calls of a row of `durations` last, as a filter asks for them; None of those without a time."""
    row, end = rows.iloc[place], Span.over(longest * 3600)
    if row["kind"] == COUNTED:
        return Span(int(row["from_s"]) * 1000, min(int(row["to_s"]) * 1000, end.low))
    return end if row["kind"] == TOO_LONG else None
