"""Unreached Items: which items of the menu no call touches."""

import streamlit as st

from core import views
from core.flow.menu_audit import places
from pages.parts import pictures, view

VIEW = views.view("unreachable")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    where = places(shown.log, shown.where, tuple(rows["node"]))
    by_root = where.assign(root=where["root"].fillna("no root"), n=1).groupby("root", sort=False)["n"].sum()
    if len(by_root) > 1:
        with view.card("Where in the menu they are", "Unreached items below each item at the top of the menu."):
            pictures.counted(by_root.sort_values(ascending=False, kind="stable"), shown, "Unreached items by root")
    with st.container(border=True):
        st.subheader("The items", anchor=False)
        view.table(where, view.PLACES, key=shown.key("places"))
        view.export(shown, VIEW, rows)
