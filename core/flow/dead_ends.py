"""Where calls end, and whether the menu went on from there."""

import numpy as np
import pandas as pd

from core.flow.filter import ALL, Filter
from core.flow.intents import most_first
from core.flow.selection import select
from core.tables.calllog import CallLog


def dead_ends(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """node, label, reach, terminations, termination_rate, has_children of every node reached; most ends first.

    reach counts occurrences, terminations the calls that end there, the rate is their quotient. With children in the
    menu and a high rate a node is a dead end; without, it is a destination.
    """
    found = select(log, where)
    nodes = np.flatnonzero(found.reach)
    nodes = nodes[np.argsort(-found.ended[nodes], kind="stable")]
    reach, ended = found.reach[nodes], found.ended[nodes]
    return log.named(
        nodes,
        reach=reach,
        terminations=ended,
        termination_rate=ended / reach,
        has_children=log.n_children[nodes] > 0,
    )


def mid_menu_ends(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """The nodes with menu children on which calls end: node, label, n_calls; most first."""
    calls = select(log, where).ended * (log.n_children > 0)
    nodes = most_first(calls)
    return log.named(nodes, n_calls=calls[nodes])
