"""The bar list: a pale bar behind its own label, count and share in a column on the right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import plotly.graph_objects as go

from core import text
from core.charts import theme
from core.charts.theme import Palette

ROW_PX: Final = 38
_BAR_PX = 31
_INDENT_PX = 10
_NUMBERS_PX = 118
_GAP_PX = 16
_SLACK_PX = 6


@dataclass(frozen=True)
class Bar:
    """One row.

    `share` is between 0 and 1, or None where none is to be shown. `strong` is the bar that the sentence
    above speaks of, `quiet` a rest such as "12 more", `stop` calls that ended although the menu goes on.
    `hue` (`#RRGGBB`) colours a plain bar. `key` comes back from a click; `hover` adds lines, one a newline.
    """

    label: str
    n: int
    share: float | None
    tone: Literal["plain", "strong", "quiet", "stop"] = "plain"
    hue: str | None = None
    key: str = ""
    hover: str = ""


def bar_list(bars: Sequence[Bar], palette: Palette, *, width: int, unit: str = "call") -> go.Figure:
    """One row a bar, the first on top, 38 px each; no bars give the figure of `theme.nothing`.

    `width` is the figure's expected width in pixels, for which labels are cut: on a wider page they stay
    short, on a narrower one they end at the numbers. `unit` is what `n` counts, for the hover text. The
    whole row left of the numbers can be clicked; `customdata` of the clicked point is `[key]`.
    """
    if not bars:
        return theme.nothing(palette)
    counts_px = max(text.text_width(text.number(bar.n), theme.FONT_PX) for bar in bars)
    shares_px = 0 if all(bar.share is None for bar in bars) else text.text_width("100.0%", theme.FONT_PX) + _GAP_PX
    numbers_px = counts_px + shares_px + _GAP_PX
    margin = max(_NUMBERS_PX, round(numbers_px)) if shares_px else round(numbers_px)

    chart = theme.figure(palette, height=ROW_PX * len(bars) + 8)
    longest = max(max(bar.n for bar in bars), 1)
    rows = list(range(len(bars)))
    chart.add_bar(
        x=[bar.n for bar in bars],
        y=rows,
        marker={"color": [_colour(bar, palette) for bar in bars], "cornerradius": 4},
        hoverinfo="skip",
        **_BAR,
    )
    plot_px = max(width - margin, 1)
    for quiet, ink in ((False, palette.ink), (True, palette.muted)):
        members = [(row, bar) for row, bar in enumerate(bars) if (bar.tone == "quiet") == quiet]
        chart.add_scatter(
            x=[longest * (_INDENT_PX - theme.TEXT_SHIFT_PX) / plot_px] * len(members),
            y=[row for row, _ in members],
            text=[_label(bar, plot_px - _INDENT_PX - _SLACK_PX) for _, bar in members],
            mode="text",
            textposition="middle right",
            textfont={"color": ink},
            selected={"textfont": {"color": ink}},
            unselected={"textfont": {"color": ink}},
            hoverinfo="skip",
        )
    # Last, so on top: it takes hover and click for the whole row, however short its bar. A hair off the
    # row, because Plotly rounds only the outermost of the bars that share a place.
    chart.add_bar(
        x=[longest] * len(bars),
        y=[row + 1e-3 for row in rows],
        width=1,
        marker={"color": "rgba(0,0,0,0)"},
        customdata=[[bar.key] for bar in bars],
        hovertext=[_hover(bar, unit) for bar in bars],
        hoverinfo="text",
        **_BAR,
    )
    count_edge = margin - round(shares_px)
    chart.update_layout(
        annotations=[note for row, bar in enumerate(bars) for note in _numbers(row, bar, palette, count_edge, margin)],
        barmode="overlay",
        bargap=1 - _BAR_PX / ROW_PX,
        margin={"l": 0, "r": margin, "t": 4, "b": 4},
        xaxis={"visible": False, "range": [0, longest]},
        yaxis={"visible": False, "range": [len(bars) - 0.5, -0.5]},
    )
    return chart


# Plotly fades what a click did not select; nothing here shall fade.
_BAR: Final[dict[str, Any]] = {
    "orientation": "h",
    "selected": {"marker": {"opacity": 1}},
    "unselected": {"marker": {"opacity": 1}},
}


def _colour(bar: Bar, palette: Palette) -> str:
    match bar.tone:
        case "strong":
            return theme.tint(bar.hue or palette.fill, 0.5 if palette.mode == "light" else 0.8, palette)
        case "quiet":
            return palette.grid
        case "stop":
            return theme.tint(palette.stop, 0.3, palette)
    return theme.tint(bar.hue, 0.28, palette) if bar.hue else palette.bar


def _label(bar: Bar, room_px: float) -> str:
    bold = bar.tone == "strong"
    label = theme.shown(text.cut(bar.label, room_px / theme.BOLD if bold else room_px, theme.FONT_PX))
    return f"<b>{label}</b>" if bold else label


def _hover(bar: Bar, unit: str) -> str:
    count = text.plural(bar.n, unit)
    if bar.share is not None:
        count += f", {text.percent(bar.share)}"
    return theme.hover(bar.label, count, bar.hover, f"id {bar.key}" if bar.key else "")


def _numbers(row: int, bar: Bar, palette: Palette, count_edge: int, share_edge: int) -> Iterator[dict[str, Any]]:
    """Count and share as annotations; the edges are pixels right of the plot."""
    count = text.number(bar.n)
    column = {"x": 1, "xref": "paper", "xanchor": "right", "y": row, "yshift": 1.5, "borderpad": 0}
    yield column | {"text": f"<b>{count}</b>" if bar.tone == "strong" else count, "xshift": count_edge}
    if bar.share is not None:
        share = theme.escape(text.percent(bar.share))
        yield column | {"text": share, "xshift": share_edge, "font": {"color": palette.muted}}
