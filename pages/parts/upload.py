"""Taking files: what is dropped is on disk and in a session before anything else happens."""

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.errors import ThroughlineError
from core.text import file_size
from pages.parts import dropping, frame, identity, state
from pages.parts.text import sentence

_ROUND = "throughline.upload"
_REFUSAL = "throughline.refusal"
_TAKEN = "throughline.taken"
_INVITATION = "Drop call logs here, or choose files"


def drop_zone() -> None:
    """The large one of the first screen: dropped files become a new session."""
    with st.container(key="drop"):
        _zone(_INVITATION, "")


def add_files(session_id: str) -> None:
    """The small one: dropped files join a session."""
    _zone("Add files to this session", session_id)


def _zone(title: str, session_id: str) -> None:
    if dropping.is_blocked():
        files = _uploader(title)
        if files:
            _take(files, session_id)
        return
    note = f"CSV, Excel, Parquet, XES or a zip, several at once, up to {file_size(dropping.limit())} each"
    arrived = dropping.zone(title, note, session_id, roomy=not session_id)
    if arrived is not None:
        _receive(arrived)


def _receive(arrived: dropping.Arrived) -> None:
    service, visitor = state.service(), state.visitor()
    try:
        session = service.take(arrived.uploader, arrived.ids, owner=state.owner(), by=visitor)
    except ThroughlineError as refusal:
        dropping.refuse(arrived, str(refusal))
        st.rerun()
    arrived.session = session.id
    service.look(session.id, by=visitor)
    state.go(frame.FILES, state.address(session.id))


def _uploader(label: str) -> list[UploadedFile]:
    """Streamlit's own, for hosts that do not pass our routes on: it keeps the file in memory and begins again."""
    if not identity.can_upload():
        st.warning(
            "This browser keeps no cookies from this address, and without them no file can be received. Allow cookies "
            "for it and reload; the samples work as they are.",
            icon=":material/cookie:",
        )
    if _REFUSAL in st.session_state:
        st.error(sentence(st.session_state.pop(_REFUSAL)), icon=":material/error:")
    # Another key after each upload, so that the widget is empty again.
    turn = st.session_state.setdefault(_ROUND, 0)
    return st.file_uploader(label, accept_multiple_files=True, key=f"upload:{turn}", label_visibility="collapsed") or []


def _take(files: Sequence[UploadedFile], session_id: str) -> None:
    service = state.service()
    given = [(file.name, file) for file in files]
    # Streamlit may break a run off wherever the session state is touched, and run it again with the same files. What
    # they became is noted in a dictionary that is there already, so that they are taken once and the way goes on.
    taken: dict[tuple[str, ...], str] = st.session_state.setdefault(_TAKEN, {})
    key = tuple(file.file_id for file in files)
    visitor, owner = state.visitor(), state.owner()
    if key not in taken:
        try:
            found = service.add(session_id, given, by=visitor) if session_id else service.create(given, owner=owner)
        except ThroughlineError as refusal:
            st.session_state[_REFUSAL] = str(refusal)
            st.session_state[_ROUND] += 1
            st.rerun()
        taken[key] = found.id
    service.look(taken[key], by=visitor)
    st.session_state[_ROUND] += 1
    state.go(frame.FILES, state.address(taken[key]))
