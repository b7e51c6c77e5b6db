"""Top Paths: which ways calls take, and how few carry most of them."""

from dataclasses import replace

import streamlit as st

from core import views
from core.charts.sankey import step_sankey, steps_drawn
from core.flow.ids import join_ids, split_ids
from core.flow.paths import links
from pages.parts import settings, variants, view

MOST_STEPS = 6
VIEW = views.view("top-paths")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    clicked = ""
    with view.card("The paths", "Click a path to see its calls. ⊣ and red: it ends although the menu goes on."):
        share = st.slider(
            "Show the paths that carry this share of the calls",
            5,
            100,
            step=5,
            format="%d%%",
            **settings.in_address("cover", 60, 5, 100),
        )
        clicked = variants.draw(rows, shown, share / 100)
    steps = min(MOST_STEPS, steps_drawn(shown.width()))
    with view.card(f"The first {steps} steps of all calls", "Each band is as wide as the calls that take the move."):
        moves = links(shown.log, shown.where, steps=steps)
        figure = step_sankey(moves, shown.palette, width=shown.width(), height=520)
        view.chart(figure, f"The moves of the first {steps} steps", key=shown.key("sankey"))
    told = rows.assign(key=rows["nodes"].map(lambda nodes: join_ids(tuple(nodes))))
    columns = {
        "rank": ("Rank", "count"),
        "labels": ("Path", "list"),
        "nodes": ("Ids", "list"),
        "n_calls": ("Calls", "count"),
        "share": ("Share", "share"),
        "cumulative_share": ("Running total", "share"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if chosen := view.chosen(told, "key", clicked, place):
        path = split_ids(chosen)
        view.to_calls(replace(shown.where, begins=path, shortest=len(path), longest=len(path)))
