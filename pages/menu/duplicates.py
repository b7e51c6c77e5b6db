"""Same Labels: which labels several menu items share."""

import streamlit as st

from core import views
from core.flow.menu_audit import places
from pages.parts import view
from pages.parts.text import literal

VIEW = views.view("duplicates")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    columns = {"label": ("Label", "data"), "n_nodes": ("Menu items", "count"), "nodes": ("Their ids", "list")}
    with view.card("Labels and the items that share them", "Choose a row to see where its items stand in the menu."):
        place = view.table(rows, columns, key=shown.key("labels"))
        view.export(shown, VIEW, rows)
    label = rows.iloc[place or 0]
    with st.container(border=True):
        st.subheader(f"The items called {literal(str(label['label']))}", anchor=False)
        view.table(places(shown.log, shown.where, tuple(label["nodes"])), view.PLACES, key=shown.key("places"))
