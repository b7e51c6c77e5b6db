"""What the flow map says under the pointer, and what its marks mean."""

from collections.abc import Iterator, Sequence
from typing import Final

from core import text
from core.charts import theme
from core.charts.flow_curves import HUES, Box, Curve, Hue
from core.charts.theme import Palette

_KINDS: Final = {
    "menu": "along the menu",
    "back": "back to an item met before in the call",
    "up": "up the menu, to an item not met before",
    "repeat": "the same item again",
    "jump": "past the menu, elsewhere",
}


def hue_colour(hue: Hue, palette: Palette) -> str:
    """The colour of a transition: quiet along the menu, one for ways back and one for ways past the menu."""
    if hue == "menu":
        return theme.tint(palette.muted, 0.45, palette)
    return palette.categorical[2 if hue == "jump" else 1]


def box_hover(box: Box) -> str:
    """What a box says: how many calls take the item, start and end there."""
    facts = [text.plural(box.n_calls, "call")]
    if box.reach != box.n_calls:
        facts = [f"Taken {text.plural(box.reach, 'time')} by {text.plural(box.n_calls, 'call')}"]
    if box.starts:
        facts.append(f"{text.plural(box.starts, 'call')} start here")
    if box.ends:
        although = ", although the menu goes on" if box.has_children else ""
        share = text.percent(box.ends / box.reach)
        facts.append(f"{text.share_of(box.ends, box.reach)} end here, {share}{although}")
    return theme.hover(box.label, *facts, f"id {box.node}")


def curve_hovers(curves: Sequence[Curve]) -> Iterator[str]:
    """What each curve says; the words of its two ends are set once for each box, for they take most of the time."""
    begun = {curve.source.node: theme.hover("", f"from {curve.source.label}") for curve in curves}
    ended = {curve.target.node: theme.hover("", f"to {curve.target.label}") for curve in curves}
    for curve in curves:
        of = curve.source.reach
        # Where there is no menu, no item has children and every transition is of the kind "menu".
        kind = "" if curve.kind == "menu" and not curve.source.has_children else f", {_KINDS[curve.kind]}"
        share = theme.escape(text.percent(curve.n / of))
        yield "<br>".join(
            (
                f"<b>{text.plural(curve.n, 'time')}{kind}</b>",
                begun[curve.source.node],
                ended[curve.target.node],
                f"{share} of the {text.plural(of, 'step')} on the first",
            )
        )


def legend(boxes: Sequence[Box], curves: Sequence[Curve], palette: Palette, width: float) -> list[str]:
    """What the marks mean that the map has, in lines that fit the width."""
    hues = {HUES[curve.kind] for curve in curves}
    ends = {box.has_children for box in boxes if box.ends}
    entries = [
        ("▼", palette.accent, "calls start", any(box.starts for box in boxes)),
        ("■", palette.stop, "calls end, the menu goes on", True in ends),
        ("■", palette.destination, "calls end", False in ends),
        ("– –", hue_colour("back", palette), "back, or again", "back" in hues),
        ("– –", hue_colour("jump", palette), "past the menu", "jump" in hues),
    ]
    gap = "\N{EM SPACE}"
    lines: list[str] = []
    room = 0.0
    for mark, colour, words, there in entries:
        wide = text.text_width(f"{mark} {words}{gap}", theme.SMALL_PX)
        if there:
            if not lines or wide > room:
                lines.append("")
                room = width
            lines[-1] += f'<span style="color:{colour}">{mark}</span> {words}{gap}'
            room -= wide
    return lines
