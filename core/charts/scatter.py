"""Dead ends: how often a call that reaches a node ends there, against how often the node is reached."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from core import text
from core.charts import theme
from core.charts.placing import Box, Dot, Place, placed
from core.charts.theme import Palette

_LEFT_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 46, 10, 26, 46
_PADDING_PX = 16
_LARGEST_PX, _SMALLEST_PX, _DESTINATION_PX = 13.0, 2.5, 2.5
_LARGEST_ON_PHONE_PX, _PHONE_PX = 9.0, 480
_LABEL_PX = 18
_MOST_LABELS = 14
_LONGEST_NAME_PX, _SHORTEST_NAME_PX = 190.0, 60.0
_MOST_NAMES = 8
_Y_RANGE = (-0.03, 1.03)


@dataclass(frozen=True)
class _Spot:
    """All nodes that are reached as often and end as many calls: they share a dot."""

    reach: int
    ends: int
    dead_end: bool
    names: tuple[tuple[str, str], ...]

    @property
    def x(self) -> float:
        return math.log10(self.reach)

    @property
    def rate(self) -> float:
        return self.ends / self.reach


@dataclass(frozen=True)
class _Plot:
    """Where the plot lies: `width` and `height` in pixels, the x axis in powers of ten, the most calls lost."""

    width: float
    height: float
    first: float
    last: float
    most: int

    def across(self, x: float) -> float:
        return (x - self.first) / (self.last - self.first) * self.width

    def down(self, y: float) -> float:
        return (_Y_RANGE[1] - y) / (_Y_RANGE[1] - _Y_RANGE[0]) * self.height

    def radius(self, spot: _Spot) -> float:
        if not spot.dead_end:
            return _DESTINATION_PX
        largest = _LARGEST_ON_PHONE_PX if self.width < _PHONE_PX else _LARGEST_PX
        return max(_SMALLEST_PX, largest * math.sqrt(spot.ends / self.most))


def dead_end_scatter(frame: pd.DataFrame, palette: Palette, *, width: int, height: int) -> go.Figure:
    """A dot a node: times reached on a log scale, the share of calls that end there, as large as the calls that end.

    `frame` has node, label, reach, terminations and has_children; a termination_rate is not needed. Nodes with
    children are dead ends, the redder the more calls end there; those without are destinations, gray and all of one
    size. Nodes on which no call ends are left out; those in the same place share a dot. Dotted curves run where as
    many calls are lost. The dead ends that lose most calls are named while there is room, the first of them always.

    `width` and `height` are pixels, for which the names are placed. `customdata` of a clicked dot is `[node]`, empty
    where several share it. A frame where no call ends gives the figure of `theme.nothing`.
    """
    spots = _spots(frame)
    if not spots:
        return theme.nothing(palette, height=height)
    plot = _plot(spots, width, height)
    curves = _round_losses(plot)
    chart = theme.figure(palette, height=height)
    for lost in curves:
        _draw_curve(chart, lost, plot, palette)
    for dead_end in (False, True):
        _draw_dots(chart, [spot for spot in spots if spot.dead_end == dead_end], plot, palette)
    chart.update_layout(
        annotations=[*_curve_notes(curves, plot, palette), *_names(spots, plot, palette)],
        margin={"l": _LEFT_PX, "r": _RIGHT_PX, "t": _TOP_PX, "b": _BOTTOM_PX},
        xaxis=_reach_axis(plot),
        yaxis={
            "range": list(_Y_RANGE),
            "tickvals": [0, 0.25, 0.5, 0.75, 1],
            "ticktext": ["0%", "25%", "50%", "75%", "100%"],
            "automargin": False,
        },
    )
    return chart


def _spots(frame: pd.DataFrame) -> list[_Spot]:
    """The dots, those where most calls end first, so that the smaller ones lie on top."""
    found: dict[tuple[int, int, bool], list[tuple[str, str]]] = {}
    for row in frame.to_dict("records"):
        ends = int(row["terminations"])
        if ends:
            place = (int(row["reach"]), ends, bool(row["has_children"]))
            found.setdefault(place, []).append((str(row["node"]), str(row["label"])))
    spots = [_Spot(*place, names=tuple(names)) for place, names in found.items()]
    return sorted(spots, key=lambda spot: -spot.ends)


def _plot(spots: Sequence[_Spot], width: int, height: int) -> _Plot:
    least, most = min(spot.x for spot in spots), max(spot.x for spot in spots)
    across = max(width - _LEFT_PX - _RIGHT_PX, 4 * _PADDING_PX)
    spread = max(most - least, 0.5)
    padding = spread * _PADDING_PX / (across - 2 * _PADDING_PX) + (spread - (most - least)) / 2
    lost = max((spot.ends for spot in spots if spot.dead_end), default=0)
    return _Plot(across, max(height - _TOP_PX - _BOTTOM_PX, 1), least - padding, most + padding, lost)


def _round_losses(plot: _Plot) -> list[int]:
    """Up to three round numbers of calls lost, four or five times each other: 10, 50, 200 where 230 are the most."""
    round_numbers = [n * 10**power for power in range(10) for n in (1, 2, 5) if n * 10**power <= plot.most]
    chosen = round_numbers[::-2][:3][::-1]
    return [lost for lost in chosen if plot.first < math.log10(lost) < plot.last]


def _draw_curve(chart: go.Figure, lost: int, plot: _Plot, palette: Palette) -> None:
    start = math.log10(lost / _Y_RANGE[1])
    xs = [start + (plot.last - start) * i / 60 for i in range(61)]
    chart.add_scatter(
        x=xs,
        y=[lost / 10**x for x in xs],
        mode="lines",
        line={"color": palette.destination, "width": 1, "dash": "dot"},
        hoverinfo="skip",
    )


def _draw_dots(chart: go.Figure, spots: Sequence[_Spot], plot: _Plot, palette: Palette) -> None:
    chart.add_scatter(
        x=[spot.x for spot in spots],
        y=[spot.rate for spot in spots],
        mode="markers",
        marker={
            "size": [2 * plot.radius(spot) for spot in spots],
            "color": [_colour(spot, plot, palette) for spot in spots],
            "opacity": 1,
            "line": {"color": palette.page, "width": 1},
        },
        cliponaxis=False,
        customdata=[[spot.names[0][0] if len(spot.names) == 1 else ""] for spot in spots],
        hovertext=[_hover(spot) for spot in spots],
        hoverinfo="text",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _colour(spot: _Spot, plot: _Plot, palette: Palette) -> str:
    if not spot.dead_end:
        return palette.destination
    return theme.tint(palette.stop, 0.3 + 0.6 * math.sqrt(spot.ends / plot.most), palette)


def _hover(spot: _Spot) -> str:
    facts = [
        f"{text.share_of(spot.ends, spot.reach)} calls that get here end here, {text.percent(spot.rate)}",
        "The menu goes on from here" if spot.dead_end else "A destination: nothing is below it",
    ]
    if len(spot.names) == 1:
        ((node, label),) = spot.names
        return theme.hover(label, *facts, f"id {node}")
    listed = [theme.entry(label, after=f" · id {node}") for node, label in spot.names[:_MOST_NAMES]]
    rest = [f"and {len(spot.names) - _MOST_NAMES} more"] if len(spot.names) > _MOST_NAMES else []
    return theme.hover(f"{len(spot.names)} items", "Each: " + facts[0], facts[1], entries=[*listed, *rest])


def _curve_notes(curves: Sequence[int], plot: _Plot, palette: Palette) -> Iterator[dict[str, Any]]:
    """The numbers where the curves leave the plot at its top, with words where the next one leaves them room."""
    end = plot.width + _RIGHT_PX
    for lost in reversed(curves):
        count = text.number(lost)
        left = plot.across(math.log10(lost)) - text.text_width(count, theme.SMALL_PX) / 2
        fitting = (
            words
            for words in (f"{count} {'call' if lost == 1 else 'calls'} lost", count)
            if left + text.text_width(words, theme.SMALL_PX) <= end
        )
        if words := next(fitting, ""):
            yield {
                "text": words,
                "x": left / plot.width,
                "xref": "paper",
                "xanchor": "left",
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "borderpad": 0,
                "font": {"color": palette.muted, "size": theme.SMALL_PX},
            }
            end = left - 10


def _names(spots: Sequence[_Spot], plot: _Plot, palette: Palette) -> Iterator[dict[str, Any]]:
    """The names of the largest dead ends, each as long as its place allows."""
    longest = min(_LONGEST_NAME_PX, 0.42 * plot.width)
    lengths = [max(longest * part, _SHORTEST_NAME_PX) for part in (1.0, 0.6, 0.3)]
    named = [spot for spot in spots if spot.dead_end][:_MOST_LABELS]
    names = {spot: [_name(spot, length) for length in lengths] for spot in named}
    dots = [
        Dot(
            plot.across(spot.x),
            plot.down(spot.rate),
            plot.radius(spot),
            tuple(width for _, width in names.get(spot, [])),
        )
        for spot in spots
    ]
    places = placed(dots, Box(0, 0, plot.width + _RIGHT_PX, plot.height), _LABEL_PX)
    for spot, dot, place in zip(spots, dots, places, strict=True):
        if place:
            words, _ = names[spot][place.choice]
            yield _beside(dot, place) | {
                "text": words,
                "x": spot.x,
                "y": spot.rate,
                "borderpad": 0,
                "bgcolor": palette.page,
                "font": {"size": theme.SMALL_PX, "color": palette.ink},
            }


def _name(spot: _Spot, most_px: float) -> tuple[str, float]:
    """What a dot is called, and its width in pixels: its first node, and how many others share it."""
    others = f" +{len(spot.names) - 1}" if len(spot.names) > 1 else ""
    others_px = text.text_width(others, theme.SMALL_PX)
    words = text.cut(spot.names[0][1], most_px - others_px, theme.SMALL_PX)
    return theme.shown(words) + others, text.text_width(words, theme.SMALL_PX) + others_px


def _beside(dot: Dot, place: Place) -> dict[str, Any]:
    """The annotation's place, as pixels from its dot, so that it stays there on a wider page."""
    box = place.box
    across: dict[str, Any] = {
        "right": {"xanchor": "left", "xshift": box.left - dot.x},
        "left": {"xanchor": "right", "xshift": box.right - dot.x},
    }.get(place.side, {"xanchor": "center", "xshift": (box.left + box.right) / 2 - dot.x})
    return across | {"yanchor": "middle", "yshift": dot.y - (box.top + box.bottom) / 2}


def _reach_axis(plot: _Plot) -> dict[str, Any]:
    ticks = [10.0**power for power in range(math.ceil(plot.first), math.floor(plot.last) + 1)]
    if len(ticks) < 2:
        steps = [n * 10.0**power for power in range(math.floor(plot.first), math.ceil(plot.last)) for n in (1, 2, 3, 5)]
        ticks = [tick for tick in steps if tick >= 1 and plot.first <= math.log10(tick) <= plot.last]
    widest = max((text.text_width(text.number(tick), theme.SMALL_PX) for tick in ticks), default=0) + 12
    every = max(1, math.ceil(widest * len(ticks) / plot.width))
    shown = ticks[::every]
    return {
        "range": [plot.first, plot.last],
        "tickvals": [math.log10(tick) for tick in shown],
        "ticktext": [text.number(tick) for tick in shown],
        "tickangle": 0,
        "title": {"text": "Times reached, log scale", "standoff": 6},
        "automargin": False,
    }
