"""How far calls get, step by step and node by node."""

import numpy as np
import pandas as pd

from core.flow.filter import ALL, Filter
from core.flow.intents import most_first
from core.flow.selection import select
from core.tables.arrays import summed
from core.tables.calllog import CallLog


def node_funnel(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """How many go on from each node: node, label, reach, transitions, drop_off, n_calls; the most reached first.

    reach counts the node's occurrences, transitions those with a next step, drop_off the rest, on which calls end;
    n_calls are the calls that touch the node.
    """
    found = select(log, where)
    nodes = most_first(found.reach)
    reach, drop_off = found.reach[nodes], found.ended[nodes]
    return log.named(nodes, reach=reach, transitions=reach - drop_off, drop_off=drop_off, n_calls=found.touched[nodes])


def depth_funnel(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """How many calls have at least so many steps: depth, n_calls, share, drop; shallowest first.

    share is of all calls that pass; drop counts the calls that ended one step before.
    """
    table = depths(log, where)
    n_calls = table["goes_on"]
    return pd.DataFrame(
        {
            "depth": table["depth"],
            "n_calls": n_calls,
            "share": n_calls / max(int(n_calls.max()) if len(n_calls) else 0, 1),
            "drop": table["left_mid_menu"] + table["reached_destination"],
        }
    )


def depths(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """How far calls get: depth, goes_on (calls with at least `depth` steps), left_mid_menu, reached_destination.

    Those two are the calls that ended one step before, on a node with menu children or without. A last column,
    ends_mid_menu, counts those that end on this very step with menu children, also on the last one.
    """
    found, paths = select(log, where), log.paths
    ended = summed(paths.lengths, found.weights, 1)
    deepest = int(np.flatnonzero(ended).max(initial=0))
    ended = ended[: deepest + 1]
    mid_menu = log.n_children[paths.leaf] > 0
    mid = summed(paths.lengths[mid_menu], found.weights[mid_menu], deepest + 1)[: deepest + 1]
    at_least = ended[::-1].cumsum()[::-1]
    return pd.DataFrame(
        {
            "depth": np.arange(1, deepest + 1),
            "goes_on": at_least[1:],
            "left_mid_menu": mid[:-1],
            "reached_destination": (ended - mid)[:-1],
            "ends_mid_menu": mid[1:],
        }
    )
