"""The first screen: an invitation."""

import streamlit as st

from core.service import SAMPLES
from core.sessions import Status
from core.settings import is_temporary
from core.text import plural
from pages.parts import folder, frame, state, upload
from pages.parts.pagefiles import page_at
from pages.parts.text import literal

MOST_EARLIER = 8

if state.is_in_address():
    found = state.session()
    waits = found.status in (Status.NEW, Status.RECEIVING) and not found.tables
    last = found.last if state.is_mine() else None
    query = {**(last.query if last else {}), **state.place("").query, **state.this_session()}
    state.go(frame.FILES if waits else page_at(last), query)

with frame.centred(0.5):
    st.image(
        str(frame.ASSETS / f"hero_{state.mode()}.svg"),
        width="stretch",
        alt="Many paths, one of which stops short",
    )
    st.title("See where your callers go, get stuck and leave", anchor=False, text_alignment="center")
    st.markdown(
        "Drop the call log your phone system exports. One row for each step of a call is enough: "
        "Throughline finds the columns, and asks when it is not sure.",
        text_alignment="center",
    )
    upload.drop_zone()
    with st.container(horizontal=True, horizontal_alignment="center"):
        for key, (name, _) in SAMPLES.items():
            if st.button(f"Try {name[0].lower()}{name[1:]}", icon=":material/play_circle:", key=f"sample:{key}"):
                made = state.service().sample(key, owner=state.owner())
                state.go(frame.page_of(frame.VIEWS[0]), state.address(made.id))
        folder.choice("")
        earlier = state.service().store.list_sessions(by=state.visitor())
        if earlier:
            with st.popover("Open an earlier session", icon=":material/history:", type="tertiary"):
                for one in earlier[:MOST_EARLIER]:
                    label = "A damaged session" if one.damaged else one.name
                    detail = f" · {one.status}, {plural(one.n_files, 'file')}" if one.status else ""
                    st.page_link(
                        page_at(one.last),
                        label=literal(label) + detail,
                        query_params=state.address(one.id, one.last),
                    )
                st.page_link(frame.SESSIONS, label="All sessions", icon=":material/folder_copy:")
        frame.account()
    st.markdown(
        f":small[:gray[:material/lock: Files stay on this server. {frame.who_sees()}]]", text_alignment="center"
    )
    if is_temporary():
        st.markdown(
            ":small[:orange[:material/warning: This host does not promise to keep its disk: download what you want to "
            "keep, on the Sessions page.]]",
            text_alignment="center",
        )
