"""The profiles of a session's files: made when they are asked for, and waited for."""

import streamlit as st

from core.plan import facts_of, unprofiled
from core.profile.tables import Rows
from core.service import is_profiling, is_working
from core.sessions import JobState, Session, StoredFile
from core.text import isolate, plural
from core.work import PROFILE
from pages.parts import cache, frame, importing, state
from pages.parts.pagefiles import FILES
from pages.parts.text import sentence

TABLE = "table"
"""What the file that is shown is called in the address."""


def begin(session: Session) -> bool:
    """Have the columns looked at that were not yet, unless that failed or was stopped; whether it was begun."""
    if state.reads_only() or is_working(session) or _has_stopped(session) or not unprofiled(session):
        return False
    state.service().profile(session.id, by=state.visitor())
    return True


def _has_stopped(session: Session) -> bool:
    job = session.job
    return job is not None and job.kind == PROFILE and job.state in (JobState.FAILED, JobState.CANCELLED)


def is_ready(session: Session) -> bool:
    """Whether there is something to show; else the page says what is going on, and how to go on."""
    if any(facts_of(file) is None for file in session.files) or not session.files:
        state.go(FILES, state.this_session())
    if is_profiling(session):
        importing.watch(session, f"Looking at the columns of {plural(len(session.files), 'file')}", noun="work")
        return False
    if is_working(session) and unprofiled(session):
        importing.watch(session)
        return False
    if begin(session):
        st.rerun()
    if _shown(session):
        return True
    with frame.centred(0.55):
        if session.is_fixed and not unprofiled(session):
            _gone(session)
            return False
        failure = session.job.failure if session.job and session.job.kind == PROFILE else None
        frame.title("The columns were not looked at", "Nothing is lost: the upload is kept.")
        if failure:
            st.markdown(sentence(f"{failure.problem} {failure.hint}"))
        elif not unprofiled(session):
            st.markdown("None of the files can be used.")
        elif state.reads_only():
            st.markdown("Whoever shared it with you can look at them.")
        if unprofiled(session) and state.is_mine() and st.button("Look at the columns", type="primary", key="profile"):
            state.service().profile(session.id, by=state.visitor())
            st.rerun()
    return False


def _gone(session: Session) -> None:
    """Why there are no columns of uploads that were deleted before anyone looked at them, and what there is instead."""
    frame.title("These columns can no longer be looked at", "Everything that was made of the calls is still there.")
    st.markdown(
        "What is in a file's columns is read from the upload itself, and the uploads of this session were deleted "
        "before anyone looked. Add the same files again to see them. Charts and SQL have the tables of the calls."
    )
    st.page_link(FILES, label="Files & columns", icon=":material/table_view:", query_params=state.this_session())


def _shown(session: Session) -> list[StoredFile]:
    """The files whose columns can be shown as they are now."""
    stale = {file.id for file in unprofiled(session)}
    return [file for file in session.files if file.profile and file.id not in stale]


def files(session: Session) -> list[tuple[StoredFile, Rows]]:
    """The files whose columns were looked at, with their rows: the one that the address names first."""
    found = sorted(_shown(session), key=lambda file: file.id[:8] != state.parameter(TABLE))
    return [(file, cache.rows(session, file)) for file in found]


def chooser(session: Session) -> None:
    """The box in which one of several files is chosen."""
    found = _shown(session)
    if len(found) < 2:
        return
    names = {file.id[:8]: file.name for file in found}
    here = state.parameter(TABLE)
    key = f"table:{here}"
    st.selectbox(
        "File",
        list(names),
        index=list(names).index(here) if here in names else 0,
        format_func=lambda one: isolate(names[one]),
        key=key,
        label_visibility="collapsed",
        on_change=lambda: state.put({TABLE: st.session_state[key]}),
    )
