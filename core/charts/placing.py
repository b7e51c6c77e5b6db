"""Where labels stand beside their dots, in pixels, so that nothing runs into anything else."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

Side = Literal["right", "left", "above", "below"]
_SIDES: Final[tuple[Side, ...]] = ("right", "left", "above", "below")
_APART_PX: Final = 5


class Box(NamedTuple):
    """A rectangle in pixels; `bottom` is below `top`, so greater."""

    left: float
    top: float
    right: float
    bottom: float

    def shared_with(self, other: "Box") -> float:
        """The area that both cover."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(across, 0.0) * max(down, 0.0)

    def holds(self, other: "Box") -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


class Dot(NamedTuple):
    """A dot, and how wide its label is: at its longest, then cut shorter; nothing where it wants none."""

    x: float
    y: float
    radius: float
    widths: tuple[float, ...] = ()

    @property
    def box(self) -> Box:
        return Box(self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius)


class Place(NamedTuple):
    """Where a label stands: on which side of its dot, which of its widths it has."""

    side: Side
    choice: int
    box: Box


def placed(dots: Sequence[Dot], area: Box, height: float) -> list[Place | None]:
    """The place of each dot's label, `height` pixels high, or None for none; the first dots choose first.

    A label stays within `area`, off all dots and off the labels before it, and is rather cut shorter than dropped.
    Only the first dot that wants a label is sure to have it, if `area` holds it at all: where no place is free, it
    takes the one that covers the least.
    """
    obstacles = [dot.box for dot in dots]
    places: list[Place | None] = []
    for dot in dots:
        choices = [place for place in _choices(dot, area, height) if area.holds(place.box)]
        free = (place for place in choices if not _covered(place, obstacles))
        place = next(free, None)
        if choices and place is None and not any(places):
            place = min(choices, key=lambda one: _covered(one, obstacles))
        if place:
            left, top, right, bottom = place.box
            obstacles.append(Box(left - _APART_PX, top, right + _APART_PX, bottom))
        places.append(place)
    return places


def _covered(place: Place, obstacles: Sequence[Box]) -> float:
    return sum(place.box.shared_with(other) for other in obstacles)


def _choices(dot: Dot, area: Box, height: float) -> Iterator[Place]:
    """All places beside the dot, the best first; above and below it, labels slide sideways to stay in the area."""
    away = dot.radius + _APART_PX
    for choice, width in enumerate(dot.widths):
        centred = max(area.left, min(dot.x - width / 2, area.right - width))
        corner = {
            "right": (dot.x + away, dot.y - height / 2),
            "left": (dot.x - away - width, dot.y - height / 2),
            "above": (centred, dot.y - away - height),
            "below": (centred, dot.y + away),
        }
        for side in _SIDES:
            left, top = corner[side]
            yield Place(side, choice, Box(left, top, left + width, top + height))
