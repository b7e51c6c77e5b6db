"""Summary: what the log says at a glance."""

import streamlit as st

from core import views
from core.flow import findings, funnels
from core.flow.calendar import weekday_trends
from core.flow.intents import top_intents
from core.flow.paths import path_explorer
from pages.parts import frame, odd_calls, pictures, state, view

VIEW = views.view("summary")
shown = view.begin(VIEW)
figures = VIEW.frame(shown.log, shown.where)
view.finding(findings.of_summary(shown.log, shown.where), ":material/call_end:")
if int(figures.iloc[0]["n_calls"]) > 0:
    odd_calls.note(shown, frame.page_of(VIEW))
    pictures.key_figures(shown, figures.iloc[0])

    left, right = st.columns([1.12, 1])
    with (
        left,
        view.card("What they call for", explained="A call's intent: its second menu item, or its first one."),
    ):
        pictures.intents(top_intents(shown.log, shown.where), shown)
    weekdays = weekday_trends(shown.log, shown.where)
    with (
        right,
        view.card("When they call", findings.of_weekdays(weekdays), explained="Calls a day, by weekday."),
    ):
        pictures.weekdays(weekdays, shown)

    depths = funnels.depths(shown.log, shown.where)
    with view.card("How far they get", findings.of_depths(depths), explained="Calls with at least that many steps."):
        pictures.depths(depths, shown)

    with view.card("Where calls begin", explained="The first step of each call: the Path Explorer's first level."):
        pictures.first_steps(path_explorer(shown.log, shown.where), shown)
        st.page_link(
            frame.page_of(views.view("path-explorer")),
            label="Follow them in the Path Explorer",
            icon=":material/account_tree:",
            query_params=state.here(),
        )

    with st.expander("All figures"):
        st.dataframe(pictures.figures_table(figures), hide_index=True, width="stretch")
        view.export(shown, VIEW, figures)
