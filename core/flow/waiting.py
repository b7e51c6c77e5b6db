"""How long calls wait in the queue, and which of them end there."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from core.flow.chosen_calls import asked
from core.flow.filter import ALL, Filter
from core.flow.ranks import ranked
from core.flow.selection import select
from core.tables.arrays import Counts, summed
from core.tables.calllog import CallLog

OVER, SHORT = 60, 5
"""Seconds: a long wait, and what somebody waits who has called by mistake."""
_SERVED = ("agent", "handle time")


class Waiting(NamedTuple):
    """Of the calls that pass: `n_queued` have a wait; `median_s` and `p90_s` are of these, None without any, `n_over`
    wait longer than the threshold.

    `n_left` end while they wait, as far as the log tells (None where it does not), `n_short` of them sooner than the
    short-call threshold, which are no abandonment and not counted as queued either.
    """

    n_queued: int
    median_s: float | None
    p90_s: float | None
    n_over: int
    n_left: int | None
    n_short: int | None

    @property
    def abandonment(self) -> float | None:
        """Calls that end while waiting / calls that were queued, short calls being neither."""
        return _share(self.n_left, self.n_short, self.n_queued)

    @property
    def raw_abandonment(self) -> float | None:
        """The same with the short calls."""
        return _share(self.n_left, 0, self.n_queued)


def tells_who_left(log: CallLog) -> bool:
    """Whether the log tells calls that were answered from those that ended in the queue: it has agents or handle
    times."""
    return any(role in log.about.roles for role in _SERVED)


def waiting(log: CallLog, where: Filter = ALL, *, over: int = OVER, short: int = SHORT) -> pd.DataFrame:
    """node, label, n_calls, n_queued, median_s, p90_s, n_over, share_over, n_left, n_short, abandonment by intent.

    Most queued first; every intent of the calls that pass. What a wait tells of is missing where none was queued, and
    what tells of those who left where the log has neither agents nor handle times.
    """
    waits = _waits(log, where)
    found = ranked(waits.intent, waits.ms, waits.n)
    size = len(log.ids)
    chosen = select(log, where)
    n_calls = summed(log.paths.intent, chosen.weights, size)
    queued, over_n, left, brief = (
        summed(waits.intent, np.where(kept, waits.n, 0), size) for kept in _kinds(waits, over, short)
    )
    median, p90 = np.full(size, np.nan), np.full(size, np.nan)
    median[found.group], p90[found.group] = found.median / 1000, found.p90 / 1000
    nodes = np.flatnonzero(n_calls)
    nodes = nodes[np.argsort(-queued[nodes], kind="stable")]
    told = tells_who_left(log)
    with np.errstate(invalid="ignore", divide="ignore"):
        share_over = over_n[nodes] / queued[nodes]
        abandonment = (left - brief)[nodes] / (queued - brief)[nodes]
    unknown = [pd.NA] * len(nodes)
    return log.named(
        nodes,
        n_calls=n_calls[nodes],
        n_queued=queued[nodes],
        median_s=median[nodes],
        p90_s=p90[nodes],
        n_over=over_n[nodes],
        share_over=share_over,
        n_left=pd.array(left[nodes].tolist() if told else unknown, "Int64"),
        n_short=pd.array(brief[nodes].tolist() if told else unknown, "Int64"),
        abandonment=abandonment if told else np.full(len(nodes), np.nan),
    )


def waiting_in_all(log: CallLog, where: Filter = ALL, *, over: int = OVER, short: int = SHORT) -> Waiting:
    """The figures of all calls that pass together."""
    waits = _waits(log, where)
    found = ranked(np.zeros(len(waits.n), np.int64), waits.ms, waits.n)
    queued, over_n, left, brief = (int(waits.n[kept].sum()) for kept in _kinds(waits, over, short))
    told = tells_who_left(log)
    return Waiting(
        queued,
        float(found.median[0]) / 1000 if queued else None,
        float(found.p90[0]) / 1000 if queued else None,
        over_n,
        left if told else None,
        brief if told else None,
    )


class _Waits(NamedTuple):
    """Calls with a wait, counted by intent, milliseconds, and whether somebody served them."""

    intent: Counts
    ms: Counts
    served: Counts
    n: Counts


def _waits(log: CallLog, where: Filter) -> _Waits:
    return log.recall(("waits", where), lambda: _waits_of(log, where))


def _waits_of(log: CallLog, where: Filter) -> _Waits:
    found = asked(
        log,
        where,
        """
        SELECT path, CAST(floor(queue_wait * 1000) AS BIGINT) AS ms,
               CAST(agent IS NOT NULL OR handle_time IS NOT NULL AS BIGINT) AS served, count(*) AS n
        FROM chosen WHERE queue_wait < 1e12 GROUP BY ALL
        """,
    )
    intent = log.paths.intent[found["path"].to_numpy()].astype(np.int64)
    return _Waits(intent, *(found[name].to_numpy() for name in ("ms", "served", "n")))


def _kinds(waits: _Waits, over: int, short: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Which waits are those of queued calls, long ones, of calls that end in the queue, and of these the short."""
    left = waits.served == 0
    return np.ones(len(waits.n), np.bool_), waits.ms > over * 1000, left, left & (waits.ms < short * 1000)


def _share(left: int | None, short: int | None, queued: int) -> float | None:
    if left is None or short is None or queued == short:
        return None
    return (left - short) / (queued - short)
