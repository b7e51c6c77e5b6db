"""How predictable the next step is: entropy, and how much the most frequent next steps cover."""

import numpy as np
import pandas as pd

from core.flow.filter import ALL, Filter
from core.flow.selection import Selection, select
from core.tables.arrays import Counts, summed
from core.tables.calllog import CallLog


def entropy(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """node, label, n, entropy_bits, perplexity, branching_factor of each node with a next step; most bits first.

    Over the shares p of a node's next nodes: H = -sum(p * log2(p)) in bits (Shannon 1948), perplexity 2^H, and how many
    next nodes there are; n counts the occurrences with a next step.
    """
    found = select(log, where)
    source, n, total = _onward(found)
    share = n / total[source]
    bits = np.bincount(source, weights=-share * np.log2(share), minlength=len(log.ids)) + 0.0
    branches = np.bincount(source, minlength=len(log.ids))
    nodes = np.flatnonzero(branches)
    bits = np.where(branches[nodes] == 1, 0.0, bits[nodes])
    order = np.argsort(-np.round(bits, 12), kind="stable")
    nodes, bits = nodes[order], bits[order]
    return log.named(
        nodes,
        n=total[nodes],
        entropy_bits=bits,
        perplexity=2.0**bits,
        branching_factor=branches[nodes].astype(np.int64),
    )


def coverage(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """node, label, n, top1_share, top2_share of each node with a next step; the most occurrences first.

    The shares of a node's most frequent next node, and of its two most frequent ones together, in the n occurrences
    that have a next step.
    """
    found = select(log, where)
    source, n, total = _onward(found)
    order = np.lexsort((-n, source))
    source, n = source[order], n[order]
    begins = np.flatnonzero(np.r_[True, source[1:] != source[:-1]]) if len(source) else np.zeros(0, np.int64)
    nodes = source[begins]
    second = np.minimum(begins + 1, max(len(n) - 1, 0))
    two = np.where(source[second] == nodes, np.where(second > begins, n[second], 0), 0) if len(nodes) else n
    ranked = np.argsort(-total[nodes], kind="stable")
    nodes, one, two = nodes[ranked], n[begins][ranked], two[ranked]
    return log.named(nodes, n=total[nodes], top1_share=one / total[nodes], top2_share=(one + two) / total[nodes])


def _onward(found: Selection) -> tuple[Counts, Counts, Counts]:
    """Source and count of each transition that is taken, and how often each node has a next step."""
    taken = np.flatnonzero(found.transitions)
    source = found.log.paths.pairs.source[taken].astype(np.int64)
    n = found.transitions[taken]
    return source, n, summed(source, n, len(found.log.ids))
