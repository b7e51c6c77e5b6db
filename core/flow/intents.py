"""What calls are for, and where they end."""

import pandas as pd

from core.flow.filter import ALL, Filter, selected
from core.tables.calllog import CallLog


def top_intents(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """Calls by intent: node, label, n_calls, share; most first.

    A call's intent is its second node where its first is a menu root and there is a second, else its first node.
    """
    return _by(log, where, "intent")


def leaf_frequency(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """Calls by last node: node, label, n_calls, share; most first."""
    return _by(log, where, "leaf")


def _by(log: CallLog, where: Filter, column: str) -> pd.DataFrame:
    source, values = selected(log, where)
    return log.frame(
        f"""
        SELECT nodes.id AS node, nodes.label, sum(n)::BIGINT AS n_calls, sum(n) / sum(sum(n)) OVER () AS share
        FROM {source} JOIN nodes ON nodes.node = {column}
        GROUP BY nodes.node, nodes.id, nodes.label ORDER BY n_calls DESC, nodes.node
        """,
        values,
    )
