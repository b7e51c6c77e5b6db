"""The flow map of a log, as far as the sliders show it."""

import pandas as pd
import streamlit as st

from core.charts.flow_map import flow_map
from core.flow.flow_map import left_out, simplified
from core.flow.flow_nodes import map_nodes
from core.flow.selection import select
from pages.parts import view
from pages.parts.text import sentence

READABLE = 25  # items: as many can be read at a glance


def default(shown: view.Shown) -> int:
    """The percentage of items that can be read at a glance."""
    n_items = max(int((select(shown.log, shown.where).reach > 0).sum()), 1)
    return max(1, min(100, round(100 * READABLE / n_items)))


def draw(shown: view.Shown, transitions: pd.DataFrame, items: float, moves: float) -> tuple[str, ...]:
    """Draw the map; the ids that were clicked: of an item one, of a move two, else none."""
    drawn = simplified(
        map_nodes(shown.log, shown.where),
        transitions[["source", "target", "n", "kind"]],
        share_of_nodes=items,
        share_of_transitions=moves,
    )
    figure = flow_map(drawn, shown.palette, width=shown.width())
    clicked = view.chart(
        figure, "Menu items and the moves between them", key=shown.key(f"map:{items}:{moves}"), clickable=True
    )
    st.markdown(f":small[:gray[{sentence(left_out(drawn))}]]")
    kind, _, ids = clicked.partition(":")
    if kind == "node":
        return (ids,)
    return tuple(ids.split("\t")) if kind == "edge" else ()
