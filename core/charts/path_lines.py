"""Paths in running text, for where chips have no room: calls and share, and below them the steps on two lines."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import plotly.graph_objects as go

from core import text
from core.charts import theme
from core.charts.theme import Palette
from core.charts.variants import STOP, Step, Variant, folded, path_hover, steps_of

ROW_PX: Final = 76
_LINE_PX = 18
_INDENT_PX = 12
_MARK_PX = 4
_LINES = 2
_MOST_PIECES = 8
_BETWEEN = " › "
_BLANK = "\N{NO-BREAK SPACE}"
# How much of a line a label may take: where more steps have to share it, less.
_PARTS = (1.0, 0.75, 0.48, 0.4, 0.3)


def path_lines(rows: Sequence[Variant], palette: Palette, *, width: int, skip: int = 0) -> go.Figure:
    """A row a path, in the order given; its steps are joined by `›`, cut or folded to fit two lines.

    Where the menu goes on from the last step, that step is red and ends in `⊣`. The first `skip` steps are left out,
    except where a path has no others. `width` is the expected width in pixels. `customdata` of a clicked row is
    `[key]`. No rows give the figure of `theme.nothing`.
    """
    if not rows:
        return theme.nothing(palette)
    places = list(range(len(rows)))
    chart = theme.figure(palette, height=ROW_PX * len(rows))
    chart.add_bar(
        orientation="h",
        x=[_MARK_PX] * len(rows),
        y=places,
        width=1 - 16 / ROW_PX,
        marker={"color": [theme.tint(row.hue, 0.6, palette) for row in rows], "cornerradius": 2},
        hoverinfo="skip",
        **_UNFADED,
    )
    for shown, x, position, up_px in (
        ([_numbers(row, palette) for row in rows], _INDENT_PX, "middle right", _LINE_PX),
        ([_total(row, width - _INDENT_PX) for row in rows], width, "middle left", _LINE_PX),
        ([_path(row, skip, width - _INDENT_PX, palette) for row in rows], _INDENT_PX, "middle right", -_LINE_PX / 2),
    ):
        colour = palette.muted if position == "middle left" else palette.ink
        kept = {"textfont": {"color": colour}}
        chart.add_scatter(
            x=[x] * len(rows),
            y=[place - up_px / ROW_PX for place in places],
            text=shown,
            mode="text",
            textposition=position,
            textfont={"color": colour, "size": theme.FONT_PX},
            selected=kept,
            unselected=kept,
            hoverinfo="skip",
        )
    # Last, so on top: it takes hover and click for the whole row. A hair off it, as in the bar list.
    chart.add_bar(
        orientation="h",
        x=[width] * len(rows),
        y=[place + 1e-3 for place in places],
        width=1,
        marker={"color": "rgba(0,0,0,0)"},
        customdata=[[row.key] for row in rows],
        hovertext=[path_hover(row) for row in rows],
        hoverinfo="text",
        **_UNFADED,
    )
    chart.update_layout(
        barmode="overlay",
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={"visible": False, "range": [0, width]},
        yaxis={"visible": False, "range": [len(rows) - 0.5, -0.5]},
    )
    return chart


# Plotly fades what a click did not select; nothing here shall fade.
_UNFADED: Final[dict[str, Any]] = {
    "selected": {"marker": {"opacity": 1}},
    "unselected": {"marker": {"opacity": 1}},
}


def _numbers(row: Variant, palette: Palette) -> str:
    share = theme.escape(text.percent(row.share))
    return f'<b>{text.plural(row.n, "call")}</b>  <span style="color:{palette.muted}">{share}</span>'


def _total(row: Variant, room: float) -> str:
    """The running total, in words where they fit beside the numbers."""
    numbers = f"{text.plural(row.n, 'call')}  {text.percent(row.share)}"
    words = f"running total {text.percent(row.cumulative, 0)}"
    fits = text.text_width(numbers + words, theme.FONT_PX) * theme.BOLD + _INDENT_PX <= room
    return theme.escape(words if fits else text.percent(row.cumulative, 0))


def _path(row: Variant, skip: int, room: float, palette: Palette) -> str:
    """The steps on two lines: cut shorter and shorter, then fewer of them; "" where nothing fits."""
    steps = [step._replace(label=text.cut(step.label, room, theme.FONT_PX)) for step in steps_of(row, skip)]
    attempts = (
        _broken(list(_pieces(row, folded(steps, most), part * room, palette)), room)
        for most in range(_MOST_PIECES, 2, -1)
        for part in _PARTS
    )
    lines = next((lines for lines in attempts if len(lines) <= _LINES), [])
    # Always as many lines, so that the first one stands below the numbers in every row.
    return "<br>".join([*lines, *[_BLANK] * _LINES][:_LINES])


def _pieces(
    row: Variant, groups: Sequence[tuple[Step, ...]], piece_px: float, palette: Palette
) -> Iterator[tuple[str, float]]:
    """Each step as it is written, cut to `piece_px` with what stands behind it, and its width; the last one is bold."""
    between_px = text.text_width(_BETWEEN, theme.FONT_PX)
    for group in groups[:-1]:
        words = text.cut(_label(group), piece_px - between_px, theme.FONT_PX)
        yield theme.shown(words), text.text_width(words, theme.FONT_PX)
    mark = f" {STOP}" if row.stops else ""
    mark_px = text.text_width(mark, theme.FONT_PX)
    words = text.cut(_label(groups[-1]), (piece_px - mark_px) / theme.BOLD, theme.FONT_PX)
    written = f"<b>{theme.shown(words)}</b>{mark}"
    if row.stops:
        written = f'<span style="color:{palette.stop_text}">{written}</span>'
    yield written, text.text_width(words, theme.FONT_PX) * theme.BOLD + mark_px


def _label(group: tuple[Step, ...]) -> str:
    return f"+{len(group)}" if len(group) > 1 else group[0].label


def _broken(pieces: Sequence[tuple[str, float]], room: float) -> list[str]:
    """The pieces on as many lines as they need; a line that is followed by another ends in the mark between them."""
    between_px = text.text_width(_BETWEEN, theme.FONT_PX)
    lines: list[str] = []
    left = 0.0
    for place, (words, px) in enumerate(pieces):
        behind = between_px if place < len(pieces) - 1 else 0
        if lines and px + behind <= left:
            lines[-1] += words
        else:
            lines.append(words)
            left = room
        lines[-1] += _BETWEEN if behind else ""
        left -= px + behind
    return lines
