"""The flow map: menu items as boxes, the ways between them as curves that lead down the page."""

from collections.abc import Iterator, Sequence
from itertools import chain
from math import sqrt
from typing import Any, Final

import plotly.graph_objects as go

from core import text
from core.charts import theme
from core.charts.flow_curves import HUES, Box, Curve, Hue
from core.charts.flow_drawing import Drawing, drawing
from core.charts.flow_words import box_hover, curve_hovers, hue_colour, legend
from core.charts.theme import Palette
from core.flow.flow_map import Map

_LEGEND_PX = 20
_NUMBER_PX = 12
_NUMBER_HIGH_PX = 15
_MOST_NUMBERS = 150
_EDGE_PX = (1.3, 8.0)
_ARROW_PX = (9, 14)
_START_PX, _END_PX = 12, 8
_INSET_PX = 9
_TINTS = {"light": (0.06, 0.3), "dark": (0.14, 0.5)}

# Plotly fades what a click did not select; nothing here shall fade.
_UNFADED: Final[dict[str, Any]] = {
    "selected": {"marker": {"opacity": 1}},
    "unselected": {"marker": {"opacity": 1}},
}


def flow_map(flow: Map, palette: Palette, *, width: int) -> go.Figure:
    """The map from top to bottom, as high as its rows of boxes ask for; `width` is the expected width in pixels.

    A box says its label, how often calls take the item, and behind a square how many end there: red where the menu
    goes on, with a red rule as long as their share. A curve is as wide as the root of how often it is taken; the
    number stands on it where no box says it already. A triangle stands where calls start. Above the map stands what
    the marks mean that it has.

    `customdata` of a clicked point is `["node:ID"]` or `["edge:SOURCE\\tTARGET"]`. A map without nodes gives the
    figure of `theme.nothing`.
    """
    if flow.nodes.empty:
        return theme.nothing(palette)
    drawn = drawing(flow, width)
    boxes, curves, map_px = drawn.boxes, drawn.curves, drawn.height
    said = legend(boxes, curves, palette, width)
    legend_px = _LEGEND_PX * len(said) + 6
    chart = theme.figure(palette, height=round(map_px) + legend_px)
    _add_curves(chart, drawn, palette)
    _add_boxes(chart, boxes, palette)
    _add_numbers(chart, curves, palette)
    chart.add_annotation(
        text="<br>".join(said),
        x=0,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        yshift=4,
        align="left",
        borderpad=0,
        font={"color": palette.muted, "size": theme.SMALL_PX},
    )
    chart.update_layout(
        barmode="overlay",
        margin={"l": 0, "r": 0, "t": legend_px, "b": 0},
        xaxis={"visible": False, "range": [0, width]},
        yaxis={"visible": False, "range": [round(map_px), 0]},
    )
    return chart


def _between(bounds: tuple[float, float], share: float) -> float:
    return bounds[0] + (bounds[1] - bounds[0]) * sqrt(share)


def _add_curves(chart: go.Figure, drawn: Drawing, palette: Palette) -> None:
    """Curves below everything else, thin ones first and those past the menu last; then their arrowheads.

    All stretches of one look are one shape, because a thousand shapes take seconds.
    """
    stretches = [*drawn.trunks, *((curve.own, curve.n) for curve in drawn.curves)]
    most = max((n for _, n in stretches), default=1)
    looks: dict[tuple[bool, bool, float, Hue], list[str]] = {}
    for stretch, n in stretches:
        line_px = _EDGE_PX[0] if stretch.faint else round(_between(_EDGE_PX, n / most) * 2) / 2
        looks.setdefault((not stretch.faint, stretch.hue != "menu", line_px, stretch.hue), []).append(stretch.path)
    chart.update_layout(
        shapes=[
            {
                "type": "path",
                "path": "".join(paths),
                "layer": "below",
                "line": {
                    "color": theme.tint(hue_colour(hue, palette), 1 if clear else 0.5, palette),
                    "width": line_px,
                    "dash": "4px,3px" if dashed else "solid",
                },
            }
            for (clear, dashed, line_px, hue), paths in sorted(looks.items())
        ]
    )
    tips: dict[tuple[tuple[float, float], str, Hue], int] = {}
    for curve in drawn.curves:
        tip = (curve.tip, curve.heading, HUES[curve.kind])
        tips[tip] = max(tips.get(tip, 0), curve.n)
    _add_marks(
        chart,
        [at for at, _, _ in tips],
        [f"triangle-{heading}" for _, heading, _ in tips],
        [hue_colour(hue, palette) for _, _, hue in tips],
        [round(_between(_ARROW_PX, n / most), 1) for n in tips.values()],
    )


def _add_boxes(chart: go.Figure, boxes: Sequence[Box], palette: Palette) -> None:
    most = max(box.reach for box in boxes)
    chart.add_bar(
        # A hair apart, because Plotly rounds only the outermost of the bars that share a place.
        x=[box.x + number * 1e-4 for number, box in enumerate(boxes)],
        base=[box.top for box in boxes],
        y=[box.bottom - box.top for box in boxes],
        width=[box.width for box in boxes],
        marker={
            "color": [
                theme.tint(palette.fill, _between(_TINTS[palette.mode], box.reach / most), palette) for box in boxes
            ],
            "cornerradius": 8,
            "line": {"color": theme.tint(palette.fill, 0.5, palette), "width": 1},
        },
        customdata=[[f"node:{box.node}"] for box in boxes],
        hovertext=[box_hover(box) for box in boxes],
        hoverinfo="text",
        **_UNFADED,
    )
    labels = [(box.x, box.label_y, "<br>".join(map(theme.shown, box.lines))) for box in boxes]
    _add_words(chart, labels, "middle center", palette.ink)
    counts = [(box.left + _INSET_PX, box.count_y, f"<b>{text.number(box.reach)}</b>") for box in boxes]
    _add_words(chart, counts, "middle right", palette.ink)
    lost = [box for box in boxes if box.ends and box.has_children]
    arrived = [box for box in boxes if box.ends and not box.has_children]
    _add_ends(chart, lost, palette.stop, palette.stop_text)
    _add_ends(chart, arrived, palette.destination, palette.muted)
    _add_rules(chart, lost, palette)
    _add_starts(chart, [box for box in boxes if box.starts], palette)


def _add_ends(chart: go.Figure, boxes: Sequence[Box], mark: str, words: str) -> None:
    counts = [(box.right - _INSET_PX, box.count_y, text.number(box.ends)) for box in boxes]
    _add_words(chart, counts, "middle left", words)
    at = [(x - text.text_width(count, theme.SMALL_PX) - _END_PX, y) for x, y, count in counts]
    _add_marks(chart, at, "square", mark, _END_PX)


def _add_rules(chart: go.Figure, boxes: Sequence[Box], palette: Palette) -> None:
    """Along the lower edge of each box, as long as the share of its calls that end there."""
    if not boxes:
        return
    lengths = [max((box.width - 2 * _INSET_PX) * min(box.ends / box.reach, 1), 2) for box in boxes]
    rules = zip(boxes, lengths, strict=True)
    x = [(box.left + _INSET_PX, box.left + _INSET_PX + length, None) for box, length in rules]
    chart.add_scatter(
        x=list(chain(*x)),
        y=list(chain(*((box.bottom - 4, box.bottom - 4, None) for box in boxes))),
        mode="lines",
        line={"color": palette.stop, "width": 3},
        hoverinfo="skip",
    )


def _add_starts(chart: go.Figure, boxes: Sequence[Box], palette: Palette) -> None:
    at = [(box.left + _INSET_PX + _START_PX / 2, box.top - _START_PX / 2) for box in boxes]
    _add_marks(chart, at, "triangle-down", palette.accent, _START_PX)
    counts = [
        (x + _START_PX / 2 + 5, y - 1, text.number(box.starts) if box.starts != box.reach else "")
        for (x, y), box in zip(at, boxes, strict=True)
    ]
    _add_words(chart, counts, "middle right", palette.muted, _NUMBER_PX)


def _add_marks(chart: go.Figure, at: Sequence[tuple[float, float]], symbol: Any, colour: Any, size: Any) -> None:
    if not at:
        return
    chart.add_scatter(
        x=[x for x, _ in at],
        y=[y for _, y in at],
        mode="markers",
        marker={"symbol": symbol, "color": colour, "size": size, "opacity": 1, "line": {"width": 0}},
        hoverinfo="skip",
        **_UNFADED,
    )


def _add_words(
    chart: go.Figure, words: Sequence[tuple[float, float, str]], position: str, colour: str, size: int = theme.SMALL_PX
) -> None:
    """Texts at their places; one "middle right" begins there, one "middle left" ends there."""
    if not words:
        return
    shift = {"middle right": -theme.TEXT_SHIFT_PX, "middle left": theme.TEXT_SHIFT_PX}.get(position, 0)
    chart.add_scatter(
        x=[x + shift for x, _, _ in words],
        y=[y for _, y, _ in words],
        text=[said for _, _, said in words],
        mode="text",
        textposition=position,
        textfont={"color": colour, "size": size},
        selected={"textfont": {"color": colour}},
        unselected={"textfont": {"color": colour}},
        hoverinfo="skip",
    )


def _add_numbers(chart: go.Figure, curves: Sequence[Curve], palette: Palette) -> None:
    """A point on each curve for hover and click, and its number where that is news and there is room."""
    told = [(*curve.middle, text.number(curve.n)) for curve in _told(curves)]
    halves = [text.text_width(number, _NUMBER_PX) / 2 + 2 for _, _, number in told]
    chart.add_scatter(
        x=list(chain(*((x - half, x + half, None) for (x, _, _), half in zip(told, halves, strict=True)))),
        y=list(chain(*((y, y, None) for _, y, _ in told))),
        mode="lines",
        line={"color": palette.page, "width": _NUMBER_HIGH_PX},
        opacity=0.85,
        hoverinfo="skip",
    )
    _add_words(chart, told, "middle center", palette.muted, _NUMBER_PX)
    clear = {"marker": {"opacity": 0}}
    chart.add_scatter(
        x=[curve.middle[0] for curve in curves],
        y=[curve.middle[1] for curve in curves],
        mode="markers",
        marker={"size": 18, "color": palette.page, "opacity": 0},
        selected=clear,
        unselected=clear,
        customdata=[[f"edge:{curve.source.node}\t{curve.target.node}"] for curve in curves],
        hovertext=list(curve_hovers(curves)),
        hoverinfo="text",
    )


def _told(curves: Sequence[Curve]) -> Iterator[Curve]:
    """The curves whose number is written: the most frequent first, none over another, not where a box says it."""
    lines: dict[int, list[tuple[float, float, float]]] = {}
    news = [curve for curve in curves if curve.n not in (curve.target.reach, curve.source.reach)]
    for curve in sorted(news, key=lambda curve: -curve.n)[:_MOST_NUMBERS]:
        (x, y), half = curve.middle, text.text_width(text.number(curve.n), _NUMBER_PX) / 2 + 2
        line = int(y // _NUMBER_HIGH_PX)
        near = chain(*(lines.get(line + step, []) for step in (-1, 0, 1)))
        if all(abs(x - other) > half + its_half or abs(y - at) > _NUMBER_HIGH_PX for other, at, its_half in near):
            lines.setdefault(line, []).append((x, y, half))
            yield curve
