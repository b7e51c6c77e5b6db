"""Where in its row each node stands, and where long edges pass the rows between.

The last two steps of Sugiyama, Tagawa and Toda (1981): sort the rows so that edges cross little, then shift them so
that edges are short and straight. What is our own: long edges that share an end share a lane, so that a lane never
joins what does not belong together and a hundred edges to one node need no more room than one.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core.charts.flow_rows import Edge

_EDGE_PX: Final = 3.0
_LANE_PX: Final = 5.0
# Between neighbours: lane and lane, lane and box, box and box. Less where a row is crowded.
_GAPS_PX: Final = np.array([3.0, 10.0, 18.0])
_SORTING_SWEEPS, _SHIFTING_SWEEPS, _MOST_EXCHANGES = 2, 3, 10
# More lanes than this in a row could not be told apart.
_MOST_LANES: Final = 24
# A lane shall rather run straight than near to the nodes that its edges leave it for.
_LANE_PULL: Final = 4.0

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Lane(NamedTuple):
    """A way through the rows below or above a node, for long edges that leave it (`leaving`) or else lead to it.

    `x` is its place in each of these rows, from the node outwards, in pixels from the left; `step` is 1 where they
    are below the node and -1 where they are above.
    """

    owner: int
    leaving: bool
    step: int
    x: list[float]


class Places(NamedTuple):
    """`x` is the centre of each node in pixels from the left; `lane_of` says in which of `lanes` an edge runs.

    It runs there up to the row before its other end. None is for an edge that passes no row, and for one that crowded
    rows have no lane left for: it has to pass behind the boxes.
    """

    x: list[float]
    lanes: list[Lane]
    lane_of: list[int | None]


def places(row_of: Sequence[int], edges: Sequence[Edge], *, width: float, box: float) -> Places:
    """Places for the nodes of `row_of` (at least one) and for their edges.

    Boxes are `box` wide and stand between 0 and `width`; none overlap, provided that a row's boxes fit at all. An
    edge runs in a lane of whichever of its ends has more long edges; the busiest lanes come first.
    """
    items = _Items(row_of)
    wanted = _wanted(row_of, edges)
    load: Counter[_Key | None] = Counter()
    for edge, key in zip(edges, wanted, strict=True):
        load[key] += edge.n
    lane_of: list[int | None] = [None] * len(edges)
    for number in sorted(range(len(edges)), key=lambda number: -load[wanted[number]]):
        edge, key = edges[number], wanted[number]
        if key is not None:
            lane_of[number] = items.lead(key, edge.target if key.leaving else edge.source)
        elif row_of[edge.source] != row_of[edge.target]:
            items.link(edge.source, edge.target, 1)
    x = _Sweep(items, width, box).run().tolist()
    lanes = [Lane(*key[:3], [x[piece] for piece in pieces]) for key, pieces in items.lanes.items()]
    return Places(x[: len(row_of)], lanes, lane_of)


class _Key(NamedTuple):
    owner: int
    leaving: bool
    step: int
    group: int


def _wanted(row_of: Sequence[int], edges: Sequence[Edge]) -> list[_Key | None]:
    """The lane that each edge would run in; None where it passes no row."""
    long = [edge for edge in edges if abs(row_of[edge.source] - row_of[edge.target]) > 1]
    leaving = Counter((edge.source, edge.group) for edge in long)
    entering = Counter((edge.target, edge.group) for edge in long)
    wanted: list[_Key | None] = []
    for edge in edges:
        down = row_of[edge.target] - row_of[edge.source]
        leaves = leaving[edge.source, edge.group] >= entering[edge.target, edge.group]
        step = 1 if (down > 0) == leaves else -1
        owner = edge.source if leaves else edge.target
        wanted.append(_Key(owner, leaves, step, edge.group) if abs(down) > 1 else None)
    return wanted


class _Items:
    """The nodes, and behind them the pieces of lanes, in rows; `links` pull items of neighbouring rows together."""

    def __init__(self, row_of: Sequence[int]) -> None:
        self.n_nodes = len(row_of)
        self.row_of = list(row_of)
        self.links: dict[tuple[int, int], float] = {}
        self.lanes: dict[_Key, list[int]] = {}
        self._number: dict[_Key, int] = {}
        self._n_lanes: Counter[int] = Counter()

    def lead(self, key: _Key, other: int) -> int | None:
        """The number of the lane, made as long as it must be for an edge to `other`; None where rows are full."""
        start = self.row_of[key.owner]
        passed = abs(self.row_of[other] - start) - 1
        lane = self.lanes.get(key, [])
        ahead = [start + key.step * (count + 1) for count in range(len(lane), passed)]
        if any(self._n_lanes[row] >= _MOST_LANES for row in ahead):
            return None
        number = self._number.setdefault(key, len(self.lanes))
        self.lanes[key] = lane
        for row in ahead:
            self._n_lanes[row] += 1
            self.row_of.append(row)
            piece = len(self.row_of) - 1
            self.link(lane[-1] if lane else key.owner, piece, _LANE_PULL if lane else 1)
            lane.append(piece)
        self.link(lane[passed - 1], other, 1)
        return number

    def link(self, one: int, other: int, pull: float) -> None:
        pair = (one, other) if self.row_of[one] < self.row_of[other] else (other, one)
        self.links[pair] = self.links.get(pair, 0) + pull


class _Side(NamedTuple):
    """The links of a row's items to the row above or below it."""

    own: Ints
    other: Ints
    pull: Floats


class _Sweep:
    """Moves items to where their neighbours pull them, row by row, down and up again."""

    def __init__(self, items: _Items, width: float, box: float) -> None:
        self._width = width
        self._is_box = np.arange(len(items.row_of)) < items.n_nodes
        self._box = box
        row_of = np.array(items.row_of)
        by_row = np.lexsort((np.array(_walk(items)), row_of))
        self._rows = np.split(by_row, np.flatnonzero(np.diff(row_of[by_row])) + 1)
        self._above = self._sides(items, row_of, lower=True)
        self._below = self._sides(items, row_of, lower=False)
        self._x = np.full(len(row_of), width / 2)
        self._place = np.zeros(len(row_of), dtype=np.int64)

    def run(self) -> Floats:
        n = len(self._rows)
        for row in range(n):
            self._move(row, sort=False)
        for _ in range(_SORTING_SWEEPS):
            self._sweep(sort=True)
        self._exchange()
        for _ in range(_SHIFTING_SWEEPS):
            for row in (*range(n), *reversed(range(n - 1))):
                self._move(row, self._above, self._below, sort=False)
        # Last upwards: so a node stands above the middle of what follows it, and a chain is straight.
        self._sweep(sort=False)
        return self._x

    def _sweep(self, *, sort: bool) -> None:
        """Each row to where the one above pulls it, then each to where the one below does."""
        for row in range(1, len(self._rows)):
            self._move(row, self._above, sort=sort)
        for row in reversed(range(len(self._rows) - 1)):
            self._move(row, self._below, sort=sort)

    def _sides(self, items: _Items, row_of: Ints, *, lower: bool) -> list[_Side]:
        pairs = np.array(list(items.links), dtype=np.int64).reshape(-1, 2)
        pull = np.array(list(items.links.values()))
        own, other = (pairs[:, 1], pairs[:, 0]) if lower else (pairs[:, 0], pairs[:, 1])
        order = np.argsort(row_of[own], kind="stable")
        bounds = np.searchsorted(row_of[own][order], range(1, len(self._rows)))
        return [_Side(own[part], other[part], pull[part]) for part in np.split(order, bounds)]

    def _exchange(self) -> None:
        """Swap neighbours in a row for as long as edges cross less then."""
        beside: list[tuple[list[int], list[int]]] = [([], []) for _ in self._x]
        for number, sides in enumerate((self._above, self._below)):
            for side in sides:
                for own, other in zip(side.own.tolist(), side.other.tolist(), strict=True):
                    beside[own][number].append(other)
        rows = [items.tolist() for items in self._rows]
        place = {item: place for items in rows for place, item in enumerate(items)}
        for _ in range(_MOST_EXCHANGES):
            calm = True
            for items in rows:
                for left in range(len(items) - 1):
                    one, other = items[left : left + 2]
                    if _crossings_saved(beside[one], beside[other], place) > 0:
                        items[left : left + 2] = other, one
                        place[one], place[other] = left + 1, left
                        calm = False
            if calm:
                break
        self._rows = [np.array(items) for items in rows]

    def _move(self, row: int, *sides: list[_Side], sort: bool) -> None:
        items = self._rows[row]
        self._place[items] = np.arange(len(items))
        wanted, weight = 1e-6 * self._x[items], np.full(len(items), 1e-6)
        for own, other, pull in (side[row] for side in sides):
            wanted += np.bincount(self._place[own], pull * self._x[other], len(items))
            weight += np.bincount(self._place[own], pull, len(items))
        wanted /= weight
        if sort:
            order = np.argsort(wanted, kind="stable")
            items, wanted = items[order], wanted[order]
            self._rows[row] = items
        self._settle(items, wanted)

    def _settle(self, items: Ints, wanted: Floats) -> None:
        """Place a row's items in their order, as near to where they are wanted as their widths and the page allow."""
        is_box = self._is_box[items].astype(np.int64)
        n_boxes = int(is_box.sum())
        room = max(self._width - 2 * _EDGE_PX - n_boxes * self._box, 0)
        lane = min(_LANE_PX, room / max(len(items) - n_boxes, 1))
        gaps = _GAPS_PX[is_box[:-1] + is_box[1:]]
        gaps = gaps * min((room - lane * (len(items) - n_boxes)) / max(gaps.sum(), 1), 1)
        half = np.where(is_box, self._box, lane) / 2
        offset = np.concatenate(([0.0], np.cumsum(half[:-1] + gaps + half[1:])))
        first, last = _EDGE_PX + half[0], self._width - _EDGE_PX - half[-1] - offset[-1]
        self._x[items] = np.clip(_rising(wanted - offset), first, max(last, first)) + offset


def _rising(values: Floats) -> Floats:
    """The nearest sequence that never falls: half way between the highest before and the lowest behind."""
    return (np.maximum.accumulate(values) + np.minimum.accumulate(values[::-1])[::-1]) / 2


def _crossings_saved(one: Sequence[list[int]], other: Sequence[list[int]], place: dict[int, int]) -> int:
    """How many crossings less there are if two items, with their neighbours above and below, change places."""
    saved = 0
    for left, right in zip(one, other, strict=True):
        places = sorted(place[item] for item in left)
        for at in (place[item] for item in right):
            saved += len(places) - bisect_right(places, at) - bisect_left(places, at)
    return saved


def _walk(items: _Items) -> list[int]:
    """A first place from left to right for each item: as a walk down the links meets it, first links first."""
    below: list[list[int]] = [[] for _ in items.row_of]
    for upper, lower in items.links:
        below[upper].append(lower)
    place = [-1] * len(items.row_of)
    stack = sorted(range(len(place)), key=lambda item: (-items.row_of[item], -item))
    count = 0
    while stack:
        item = stack.pop()
        if place[item] < 0:
            place[item] = count
            count += 1
            stack.extend(reversed(below[item]))
    return place
