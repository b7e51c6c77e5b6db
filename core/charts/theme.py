"""Colours, fonts and the blank figure that every chart starts from."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import plotly.graph_objects as go

from core import text

FONT: Final = (
    "'Source Sans', -apple-system, 'Segoe UI', Roboto, 'Noto Sans Hebrew', 'Liberation Sans', Arial, sans-serif"
)
FONT_PX: Final = 14
SMALL_PX: Final = 13
RADIUS: Final = 3
_ENTRY_PX = 300
# How much wider bold letters run.
BOLD: Final = 1.06
# Plotly draws "middle right" text this far right of its point.
TEXT_SHIFT_PX: Final = 3

# For `st.plotly_chart(..., config=CONFIG)`. Without typesetting, a `$` in a label stays a `$`.
CONFIG: Final[dict[str, Any]] = {
    "displayModeBar": "hover",
    "displaylogo": False,
    "doubleClick": False,
    "modeBarButtons": [["toImage"]],
    "scrollZoom": False,
    "showAxisDragHandles": False,
    "showTips": False,
    "typesetMath": False,
}


@dataclass(frozen=True)
class Palette:
    """One theme's colours, as `#RRGGBB`; `stop` means "ended although the menu goes on", and only that."""

    mode: Literal["light", "dark"]
    page: str
    sidebar: str
    border: str
    ink: str
    muted: str
    accent: str
    fill: str
    bar: str
    stop: str
    stop_text: str
    grid: str
    destination: str
    categorical: tuple[str, ...]
    sequential: tuple[str, ...]


LIGHT: Final = Palette(
    mode="light",
    page="#FFFFFF",
    sidebar="#F6F5F1",
    border="#E3E1DA",
    ink="#1C2430",
    muted="#5B6470",
    accent="#075B73",
    fill="#2C7489",
    bar="#D3E5EA",
    stop="#C4441C",
    stop_text="#B23A14",
    grid="#EDEBE5",
    destination="#A9AFB7",
    categorical=("#075B73", "#CA7A11", "#521FA4", "#589A75", "#7A0036", "#6B7480"),
    sequential=(
        "#F3F7F8", "#DDECF0", "#C0DCE4", "#9BC7D4", "#72AEC1",
        "#4793AB", "#1F7993", "#0F6079", "#0B4A5E", "#073443",
    ),
)  # fmt: skip

DARK: Final = Palette(
    mode="dark",
    page="#12161B",
    sidebar="#0D1014",
    border="#2B333C",
    ink="#E4E8EC",
    muted="#A3ADB8",
    accent="#57C8EE",
    fill="#2E7F9C",
    bar="#1E4450",
    stop="#FF8A5C",
    stop_text="#FF9C75",
    grid="#222931",
    destination="#5E6873",
    categorical=("#57C8EE", "#F2C75C", "#7872F2", "#AEFCD9", "#C04E70", "#97A2AD"),
    sequential=(
        "#172329", "#17343E", "#1A4552", "#1E5868", "#256C80",
        "#318199", "#4297B0", "#5DADC4", "#85C5D7", "#B3DDE9",
    ),
)  # fmt: skip


def palette(mode: str | None) -> Palette:
    """The palette of a theme type as Streamlit names it; anything but "dark" is light."""
    return DARK if mode == "dark" else LIGHT


def tint(hue: str, amount: float, palette: Palette) -> str:
    """`hue` mixed into the page: 0 is the page, 1 the hue itself. Both and the result are `#RRGGBB`."""
    return mix(palette.page, hue, amount)


def mix(one: str, other: str, amount: float) -> str:
    """The colour between two, all `#RRGGBB`: 0 is `one`, 1 is `other`."""
    mixed = (
        round(start + (end - start) * amount)
        for start, end in zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    )
    return "#" + bytes(mixed).hex().upper()


def escape(text: str) -> str:
    """Text as Plotly shall show it, letter for letter: Plotly reads tags and entities in every label."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shown(label: str) -> str:
    """Text from data as a chart takes it: isolated, then escaped. Cut it first."""
    return escape(text.isolate(label))


def hover(label: str, *facts: str, entries: Iterable[str] = ()) -> str:
    """What a chart says under the pointer: the whole label in bold, wrapped, then the entries, then a line a fact."""
    lines = [f"<b>{shown(line)}</b>" for line in textwrap.wrap(text.clean(label), 52)]
    return "<br>".join([*lines, *entries, *_fact_lines(facts)])


def entry(label: str, *, before: str = "", after: str = "") -> str:
    """A label from data as one line under the pointer, cut, between words of ours."""
    return f"{escape(before)}{shown(text.cut(label, _ENTRY_PX, SMALL_PX))}{escape(after)}"


def _fact_lines(facts: Iterable[str]) -> Iterable[str]:
    return (shown(line) for fact in facts for part in fact.splitlines() for line in textwrap.wrap(part, 60))


def column_edges(columns: Sequence[Sequence[str]], headings: Sequence[str], gap_px: int) -> list[int]:
    """Where columns of words end that stand side by side, right-aligned: pixels from where the first one begins.

    Every column is as wide as its widest words, set bold in FONT_PX, or its heading in SMALL_PX, behind a gap.
    """
    edges, edge = [], 0.0
    for words, heading in zip(columns, headings, strict=True):
        widest = max((text.text_width(one, FONT_PX) for one in words), default=0) * BOLD
        edge += gap_px + max(widest, text.text_width(heading, SMALL_PX))
        edges.append(round(edge))
    return edges


def config(name: str) -> dict[str, Any]:
    """CONFIG for a chart that is saved as a picture under `name`."""
    return CONFIG | {"toImageButtonOptions": {"filename": name, "format": "png", "scale": 2}}


def figure(palette: Palette, *, height: int) -> go.Figure:
    """A blank figure, `height` pixels high, in the charts' look. Show it with `theme=None` and `CONFIG`."""
    return go.Figure(layout={"template": _template(palette), "height": height})


def nothing(palette: Palette, *, height: int = 120, words: str = "Nothing to show here") -> go.Figure:
    """The figure that stands in for a chart without data: one quiet sentence in its middle."""
    empty = figure(palette, height=height)
    empty.update_layout(xaxis_visible=False, yaxis_visible=False)
    empty.add_annotation(
        text=escape(words),
        x=0.5,
        y=0.5,
        xref="paper",
        yref="paper",
        font={"color": palette.muted, "size": FONT_PX},
    )
    return empty


def _template(palette: Palette) -> go.layout.Template:
    tick_font = {"color": palette.muted, "size": SMALL_PX}
    axis = {
        "automargin": True,
        "fixedrange": True,
        "gridcolor": palette.grid,
        "linecolor": palette.border,
        "tickfont": tick_font,
        "ticks": "",
        "title": {"font": tick_font},
        "zeroline": False,
    }
    layout = {
        "annotationdefaults": {"showarrow": False, "font": {"color": palette.ink}},
        "bargap": 0.28,
        "barcornerradius": RADIUS,
        "colorscale": {"sequential": list(palette.sequential)},
        "colorway": list(palette.categorical),
        "dragmode": False,
        "font": {"family": FONT, "size": FONT_PX, "color": palette.ink},
        "hoverlabel": {
            "align": "left",
            "bgcolor": palette.ink,
            "bordercolor": palette.ink,
            "font": {"family": FONT, "size": SMALL_PX, "color": palette.page},
        },
        "hovermode": "closest",
        "margin": {"l": 4, "r": 8, "t": 8, "b": 4},
        "modebar": {"activecolor": palette.ink, "bgcolor": "rgba(0,0,0,0)", "color": palette.muted},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "xaxis": axis | {"showgrid": False},
        "yaxis": axis | {"gridwidth": 1},
    }
    return go.layout.Template(layout=layout)
