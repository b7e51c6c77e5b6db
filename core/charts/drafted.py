"""The chart that a person put together: bars, lines or a heat map, by parts and side by side."""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core import text
from core.builder.data import DAY, HOUR, MISSING, MONTH, OTHERS, Axis, Drawn
from core.builder.draft import ADDING_UP, HOW, Draft, Sort
from core.charts import theme
from core.charts.theme import Palette

OTHERS_LABEL, MISSING_LABEL = "all others", "missing"
_ROW_PX, _PLOT_PX, _HEAD_PX = 26, 300, 64
_LABEL_PX, _TICK_PX = 220, 80
_STEPS: Final = {HOUR: "h", DAY: "D", MONTH: "MS"}
_TICKS: Final = {HOUR: "%H:%M<br>%-d %b", DAY: "%-d %b<br>%Y", MONTH: "%b<br>%Y"}
_TIMES: Final = {HOUR: "%-d %b %H:00", DAY: "%-d %b %Y", MONTH: "%b %Y"}


def drafted(drawn: Drawn, draft: Draft, palette: Palette, *, width: int = 900) -> go.Figure:
    """The figure of a draft from its rows. Without rows it is that of `theme.nothing`."""
    if drawn.rows.empty:
        return theme.nothing(palette)
    facets = sorted(drawn.rows["facet"].unique(), key=_order)
    across = 1 if width < 500 else {1: 1, 2: 2, 4: 2}.get(len(facets), 3)
    down = -(-len(facets) // across)
    upright = draft.kind == "heat" or drawn.x.sort is not Sort.WORDS or draft.kind == "line"
    places = _places(drawn, draft, along=upright)
    each = _PLOT_PX if upright else _ROW_PX * len(places) + 40
    figure = make_subplots(
        rows=down,
        cols=across,
        shared_yaxes="all",
        shared_xaxes="all" if upright else False,
        horizontal_spacing=0.04,
        vertical_spacing=min(0.12, 60 / (each * down)),
        subplot_titles=[theme.shown(_named(one, drawn.facets)) for one in facets] if draft.facet else None,
    )
    blank = theme.figure(palette, height=_HEAD_PX * bool(draft.colour) + each * down + 30)
    figure.update_layout(blank.layout)
    for number, facet in enumerate(facets):
        rows = drawn.rows[drawn.rows["facet"] == facet]
        cell = {"row": number // across + 1, "col": number % across + 1}
        if draft.kind == "heat":
            figure.add_trace(_heat(rows, drawn, draft, places, palette), **cell)
            continue
        for colour in sorted(rows["colour"].unique(), key=_order):
            part = rows[rows["colour"] == colour]
            figure.add_trace(_trace(part, drawn, draft, int(colour), places, palette, first=number == 0), **cell)
    _axes(figure, drawn, draft, places, upright=upright, width=width / across)
    stacked = draft.how in ADDING_UP
    figure.update_layout(
        barmode="stack" if stacked else "group",
        showlegend=bool(draft.colour) and draft.kind != "heat",
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "yref": "container", "x": 0, "traceorder": "normal"},
        margin={"l": 4, "r": 12, "t": 36 + 20 * bool(draft.facet) if draft.colour or draft.facet else 12, "b": 4},
    )
    if draft.colour and draft.kind != "heat":
        figure.update_layout(legend={"yref": "paper", "y": 1.02 + 24 * bool(draft.facet) / (each * down)})
    return figure


def labelled(drawn: Drawn, draft: Draft) -> pd.DataFrame:
    """The figures of a draft as a table: its columns by their names, the figure, and the rows it is of."""
    columns: dict[str, Any] = {draft.x: [_label(place, drawn.x) for place in drawn.rows["x"]]}
    for name, part, values in ((draft.colour, "colour", drawn.colours), (draft.facet, "facet", drawn.facets)):
        if name and name not in columns:
            columns[name] = [_named(int(place), values) for place in drawn.rows[part]]
    figure = HOW[draft.how] if draft.how == "rows" else f"{HOW[draft.how]} {draft.y}"
    columns[figure] = drawn.rows["value"].to_numpy()
    if draft.how != "rows":
        columns["Number of rows"] = drawn.rows["n"].to_numpy()
    return pd.DataFrame(columns)


def _order(place: int) -> tuple[bool, int]:
    """Values in their order, then what stands together, then what is missing."""
    return place <= 0, -place if place <= 0 else place


def _places(drawn: Drawn, draft: Draft, *, along: bool) -> list[Any]:
    """What stands along x: places of words, largest first, or every number or moment from the first to the last."""
    found = drawn.rows["x"].unique()
    if drawn.x.sort is Sort.WORDS:
        kept = [int(one) for one in found]
        if draft.how == "rows" or along or draft.colour or draft.facet:
            return sorted(kept, key=_order)
        sizes = drawn.rows.set_index("x")["value"]
        return sorted(kept, key=lambda one: (one <= 0, -sizes.get(one, 0.0), one))
    if drawn.x.sort is Sort.TIME and drawn.x.unit in _STEPS:
        return list(pd.date_range(found.min(), found.max(), freq=_STEPS[drawn.x.unit]))
    if drawn.x.width:
        n = round((found.max() - found.min()) / drawn.x.width) + 1
        return [found.min() + one * drawn.x.width for one in range(n)]
    return sorted(found)


def _values(part: pd.DataFrame, draft: Draft, drawn: Drawn, places: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    """The figure at each place, and how many rows of the table it is of. Where there are none, a sum is nought."""
    if drawn.x.width:
        at = pd.Series(np.round((part["x"] - places[0]) / drawn.x.width).astype(int).to_numpy())
        keys: list[Any] = list(range(len(places)))
    else:
        at, keys = part["x"].reset_index(drop=True), places
    value = pd.Series(part["value"].to_numpy(dtype=float), index=at).reindex(keys)
    n = pd.Series(part["n"].to_numpy(), index=at).reindex(keys).fillna(0)
    return (value.fillna(0.0) if draft.how in ADDING_UP else value).to_numpy(), n.to_numpy()


def _trace(
    part: pd.DataFrame, drawn: Drawn, draft: Draft, colour: int, places: list[Any], palette: Palette, *, first: bool
) -> go.Bar | go.Scatter:
    value, n = _values(part, draft, drawn, places)
    hue = _hue(colour, palette) if draft.colour else palette.fill
    name = _named(colour, drawn.colours) if draft.colour else ""
    what = HOW[draft.how] if draft.how == "rows" else f"{HOW[draft.how]} {text.isolate(draft.y)}"
    facts = [
        theme.hover(_label(place, drawn.x), name, f"{what}: {_told(one)}", text.plural(int(m), "row"))
        for place, one, m in zip(places, value, n, strict=True)
    ]
    settings: dict[str, Any] = {
        "hovertext": facts,
        "hoverinfo": "text",
        "name": theme.shown(text.cut(name, _LABEL_PX, theme.SMALL_PX)),
        "legendgroup": str(colour),
        "showlegend": first,
    }
    at = list(range(len(places))) if drawn.x.sort is Sort.WORDS else _middles(places, drawn.x)
    if draft.kind == "line" or (not draft.kind and drawn.x.sort is Sort.TIME):
        mode = "lines+markers" if len(places) <= 60 else "lines"
        line = {"color": hue, "width": 2}
        return go.Scatter(x=at, y=value, mode=mode, line=line, marker={"size": 5}, **settings)
    bar = {"color": hue if draft.colour else palette.bar if drawn.x.sort is Sort.WORDS else palette.fill}
    if drawn.x.sort is Sort.WORDS:
        shown = [] if draft.colour else [f" {_told(one)}" for one in value]
        return go.Bar(
            y=at, x=value, orientation="h", marker=bar, text=shown or None, textposition="outside",
            cliponaxis=False, textfont={"color": palette.ink, "size": theme.SMALL_PX}, **settings,
        )  # fmt: skip
    return go.Bar(x=at, y=value, marker=bar, **settings)


def _heat(rows: pd.DataFrame, drawn: Drawn, draft: Draft, places: list[Any], palette: Palette) -> go.Heatmap:
    colours = sorted(drawn.rows["colour"].unique(), key=_order)
    grid = [_values(rows[rows["colour"] == one], draft, drawn, places)[0] for one in colours]
    facts = [
        [
            theme.hover(_label(place, drawn.x), _named(int(colour), drawn.colours), _told(value))
            for place, value in zip(places, line, strict=True)
        ]
        for colour, line in zip(colours, grid, strict=True)
    ]
    at = list(range(len(places))) if drawn.x.sort is Sort.WORDS else _middles(places, drawn.x)
    return go.Heatmap(
        x=at,
        y=[theme.shown(text.cut(_named(int(one), drawn.colours), _LABEL_PX, theme.SMALL_PX)) for one in colours],
        z=grid,
        hovertext=facts,
        hoverinfo="text",
        colorscale=list(palette.sequential),
        coloraxis=None,
        xgap=2,
        ygap=2,
        colorbar={"thickness": 10, "outlinewidth": 0, "tickfont": {"color": palette.muted, "size": theme.SMALL_PX}},
    )


def _middles(places: list[Any], axis: Axis) -> list[Any]:
    return [place + axis.width / 2 for place in places] if axis.width else places


def _axes(figure: go.Figure, drawn: Drawn, draft: Draft, places: list[Any], *, upright: bool, width: float) -> None:
    if drawn.x.sort is Sort.WORDS:
        most = width / max(len(places), 1) - 4 if upright else min(_LABEL_PX, width * 0.4)
        labels = [theme.shown(text.cut(_label(one, drawn.x), most, theme.SMALL_PX)) for one in places]
        ticks = {"tickmode": "array", "tickvals": list(range(len(places))), "ticktext": labels, "tickangle": 0}
        if upright:
            figure.update_xaxes(**ticks)
        else:
            figure.update_yaxes(**ticks, autorange="reversed", showgrid=False)
            figure.update_xaxes(visible=False)
    if upright and draft.kind != "heat" and (draft.how in ADDING_UP or draft.kind == "bars"):
        figure.update_yaxes(rangemode="tozero")
    if draft.kind == "heat":
        figure.update_yaxes(autorange="reversed", showgrid=False)
    if drawn.x.sort is Sort.TIME and places:
        # Plotly's own ticks fall between months, where the name of a month would stand twice.
        step = math.ceil(len(places) * _TICK_PX / max(width, _TICK_PX))
        figure.update_xaxes(
            tickmode="array", tickvals=places[::step], tickformat=_TICKS.get(drawn.x.unit, "%Y"), tickangle=0
        )
    figure.update_xaxes(showticklabels=True, ticklabelstandoff=4, separatethousands=True)
    figure.update_yaxes(ticklabelstandoff=6, separatethousands=True)
    figure.for_each_annotation(lambda one: one.update(font={"size": theme.FONT_PX}))


def _hue(place: int, palette: Palette) -> str:
    if place == MISSING:
        return palette.destination
    return palette.categorical[-1] if place == OTHERS else palette.categorical[(place - 1) % 5]


def _named(place: int, values: Sequence[Any]) -> str:
    return {OTHERS: OTHERS_LABEL, MISSING: MISSING_LABEL}.get(place) or str(values[place - 1])


def _label(place: Any, axis: Axis) -> str:
    if axis.values is not None:
        return _named(place, axis.values)
    if axis.sort is Sort.TIME:
        return f"{pd.Timestamp(place):{_TIMES.get(axis.unit, '%Y')}}"
    return f"{_told(place)} to {_told(place + axis.width)}" if axis.width else _told(place)


def _told(value: float) -> str:
    """A figure with as many digits as tell it from its neighbours."""
    if not np.isfinite(value):
        return "none"
    digits = 0 if float(value).is_integer() or abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    return text.number(value, digits) if abs(value) >= 0.01 or value == 0 else f"{value:.3g}"
