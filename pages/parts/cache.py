"""All caching: opened tables, by session and generation, so that nothing stale or foreign is ever served."""

import streamlit as st

from core.sessions import Session
from core.sql import Answer
from core.tables.calllog import CallLog
from pages.parts import state


@st.cache_resource(max_entries=16, ttl="1h", show_spinner=False)
def _opened(session_id: str, generation: str) -> CallLog:
    return state.service().open_tables(session_id, generation)


def forget(session_id: str, generation: str) -> None:
    """Let go of what is open of a session that was deleted."""
    _opened.clear(session_id, generation)


@st.cache_data(max_entries=32, ttl="1h", show_spinner=False)
def _answered(session_id: str, tables: tuple[str, ...], query: str) -> Answer:
    return state.service().ask(state.session(), query)


def answer(session: Session, query: str) -> Answer:
    """What the session's tables answer to a question in SQL, asked once as long as they are the same."""
    return _answered(session.id, (session.tables, *(file.profile for file in session.files)), query)


def log(session: Session) -> CallLog:
    """The session's tables, opened once for each generation. The session must have some."""
    return _opened(session.id, session.tables)
