"""A path that calls take, as the charts of paths are given it, and what they say of it under the pointer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from core import text
from core.charts import theme

# Stands behind a step on which calls end although the menu goes on.
STOP: Final = "\N{LEFT TACK}"
_MOST_LINES = 12


@dataclass(frozen=True)
class Variant:
    """A path: its steps as (node id, label), at least one, and the `n` calls that take it.

    `share` and `cumulative` (with all paths of a higher rank) are between 0 and 1, `hue` is `#RRGGBB`. `stops` says
    that the menu goes on from the last step. `key` comes back from a click.
    """

    rank: int
    steps: tuple[tuple[str, str], ...]
    n: int
    share: float
    cumulative: float
    hue: str
    stops: bool = False
    key: str = ""


class Step(NamedTuple):
    """A step at its position in the call, from 1."""

    position: int
    node: str
    label: str


def steps_of(variant: Variant, skip: int) -> list[Step]:
    """The steps behind the first `skip`; the last one is always there."""
    steps = [Step(position, *step) for position, step in enumerate(variant.steps, start=1)]
    return steps[min(skip, len(steps) - 1) :]


def folded(steps: Sequence[Step], most: int) -> list[tuple[Step, ...]]:
    """The steps as at most `most` groups (three or more) of one step each, but for one before the last that holds
    what does not fit."""
    if len(steps) <= most:
        return [(step,) for step in steps]
    return [*((step,) for step in steps[: most - 2]), tuple(steps[most - 2 : -1]), (steps[-1],)]


def group_hover(variant: Variant, group: tuple[Step, ...]) -> str:
    """One step with its whole label, or the several that are folded."""
    if len(group) > 1:
        return theme.hover(f"{len(group)} steps", _calls(variant), entries=_listed(group))
    (step,) = group
    facts = [f"Step {step.position} · id {step.node}", _calls(variant)]
    if step.position == len(variant.steps):
        facts.append("They end here" + (", although the menu goes on" if variant.stops else ""))
    return theme.hover(step.label, *facts)


def path_hover(variant: Variant) -> str:
    """The path with all its steps."""
    steps = steps_of(variant, 0)
    end = ["They end there, although the menu goes on"] if variant.stops else []
    return theme.hover(_calls(variant), *end, entries=_listed(steps))


def _calls(variant: Variant) -> str:
    return f"Path {variant.rank}: {text.plural(variant.n, 'call')}, {text.percent(variant.share)}"


def _listed(steps: Sequence[Step]) -> list[str]:
    lines = [theme.entry(step.label, before=f"{step.position}. ") for step in steps[:_MOST_LINES]]
    return lines + ([f"and {len(steps) - _MOST_LINES} more"] if len(steps) > _MOST_LINES else [])
