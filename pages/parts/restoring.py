"""A zip that was downloaded becomes a session again."""

from typing import BinaryIO

import streamlit as st

from core.errors import ThroughlineError
from core.sessions import Session
from core.sessions.parts import RESTORED
from core.text import file_size
from pages.parts import dropping, state
from pages.parts.pagefiles import page_at
from pages.parts.text import sentence

_TURN = "throughline.restore"
_INVITATION = "Drop a zip that was downloaded here, or choose it"


def box() -> None:
    """A popover that takes the zip."""
    with st.popover("Restore from a zip", icon=":material/unarchive:"):
        if dropping.is_blocked():
            turn = st.session_state.setdefault(_TURN, 0)
            archive = st.file_uploader(_INVITATION, type="zip", key=f"restore:{turn}")
            if archive is not None:
                _unpack(archive)
            return
        arrived = dropping.zone(_INVITATION, f"Up to {file_size(dropping.limit())}", RESTORED, roomy=False)
        if arrived is not None:
            _receive(arrived)


def _receive(arrived: dropping.Arrived) -> None:
    service = state.service()
    if not arrived.session:  # else the change of the page was broken off
        try:
            arrived.session = service.unpack_arrived(arrived.uploader, arrived.ids[0], owner=state.owner()).id
        except ThroughlineError as refusal:
            dropping.refuse(arrived, str(refusal))
            st.rerun()
    _show(service.store.owned(arrived.session, by=state.visitor()))


def _unpack(archive: BinaryIO) -> None:
    try:
        session = state.service().unpack(archive, owner=state.owner())
    except ThroughlineError as refusal:
        st.error(sentence(str(refusal)), icon=":material/error:")
        return
    st.session_state[_TURN] += 1
    _show(session)


def _show(session: Session) -> None:
    state.go(page_at(session.last), state.address(session.id, session.last))
