"""Saved views: a page with its filter under a name, and the links that lead back to them."""

from urllib.parse import urlencode

import streamlit as st

from core.sessions import Place, Session
from core.views import BY_KEY
from pages.parts import state
from pages.parts.pagefiles import page_at
from pages.parts.text import literal

_NAME_LENGTH = 80


def remember(session: Session, key: str) -> None:
    """Keep where its owner stands in the session: the page of `key`, with what is in its address."""
    here = state.place(key)
    if session.last != here and state.is_mine():
        state.service().stand(session.id, here, by=state.visitor())


def popover(session: Session, key: str) -> None:
    """The saved views of the session, and a box to save this one, which is the view of `key`."""
    if not session.views and state.reads_only():
        return
    here = state.place(key)
    # Another place's is another box, so that this one closes behind whoever follows one of its links.
    with st.popover("Saved views", icon=":material/bookmark:", key=f"views:{key}:{urlencode(here.query)}"):
        for place in session.views:
            with st.container(
                horizontal=True, wrap=False, vertical_alignment="center", horizontal_alignment="distribute"
            ):
                st.page_link(
                    page_at(place),
                    label=literal(place.name),
                    icon=BY_KEY[place.page].icon if place.page in BY_KEY else None,
                    query_params={**state.this_session(), **place.query},
                )
                if state.is_mine() and st.button(
                    "Delete", icon=":material/delete:", type="tertiary", key=f"drop:{place.name}"
                ):
                    state.service().drop_view(session.id, place.name, by=state.visitor())
                    st.rerun()
        if state.is_mine():
            with st.form("save_view", border=False, clear_on_submit=True):
                name = st.text_input(
                    "Save this page and its filter as", max_chars=_NAME_LENGTH, placeholder="Mondays without a price"
                )
                if st.form_submit_button("Save view", icon=":material/bookmark_add:") and name.strip():
                    kept = Place(page=here.page, query=here.query, name=" ".join(name.split()))
                    state.service().save_view(session.id, kept, by=state.visitor())
                    st.rerun()
