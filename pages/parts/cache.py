"""All caching: opened tables, by session and generation, so that nothing stale or foreign is ever served."""

import streamlit as st

from core.builder import Draft, Drawn, data, fields_of, suggestions
from core.errors import ViewError
from core.profile.tables import Rows
from core.sessions import Session, StoredFile
from core.sql import Answer, Tables
from core.tables.calllog import CallLog
from pages.parts import state


@st.cache_resource(max_entries=16, ttl="1h", show_spinner=False)
def _opened(session_id: str, generation: str) -> CallLog:
    return state.service().open_tables(session_id, generation)


@st.cache_resource(max_entries=16, ttl="1h", show_spinner=False)
def _opened_rows(session_id: str, profile: str) -> Rows:
    return state.service().open_rows(session_id, profile)


def rows(session: Session, file: StoredFile) -> Rows:
    """The rows of a file with types, opened once for each of its profiles. The file must have one."""
    return _opened_rows(session.id, file.profile)


def forget(session_id: str, generation: str) -> None:
    """Let go of what is open of a session that was deleted."""
    _opened.clear(session_id, generation)


@st.cache_data(max_entries=32, ttl="1h", show_spinner=False)
def _answered(session_id: str, tables: tuple[str, ...], query: str) -> Answer:
    return state.service().ask(state.session(), query)


def answer(session: Session, query: str) -> Answer:
    """What the session's tables answer to a question in SQL, asked once as long as they are the same."""
    return _answered(session.id, _of(session), query)


def _of(session: Session) -> tuple[str, ...]:
    """What changes whenever one of the session's tables is another."""
    return (session.tables, *(file.profile for file in session.files))


@st.cache_resource(max_entries=8, ttl="1h", show_spinner=False)
def _tables(session_id: str, tables: tuple[str, ...]) -> Tables:
    return Tables(state.service().offered(state.session()))


@st.cache_data(max_entries=64, ttl="1h", show_spinner="Adding up")
def _drawn(session_id: str, tables: tuple[str, ...], draft: Draft) -> Drawn:
    session = state.session()
    offered = state.service().offered(session)
    if draft.table not in offered:
        raise ViewError(f"There is no table {draft.table[:60]!r} in this session.", "Choose another one.")
    return data(_tables(session.id, tables), draft, fields_of(offered[draft.table]))


@st.cache_data(max_entries=64, ttl="1h", show_spinner=False)
def _suggested(session_id: str, tables: tuple[str, ...], table: str) -> list[Draft]:
    session = state.session()
    return suggestions(_tables(session.id, tables), table, fields_of(state.service().offered(session)[table]))


def drawn(session: Session, draft: Draft) -> Drawn:
    """The figures of a chart. Raises ViewError."""
    return _drawn(session.id, _of(session), draft)


def suggested(session: Session, table: str) -> list[Draft]:
    """Charts to begin with, of a table of the session."""
    return _suggested(session.id, _of(session), table)


def log(session: Session) -> CallLog:
    """The session's tables, opened once for each generation. The session must have some."""
    return _opened(session.id, session.tables)
