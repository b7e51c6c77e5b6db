"""Bars with a measure each: how open the choice after a node is, how few next steps cover it, how many go on, how long
it takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from core import text
from core.charts import theme
from core.charts.theme import Palette

ROW_PX: Final = 38
SPLIT_ROW_PX: Final = 44
_BAR_PX = 31
_CAPTION_PX = 24
# A bar of several parts lies below its label: text that runs over them is hard to read.
_SPLIT_BAR_PX = 8
_SPLIT_BAR_DOWN_PX = 11
_SPLIT_TEXT_UP_PX = 8
_INDENT_PX = 8
_GAP_PX = 16
_SLACK_PX = 6
# From here on a bar is as red as it gets: the choice between 16 options that are taken alike.
_OPEN_BITS = 4.0

# Plotly fades what a click did not select; nothing here shall fade.
_BAR: Final[dict[str, Any]] = {
    "orientation": "h",
    "selected": {"marker": {"opacity": 1}},
    "unselected": {"marker": {"opacity": 1}},
}


@dataclass(frozen=True)
class Row:
    """A bar: `parts` are (length, colour) from the left; `numbers` are (words, colour), one under each heading.

    All rows have as many parts and numbers. `key` comes back from a click.
    """

    label: str
    parts: list[tuple[float, str]]
    numbers: list[tuple[str, str]]
    hover: str
    key: str


def entropy_bars(frame: pd.DataFrame, palette: Palette, *, width: int) -> go.Figure:
    """How open the choice after each node is: a bar a row of `frame`, as long as its bits, from green to red.

    `frame` has node, label, n (occurrences with a next step), entropy_bits, perplexity and branching_factor, in the
    order of the rows. Colour runs with the bits, from 0 to 4 and more; length and text say the same to those who
    cannot tell green from red. For `width`, clicks and an empty frame see `coverage_bars`.
    """
    rows = []
    for row in frame.to_dict("records"):
        bits, options, branches = row["entropy_bits"], row["perplexity"], int(row["branching_factor"])
        rows.append(
            _row(
                row,
                [(bits, _openness(bits, palette))],
                [
                    (text.number(bits, 2), palette.ink),
                    (f"{text.number(options, 1)} of {text.number(branches)}", palette.muted),
                ],
                f"{text.number(bits, 2)} bits: as open as {text.number(options, 1)} options that are taken alike",
                f"{text.plural(branches, 'different next step')}, taken {_times(row['n'])}",
            )
        )
    return rows_figure(rows, ("Bits", "Options"), palette, width)


def coverage_bars(frame: pd.DataFrame, palette: Palette, *, width: int) -> go.Figure:
    """How much of what follows a node its most frequent next step covers, its second, and all others.

    `frame` has node, label, n (occurrences with a next step), top1_share and top2_share (the two together), shares
    from 0 to 1, in the order of the rows. `width` is the expected width in pixels, for which labels are cut.
    `customdata` of a clicked row is `[node]`. An empty frame gives the figure of `theme.nothing`.
    """
    strong, pale = theme.tint(palette.fill, 0.8, palette), theme.tint(palette.fill, 0.4, palette)
    rows = []
    for row in frame.to_dict("records"):
        one, two = row["top1_share"], row["top2_share"]
        rows.append(
            _row(
                row,
                [(one, strong), (two - one, pale), (max(1 - two, 0.0), palette.grid)],
                [(text.percent(one, 0), palette.ink), (text.percent(two, 0), palette.muted)],
                f"Most frequent next step: {text.percent(one)}",
                f"The two most frequent: {text.percent(two)}",
                f"Calls go on from here {_times(row['n'])}",
            )
        )
    return rows_figure(rows, ("Top 1", "Top 2"), palette, width)


def funnel_bars(frame: pd.DataFrame, palette: Palette, *, width: int) -> go.Figure:
    """How often each node is reached: on the left the part that goes on, on its right the part that ends there.

    `frame` has node, label, reach, transitions, drop_off and n_calls, in the order of the rows. A column
    `has_children` tells where the menu goes on: calls that end there are red, others gray; without it all are gray.
    For `width`, clicks and an empty frame see `coverage_bars`.
    """
    on = theme.tint(palette.fill, 0.5, palette)
    rows = []
    for row in frame.to_dict("records"):
        reach, onward, ended = (int(row[name]) for name in ("reach", "transitions", "drop_off"))
        lost = bool(row.get("has_children", False)) and ended > 0
        rows.append(
            _row(
                row,
                [(onward, on), (ended, palette.stop if lost else palette.destination)],
                [
                    (text.number(reach), palette.ink),
                    (text.signed(-ended), palette.stop_text if lost else palette.muted),
                ],
                f"Reached {_times(reach)}, by {text.plural(int(row['n_calls']), 'call')}",
                f"{text.number(onward)} go on, {text.percent(onward / max(reach, 1))}",
                f"{text.number(ended)} end here, {text.percent(ended / max(reach, 1))}"
                + (", although the menu goes on" if lost else ""),
            )
        )
    return rows_figure(rows, ("Reached", "Ended"), palette, width)


def time_bars(frame: pd.DataFrame, palette: Palette, *, width: int, unit: str = "time") -> go.Figure:
    """How long something takes: a bar to the median, a paler one on to the 90th percentile.

    `frame` has node, label, n (times counted, each a `unit`), median_s and p90_s in seconds, in the order of the rows.
    For `width`, clicks and an empty frame see `coverage_bars`.
    """
    strong, pale = theme.tint(palette.fill, 0.8, palette), theme.tint(palette.fill, 0.3, palette)
    rows = []
    for row in frame.to_dict("records"):
        median, p90 = float(row["median_s"]), float(row["p90_s"])
        rows.append(
            _row(
                row,
                [(median, strong), (p90 - median, pale)],
                [(text.briefly(median), palette.ink), (text.briefly(p90), palette.muted)],
                f"Half within {text.briefly(median)}",
                f"Nine in ten within {text.briefly(p90)}",
                f"Of {text.plural(int(row['n']), unit)}",
            )
        )
    return rows_figure(rows, ("Median", "p90"), palette, width)


def _row(row: dict[Any, Any], parts: list[tuple[float, str]], numbers: list[tuple[str, str]], *facts: str) -> Row:
    label, node = str(row["label"]), str(row["node"])
    return Row(label, parts, numbers, theme.hover(label, *facts, f"id {node}"), node)


def _openness(bits: float, palette: Palette) -> str:
    green, amber, red = (palette.categorical[place] for place in (3, 1, 4))
    part = min(bits / _OPEN_BITS, 1.0)
    hue = theme.mix(green, amber, part * 2) if part < 0.5 else theme.mix(amber, red, part * 2 - 1)
    return theme.tint(hue, 0.3 + 0.06 * part, palette)


def _times(n: int) -> str:
    return "once" if n == 1 else f"{text.number(n)} times"


def rows_figure(rows: Sequence[Row], headings: tuple[str, ...], palette: Palette, width: int) -> go.Figure:
    """A bar a row with its label, its parts side by side, and its numbers under `headings`; see `coverage_bars`."""
    if not rows:
        return theme.nothing(palette)
    split = len(rows[0].parts) > 1
    row_px, bar_px = (SPLIT_ROW_PX, _SPLIT_BAR_PX) if split else (ROW_PX, _BAR_PX)
    up, down = (_SPLIT_TEXT_UP_PX / row_px, _SPLIT_BAR_DOWN_PX / row_px) if split else (0, 0)
    indent_px = 0 if split else _INDENT_PX
    columns = [[words for words, _ in column] for column in zip(*(row.numbers for row in rows), strict=True)]
    edges = theme.column_edges(columns, headings, _GAP_PX)
    margin = edges[-1]
    plot_px = max(width - margin, 1)
    longest = max(sum(length for length, _ in row.parts) for row in rows) or 1
    places = range(len(rows))

    chart = theme.figure(palette, height=row_px * len(rows) + _CAPTION_PX + 4)
    for part in range(len(rows[0].parts)):
        chart.add_bar(
            x=[row.parts[part][0] for row in rows],
            y=[place + down for place in places],
            width=bar_px / row_px,
            marker={"color": [row.parts[part][1] for row in rows], "cornerradius": 4},
            hoverinfo="skip",
            **_BAR,
        )
    ink = {"textfont": {"color": palette.ink}}
    chart.add_scatter(
        x=[longest * indent_px / plot_px] * len(rows),
        y=[place - up for place in places],
        text=[theme.shown(text.cut(row.label, plot_px - indent_px - _SLACK_PX, theme.FONT_PX)) for row in rows],
        mode="text",
        textposition="middle right",
        selected=ink,
        unselected=ink,
        hoverinfo="skip",
        **ink,
    )
    # Last, so on top: it takes hover and click for the whole row. A hair off it, so that it is not stacked.
    chart.add_bar(
        x=[longest] * len(rows),
        y=[place + 1e-3 for place in places],
        width=1,
        marker={"color": "rgba(0,0,0,0)"},
        customdata=[[row.key] for row in rows],
        hovertext=[row.hover for row in rows],
        hoverinfo="text",
        **_BAR,
    )
    chart.update_layout(
        annotations=[*_captions(headings, edges, palette), *_numbers(rows, edges, up)],
        barmode="stack",
        margin={"l": 0, "r": margin, "t": _CAPTION_PX, "b": 4},
        xaxis={"visible": False, "range": [0, longest]},
        yaxis={"visible": False, "range": [len(rows) - 0.5, -0.5]},
    )
    return chart


def _captions(headings: tuple[str, ...], edges: list[int], palette: Palette) -> Iterator[dict[str, Any]]:
    font = {"color": palette.muted, "size": theme.SMALL_PX}
    for heading, edge in zip(headings, edges, strict=True):
        yield _COLUMN | {"text": heading, "y": 1, "yref": "paper", "yanchor": "bottom", "xshift": edge, "font": font}


def _numbers(rows: Sequence[Row], edges: list[int], up: float) -> Iterator[dict[str, Any]]:
    for place, row in enumerate(rows):
        for (words, colour), edge in zip(row.numbers, edges, strict=True):
            yield _COLUMN | {"text": theme.escape(words), "y": place - up, "xshift": edge, "font": {"color": colour}}


_COLUMN: Final[dict[str, Any]] = {"x": 1, "xref": "paper", "xanchor": "right", "borderpad": 0}
