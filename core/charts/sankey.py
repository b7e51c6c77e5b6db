"""Where calls go step by step: a Sankey in which every node stands on one step, so that nothing runs back."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from core import text
from core.charts import theme
from core.charts.icicle import branch_hues
from core.charts.step_graph import Link, Node, step_graph
from core.charts.theme import Palette

_NODE_PX = 10
_BETWEEN_PX = 18.0
_TOP_PX, _BOTTOM_PX = 34, 10
_GAP_PX = 6
_LINE_PX = 17
_MOST_LINES = 3
_NARROWEST_PX = 96
# Plotly's own limit: no more than this part of a column is left between its nodes.
_MOST_BETWEEN: Final = 2 / 3

_LINK_OPACITY: Final = {"light": 0.26, "dark": 0.3}


def step_sankey(links: pd.DataFrame, palette: Palette, *, width: int, height: int) -> go.Figure:
    """Calls from step to step: a column a step, its items from the largest, the rest of them folded to "n more".

    `links` has step (position in the call of the source, from 1), source and target (ids), source_label and
    target_label, n (calls) and, where the target is missing because calls ended, kind: "stop" (the menu goes on) or
    "destination". Items have the hue of the branch that most of their calls come by; calls that ended stand last, in
    the column after their step.

    `width` and `height` are pixels, for which labels are cut; as many steps are drawn as have 96 pixels each, see
    `steps_drawn`. A node's `customdata` is `[id, hover text]`. No links give the figure of `theme.nothing`;
    ValueError as in `step_graph`.
    """
    nodes, flows = step_graph(links, steps_drawn(width))
    if not nodes:
        return theme.nothing(palette, height=height)
    n_columns = 1 + max(node.place.column for node in nodes)
    pitch = width / n_columns
    plot_px = max(height - _TOP_PX - _BOTTOM_PX, 1)
    between, scale = _scale(nodes, plot_px)
    centres = _centres(nodes, between, scale)
    colours = _colours(nodes, flows, palette)
    first_step = int(links["step"].min())

    chart = theme.figure(palette, height=height)
    chart.add_sankey(
        arrangement="fixed",
        domain={"x": [0, 1], "y": [0, 1]},
        node={
            "x": [(node.place.column * pitch + _NODE_PX / 2) / width for node in nodes],
            "y": [centre / plot_px for centre in centres],
            "align": "left",
            "pad": between,
            "thickness": _NODE_PX,
            "color": colours,
            "line": {"width": 0},
            "label": [""] * len(nodes),
            "customdata": [[node.place.node, _node_hover(node, nodes, first_step)] for node in nodes],
            "hovertemplate": "%{customdata[1]}<extra></extra>",
        },
        link={
            "source": [link.source for link in flows],
            "target": [link.target for link in flows],
            "value": [link.n for link in flows],
            "sort": "input",
            "color": [_link_colour(link, nodes, colours, palette) for link in flows],
            "customdata": [["", _link_hover(link, nodes)] for link in flows],
            "hovertemplate": "%{customdata[1]}<extra></extra>",
        },
    )
    room = pitch - _NODE_PX - 2 * _GAP_PX
    chart.update_layout(
        annotations=[
            *_captions(n_columns, first_step, palette),
            *(
                _note(node, centre / plot_px, node.n * scale + between, pitch / width, room, palette)
                for node, centre in zip(nodes, centres, strict=True)
            ),
        ],
        margin={"l": 0, "r": 0, "t": _TOP_PX, "b": _BOTTOM_PX},
        xaxis={"visible": False},
        yaxis={"visible": False},
    )
    return chart


def steps_drawn(width: int) -> int:
    """How many steps have room side by side; where calls go from the last of them is not drawn."""
    return max(2, int(width // _NARROWEST_PX))


def _scale(nodes: Sequence[Node], plot_px: float) -> tuple[float, float]:
    """The pixels between nodes and those for a call, by the rule that Plotly makes the nodes' height with."""
    by_depth = Counter(node.depth for node in nodes)
    between = min(_BETWEEN_PX, _MOST_BETWEEN * plot_px / max(max(by_depth.values()) - 1, 1))
    scale = min(
        (plot_px - (n - 1) * between) / sum(node.n for node in nodes if node.depth == depth)
        for depth, n in by_depth.items()
    )
    return between, scale


def _centres(nodes: Sequence[Node], between: float, scale: float) -> list[float]:
    """The middle of each node, in pixels from the top: they are stacked in their order."""
    centres, tops = [], dict.fromkeys((node.place.column for node in nodes), 0.0)
    for node in nodes:
        height = node.n * scale
        centres.append(tops[node.place.column] + height / 2)
        tops[node.place.column] += height + between
    return centres


def _colours(nodes: Sequence[Node], flows: Sequence[Link], palette: Palette) -> list[str]:
    """A hue for each branch of the first column that divides the calls, passed on to where most of its calls go."""
    items = Counter(node.place.column for node in nodes if node.place.kind == "item")
    dividing = next((column for column, n in sorted(items.items()) if n > 1), 0)
    branches = [node.place.node for node in nodes if node.place.column == dividing and node.place.kind == "item"]
    hues = branch_hues(branches, palette)
    quiet = {"stop": palette.stop, "destination": palette.destination, "more": palette.destination}
    largest: dict[int, Link] = {}
    for link in flows:
        if link.target not in largest or link.n > largest[link.target].n:
            largest[link.target] = link
    colours: list[str] = []
    for position, node in enumerate(nodes):
        if node.place.kind != "item":
            colours.append(quiet[node.place.kind])
        elif node.place.column == dividing:
            colours.append(hues[node.place.node])
        elif position in largest and node.place.column > dividing:
            source = largest[position].source
            known = nodes[source].place.kind == "item"
            colours.append(colours[source] if known else palette.categorical[-1])
        else:
            colours.append(palette.categorical[0])
    return colours


def _link_colour(link: Link, nodes: Sequence[Node], colours: Sequence[str], palette: Palette) -> str:
    ended = nodes[link.target].place.kind in ("stop", "destination")
    red, green, blue = bytes.fromhex(colours[link.target if ended else link.source][1:])
    return f"rgba({red},{green},{blue},{_LINK_OPACITY[palette.mode]})"


def _node_hover(node: Node, nodes: Sequence[Node], first_step: int) -> str:
    n_all = sum(one.n for one in nodes if one.place.column == 0)
    step = first_step + node.place.column
    where = {
        "item": f"Step {step} · id {node.place.node}",
        "more": f"On step {step}",
        "stop": f"They ended on step {step - 1}, although the menu goes on",
        "destination": f"They ended on step {step - 1}, with nothing below it",
    }
    share = f"{text.share_of(node.n, n_all)} calls, {text.percent(node.n / n_all)}"
    return theme.hover(node.label, share, where[node.place.kind])


def _link_hover(link: Link, nodes: Sequence[Node]) -> str:
    source, target = nodes[link.source], nodes[link.target]
    share = f"{text.share_of(link.n, source.n)} calls, {text.percent(link.n / source.n)}"
    return f"{theme.hover(source.label)}<br>→<br>{theme.hover(target.label, share)}"


def _captions(n_columns: int, first_step: int, palette: Palette) -> Iterator[dict[str, Any]]:
    for column in range(n_columns):
        yield {
            "text": f"Step {first_step + column}",
            "x": column / n_columns,
            "xref": "paper",
            "xanchor": "left",
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "yshift": _TOP_PX - 20,
            "borderpad": 0,
            "font": {"color": palette.muted, "size": theme.SMALL_PX},
        }


def _note(node: Node, centre: float, slot_px: float, pitch: float, room: float, palette: Palette) -> dict[str, Any]:
    """The node's words on its right; `centre` and `pitch` are parts of the plot."""
    colour = palette.stop_text if node.place.kind == "stop" else palette.ink
    return {
        "text": _label(node, slot_px, room),
        "align": "left",
        "x": node.place.column * pitch,
        "xref": "paper",
        "xanchor": "left",
        "xshift": _NODE_PX + _GAP_PX,
        "y": 1 - centre,
        "yref": "paper",
        "yanchor": "middle",
        "borderpad": 0,
        "font": {"color": colour, "size": theme.SMALL_PX, "shadow": ", ".join([f"0px 0px 3px {palette.page}"] * 3)},
    }


def _label(node: Node, slot_px: float, room: float) -> str:
    """Label and count on one line where they fit, else the label above it, or the label alone, or nothing."""
    if slot_px < theme.SMALL_PX:
        return ""
    count = text.number(node.n)
    beside = room - text.text_width(f" {count}", theme.SMALL_PX) * theme.BOLD
    lines = int(slot_px // _LINE_PX)
    if text.text_width(node.label, theme.SMALL_PX) <= beside:
        return f"{theme.shown(node.label)} <b>{count}</b>"
    if lines < 2:
        return theme.shown(text.cut(node.label, room, theme.SMALL_PX))
    wrapped = text.wrap(node.label, room, theme.SMALL_PX, min(lines - 1, _MOST_LINES))
    return "<br>".join([*map(theme.shown, wrapped), f"<b>{count}</b>"])
