"""The week as tiles: a row a weekday, a column an hour, the darker the busier; on a phone the other way round."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from core import text
from core.charts import theme
from core.charts.theme import Palette

_ROW_PX: Final = 34
_UPRIGHT_ROW_PX: Final = 26
_LABEL_PX = 48
_TOP_PX = 26
_GAP = 0.06
_SMALL_PX = 12
_DARK_FROM = {"light": 5, "dark": 8}
"""The first tone of the sequential scale that is too strong for ink."""

# Plotly fades what a click did not select; nothing here shall fade.
_UNFADED: Final[dict[str, Any]] = {
    "selected": {"marker": {"opacity": 1}},
    "unselected": {"marker": {"opacity": 1}},
}


@dataclass(frozen=True)
class Tile:
    """One hour of one weekday: its place in `weekdays`, its value, the words in it and under the pointer, and what a
    click gives."""

    weekday: int
    hour: int
    value: float
    words: str
    hover: str
    key: str


def week_tiles(
    tiles: Sequence[Tile], weekdays: Sequence[str], palette: Palette, *, width: int, upright: bool = False
) -> go.Figure:
    """The tiles of a week in a figure of the expected `width` in pixels; `upright` has the weekdays side by side.

    The greatest value has the strongest tone, nothing the weakest. Words that do not fit are left to the hover text.
    `customdata` of a clicked tile is `[key]`. No tiles give the figure of `theme.nothing`.
    """
    if not tiles:
        return theme.nothing(palette)
    most = max(max(tile.value for tile in tiles), 1e-9)
    across, down = (len(weekdays), 24) if upright else (24, len(weekdays))
    places = [(tile.weekday, tile.hour) if upright else (tile.hour, tile.weekday) for tile in tiles]
    tones = [_tone(tile.value / most, len(palette.sequential)) for tile in tiles]
    row_px, tile_px = (_UPRIGHT_ROW_PX if upright else _ROW_PX), (width - _LABEL_PX) / across
    fits = all(text.text_width(tile.words, _SMALL_PX) + 4 <= tile_px for tile in tiles)
    chart = theme.figure(palette, height=row_px * down + _TOP_PX + 4)
    # Bars, not a heat map: of those a click tells nothing.
    chart.add_bar(
        x=[x for x, _ in places],
        y=[1 - _GAP] * len(tiles),
        base=[y - 0.5 + _GAP / 2 for _, y in places],
        width=1 - _GAP,
        marker={"color": [palette.sequential[tone] for tone in tones], "cornerradius": 3},
        text=[theme.shown(tile.words) if fits and tile.value else "" for tile in tiles],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={
            "size": _SMALL_PX,
            "color": [palette.page if tone >= _DARK_FROM[palette.mode] else palette.ink for tone in tones],
        },
        customdata=[[tile.key] for tile in tiles],
        hovertext=[tile.hover for tile in tiles],
        hoverinfo="text",
        **_UNFADED,
    )
    every = 1 if upright or tile_px >= text.text_width("00:00", theme.SMALL_PX) else 3
    hours = {
        "tickvals": list(range(0, 24, every)),
        "ticktext": [theme.shown(f"{hour:02}" if every == 1 else f"{hour:02}:00") for hour in range(0, 24, every)],
    }
    names = {"tickvals": list(range(len(weekdays))), "ticktext": [theme.shown(name) for name in weekdays]}
    plain = {"showgrid": False, "tickmode": "array", "tickangle": 0, "automargin": False}
    chart.update_layout(
        barmode="overlay",
        margin={"l": _LABEL_PX, "r": 0, "t": _TOP_PX, "b": 4},
        xaxis=plain | (names if upright else hours) | {"range": [-0.5, across - 0.5], "side": "top"},
        yaxis=plain | (hours if upright else names) | {"range": [down - 0.5, -0.5]},
    )
    return chart


def _tone(part: float, n: int) -> int:
    return 0 if part <= 0 else max(1, round(part * (n - 1)))
