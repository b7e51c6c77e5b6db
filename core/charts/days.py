"""A thin column for each day of a long time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import plotly.graph_objects as go

from core import text
from core.charts import theme
from core.charts.theme import Palette

_TOP_PX = 22

# Plotly fades what a click did not select; nothing here shall fade.
_UNFADED: Final[dict[str, Any]] = {
    "selected": {"marker": {"opacity": 1}},
    "unselected": {"marker": {"opacity": 1}},
}


@dataclass(frozen=True)
class Day:
    """One day: how high its column is, whether the sentence above speaks of it, and more lines for the hover text."""

    day: date
    value: float
    strong: bool = False
    hover: str = ""


def day_columns(days: Sequence[Day], palette: Palette, *, height: int = 260) -> go.Figure:
    """The columns from zero, each on its day; the strong ones have their number above.

    `customdata` of a clicked column is `[ISO day]`. No days give the figure of `theme.nothing`.
    """
    if not days:
        return theme.nothing(palette, height=height)
    chart = theme.figure(palette, height=height)
    chart.add_bar(
        x=[one.day for one in days],
        y=[one.value for one in days],
        width=86_400_000 * 0.8,
        marker={
            "color": [palette.fill if one.strong else theme.tint(palette.fill, 0.4, palette) for one in days],
            "cornerradius": 1,
        },
        text=[f"<b>{theme.shown(text.number(one.value))}</b>" if one.strong else "" for one in days],
        textposition="outside",
        textfont={"color": palette.ink, "size": theme.SMALL_PX},
        constraintext="none",
        textangle=0,
        cliponaxis=False,
        customdata=[[one.day.isoformat()] for one in days],
        hovertext=[theme.hover(f"{one.day:%A}, {text.day(one.day)}", one.hover) for one in days],
        hoverinfo="text",
        **_UNFADED,
    )
    highest = max(max(one.value for one in days), 1e-9)
    chart.update_layout(
        bargap=0.1,
        margin={"l": 4, "r": 8, "t": _TOP_PX, "b": 24},
        xaxis={"type": "date", "tickformat": "%-d %b\n%Y", "nticks": 8},
        yaxis={"range": [0, highest * 1.08], "nticks": 5, "rangemode": "tozero"},
    )
    return chart
