"""Flow Map: what the traffic looks like as a whole."""

from dataclasses import replace

import streamlit as st

from core import views
from pages.parts import maps, settings, view

VIEW = views.view("flow-map")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    with view.card("The map", "Click an item or a move to see its calls."):
        left, right = st.columns(2)
        kept = settings.in_address("items", maps.default(shown), 1, 100)
        items = left.slider("Items shown", 1, 100, step=1, format="%d%%", **kept)
        kept = settings.in_address("moves", 30, 0, 100)
        moves = right.slider("Moves shown", 0, 100, step=1, format="%d%%", **kept)
        clicked = maps.draw(shown, rows, items / 100, moves / 100)
    columns = {
        "source": ("From id", "text"),
        "source_label": ("From", "data"),
        "target": ("To id", "text"),
        "target_label": ("To", "data"),
        "n": ("Times", "count"),
        "kind": ("Kind", "text"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if place is not None:
        clicked = (str(rows["source"].iloc[place]), str(rows["target"].iloc[place]))
    if len(clicked) == 1:
        view.to_calls(shown.where.passing(clicked[0]))
    if len(clicked) == 2:
        view.to_calls(replace(shown.where, transitions=(*shown.where.transitions, clicked)))
