"""Sessions: what is mine, newest first, and what can be done with it."""

import streamlit as st

from core.text import plural
from pages.parts import frame, session_list, state

PAGE = 25

current = state.session().id if state.is_in_address() else ""
mine = state.service().store.list_sessions(by=state.visitor())
with frame.centred(0.72):
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Sessions", anchor=False)
        session_list.restore_box()
        st.page_link(frame.START, label="New upload", icon=":material/upload:")
    st.markdown(f":small[:gray[{frame.who_sees()}]]")
    session_list.undo()
    if not mine:
        st.markdown("There is none yet. Drop files on the first page, or try a sample there.")
    pages = max(1, -(-len(mine) // PAGE))
    turn = 1
    if pages > 1:
        turn = st.segmented_control(
            f"{plural(len(mine), 'session')}, {PAGE} on a page", range(1, pages + 1), default=1, required=True
        )
    for one in mine[(turn - 1) * PAGE : turn * PAGE]:
        session_list.row(one, current)
    session_list.discarded()
