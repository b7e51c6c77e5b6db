"""The figures at the top: how many calls, how long their paths, how many of them end in the middle of the menu."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.flow.filter import ALL, Filter, selected
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
    source, values = selected(log, where)
    n_calls, n_steps, n_variants, n_files, first, last = log.row(
        f"SELECT coalesce(sum(n), 0), coalesce(sum(n * n_steps), 0), count(DISTINCT path), count(DISTINCT file), "
        f"min(date), max(date) FROM {source}",
        values,
    )
    (n_nodes,) = log.row(
        f"SELECT count(DISTINCT node) FROM (SELECT DISTINCT path, nodes FROM {source}), unnest(nodes) AS one(node)",
        values,
    )
    row: dict[str, Any] = {
        "n_files": n_files,
        "n_calls": int(n_calls),
        "n_steps": int(n_steps),
        "n_nodes": n_nodes,
        "n_variants": n_variants,
        "first_day": first and first.isoformat(),
        "last_day": last and last.isoformat(),
        **_lengths(lengths(log, where)),
        "n_rejected": log.about.found.n_rejected,
    }
    return pd.DataFrame([row], columns=list(SUMMARY_COLUMNS))


def lengths(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """How many calls have how many steps: n_steps, n_calls; shortest first."""
    source, values = selected(log, where)
    return log.frame(
        f"SELECT n_steps, sum(n)::BIGINT AS n_calls FROM {source} GROUP BY n_steps ORDER BY n_steps", values
    )


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


def mid_menu_ends(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """The nodes with menu children on which calls end: node, label, n_calls; most first."""
    source, values = selected(log, where)
    return log.frame(
        f"""
        SELECT nodes.id AS node, nodes.label, sum(n)::BIGINT AS n_calls
        FROM {source} JOIN nodes ON nodes.node = leaf
        WHERE nodes.n_children > 0 GROUP BY nodes.node, nodes.id, nodes.label ORDER BY n_calls DESC, nodes.node
        """,
        values,
    )


def daily(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """Each day of the span: date, n_calls, n_mid_menu (calls that end on a node with menu children)."""
    source, values = selected(log, where)
    return log.frame(
        f"""
        WITH counted AS (
            SELECT date, sum(n) AS n_calls, sum(n) FILTER (nodes.n_children > 0) AS n_mid_menu
            FROM {source} JOIN nodes ON nodes.node = leaf WHERE date IS NOT NULL GROUP BY date)
        SELECT day::DATE AS date, coalesce(n_calls, 0)::BIGINT AS n_calls, coalesce(n_mid_menu, 0)::BIGINT AS n_mid_menu
        FROM (SELECT unnest(generate_series(min(date), max(date), INTERVAL 1 DAY)) AS day FROM counted)
        LEFT JOIN counted ON counted.date = day::DATE ORDER BY day
        """,
        values,
    )


def depths(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """How far calls get: depth, goes_on (calls with at least `depth` steps), left_mid_menu, reached_destination.

    Those two are the calls that ended one step before, on a node with menu children or without. A last column,
    ends_mid_menu, counts those that end on this very step with menu children, also on the last one.
    """
    source, values = selected(log, where)
    ended = log.frame(
        f"""
        SELECT n_steps AS depth, sum(n)::BIGINT AS ended,
               coalesce(sum(n) FILTER (nodes.n_children > 0), 0)::BIGINT AS mid
        FROM {source} JOIN nodes ON nodes.node = leaf GROUP BY n_steps ORDER BY n_steps
        """,
        values,
    )
    if ended.empty:
        return pd.DataFrame(columns=["depth", "goes_on", "left_mid_menu", "reached_destination", "ends_mid_menu"])
    every = pd.RangeIndex(1, int(ended["depth"].max()) + 1, name="depth")
    by_depth = ended.set_index("depth").reindex(every, fill_value=0)
    before = by_depth.shift(1, fill_value=0)
    at_least = by_depth["ended"][::-1].cumsum()[::-1]
    return pd.DataFrame(
        {
            "goes_on": at_least,
            "left_mid_menu": before["mid"],
            "reached_destination": before["ended"] - before["mid"],
            "ends_mid_menu": by_depth["mid"],
        }
    ).reset_index()
