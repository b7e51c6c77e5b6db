"""Where calls come back to a node that they met before, and where they try several ways on."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from core.flow.filter import ALL, Filter
from core.flow.selection import select
from core.tables.arrays import Counts, Ints, Mask, summed
from core.tables.calllog import CallLog


class Returning(NamedTuple):
    """How many calls return to a node they met before, how many of them from another node, and how often they do."""

    n_calls: int
    n_calls_back: int
    n: int
    n_back: int


class _Moves(NamedTuple):
    """Of every step with a next one, in the order of `paths.pairs.steps`: whether the next one is a return, whether
    that is from another node, and whether it is the first such return in its path. `several` has the paths, and the
    nodes, of those visits after which a path goes on to more than one node; `onward` of those after which it goes on.
    """

    returns: Mask
    back: Mask
    first: Mask
    onward: tuple[Ints, Ints]
    several: tuple[Ints, Ints]


def returning(log: CallLog, where: Filter = ALL) -> Returning:
    """How many calls return, and how often."""
    found, moves, paths = select(log, where), _moves(log), log.paths
    steps = paths.pairs.steps

    def calls(kept: Mask) -> int:
        return int(found.weights[np.unique(paths.of_step[steps[kept]])].sum())

    def times(kept: Mask) -> int:
        return int(found.of_step[steps[kept]].sum())

    return Returning(calls(moves.returns), calls(moves.back), times(moves.returns), times(moves.back))


def returns(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """source, source_label, target, target_label, n, n_calls, kind of the moves to a node that the call met before.

    n is how often that happens, n_calls in how many calls; kind is "repeat" where the node is the same again, else
    "back". Most often first.
    """
    found, moves, pairs = select(log, where), _moves(log), log.paths.pairs
    n = summed(pairs.of_step[moves.returns], found.of_step[pairs.steps[moves.returns]], len(pairs))
    n_calls = summed(pairs.of_step[moves.first], found.of_step[pairs.steps[moves.first]], len(pairs))
    taken = np.flatnonzero(n)
    taken = taken[np.argsort(-n[taken], kind="stable")]
    source, target = pairs.source[taken], pairs.target[taken]
    return pd.DataFrame(
        {
            "source": log.id_column(source),
            "source_label": log.label_column(source),
            "target": log.id_column(target),
            "target_label": log.label_column(target),
            "n": n[taken],
            "n_calls": n_calls[taken],
            "kind": pd.array(["back", "repeat"], "str").take((source == target).astype(np.int64)),
        }
    )


def branches(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """node, label, n_calls, n_several, share of the nodes that calls go on from; the most calls with several first.

    n_calls go on from the node, n_several of them to more than one other node (a repeat of the same is none).
    """
    found, moves = select(log, where), _moves(log)
    n_calls, n_several = (
        summed(nodes, found.weights[paths], len(log.ids)) for paths, nodes in (moves.onward, moves.several)
    )
    nodes = np.flatnonzero(n_calls)
    nodes = nodes[np.argsort(-n_several[nodes], kind="stable")]
    return log.named(nodes, n_calls=n_calls[nodes], n_several=n_several[nodes], share=n_several[nodes] / n_calls[nodes])


def _moves(log: CallLog) -> _Moves:
    return log.once("returns", lambda: _moves_of(log))


def _moves_of(log: CallLog) -> _Moves:
    paths, pairs = log.paths, log.paths.pairs
    returns = ~paths.is_first_touch[pairs.steps + 1]
    elsewhere = paths.nodes[pairs.steps] != paths.nodes[pairs.steps + 1]
    path, width = paths.of_step[pairs.steps].astype(np.int64), len(pairs) + 1
    first = np.zeros(len(pairs.steps), np.bool_)
    back = np.flatnonzero(returns)
    first[back[np.unique(path[back] * width + pairs.of_step[back], return_index=True)[1]]] = True
    # Each path and transition once; then how many of these share the path and the node that they leave.
    ways = np.unique(path[elsewhere] * width + pairs.of_step[elsewhere])
    left = (ways // width) * len(log.ids) + pairs.source[ways % width]
    visits, n_ways = np.unique(left, return_counts=True)
    return _Moves(
        returns, returns & elsewhere, first, _split(visits, len(log.ids)), _split(visits[n_ways > 1], len(log.ids))
    )


def _split(visits: Counts, width: int) -> tuple[Ints, Ints]:
    return (visits // width).astype(np.int32), (visits % width).astype(np.int32)
