"""A funnel plot: a dot a person, how many calls they have against what those are like, and how far chance goes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from core import text
from core.charts import theme
from core.charts.placing import Box, Dot, placed
from core.charts.theme import Palette

_LEFT_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 52, 12, 14, 46
_DOT_PX, _NAME_PX, _LINE_PX = 11, 130, 18
_MOST_NAMES: Final = 16
_POINTS: Final = 60
Z: Final = 1.96


@dataclass(frozen=True)
class Person:
    """A dot: how many calls, the mean or share of those, whether it differs from the others', what hover adds."""

    name: str
    n: int
    value: float
    differs: bool
    hover: str


def funnel_plot(
    people: Sequence[Person],
    palette: Palette,
    *,
    width: int,
    height: int,
    mean: float,
    spread: float,
    share: bool,
) -> go.Figure:
    """A dot a person, a line at the `mean` of all, dotted lines between which 95 % would be if all were alike.

    `spread` is the standard deviation of one call. With `share` values are shares from 0 to 1, else seconds. `width`
    and `height` are pixels, for which the names are placed: first of those who differ. `customdata` of a clicked dot is
    `[name]`. Nobody gives the figure of `theme.nothing`.
    """
    if not people:
        return theme.nothing(palette, height=height)
    first, last = min(one.n for one in people), max(one.n for one in people)
    pad = max((last - first) * 0.08, 1.0)
    low_n, high_n = max(first - pad, 1.0), last + pad
    across = [low_n + (high_n - low_n) * place / _POINTS for place in range(_POINTS + 1)]
    limits = [(max(mean - half, 0.0), mean + half) for half in (Z * spread / math.sqrt(n) for n in across)]
    highest = max([one.value for one in people] + [high for _, high in limits])
    least = min([one.value for one in people] + [low for low, _ in limits])
    room = max(highest - least, 1e-6) * 0.08
    bottom, top = max(least - room, 0.0), highest + room
    if share:
        top = min(top, 1.03)

    chart = theme.figure(palette, height=height)
    for side in (0, 1):
        chart.add_scatter(
            x=across,
            y=[min(one[side], 1.0) if share else one[side] for one in limits],
            mode="lines",
            line={"color": palette.muted, "width": 1, "dash": "dot"},
            hoverinfo="skip",
        )
    chart.add_scatter(
        x=[low_n, high_n], y=[mean, mean], mode="lines", line={"color": palette.muted, "width": 1}, hoverinfo="skip"
    )
    ordered = sorted(people, key=lambda one: (not one.differs, -one.n, one.name))
    chart.add_scatter(
        x=[one.n for one in ordered],
        y=[one.value for one in ordered],
        mode="markers",
        marker={
            "size": _DOT_PX,
            "color": [palette.accent if one.differs else palette.destination for one in ordered],
            "opacity": 1,
            "line": {"color": palette.page, "width": 1},
        },
        cliponaxis=False,
        customdata=[[one.name] for one in ordered],
        hovertext=[theme.hover(one.name, one.hover) for one in ordered],
        hoverinfo="text",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )
    plot = Box(0, 0, max(width - _LEFT_PX - _RIGHT_PX, 100), max(height - _TOP_PX - _BOTTOM_PX, 80))
    for one, dot, place in _named(ordered, plot, (low_n, high_n), (bottom, top)):
        chart.add_annotation(
            text=theme.shown(text.cut(one.name, _NAME_PX, theme.SMALL_PX)),
            x=one.n,
            y=one.value,
            xanchor="left",
            yanchor="middle",
            xshift=place.left - dot.x,
            yshift=dot.y - (place.top + place.bottom) / 2,
            borderpad=0,
            bgcolor=palette.page,
            font={"size": theme.SMALL_PX, "color": palette.ink if one.differs else palette.muted},
        )
    chart.update_layout(
        margin={"l": _LEFT_PX, "r": _RIGHT_PX, "t": _TOP_PX, "b": _BOTTOM_PX},
        xaxis={"range": [low_n, high_n], "title": {"text": "Calls", "standoff": 6}, "automargin": False, "nticks": 6},
        yaxis={
            "range": [bottom, top],
            "tickformat": ".0%" if share else ",.0f",
            "ticksuffix": "" if share else " s",
            "nticks": 6,
            "automargin": False,
        },
    )
    return chart


def _named(
    people: Sequence[Person], plot: Box, across: tuple[float, float], up: tuple[float, float]
) -> list[tuple[Person, Dot, Box]]:
    """Those whose names have room, and where the names stand in pixels."""
    dots = []
    for place, one in enumerate(people):
        x = (one.n - across[0]) / (across[1] - across[0]) * plot.right
        y = (up[1] - one.value) / (up[1] - up[0]) * plot.bottom
        name = text.cut(one.name, _NAME_PX, theme.SMALL_PX)
        widths = (text.text_width(name, theme.SMALL_PX),) if place < _MOST_NAMES else ()
        dots.append(Dot(x, y, _DOT_PX / 2, widths))
    places = placed(dots, plot, _LINE_PX)
    return [(one, dot, place.box) for one, dot, place in zip(people, dots, places, strict=True) if place]
