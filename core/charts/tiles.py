"""Where the icicle's tiles stand: a tree of next steps laid out in pixels, small siblings folded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import pandas as pd

from core import text

LOWEST_PX: Final = 7
Kind = Literal["step", "more", "stop", "destination"]
_COLUMNS = ("step", "key", "parent", "node", "label", "n_calls", "kind")


@dataclass(frozen=True)
class Tile:
    """One tile: `column` from 0, `top` and `height` in pixels below the captions.

    `key` is empty where there is nothing to follow: folded items and calls that ended. `branch` is the key
    of the tile that gives it its hue: the one in the first column that divides the calls, or its own where
    they are not divided yet; empty for what was folded there.
    """

    column: int
    top: float
    height: float
    n_calls: int
    kind: Kind
    key: str
    node: str
    label: str
    branch: str
    parent_calls: int


@dataclass(frozen=True)
class _Row:
    key: str
    node: str
    label: str
    n_calls: int
    kind: Kind


class _Parent(NamedTuple):
    keys: tuple[str, ...]
    top: float
    n_calls: int
    branch: str
    folded: bool


def tiles(tree: pd.DataFrame, plot_px: float) -> list[Tile]:
    """The tiles of a tree (as for `icicle`) whose first column is `plot_px` high, column by column.

    Heights are proportional to calls. Siblings that would be lower than 7 px become one "n more items",
    where there are two or more; what follows them is folded in the same way, and where their calls ended
    stays apart, so that every column adds up to the calls that reach it. ValueError: a column is missing,
    or a row names a parent that is not in the step before.
    """
    children = _children_of(tree)
    n_all = sum(row.n_calls for row in children.get("", []))
    if not n_all:
        return []
    scale = plot_px / n_all
    laid: list[Tile] = []
    level = [_Parent(("",), 0.0, n_all, branch="", folded=False)]
    divided = False
    for column in range(tree["step"].nunique()):
        below = []
        for parent in level:
            top = parent.top
            rows = [row for key in parent.keys for row in children.get(key, [])]
            for group, kind in _groups(rows, scale, fold_all=parent.folded):
                n_calls = sum(row.n_calls for row in group)
                first = group[0]
                own = kind == "step"
                branch = first.key if own and not divided else parent.branch
                laid.append(
                    Tile(
                        column,
                        top,
                        n_calls * scale,
                        n_calls,
                        kind,
                        key=first.key if own else "",
                        node=first.node if own else "",
                        label=first.label if own else _words(kind, len(group)),
                        branch=branch,
                        parent_calls=parent.n_calls,
                    )
                )
                if kind in ("step", "more"):
                    keys = tuple(row.key for row in group)
                    below.append(_Parent(keys, top, n_calls, branch, folded=kind == "more"))
                top += n_calls * scale
        level = below
        divided = divided or len(level) > 1
    return sorted(laid, key=lambda tile: tile.column)


def _groups(rows: Sequence[_Row], scale: float, *, fold_all: bool) -> Iterator[tuple[list[_Row], Kind]]:
    steps = [row for row in rows if row.kind == "step"]
    small = [row for row in steps if fold_all or row.n_calls * scale < LOWEST_PX]
    if len(small) == 1 and not fold_all:
        small = []
    folded = {row.key for row in small}
    for row in steps:
        if row.key not in folded:
            yield [row], "step"
    if small:
        yield small, "more"
    ends: tuple[Kind, ...] = ("stop", "destination")
    for kind in ends:
        if ended := [row for row in rows if row.kind == kind]:
            yield ended, kind


def _words(kind: str, n: int) -> str:
    words = {"more": text.plural(n, "more item"), "stop": "Ended here", "destination": "Destination"}
    return words[kind]


def _children_of(tree: pd.DataFrame) -> dict[str, list[_Row]]:
    if missing := [name for name in _COLUMNS if name not in tree.columns]:
        raise ValueError(f"the tree has no column {', '.join(missing)}")
    children: dict[str, list[_Row]] = {}
    known: dict[int, set[str]] = {}
    first_step = tree["step"].min()
    columns = zip(*(tree[name] for name in _COLUMNS), strict=True)
    for step, key, parent, node, label, n_calls, kind in columns:
        if step > first_step and parent not in known.get(step - 1, ()):
            raise ValueError(f"the parent of {key!r} is not in the step before it")
        if kind == "step":
            known.setdefault(step, set()).add(key)
        row = _Row(key, "" if pd.isna(node) else str(node), str(label), int(n_calls), kind)
        children.setdefault(parent if step > first_step else "", []).append(row)
    return children
