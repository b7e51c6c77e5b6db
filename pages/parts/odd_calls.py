"""Calls that the data most likely tells wrong: said above the figures, with ways to see them or leave them out."""

import streamlit as st

from core.flow.traps import traps
from pages.parts import state, view
from pages.parts.text import sentence


def note(shown: view.Shown, page: str) -> None:
    """A line for each oddity; `page` is the file of this one, which can be shown without the calls."""
    for trap in traps(shown.log, shown.where):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":orange[:material/warning:] {sentence(trap.words)}")
            view.link_to_calls("Show them", trap.these)
            if trap.others is not None:
                query = {**state.this_session(), **trap.others.as_query()}
                st.page_link(page, label="Leave them out", icon=":material/filter_list:", query_params=query)
