"""SQL: any question to the session's tables, for whoever wants more than the views tell."""

import streamlit as st

from pages.parts import places, query, state
from pages.parts.pagefiles import SQL_KEY

session = state.session()
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("SQL", anchor=False, help=query.EXPLAINED)
    places.popover(session, SQL_KEY)
places.remember(session, SQL_KEY)
asked, tables = st.columns([0.68, 0.32])
with asked:
    query.form(session)
with tables:
    query.offered(session)
query.answer(session)
