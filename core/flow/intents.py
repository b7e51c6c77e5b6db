"""What calls are for, and where they end."""

import numpy as np
import pandas as pd

from core.flow.filter import ALL, Filter
from core.flow.selection import select
from core.tables.arrays import Counts
from core.tables.calllog import CallLog


def top_intents(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """Calls by intent: node, label, n_calls, share; most first.

    A call's intent is its second node where its first is a menu root and there is a second, else its first node.
    """
    found = select(log, where)
    return _shared(log, found.by_node(log.paths.intent, found.weights))


def leaf_frequency(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """Calls by last node: node, label, n_calls, share; most first."""
    return _shared(log, select(log, where).ended)


def intent_of(log: CallLog, path: tuple[str, ...]) -> str:
    """The intent of calls that take a path of node ids."""
    first = log.node_table.slice(log.codes[path[0]], 1)
    is_root = first["in_menu"][0].as_py() and first["parent"][0].as_py() is None
    return path[1] if len(path) > 1 and is_root else path[0]


def _shared(log: CallLog, calls: Counts) -> pd.DataFrame:
    nodes = most_first(calls)
    return log.named(nodes, n_calls=calls[nodes], share=calls[nodes] / max(int(calls.sum()), 1))


def most_first(counts: Counts) -> Counts:
    """The places of what is not zero, the most first, ties in order."""
    taken = np.flatnonzero(counts)
    return taken[np.argsort(-counts[taken], kind="stable")]
