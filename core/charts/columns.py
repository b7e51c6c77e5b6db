"""Upright columns: one value a column, or how far calls get before they end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from core import text
from core.charts import theme
from core.charts.theme import Palette

_LINE_PX = 16
_BOTTOM_PX = 26
_TOP_PX = 24

# Plotly fades what a click did not select; nothing here shall fade.
_UNFADED: Final[dict[str, Any]] = {
    "selected": {"marker": {"opacity": 1}},
    "unselected": {"marker": {"opacity": 1}},
}


@dataclass(frozen=True)
class Column:
    """One column: `text` stands above it, `strong` is the one that the sentence above speaks of.

    `key` comes back from a click; `hover` adds lines, one a newline.
    """

    label: str
    value: float
    text: str
    strong: bool = False
    hover: str = ""
    key: str = ""


def columns(columns: Sequence[Column], palette: Palette, *, height: int = 240) -> go.Figure:
    """Columns side by side from zero, each with its text above and its label below.

    No columns give the figure of `theme.nothing`. `customdata` of a clicked column is `[key]`.
    """
    if not columns:
        return theme.nothing(palette, height=height)
    chart = theme.figure(palette, height=height)
    chart.add_bar(
        x=list(range(len(columns))),
        y=[column.value for column in columns],
        text=[_above(column) for column in columns],
        textposition="outside",
        textfont={"color": palette.ink, "size": theme.SMALL_PX},
        constraintext="none",
        cliponaxis=False,
        marker={
            "color": [palette.fill if column.strong else palette.bar for column in columns],
            "cornerradius": 4,
        },
        customdata=[[column.key] for column in columns],
        hovertext=[theme.hover(column.label, column.text, column.hover) for column in columns],
        hoverinfo="text",
        **_UNFADED,
    )
    highest = max(max(column.value for column in columns), 1e-9)
    plot_px = max(height - _TOP_PX - _BOTTOM_PX, 1)
    chart.update_layout(
        margin={"l": 0, "r": 0, "t": 4, "b": _BOTTOM_PX},
        xaxis=_labelled([column.label for column in columns]),
        yaxis={"visible": False, "range": [0, highest * (1 + _TOP_PX / plot_px)]},
    )
    return chart


def _above(column: Column) -> str:
    shown = theme.shown(column.text)
    return f"<b>{shown}</b>" if column.strong else shown


def _labelled(labels: Sequence[str]) -> dict[str, Any]:
    return {
        "tickmode": "array",
        "tickvals": list(range(len(labels))),
        "ticktext": [theme.shown(label) for label in labels],
        "tickangle": 0,
        "automargin": False,
        "range": [-0.5, len(labels) - 0.5],
    }


def depth_columns(frame: pd.DataFrame, palette: Palette, *, height: int = 300, width: int = 900) -> go.Figure:
    """How far calls get: a column a step, the calls that take it below, those lost before it on top.

    `frame` has a row a depth, in order, of whole numbers: `depth`, `goes_on` (calls with at least that many
    steps), `left_mid_menu` and `reached_destination` (calls that ended on the step before). Percentages
    are of the calls in the first row. `width` is the expected width in pixels; what would not fit a column
    is left to its hover text. An empty frame gives the figure of `theme.nothing`.
    """
    if frame.empty:
        return theme.nothing(palette, height=height)
    depth, goes_on, left, reached = (
        [int(n) for n in frame[name]] for name in ("depth", "goes_on", "left_mid_menu", "reached_destination")
    )
    calls = max(goes_on[0] + left[0] + reached[0], 1)
    top_px = 2 * _LINE_PX + 8
    plot_px = max(height - top_px - _BOTTOM_PX, 1)
    pitch_px = width / len(depth)
    filled = 0.72 if pitch_px >= 64 else 0.8
    column_px = pitch_px * filled

    chart = theme.figure(palette, height=height)
    hovers = [
        theme.hover(f"Step {d}", *_depth_facts(d, on, mid, end, calls))
        for d, on, mid, end in zip(depth, goes_on, left, reached, strict=True)
    ]
    layers = (
        (goes_on, palette.fill),
        (left, theme.tint(palette.stop, 0.6, palette)),
        (reached, palette.grid),
    )
    for counts, colour in layers:
        chart.add_bar(
            x=list(range(len(depth))),
            y=counts,
            marker={"color": colour, "cornerradius": 0},
            hovertext=hovers,
            hoverinfo="text",
            **_UNFADED,
        )
    for i in range(len(depth)):
        share = text.percent(goes_on[i] / calls, 0)
        fits = text.text_width(share, theme.SMALL_PX) * theme.BOLD + 4 <= column_px
        if fits and goes_on[i] / calls * plot_px >= _LINE_PX:
            chart.add_annotation(
                text=f"<b>{theme.escape(share)}</b>",
                x=i,
                y=goes_on[i],
                yanchor="top",
                borderpad=0,
                font={"color": "#FFFFFF", "size": theme.SMALL_PX},
            )
        losses = [(left[i], palette.stop_text), (reached[i], palette.muted)]
        lines = [
            f'<span style="color:{colour}">{text.signed(-lost)}</span>'
            for lost, colour in losses
            if lost and text.text_width(text.signed(-lost), theme.SMALL_PX) <= pitch_px
        ]
        if lines:
            chart.add_annotation(
                text="<br>".join(lines),
                x=i,
                y=goes_on[i] + left[i] + reached[i],
                yanchor="bottom",
                borderpad=0,
                font={"size": theme.SMALL_PX},
            )
    wide = text.text_width(f"Step {depth[-1]}", theme.SMALL_PX) <= pitch_px
    chart.update_layout(
        barmode="stack",
        bargap=1 - filled,
        margin={"l": 0, "r": 0, "t": 0, "b": _BOTTOM_PX},
        xaxis=_labelled([f"Step {d}" if wide else str(d) for d in depth]),
        yaxis={"visible": False, "range": [0, calls * (1 + top_px / plot_px)]},
    )
    return chart


def _depth_facts(depth: int, goes_on: int, left: int, reached: int, calls: int) -> list[str]:
    facts = [f"{text.share_of(goes_on, calls)} calls get here, {text.percent(goes_on / calls)}"]
    if left:
        facts.append(f"{text.number(left)} left mid-menu on step {depth - 1}")
    if reached:
        facts.append(f"{text.number(reached)} reached a destination on step {depth - 1}")
    return facts
