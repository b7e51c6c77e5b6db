"""The icicle: the next steps of calls as tiles, a column a step, as high as their calls are many.

It is drawn from bars rather than Plotly's own icicle, which spends a column on the root and shrinks or
hides text.
"""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from core import text
from core.charts import theme
from core.charts.theme import Palette
from core.charts.tiles import Tile, tiles

_LINE_PX = 18
_CAPTION_PX = 24
_MOST_LINES = 3
_PADDING_PX = 8
_COUNT_GAP, _COUNT_GAP_PX = "\N{NO-BREAK SPACE} ", 6

# Tints fade from step to step; below 0.22 a dark tile is no longer seen on its page.
_TINTS = {"light": (0.36, 0.28, 0.21, 0.16), "dark": (0.36, 0.31, 0.26, 0.22)}


def branch_hues(keys: Sequence[str], palette: Palette) -> dict[str, str]:
    """A hue for each first step, `keys` from the largest: five of their own, then one for all others."""
    *own, other = palette.categorical
    return {key: own[i] if i < len(own) else other for i, key in enumerate(keys)}


def icicle(tree: pd.DataFrame, palette: Palette, *, width: int, height: int) -> go.Figure:
    """The tree's tiles: equal columns with the step's number above, a hue for each branch of the first fork.

    `tree` has a row a tile, ordered by step, then as their parents, then by calls: `step` (position in the
    call from 1), `key` (node ids below the prefix, joined by commas; unique), `parent` (key of the row it
    follows, "" in the first step), `node` (id, missing where calls ended), `label`, `n_calls` and `kind`:
    "step", "stop" (ended here although the menu goes on) or "destination" (ended, and nothing was below).

    `width` and `height` are pixels; labels are cut for `width`. `customdata` of a clicked tile is `[key]`,
    which is empty for folded items and ended calls. A tree without calls gives the figure of
    `theme.nothing`; ValueError as in `tiles`.
    """
    laid = tiles(tree, height - _CAPTION_PX)
    if not laid:
        return theme.nothing(palette, height=height)
    branches = [tile for tile in laid if tile.key and tile.key == tile.branch]
    dividing = max((tile.column for tile in branches), default=0)
    hues = branch_hues([tile.key for tile in branches if tile.column == dividing], palette)
    steps = sorted({int(step) for step in tree["step"]})
    column_px = width / len(steps)
    n_all = sum(tile.n_calls for tile in laid if tile.column == 0)

    chart = theme.figure(palette, height=height)
    chart.add_bar(
        x=[tile.column for tile in laid],
        base=[tile.top for tile in laid],
        y=[tile.height for tile in laid],
        width=1,
        marker={
            "color": [_colour(tile, hues, palette) for tile in laid],
            "line": {"color": palette.page, "width": 1.5},
        },
        customdata=[[tile.key] for tile in laid],
        hovertext=[_hover(tile, steps[tile.column], n_all) for tile in laid],
        hoverinfo="text",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )
    spoken = [(tile, words) for tile in laid if (words := _label(tile, column_px))]
    ink = {"textfont": {"color": palette.ink}}
    chart.add_scatter(
        x=[tile.column - 0.5 + (_PADDING_PX - theme.TEXT_SHIFT_PX) / column_px for tile, _ in spoken],
        y=[tile.top + tile.height / 2 for tile, _ in spoken],
        text=[words for _, words in spoken],
        mode="text",
        textposition="middle right",
        textfont={"color": palette.ink, "size": theme.SMALL_PX},
        selected=ink,
        unselected=ink,
        hoverinfo="skip",
    )
    for column, step in enumerate(steps):
        chart.add_annotation(
            text=f"Step {step}",
            x=column - 0.5,
            xanchor="left",
            xshift=1,
            y=1,
            yref="paper",
            yanchor="bottom",
            borderpad=0,
            yshift=4,
            font={"color": palette.muted, "size": theme.SMALL_PX},
        )
    chart.update_layout(
        barmode="overlay",
        margin={"l": 0, "r": 0, "t": _CAPTION_PX, "b": 0},
        xaxis={"visible": False, "range": [-0.5, len(steps) - 0.5]},
        yaxis={"visible": False, "range": [height - _CAPTION_PX, 0]},
    )
    return chart


def _colour(tile: Tile, hues: dict[str, str], palette: Palette) -> str:
    if tile.kind == "stop":
        return theme.tint(palette.stop, 0.3, palette)
    if tile.kind == "destination":
        return theme.tint(palette.grid, 0.5, palette)
    if tile.kind == "more":
        return palette.grid
    fading = _TINTS[palette.mode]
    return theme.tint(hues.get(tile.branch, palette.categorical[0]), fading[min(tile.column, len(fading) - 1)], palette)


def _label(tile: Tile, column_px: float) -> str:
    """Label and count on one line where they fit, else the label above it, on as many lines as have room."""
    lines = int(tile.height // _LINE_PX)
    room = column_px - 2 * _PADDING_PX
    count = text.number(tile.n_calls)
    bold_count = f"<b>{count}</b>"
    count_px = text.text_width(count, theme.SMALL_PX) * theme.BOLD
    if not lines or count_px > room:
        return ""
    beside = room - count_px - _COUNT_GAP_PX
    if lines == 1 or text.text_width(tile.label, theme.SMALL_PX) <= beside:
        short = text.cut(tile.label, beside, theme.SMALL_PX)
        return f"{theme.shown(short)}{_COUNT_GAP}{bold_count}" if short else bold_count
    wrapped = text.wrap(tile.label, room, theme.SMALL_PX, min(lines - 1, _MOST_LINES))
    return "<br>".join([*map(theme.shown, wrapped), bold_count])


def _hover(tile: Tile, step: int, n_all: int) -> str:
    facts = [f"{text.share_of(tile.n_calls, n_all)} calls, {text.percent(tile.n_calls / n_all)}"]
    if tile.parent_calls < n_all:
        share = text.percent(tile.n_calls / tile.parent_calls)
        facts.append(f"{share} of the {text.number(tile.parent_calls)} on the step before")
    where = {
        "stop": f"They ended on step {step - 1}, although the menu goes on",
        "destination": f"They ended on step {step - 1}, with nothing below it",
        "more": f"On step {step}",
        "step": f"Step {step} · id {tile.node}",
    }
    return theme.hover(tile.label, *facts, where[tile.kind])
