"""Transitions that the menu does not have."""

from typing import Final

import numpy as np
import pandas as pd

from core.flow.filter import ALL, Filter
from core.flow.selection import Selection, select
from core.tables.arrays import Counts, Ints, Mask
from core.tables.calllog import CallLog

KINDS: Final = ("repeat", "back", "up", "jump")
"""The same node again; a node met earlier in the call; an ancestor in the menu, not met before; elsewhere."""
MENU: Final = "menu"


def anomalies(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """source, source_label, target, target_label, n, kind of each transition taken that is no menu edge; most first.

    n counts how often it is taken. The kind is that of most of these; of two as frequent the earlier of KINDS.
    """
    found = select(log, where)
    return _table(found, (found.transitions > 0) & ~_in_menu(log))


def transitions(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """The same of every transition taken, also of those of the menu, whose kind is "menu"."""
    found = select(log, where)
    return _table(found, found.transitions > 0)


def _table(found: Selection, kept: Mask) -> pd.DataFrame:
    """The transitions of a mask as rows."""
    log, pairs = found.log, found.log.paths.pairs
    taken = np.flatnonzero(kept)
    taken = taken[np.argsort(-found.transitions[taken], kind="stable")]
    source, target = pairs.source[taken], pairs.target[taken]
    return pd.DataFrame(
        {
            "source": log.id_column(source),
            "source_label": log.label_column(source),
            "target": log.id_column(target),
            "target_label": log.label_column(target),
            "n": found.transitions[taken],
            "kind": pd.array([*KINDS, MENU], "str").take(_kinds(found)[taken]),
        }
    )


def _kinds(found: Selection) -> Ints:
    """The place of each transition's kind in KINDS, or behind them for an edge of the menu."""
    log = found.log
    pairs, kinds = log.paths.pairs, log.once("kinds of steps", lambda: _kinds_of_steps(log))
    counts = np.bincount(
        pairs.of_step * len(KINDS) + kinds, weights=found.of_step[pairs.steps], minlength=len(pairs) * len(KINDS)
    )
    majority = counts.reshape(len(pairs), len(KINDS)).argmax(axis=1)
    return np.where(_in_menu(log), len(KINDS), majority).astype(np.int32)


def _in_menu(log: CallLog) -> Mask:
    """Whether each transition is an edge of the menu."""
    return log.once("transitions of the menu", lambda: _edges(log))


def _edges(log: CallLog) -> Mask:
    pairs, width = log.paths.pairs, len(log.ids)
    edges = log.arrow("SELECT parent, node FROM menu")
    known = edges["parent"].to_numpy().astype(np.int64) * width + edges["node"].to_numpy()
    return np.isin(pairs.source.astype(np.int64) * width + pairs.target, known)


def _kinds_of_steps(log: CallLog) -> Counts:
    """The place in KINDS of each step with a next one, as if the menu had no such edge."""
    paths, pairs = log.paths, log.paths.pairs
    source, target = paths.nodes[pairs.steps], paths.nodes[pairs.steps + 1]
    met = ~paths.is_first_touch[pairs.steps + 1]
    up = _is_ancestor(log)[pairs.of_step]
    return np.select([source == target, met, up], [0, 1, 2], default=3)


def _is_ancestor(log: CallLog) -> Mask:
    """Whether the target of each transition is above its source in the menu, whichever of its parents leads there."""
    parents: dict[int, list[int]] = {}
    for parent, node in log.rows("SELECT parent, node FROM menu"):
        parents.setdefault(node, []).append(parent)
    pairs = log.paths.pairs
    above = {source: _above(source, parents) for source in np.unique(pairs.source).tolist()}
    return np.array([target in above[source] for source, target in zip(pairs.source, pairs.target, strict=True)], bool)


def _above(node: int, parents: dict[int, list[int]]) -> set[int]:
    """The nodes above a node; a circle of parents is gone round once."""
    found: set[int] = set()
    ahead = list(parents.get(node, ()))
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += parents.get(one, ())
    return found
