"""Paths as rows of chips, a chip a step: which paths calls take, how many, and where they end."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, Final, NamedTuple

import plotly.graph_objects as go

from core import text
from core.charts import theme
from core.charts.path_lines import path_lines
from core.charts.theme import Palette
from core.charts.variants import STOP, Step, Variant, folded, group_hover, path_hover, steps_of

__all__ = ["ROW_PX", "Variant", "variant_chips"]

ROW_PX: Final = 38
_CHIP_PX = 30
_CHIP_GAP_PX = 4
_PADDING_PX = 8
_CAPTION_PX = 24
_GAP_PX = 14
_TRACK_PX = 40
_TRACK_GAP_PX = 20
_USUAL_PX = 104
_NARROWEST_PX = 76
_CHIPS_FROM_PX = 700
_HEADINGS = ("", "Calls", "Share")

# The last step is stronger than those before it; in dark, tints below 0.2 are no longer seen on the page.
_TINTS: Final = {"light": (0.16, 0.34), "dark": (0.22, 0.36)}


class _Chip(NamedTuple):
    place: int
    left: float
    right: float
    words: str
    colour: str
    hover: str
    key: str


def variant_chips(rows: Sequence[Variant], palette: Palette, *, width: int, skip: int = 0) -> go.Figure:
    """A row a path, in the order given: its calls and share, a chip a step in the path's hue, the running total.

    The last chip is stronger; where the menu goes on from it, it is red and ends in `⊣`. The first `skip` steps are
    not drawn: those that all calls begin with, which a line above the chart can name once; a path that ends on one of
    them has it as its chip. What does not fit a row is folded in its middle to a chip "+3".

    `width` is the expected width in pixels; below 700 the figure is that of `path_lines`. `customdata` of a clicked
    row is `[key]`. No rows give the figure of `theme.nothing`.
    """
    if not rows or width < _CHIPS_FROM_PX:
        return path_lines(rows, palette, width=width, skip=skip)
    numbers = [[str(row.rank), text.number(row.n), text.percent(row.share)] for row in rows]
    left_edges = theme.column_edges(list(zip(*numbers, strict=True)), _HEADINGS, _GAP_PX)
    left_px = left_edges[-1]
    totals = [text.percent(row.cumulative, 0) for row in rows]
    (right_px,) = theme.column_edges([totals], [""], 8)
    plot_px = width - left_px - right_px
    chips_px = plot_px - _TRACK_PX - _TRACK_GAP_PX

    steps = [steps_of(row, skip) for row in rows]
    longest = max(map(len, steps))
    groups = [folded(one, max(3, int(chips_px // _USUAL_PX))) for one in steps]
    edges = _edges(groups, rows, chips_px)
    chips = [
        chip
        for place, (row, cells) in enumerate(zip(rows, groups, strict=True))
        for chip in _chips(place, row, cells, edges, chips_px, palette)
    ]

    chart = theme.figure(palette, height=_CAPTION_PX + ROW_PX * len(rows) + 4)
    _draw(chart, chips, palette)
    _draw_totals(chart, rows, palette)
    captions = [f"Step {skip + 1 + column}" for column in range(len(edges) - 1)]
    if longest > len(captions):
        captions[-1] = "Last step"
    chart.update_layout(
        annotations=[
            *_numbers(numbers, [edge - _GAP_PX - left_px for edge in left_edges], palette),
            *_captions(captions, [edge / plot_px for edge in edges], palette),
            *_total_words(totals, right_px, palette),
        ],
        barmode="overlay",
        margin={"l": left_px, "r": right_px, "t": _CAPTION_PX, "b": 4},
        xaxis={"visible": False, "range": [0, chips_px], "domain": [0, chips_px / plot_px]},
        xaxis2={"visible": False, "range": [0, 1], "domain": [1 - _TRACK_PX / plot_px, 1]},
        yaxis={"visible": False, "range": [len(rows) - 0.5, -0.5]},
    )
    return chart


def _edges(groups: Sequence[Sequence[tuple[Step, ...]]], rows: Sequence[Variant], room: float) -> list[float]:
    """Where the columns of chips begin, and where the last one ends.

    A column is as wide as nine of ten of its labels want it, while there is room; then the widest give way.
    """
    wanted: list[list[float]] = [[] for _ in range(max(map(len, groups)))]
    for row, cells in zip(rows, groups, strict=True):
        for column, group in enumerate(cells):
            mark = _mark_px(row) if column == len(cells) - 1 else 0
            words = text.text_width(_label(group), theme.SMALL_PX) + mark
            wanted[column].append(max(words + 2 * _PADDING_PX + _CHIP_GAP_PX, _NARROWEST_PX))
    typical = [sorted(column)[len(column) * 9 // 10] for column in wanted]
    widths = dict.fromkeys(range(len(typical)), 0.0)
    for left, column in zip(range(len(typical), 0, -1), sorted(widths, key=typical.__getitem__), strict=True):
        widths[column] = min(typical[column], (room - sum(widths.values())) / left)
    return [0.0, *accumulate(widths.values())]


def _chips(
    place: int,
    row: Variant,
    cells: Sequence[tuple[Step, ...]],
    edges: Sequence[float],
    room: float,
    palette: Palette,
) -> Iterator[_Chip]:
    """The chips of a row, and behind them one without colour, so that the rest of the row can be clicked too."""
    pale, strong = _TINTS[palette.mode]
    for column, group in enumerate(cells):
        left, right = edges[column], edges[column + 1] - _CHIP_GAP_PX
        words_px = right - left - 2 * _PADDING_PX
        last = column == len(cells) - 1
        if last and row.stops:
            words = theme.shown(text.cut(_label(group), words_px - _mark_px(row), theme.SMALL_PX))
            words += f' <span style="color:{palette.stop_text}">{STOP}</span>'
            colour = theme.tint(palette.stop, 0.24 if palette.mode == "light" else 0.3, palette)
        else:
            words = theme.shown(text.cut(_label(group), words_px, theme.SMALL_PX))
            colour = theme.tint(row.hue, strong if last else pale, palette)
        if len(group) > 1:
            colour = palette.grid
        yield _Chip(place, left, right, words, colour, group_hover(row, group), row.key)
    yield _Chip(place, edges[len(cells)], room, "", "rgba(0,0,0,0)", path_hover(row), row.key)


def _label(group: tuple[Step, ...]) -> str:
    return f"+{len(group)}" if len(group) > 1 else group[0].label


def _mark_px(row: Variant) -> float:
    return text.text_width(f" {STOP}", theme.SMALL_PX) if row.stops else 0


def _draw(chart: go.Figure, chips: Sequence[_Chip], palette: Palette) -> None:
    # Bars shrink words that are wider than thought rather than let them run into the next chip. Each stands a hair
    # off its row, because Plotly rounds only the outermost of the bars that share a place.
    chart.add_bar(
        orientation="h",
        x=[chip.right - chip.left for chip in chips],
        base=[chip.left for chip in chips],
        y=[chip.place + chip.left * 1e-7 for chip in chips],
        width=_CHIP_PX / ROW_PX,
        marker={"color": [chip.colour for chip in chips], "cornerradius": 7},
        text=[chip.words for chip in chips],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": palette.ink, "size": theme.SMALL_PX},
        customdata=[[chip.key] for chip in chips],
        hovertext=[chip.hover for chip in chips],
        hoverinfo="text",
        **_unfaded(palette.ink),
    )


def _draw_totals(chart: go.Figure, rows: Sequence[Variant], palette: Palette) -> None:
    for share, colour in ((1.0, palette.grid), (None, palette.fill)):
        chart.add_bar(
            orientation="h",
            x=[row.cumulative if share is None else share for row in rows],
            y=list(range(len(rows))),
            xaxis="x2",
            width=5 / ROW_PX,
            marker={"color": colour},
            hoverinfo="skip",
            **_unfaded(palette.ink),
        )


def _unfaded(ink: str) -> dict[str, Any]:
    """Plotly fades what a click did not select; nothing here shall fade."""
    kept = {"marker": {"opacity": 1}, "textfont": {"color": ink}}
    return {"selected": kept, "unselected": kept}


def _numbers(numbers: Sequence[Sequence[str]], edges: Sequence[int], palette: Palette) -> Iterator[dict[str, Any]]:
    looks = ((palette.muted, "{}"), (palette.ink, "<b>{}</b>"), (palette.muted, "{}"))
    column = {"x": 0, "xref": "paper", "xanchor": "right", "borderpad": 0}
    for heading, edge in zip(_HEADINGS, edges, strict=True):
        if heading:
            yield column | _above(palette) | {"text": heading, "xshift": edge}
    for place, words in enumerate(numbers):
        for one, edge, (colour, form) in zip(words, edges, looks, strict=True):
            shown = form.format(theme.escape(one))
            yield column | {"text": shown, "y": place, "xshift": edge, "font": {"color": colour}}


def _captions(captions: Sequence[str], edges: Sequence[float], palette: Palette) -> Iterator[dict[str, Any]]:
    for caption, edge in zip(captions, edges, strict=False):
        yield _above(palette) | {"text": caption, "x": edge, "xref": "paper", "xanchor": "left", "borderpad": 0}


def _total_words(totals: Sequence[str], edge: int, palette: Palette) -> Iterator[dict[str, Any]]:
    column = {"x": 1, "xref": "paper", "xanchor": "right", "xshift": edge, "borderpad": 0}
    yield column | _above(palette) | {"text": "Running total"}
    for place, words in enumerate(totals):
        font = {"color": palette.muted, "size": theme.SMALL_PX}
        yield column | {"text": theme.escape(words), "y": place, "font": font}


def _above(palette: Palette) -> dict[str, Any]:
    return {"y": 1, "yref": "paper", "yanchor": "bottom", "font": {"color": palette.muted, "size": theme.SMALL_PX}}
