"""Figures with how sure they are: a dot a row, a line from end to end of its interval, and what to hold it against."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import plotly.graph_objects as go

from core import text
from core.charts import theme
from core.charts.theme import Palette

ROW_PX: Final = 34
PHONE_PX: Final = 480
"""Pixels: in a narrower chart the labels stand above their lines."""
PHONE_ROW_PX: Final = 48
_TOP_PX, _BOTTOM_PX = 24, 26
_LABEL_SHARE, _LEAST_LABEL_PX, _MOST_LABEL_PX = 0.42, 90, 340
_GAP_PX = 16
_DOT_PX = 11
_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)


@dataclass(frozen=True)
class Measure:
    """A row: a share or a difference of shares with its interval, and `words` that say it at the right.

    `sure` rows are drawn full, `unsure` ones pale, for they may be chance; `stop` are sure ones of calls that ended
    although the menu goes on. `key` comes back from a click; `hover` adds lines.
    """

    label: str
    value: float
    low: float
    high: float
    words: tuple[str, ...]
    tone: Literal["sure", "unsure", "stop"] = "unsure"
    key: str = ""
    hover: str = ""


def interval_rows(
    rows: Sequence[Measure],
    palette: Palette,
    *,
    width: int,
    headings: tuple[str, ...],
    reference: float,
    points: bool = False,
) -> go.Figure:
    """A dot a row, the first on top, with its 95 % interval and a line at `reference`, for all of them.

    With `points` the values are differences in percentage points. `headings` stand above the words. `width` is the
    expected width in pixels, for which labels are cut. `customdata` of a clicked row is `[key]`. No rows give the
    figure of `theme.nothing`.
    """
    if not rows:
        return theme.nothing(palette)
    columns = [list(words) for words in zip(*(row.words for row in rows), strict=True)]
    edges = theme.column_edges(columns, headings, _GAP_PX)
    is_narrow = width < PHONE_PX
    label_px = 4 if is_narrow else int(min(max(width * _LABEL_SHARE, _LEAST_LABEL_PX), _MOST_LABEL_PX))
    down, row_px = (0.22, PHONE_ROW_PX) if is_narrow else (0.0, ROW_PX)
    ends = [one for row in rows for one in (row.low, row.high)] + [reference]
    least, most = min(ends), max(ends)
    spread = max(most - least, 1e-6)
    span = [least - 0.04 * spread, most + 0.04 * spread]
    places = list(range(len(rows)))

    chart = theme.figure(palette, height=row_px * len(rows) + _TOP_PX + _BOTTOM_PX)
    for tone, colour in (("unsure", palette.destination), ("sure", palette.accent), ("stop", palette.stop)):
        own = [(place, row) for place, row in enumerate(rows) if row.tone == tone]
        chart.add_scatter(
            x=[x for _, row in own for x in (row.low, row.high, None)],
            y=[y for place, _ in own for y in (place + down, place + down, None)],
            mode="lines",
            line={"color": colour, "width": 2},
            hoverinfo="skip",
        )
        chart.add_scatter(
            x=[row.value for _, row in own],
            y=[place + down for place, _ in own],
            mode="markers",
            marker={"size": _DOT_PX, "color": colour, "line": {"color": palette.page, "width": 1}},
            hoverinfo="skip",
        )
    chart.add_scatter(
        x=[reference] * 2,
        y=[-0.5, len(rows) - 0.5],
        mode="lines",
        line={"color": palette.muted, "width": 1, "dash": "dot"},
        hoverinfo="skip",
    )
    # Last, so on top: it takes hover and click for the whole row.
    chart.add_bar(
        x=[span[1] - span[0]] * len(rows),
        base=span[0],
        y=places,
        width=1,
        orientation="h",
        marker={"color": "rgba(0,0,0,0)"},
        customdata=[[row.key] for row in rows],
        hovertext=[theme.hover(row.label, row.hover) for row in rows],
        hoverinfo="text",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )
    chart.update_traces(unselected={"marker": {"opacity": 1}}, selector={"mode": "markers"})
    chart.update_layout(
        annotations=[
            *_labels(rows, width - edges[-1] if is_narrow else label_px, label_px, down, palette),
            *_words(rows, headings, edges, palette),
        ],
        margin={"l": label_px, "r": edges[-1], "t": _TOP_PX, "b": _BOTTOM_PX},
        xaxis=_axis(span, points, max(width - label_px - edges[-1], 60)),
        yaxis={"visible": False, "range": [len(rows) - 0.5, -0.5]},
    )
    return chart


def _labels(
    rows: Sequence[Measure], room_px: int, left_px: int, up: float, palette: Palette
) -> Iterator[dict[str, Any]]:
    """Each row's label, cut to its room, from the left edge on and so much above the row's line."""
    for place, row in enumerate(rows):
        label = theme.shown(text.cut(row.label, room_px - 14, theme.FONT_PX))
        yield {
            "text": label,
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "xshift": -left_px,
            "y": place - up,
            "borderpad": 0,
            "bgcolor": palette.page,
            "font": {"color": palette.ink},
        }


def _words(
    rows: Sequence[Measure], headings: tuple[str, ...], edges: list[int], palette: Palette
) -> Iterator[dict[str, Any]]:
    column = {"x": 1, "xref": "paper", "xanchor": "right", "borderpad": 0}
    small = {"color": palette.muted, "size": theme.SMALL_PX}
    for heading, edge in zip(headings, edges, strict=True):
        yield column | {"text": heading, "y": 1, "yref": "paper", "yanchor": "bottom", "xshift": edge, "font": small}
    for place, row in enumerate(rows):
        for number, (words, edge) in enumerate(zip(row.words, edges, strict=True)):
            font = {"color": palette.muted if number else palette.ink}
            yield column | {"text": theme.escape(words), "y": place, "xshift": edge, "font": font}


def _axis(span: list[float], points: bool, room_px: float) -> dict[str, Any]:
    step = next((one for one in _TICKS if (span[1] - span[0]) / one * 52 <= room_px), _TICKS[-1])
    first, last = int(-(-span[0] // step)), int(span[1] // step)
    ticks = [place * step for place in range(first, last + 1)]

    def words(tick: float) -> str:
        tick = round(tick, 6) + 0.0
        return text.signed(tick * 100) if points else text.percent(tick, 0)

    return {
        "range": span,
        "tickvals": ticks,
        "ticktext": [words(tick) for tick in ticks],
        "tickangle": 0,
        "showgrid": True,
        "automargin": False,
    }
