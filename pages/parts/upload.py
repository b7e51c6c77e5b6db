"""Taking files: what is dropped is on disk and in a session before anything else happens."""

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.errors import ThroughlineError
from pages.parts import frame, state
from pages.parts.text import sentence

_ROUND = "throughline.upload"
_REFUSAL = "throughline.refusal"


def drop_zone() -> None:
    """The large one of the first screen: dropped files become a new session."""
    with st.container(key="drop"):
        files = _uploader("Drop call logs here, or choose files")
    if files:
        _take(files, "")


def add_files(session_id: str) -> None:
    """The small one: dropped files join a session."""
    files = _uploader("Add files to this session")
    if files:
        _take(files, session_id)


def _uploader(label: str) -> list[UploadedFile]:
    if _REFUSAL in st.session_state:
        st.error(sentence(st.session_state.pop(_REFUSAL)), icon=":material/error:")
    # Another key after each upload, so that the widget is empty again.
    turn = st.session_state.setdefault(_ROUND, 0)
    return st.file_uploader(label, accept_multiple_files=True, key=f"upload:{turn}", label_visibility="collapsed") or []


def _take(files: Sequence[UploadedFile], session_id: str) -> None:
    service = state.service()
    given = [(file.name, file) for file in files]
    try:
        if session_id:
            session = service.add(session_id, given, by=state.visitor())
        else:
            session = service.create(given, owner=state.owner())
    except ThroughlineError as refusal:
        st.session_state[_REFUSAL] = str(refusal)
        st.session_state[_ROUND] += 1
        st.rerun()
    st.session_state[_ROUND] += 1
    service.look(session.id, by=state.visitor())
    state.go(frame.FILES, state.address(session.id))
