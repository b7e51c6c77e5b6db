"""Sessions: what is mine, newest first, and what can be done with it."""

import streamlit as st

from pages.parts import frame, restoring, session_list, state

current = state.session().id if state.is_in_address() else ""
mine = state.service().store.list_sessions(by=state.visitor())
with frame.centred(0.72):
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Sessions", anchor=False)
        restoring.box()
        st.page_link(frame.START, label="New upload", icon=":material/upload:")
    st.markdown(f":small[:gray[{frame.who_sees()}]]")
    session_list.undo()
    if not mine:
        session_list.none()
    for one in session_list.page_of(mine):
        session_list.row(one, current)
    session_list.discarded()
