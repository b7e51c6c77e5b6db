"""The first screen: an invitation."""

import streamlit as st

from core.service import SAMPLES
from core.sessions import Status
from core.text import plural
from pages.parts import frame, state, upload
from pages.parts.text import literal

if state.is_in_address():
    found = state.session()
    waits = found.status in (Status.NEW, Status.RECEIVING) and not found.tables
    state.go(frame.FILES if waits else frame.page_of(frame.VIEWS[0]), found.id)

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
                state.go(frame.page_of(frame.VIEWS[0]), state.service().sample(key).id)
        earlier = state.service().store.list_sessions(by=state.visitor())
        if earlier:
            with st.popover("Open an earlier session", icon=":material/history:", type="tertiary"):
                for one in earlier[:20]:
                    label = "A damaged session" if one.damaged else one.name
                    detail = f" · {one.status}, {plural(one.n_files, 'file')}" if one.status else ""
                    st.page_link(
                        frame.page_of(frame.VIEWS[0]),
                        label=literal(label) + detail,
                        query_params=state.address(one.id),
                    )
    st.markdown(
        ":small[:gray[:material/lock: Files stay on this server. No account needed; "
        "whoever can reach this server sees its sessions.]]",
        text_alignment="center",
    )
