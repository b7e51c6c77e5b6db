"""How many values lie between two edges: bars side by side, from the least to the most."""

from collections.abc import Sequence
from itertools import pairwise

import plotly.graph_objects as go

from core import text
from core.charts import theme
from core.charts.theme import Palette

_BOTTOM_PX = 26
_TICK_PX = 24
"""Between two labels below the bars."""


def histogram(
    labels: Sequence[str],
    counts: Sequence[int],
    palette: Palette,
    *,
    between: bool,
    width: int,
    height: int = 240,
    unit: str = "value",
) -> go.Figure:
    """A bar for each of `counts`. With `between`, `labels` are the edges, one more than bars; else those of the bars.

    `width` is the expected width in pixels, for which labels are left out that would touch. No counts give the figure
    of `theme.nothing`.
    """
    if not counts:
        return theme.nothing(palette, height=height)
    chart = theme.figure(palette, height=height)
    spans = [f"{one} to {other}" for one, other in pairwise(labels)] if between else labels
    chart.add_bar(
        x=list(range(len(counts))),
        y=list(counts),
        marker={"color": palette.fill, "cornerradius": 2},
        hovertext=[
            theme.hover(span, f"{text.plural(n, unit)}, {text.percent(n / max(sum(counts), 1))}")
            for span, n in zip(spans, counts, strict=False)
        ],
        hoverinfo="text",
    )
    places = [number - 0.5 if between else number for number in range(len(labels))]
    shown = _apart(labels, width / len(counts))
    chart.update_layout(
        bargap=0.08,
        margin={"l": 4, "r": 14, "t": 8, "b": _BOTTOM_PX},
        xaxis={
            "tickmode": "array",
            "tickvals": [places[number] for number in shown],
            "ticktext": [theme.shown(labels[number]) for number in shown],
            "tickangle": 0,
            "ticklabelstandoff": 4,
            "range": [-0.6, len(counts) - 0.4],
        },
        yaxis={"rangemode": "tozero", "nticks": 5, "separatethousands": True},
    )
    return chart


def _apart(labels: Sequence[str], pitch_px: float) -> list[int]:
    """The numbers of the labels that have room, evenly spread."""
    widest = max(text.text_width(label, theme.SMALL_PX) for label in labels) + _TICK_PX
    return list(range(0, len(labels), max(1, -(-round(widest) // max(1, round(pitch_px))))))
