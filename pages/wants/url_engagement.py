"""Link Engagement: which links calls pass."""

from dataclasses import replace

import streamlit as st

from core import views
from pages.parts import links, pictures, view

VIEW = views.view("url-engagement")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    with view.card("Calls by link", "Click a link's bar to see the calls that pass it."):
        told = rows.rename(columns={"url": "label"}).assign(node=rows["url"], share=rows["n_calls"] / shown.n_calls)
        ranked = told.sort_values("n_calls", ascending=False, kind="stable")
        clicked = pictures.ranked(ranked, shown, "Calls by link", key="links")
    columns = {"url": ("Link", "text"), "n_steps": ("Steps", "count"), "n_calls": ("Calls", "count")}
    place = view.behind(shown, VIEW, rows, columns)
    with st.expander("Open a link", icon=":material/open_in_new:"):
        links.listed(list(rows["url"]))
    if chosen := view.chosen(rows, "url", clicked, place):
        view.to_calls(replace(shown.where, links=(chosen,)))
