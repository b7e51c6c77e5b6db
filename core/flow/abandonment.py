"""Calls that end although the menu goes on: where, at what depth, after how long."""

import numpy as np
import pandas as pd

from core.flow.filter import ALL, Filter
from core.flow.intents import most_first
from core.flow.intervals import ratio, wilson
from core.flow.selection import select
from core.flow.singles import chosen, path_of, ranks, values_of
from core.tables.calllog import CallLog


def abandonment(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """The nodes with menu children on which calls end, most calls first.

    Columns: node, label, depth (levels below the menu's top, missing on a cycle), n_calls (that end there), n_touched
    (that are on it at all), share (n_calls / n_touched) and its 95 % interval low, high; median_step (the step on which
    they end, from 1); n_timed, median_seconds, p90_seconds: of those with a time of day, from their first step to their
    last. Percentiles are by nearest rank, missing without such calls.
    """
    found, paths = select(log, where), log.paths
    goes_on = log.n_children > 0
    calls = chosen(log, where)
    path = path_of(log)[calls]
    calls, path = calls[goes_on[paths.leaf[path]]], path[goes_on[paths.leaf[path]]]
    leaf, seconds = paths.leaf[path], durations(log)[calls]
    timed = ~np.isnan(seconds)
    size = len(log.ids)
    n_calls = np.bincount(leaf, minlength=size)
    nodes = most_first(n_calls)
    low, high = wilson(n_calls[nodes], found.touched[nodes])
    depth = log.node_table["depth"].take(nodes).to_pandas()
    return log.named(
        nodes,
        depth=depth.astype("Int64").to_numpy(),
        n_calls=n_calls[nodes],
        n_touched=found.touched[nodes],
        share=ratio(n_calls[nodes], found.touched[nodes]),
        low=low,
        high=high,
        median_step=ranks(leaf, paths.lengths[path], 50, size)[nodes].astype(np.int64),
        n_timed=np.bincount(leaf[timed], minlength=size)[nodes],
        median_seconds=ranks(leaf[timed], seconds[timed], 50, size)[nodes],
        p90_seconds=ranks(leaf[timed], seconds[timed], 90, size)[nodes],
    )


def durations(log: CallLog) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Of each call the seconds from its first step to its last; NaN where the log tells no time of day.

    Without a row for its end, nobody knows how long a call stayed on its last step, so that is not counted.
    """
    query = """CASE WHEN hour IS NOT NULL THEN epoch(until - "at") END"""
    return log.once("duration of each call", lambda: values_of(log, f"CAST({query} AS DOUBLE)").astype(np.float64))
