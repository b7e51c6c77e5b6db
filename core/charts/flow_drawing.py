"""From a flow map to its drawing: rows, places, then boxes and curves in pixels."""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

from core import text
from core.charts import theme
from core.charts.flow_curves import (
    GAP_PX,
    HUES,
    LINE_PX,
    PADDING_PX,
    RULE_PX,
    Band,
    Box,
    Curve,
    Stretch,
    alone,
    in_trunk,
    trunk,
)
from core.charts.flow_places import Places, places
from core.charts.flow_rows import Edge, rows
from core.flow.flow_map import Map

_WIDEST_PX, _NARROWEST_PX = 168, 122
_BETWEEN_PX = 18
_MOST_LINES = 2
_ABOVE_PX = 28.0
_GAP_SLOPE: Final = 0.09
_GROUPS: Final = {"menu": 0, "back": 1, "jump": 2}


class Drawing(NamedTuple):
    """`curves` are in the order of the map's transitions.

    `trunks` are the stretches that long transitions of a kind run in together, with the sum of their n.
    """

    boxes: list[Box]
    curves: list[Curve]
    trunks: list[tuple[Stretch, int]]
    height: float


def drawing(flow: Map, width: float) -> Drawing:
    """A map with at least one node, laid out for a page `width` pixels wide."""
    edges = _edges(flow)
    most = max(int((width - _BETWEEN_PX) // (_NARROWEST_PX + _BETWEEN_PX)), 1)
    row_of = rows(len(flow.nodes), edges, most=most)
    box_px = min((width - _BETWEEN_PX) / max(Counter(row_of).values()) - _BETWEEN_PX, _WIDEST_PX)
    placed = places(row_of, edges, width=width, box=box_px)
    room = box_px - 2 * PADDING_PX
    lines = [text.wrap(str(label), room, theme.SMALL_PX, _MOST_LINES) for label in flow.nodes["label"]]
    bands = _bands(row_of, [len(one) for one in lines], _sideways(row_of, edges, placed))
    boxes = [
        Box(
            node=str(node["node"]),
            label=str(node["label"]),
            n_calls=int(node["n_calls"]),
            reach=int(node["reach"]),
            starts=int(node["starts"]),
            ends=int(node["ends"]),
            has_children=bool(node["has_children"]),
            lines=lines[number],
            x=placed.x[number],
            width=box_px,
            top=bands[row_of[number]].top,
            bottom=bands[row_of[number]].bottom,
        )
        for number, node in enumerate(flow.nodes.to_dict("records"))
    ]
    curves, trunks = _curves(flow, edges, row_of, placed, bands, boxes)
    lowest = max((curve.middle[1] for curve in curves), default=0)
    return Drawing(boxes, curves, trunks, max(bands[-1].bottom, lowest + LINE_PX / 2) + 2)


def _edges(flow: Map) -> list[Edge]:
    number = {node: place for place, node in enumerate(flow.nodes["node"])}
    columns = (flow.transitions[name] for name in ("source", "target", "n", "kind"))
    return [
        Edge(number[source], number[target], int(n), back=HUES[kind] == "back", group=_GROUPS[HUES[kind]])
        for source, target, n, kind in zip(*columns, strict=True)
    ]


def _sideways(row_of: Sequence[int], edges: Sequence[Edge], placed: Places) -> list[float]:
    """How far curves reach sideways between each row and the next, in pixels."""
    furthest = [0.0] * (max(row_of) + 1)

    def reach(upper: int, here: float, there: float) -> None:
        furthest[upper] = max(furthest[upper], abs(there - here))

    for lane in placed.lanes:
        upper = row_of[lane.owner] - (lane.step < 0)
        for here, there in pairwise((placed.x[lane.owner], *lane.x)):
            reach(upper, here, there)
            upper += lane.step
    for edge, number in zip(edges, placed.lane_of, strict=True):
        above, below = sorted((edge.source, edge.target), key=row_of.__getitem__)
        distance = row_of[below] - row_of[above]
        if number is not None:
            lane = placed.lanes[number]
            end = below if lane.step > 0 else above
            reach(row_of[end] - (lane.step > 0), lane.x[distance - 2], placed.x[end])
        elif distance == 1:
            reach(row_of[above], placed.x[above], placed.x[below])
    return furthest


def _bands(row_of: Sequence[int], n_lines: Sequence[int], sideways: Sequence[float]) -> list[Band]:
    """Where the boxes of each row reach: the further curves go sideways below a row, the more room they get there."""
    lines = [1] * len(sideways)
    for row, count in zip(row_of, n_lines, strict=True):
        lines[row] = max(lines[row], count)
    bands, top = [], _ABOVE_PX
    for count, far in zip(lines, sideways, strict=True):
        bottom = top + LINE_PX * (count + 1) + 2 * PADDING_PX + RULE_PX
        bands.append(Band(top, bottom))
        top = bottom + min(GAP_PX[0] + _GAP_SLOPE * far, GAP_PX[1])
    return bands


def _curves(
    flow: Map,
    edges: Sequence[Edge],
    row_of: Sequence[int],
    placed: Places,
    bands: Sequence[Band],
    boxes: Sequence[Box],
) -> tuple[list[Curve], list[tuple[Stretch, int]]]:
    kinds = [str(kind) for kind in flow.transitions["kind"]]
    hues = {number: HUES[kind] for number, kind in zip(placed.lane_of, kinds, strict=True) if number is not None}
    trunks = [
        trunk(
            lane, boxes[lane.owner], [bands[row_of[lane.owner] + lane.step * (n + 1)] for n in range(len(lane.x))], hue
        )
        for lane, (_, hue) in zip(placed.lanes, sorted(hues.items()), strict=True)
    ]
    leaving_at = [[0] * len(one) for one in trunks]
    curves = []
    for edge, number, kind in zip(edges, placed.lane_of, kinds, strict=True):
        source, target = boxes[edge.source], boxes[edge.target]
        if number is None:
            curves.append(alone(source, target, edge.n, kind))
            continue
        passed = abs(row_of[edge.source] - row_of[edge.target]) - 1
        shared, leaving = trunks[number][:passed], placed.lanes[number].leaving
        curves.append(in_trunk(source, target, edge.n, kind, shared, leaving=leaving))
        leaving_at[number][passed - 1] += edge.n
    flows = [
        (stretch, n)
        for one, counts in zip(trunks, leaving_at, strict=True)
        for stretch, n in zip(reversed(one), accumulate(reversed(counts)), strict=True)
    ]
    return curves, flows
