"""Whether the menu is sound: what nobody reaches, and what is called the same."""

import unicodedata

import numpy as np
import pandas as pd

from core.flow.filter import ALL, Filter
from core.flow.selection import select
from core.tables.calllog import CallLog


def unreachable(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """The nodes of the menu that no call that passes touches: node, label; in the order of their ids."""
    in_menu = np.asarray(log.node_table["in_menu"].to_pylist(), np.bool_)
    return log.named(np.flatnonzero(in_menu & (select(log, where).touched == 0)))


def duplicates(log: CallLog) -> pd.DataFrame:
    """Labels that more than one node has: label, nodes (ids), n_nodes; the most nodes first, then by first node.

    Labels are the same where they are after Unicode's NFC, without outer blanks and with case folded; a label is told
    as its first node has it. Nodes without a label have none to share. No filter counts: the menu is looked at.
    """
    found = log.once("duplicates", lambda: _same(log))
    return found.copy()


def places(log: CallLog, where: Filter, ids: tuple[str, ...]) -> pd.DataFrame:
    """Where nodes stand in the menu, and how many of the calls that pass touch them.

    node, label, parent (label of the node above), root (label of the topmost), depth (0 at a root), n_calls; parent,
    root and depth are missing where there are none.
    """
    nodes = np.array([log.codes[one] for one in ids], np.int64)
    table = log.node_table.take(nodes)

    def labels(column: str) -> list[str | None]:
        return [None if node is None else str(log.names[node]) for node in table[column].to_pylist()]

    return log.named(
        nodes,
        parent=labels("parent"),
        root=labels("root"),
        depth=pd.array(table["depth"].to_pylist(), "Int64"),
        n_calls=select(log, where).touched[nodes],
    )


def _same(log: CallLog) -> pd.DataFrame:
    labelled = log.node_table["labelled"].to_pylist()
    by_label: dict[str, list[int]] = {}
    for node, label in enumerate(log.names):
        if labelled[node]:
            by_label.setdefault(unicodedata.normalize("NFC", label).strip().casefold(), []).append(node)
    groups = sorted((nodes for nodes in by_label.values() if len(nodes) > 1), key=lambda nodes: (-len(nodes), nodes))
    return pd.DataFrame(
        {
            "label": [log.names[nodes[0]] for nodes in groups],
            "nodes": [[str(log.ids[node]) for node in nodes] for nodes in groups],
            "n_nodes": [len(nodes) for nodes in groups],
        }
    )
