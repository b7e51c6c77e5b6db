"""The figures at the top: how many calls, how long their paths, how many of them end in the middle of the menu."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.flow.filter import ALL, Filter
from core.flow.selection import Selection, as_date, select
from core.tables.arrays import summed
from core.tables.calllog import CallLog

SUMMARY_COLUMNS = (
    "n_files", "n_calls", "n_steps", "n_nodes", "n_variants", "first_day", "last_day", "mean_length", "median_length",
    "p90_length", "p95_length", "min_length", "max_length", "n_rejected",
)  # fmt: skip


def summary(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """One row with SUMMARY_COLUMNS, about the calls that pass; lengths in steps, missing where no call passes.

    n_nodes are the nodes that these calls touch, n_variants their distinct paths; n_rejected counts the rows of the
    whole import that were rejected.
    """
    found = select(log, where)
    first, last = found.span or (None, None)
    row: dict[str, Any] = {
        "n_files": int(np.count_nonzero(np.bincount(found.cells.file))),
        "n_calls": found.n_calls,
        "n_steps": int((found.weights * log.paths.lengths).sum()),
        "n_nodes": int(np.count_nonzero(found.touched)),
        "n_variants": int(np.count_nonzero(found.weights)),
        "first_day": first and first.isoformat(),
        "last_day": last and last.isoformat(),
        **_lengths(lengths(log, where)),
        "n_rejected": log.about.found.n_rejected,
    }
    return pd.DataFrame([row], columns=list(SUMMARY_COLUMNS))


def lengths(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """How many calls have how many steps: n_steps, n_calls; shortest first."""
    counts = _by_length(select(log, where))
    taken = np.flatnonzero(counts)
    return pd.DataFrame({"n_steps": taken, "n_calls": counts[taken]})


def _by_length(found: Selection) -> NDArray[np.int64]:
    """The calls that have so many steps, from 0."""
    return summed(found.log.paths.lengths, found.weights, 1)


def _lengths(counts: pd.DataFrame) -> dict[str, Any]:
    if counts.empty:
        return dict.fromkeys(
            ("mean_length", "median_length", "p90_length", "p95_length", "min_length", "max_length"), None
        )
    steps, calls = counts["n_steps"].to_numpy(np.int64), counts["n_calls"].to_numpy(np.int64)
    return {
        "mean_length": float((steps * calls).sum() / calls.sum()),
        "median_length": nearest_rank(steps, calls, 50),
        "p90_length": nearest_rank(steps, calls, 90),
        "p95_length": nearest_rank(steps, calls, 95),
        "min_length": int(steps[0]),
        "max_length": int(steps[-1]),
    }


def nearest_rank(values: NDArray[np.int64], weights: NDArray[np.int64], percent: int) -> int:
    """The value at position ceil(percent * n / 100), 1-based, among `values` (ascending, each `weights` times)."""
    position = -(-percent * int(weights.sum()) // 100)
    return int(values[np.searchsorted(np.cumsum(weights), max(position, 1))])


def daily(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """Each day of the span: date, n_calls, n_mid_menu (calls that end on a node with menu children)."""
    found = select(log, where)
    days, counts = found.by_day
    if not len(days):
        return pd.DataFrame({"date": [], "n_calls": [], "n_mid_menu": []})
    mid_days, mid_counts = found.days_of(log.n_children[log.paths.leaf[found.cells.path]] > 0)
    every = np.arange(days[0], days[-1] + 1)
    return pd.DataFrame(
        {
            "date": [as_date(int(day)) for day in every],
            "n_calls": summed(days - days[0], counts, len(every)),
            "n_mid_menu": summed(mid_days - days[0], mid_counts, len(every)),
        }
    )
