"""The time between a step and the next one of its call."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from core.flow.chosen_calls import asked, mask
from core.flow.filter import ALL, Filter
from core.flow.ranks import Ranked, counted, ranked
from core.tables.arrays import Counts, Mask
from core.tables.calllog import CallLog

HOUR = 3_600_000
"""Milliseconds: what times are counted in."""
DAY_HOURS, YEAR_HOURS = 24, 24 * 366
_TOO_MANY = 0.01
_MS = 35  # bits for a gap: a year has fewer than 2^35 milliseconds
_AT_ONCE = 2_000_000
"""Distinct gaps: of as many, the pieces are counted together."""


class Gaps(NamedTuple):
    """By transition (a place in `paths.pairs`) and by node, in milliseconds, and what could not be counted.

    `n` moves have a time; `unknown` lack one at either end; `negative` go back in time and `long` take longer than
    they may, `long_ms` together.
    """

    of_pair: Ranked
    of_node: Ranked
    n: int
    unknown: int
    negative: int
    long: int
    long_ms: int


def usual_longest(log: CallLog) -> int:
    """Hours that a step may take before its time is taken for an error: a day, or a year where more than 1 in 100
    calls last longer than a day."""

    def found() -> int:
        slow, n = log.row(
            'SELECT count(*) FILTER (until - "at" > INTERVAL 1 DAY), count(*) FROM calls WHERE hour IS NOT NULL'
        )
        return YEAR_HOURS if slow > _TOO_MANY * n else DAY_HOURS

    return log.once("usual longest", found)


def gaps(log: CallLog, where: Filter = ALL, *, longest: int = DAY_HOURS) -> Gaps:
    """The times between the steps of calls that have times of day; those over `longest` hours are left out."""
    return log.recall(("gaps", where, longest), lambda: _gaps(log, where, longest * HOUR))


def step_times(log: CallLog, where: Filter = ALL, *, longest: int = DAY_HOURS) -> pd.DataFrame:
    """node, label, n, median_s, p90_s, total_s, share of every node that calls go on from; the most time first.

    n counts the steps with a known time until the next step, share is that of the node in the time of all.
    """
    found = gaps(log, where, longest=longest).of_node
    order = np.argsort(-found.total, kind="stable")
    total = max(int(found.total.sum()), 1)
    return log.named(
        found.group[order],
        n=found.n[order],
        **_seconds(found, order),
        share=found.total[order] / total,
    )


def slow_transitions(log: CallLog, where: Filter = ALL, *, longest: int = DAY_HOURS, often: int = 1) -> pd.DataFrame:
    """source, source_label, target, target_label, n, median_s, p90_s, total_s of the transitions with at least `often`
    known times; the slowest median first."""
    found, pairs = gaps(log, where, longest=longest).of_pair, log.paths.pairs
    order = np.argsort(-found.median, kind="stable")
    order = order[found.n[order] >= often]
    source, target = pairs.source[found.group[order]], pairs.target[found.group[order]]
    return pd.DataFrame(
        {
            "source": log.id_column(source),
            "source_label": log.label_column(source),
            "target": log.id_column(target),
            "target_label": log.label_column(target),
            "n": found.n[order],
            **_seconds(found, order),
        }
    )


def n_untimed(log: CallLog, where: Filter = ALL) -> int:
    """How many of the calls have no time of day."""
    return int(asked(log, where, "SELECT count(*) FROM chosen WHERE hour IS NULL")[0][0].as_py())


def _seconds(found: Ranked, order: Counts) -> dict[str, object]:
    return {
        "median_s": found.median[order] / 1000,
        "p90_s": found.p90[order] / 1000,
        "total_s": found.total[order] / 1000,
    }


def _gaps(log: CallLog, where: Filter, longest: int) -> Gaps:
    kept = mask(log, where, "hour IS NOT NULL")
    pairs, width = log.paths.pairs, len(log.ids)
    keys = pairs.source.astype(np.int64) * width + pairs.target
    unknown = negative = long = long_ms = 0
    found: list[tuple[Counts, Counts]] = []
    for source, target, ms, known in _moves(log, kept):
        unknown += int(np.count_nonzero(~known))
        back, far = known & (ms < 0), known & (ms > longest)
        negative += int(np.count_nonzero(back))
        long += int(np.count_nonzero(far))
        long_ms += int(ms[far].sum())
        fine = known & ~back & ~far
        of_pair = np.searchsorted(keys, source[fine].astype(np.int64) * width + target[fine])
        found.append(counted(of_pair << _MS | ms[fine]))
        if sum(len(one) for one, _ in found) > _AT_ONCE:
            found = [_together(found)]
    key, n = _together(found)
    pair, ms = key >> _MS, key & (2**_MS - 1)
    of_node = ranked(pairs.source[pair].astype(np.int64), ms, n)
    return Gaps(ranked(pair, ms, n), of_node, int(n.sum()), unknown, negative, long, long_ms)


def _together(found: list[tuple[Counts, Counts]]) -> tuple[Counts, Counts]:
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return counted(np.concatenate([one for one, _ in found]), np.concatenate([n for _, n in found]))


def _moves(log: CallLog, kept: Mask) -> Iterator[tuple[Counts, Counts, Counts, Mask]]:
    """Source, target, milliseconds, and whether these are known, of the moves of the calls of a mask, in pieces."""
    last: pa.RecordBatch | None = None
    for batch in log.batches('SELECT "call", node, "at" FROM steps'):
        if not batch.num_rows:
            continue
        pieces = [batch] if last is None else [last, batch]
        last = batch.slice(batch.num_rows - 1)
        rows = pa.Table.from_batches(pieces).combine_chunks()
        call, node = rows["call"].to_numpy(), rows["node"].to_numpy()
        moves = np.flatnonzero((call[1:] == call[:-1]) & kept[call[1:]])
        known = rows["at"].is_valid().to_numpy()
        at = rows["at"].cast(pa.timestamp("us")).cast(pa.int64()).fill_null(0).to_numpy()
        ms = (at[moves + 1] - at[moves]) // 1000
        yield node[moves], node[moves + 1], ms, known[moves] & known[moves + 1]
