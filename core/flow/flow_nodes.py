"""What the flow map knows of each node."""

import numpy as np
import pandas as pd

from core.flow.filter import ALL, Filter
from core.flow.intents import most_first
from core.flow.selection import select
from core.tables.calllog import CallLog


def map_nodes(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """Every node that calls take: node, label, n_calls, reach, starts, ends, has_children; the most reached first.

    n_calls are the calls that touch it, reach its occurrences, starts and ends the calls that begin and end there.
    """
    found = select(log, where)
    nodes = most_first(found.reach)
    starts = found.by_node(log.paths.first, found.weights)
    return log.named(
        nodes,
        n_calls=found.touched[nodes],
        reach=found.reach[nodes],
        starts=starts[nodes],
        ends=found.ended[nodes],
        has_children=np.asarray(log.n_children[nodes] > 0),
    )
