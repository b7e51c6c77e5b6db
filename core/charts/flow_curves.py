"""The shapes of the flow map: boxes, and the curves from one to another, in pixels from the upper left."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from core.charts.flow_places import Lane

DIP_PX: Final = 26.0
GAP_PX: Final = (40.0, 84.0)
LINE_PX: Final = 16
PADDING_PX: Final = 6
RULE_PX: Final = 4
_TIP_PX = 5.0
_LOOP_PX = 14.0
# A curve that leads up stands beside the middle of a box, where those that lead down start and end.
_ASIDE: Final = 0.3

Hue = Literal["menu", "back", "jump"]
HUES: Final[dict[str, Hue]] = {"menu": "menu", "back": "back", "up": "back", "repeat": "back", "jump": "jump"}
Point = tuple[float, float]


class Band(NamedTuple):
    """From where to where the boxes of a row reach."""

    top: float
    bottom: float


class Box(NamedTuple):
    """A node as drawn: `x` is its centre, `lines` its label as it fits."""

    node: str
    label: str
    n_calls: int
    reach: int
    starts: int
    ends: int
    has_children: bool
    lines: list[str]
    x: float
    width: float
    top: float
    bottom: float

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width / 2

    @property
    def count_y(self) -> float:
        """The middle of the line of numbers, which is the last in the box."""
        return self.bottom - PADDING_PX - RULE_PX / 2 - LINE_PX / 2

    @property
    def label_y(self) -> float:
        return (self.top + self.count_y - LINE_PX / 2) / 2 + 1


class Stretch(NamedTuple):
    """A piece of curve: the points of a Bézier and, where it passes a row, a straight line on to another.

    It is `faint` where it passes behind boxes.
    """

    hue: Hue
    points: tuple[Point, Point, Point, Point]
    on_to: Point | None = None
    faint: bool = False

    @property
    def end(self) -> Point:
        return self.on_to or self.points[3]

    @property
    def path(self) -> str:
        """In SVG's words."""
        start, *rest = (f"{x:.1f},{y:.1f}" for x, y in self.points)
        return f"M{start}C{' '.join(rest)}" + (f"L{self.on_to[0]:.1f},{self.on_to[1]:.1f}" if self.on_to else "")


class Curve(NamedTuple):
    """A transition: `own` is the stretch that it shares with no other, all of it unless it runs in a trunk.

    `middle` lies on that stretch; `tip` is the middle of the arrowhead before the target.
    """

    source: Box
    target: Box
    n: int
    kind: str
    own: Stretch
    middle: Point
    tip: Point
    heading: Literal["down", "up"]


def trunk(lane: Lane, owner: Box, bands: Sequence[Band], hue: Hue) -> list[Stretch]:
    """The stretches of a lane from its owner outwards, through `bands`."""
    here = _port(owner, lane.x[0], down=lane.leaving == (lane.step > 0), leaving=lane.leaving)
    stretches = []
    for x, band in zip(lane.x, bands, strict=True):
        near, far = band if lane.step > 0 else reversed(band)
        stretches.append(_bend(hue, here, (x, near), (x, far)))
        here = (x, far)
    return stretches


def in_trunk(source: Box, target: Box, n: int, kind: str, shared: Sequence[Stretch], *, leaving: bool) -> Curve:
    """A transition that runs in a trunk as long as `shared`, which belongs to its source (`leaving`) or its target."""
    down = source.top < target.top
    fork = shared[-1].end
    end = _port(target if leaving else source, fork[0], down=down, leaving=not leaving)
    tip = end if leaving else shared[0].points[0]
    own = _bend(HUES[kind], fork, end)
    return Curve(source, target, n, kind, own, _middle(fork, end), tip, "down" if down else "up")


def alone(source: Box, target: Box, n: int, kind: str) -> Curve:
    """A transition that shares nothing: within a row, to a neighbouring one, or behind the boxes of those between."""
    if source is target:
        return _loop(source, n, kind)
    if source.top == target.top:
        return _dip(source, target, n, kind)
    down = source.top < target.top
    start = _port(source, target.x, down=down, leaving=True)
    tip = _port(target, source.x, down=down, leaving=False)
    own, middle = _bend(HUES[kind], start, tip), _middle(start, tip)
    if abs(start[1] - tip[1]) > GAP_PX[1]:
        own = own._replace(faint=True)
        middle = (tip[0], tip[1] + (-1 if down else 1) * GAP_PX[0] / 3)
    return Curve(source, target, n, kind, own, middle, tip, "down" if down else "up")


def _port(box: Box, towards: float, *, down: bool, leaving: bool) -> Point:
    """Where a curve that leads down or up leaves a box, or where its arrowhead stands before the box."""
    if down:
        return (box.x, box.bottom) if leaving else (box.x, box.top - _TIP_PX)
    return (_aside(box, towards), box.top if leaving else box.bottom + _TIP_PX)


def _aside(box: Box, towards: float) -> float:
    return box.x + box.width * (_ASIDE if towards >= box.x else -_ASIDE)


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _bend(hue: Hue, here: Point, there: Point, on_to: Point | None = None) -> Stretch:
    """A curve that starts and ends upright."""
    half = (here[1] + there[1]) / 2
    return Stretch(hue, (here, (here[0], half), (there[0], half), there), on_to)


def _loop(box: Box, n: int, kind: str) -> Curve:
    """Around the upper right corner."""
    x, y = box.right, box.top
    tip = (x - _LOOP_PX, y - _TIP_PX)
    bend = ((x, y + _LOOP_PX), (x + _LOOP_PX, y + _LOOP_PX), (x + _LOOP_PX / 2, y - 2 * _LOOP_PX), tip)
    return Curve(box, box, n, kind, Stretch(HUES[kind], bend), (x + 1, y - _LOOP_PX), tip, "down")


def _dip(source: Box, target: Box, n: int, kind: str) -> Curve:
    """Below the row that both stand in."""
    start = (_aside(source, target.x), source.bottom)
    tip = (_aside(target, source.x), target.bottom + _TIP_PX)
    low = source.bottom + DIP_PX * 4 / 3
    own = Stretch(HUES[kind], (start, (start[0], low), (tip[0], low), tip))
    return Curve(source, target, n, kind, own, ((start[0] + tip[0]) / 2, source.bottom + DIP_PX), tip, "up")
