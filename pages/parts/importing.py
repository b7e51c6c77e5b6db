"""A session that is not ready: honest progress, and what can be done where it stopped."""

import streamlit as st

from core.plan import fingerprint
from core.service import has_failed, is_working
from core.sessions import Job, Session, Status
from core.text import file_size, number, plural
from core.work import INSPECT
from pages.parts import frame, state
from pages.parts.text import sentence

POLL = 0.5  # seconds


def show(session: Session) -> None:
    """The import in place of a view: under way, failed, called off, or still waiting for a word from the person."""
    if is_working(session):
        watch(session)
    elif has_failed(session):
        failed(session)
    elif session.status is Status.CANCELLED:
        cancelled(session)
    else:
        state.go(frame.FILES, state.this_session())


def watch(session: Session, words: str = "", *, noun: str = "import") -> None:
    """Progress, looked at twice a second, until the job has ended; then the page runs again."""
    with frame.centred(0.55):
        frame.title(
            words or f"Reading {plural(len(session.files), 'file')}",
            f"You can close this page. The {noun} goes on, and this address brings you back to it.",
        )
        _progress(session.id)
        if state.is_mine():
            _cancel_button(session.id, noun)


def _cancel_button(session_id: str, noun: str = "import") -> None:
    if st.button(f"Cancel {noun}", icon=":material/close:", key="cancel"):
        state.service().cancel(session_id, by=state.visitor())
        st.rerun()


@st.fragment(run_every=POLL)
def _progress(session_id: str) -> None:
    with frame.spoken_errors():
        session = state.service().store.peek(session_id, by=state.visitor())
        if session.job is None or not session.job.active:
            st.rerun()
        else:
            _draw(session, session.job)


def _draw(session: Session, job: Job) -> None:
    with st.container(border=True, key="progress"):
        progress = job.progress
        if not progress.stages:
            before = state.service().runner.place(session.id)
            waiting = f"Waiting: {plural(before, 'import')} before this one" if before else "Starting"
            st.markdown(f"#### {waiting}")
            st.progress(0.0)
            return
        share = min(progress.done / progress.total, 1.0) if progress.total else 0.0
        left, right = st.columns([3, 1])
        left.markdown(
            f"#### Step {progress.stage + 1} of {len(progress.stages)}: {progress.stages[progress.stage].lower()}"
        )
        right.markdown(f"**{share:.0%}**", text_alignment="right")
        st.progress(share)
        st.markdown(f":small[:gray[{sentence(_amount(job))}]]")
        for position, stage in enumerate(progress.stages):
            mark = ":material/radio_button_unchecked:"
            if position < progress.stage:
                mark = ":green[:material/check_circle:]"
            elif position == progress.stage:
                mark = ":blue[:material/pending:]"
            st.markdown(f"{mark} {stage}" if position <= progress.stage else f"{mark} :gray[{stage}]")


def _amount(job: Job) -> str:
    progress = job.progress
    if not progress.total or progress.unit == "%":
        return "Working"
    if progress.unit == "bytes":
        return f"{file_size(progress.done)} of {file_size(progress.total)}"
    return f"{number(progress.done)} of {number(progress.total)} {progress.unit}"


def failed(session: Session) -> None:
    """Where it stopped, what is safe, and the ways on."""
    failure = session.job.failure if session.job else None
    safe = "the upload is kept" + (", and the last good import still serves every page." if session.tables else ".")
    with frame.centred(0.55):
        frame.title("The import stopped", f"Nothing is lost: {safe}")
        with st.container(border=True):
            if failure is not None:
                st.subheader(f":red[:material/error:] {sentence(failure.problem)}", anchor=False)
                st.markdown(sentence(failure.hint))
                if failure.reference:
                    st.markdown(f":small[:gray[Reference for whoever runs this server: {sentence(failure.reference)}]]")
            _ways_on(session)


def cancelled(session: Session) -> None:
    with frame.centred(0.55):
        frame.title("The import was cancelled", "Nothing is lost: the upload is kept.")
        with st.container(border=True):
            _ways_on(session)


def not_looked_at(session: Session) -> None:
    """Files are there that nobody looked at: at once where a crash came in between, else when the person says so."""
    if session.status is not Status.CANCELLED and not is_working(session) and state.is_mine():
        state.service().look(session.id, by=state.visitor())
        st.rerun()
    with frame.centred(0.55):
        frame.title("The files were not looked at to the end", "Nothing is lost: the upload is kept.")
        if state.is_mine() and st.button("Look at the files", type="primary", icon=":material/replay:", key="look"):
            state.service().look(session.id, by=state.visitor())
            st.rerun()


def _ways_on(session: Session) -> None:
    if state.reads_only():
        st.markdown("Whoever shared it with you can process it again.")
        return
    with st.container(horizontal=True):
        if st.button("Process again", type="primary", icon=":material/replay:", key="again"):
            again(session)
        if st.button("Check files and columns", icon=":material/table_view:", key="check"):
            state.go(frame.FILES, state.this_session())


def again(session: Session) -> None:
    """Do what the session's last job was to do, once more."""
    if session.job is not None and session.job.kind == INSPECT:
        state.service().look(session.id, by=state.visitor())
        state.go(frame.FILES, state.this_session())
    state.service().process(session.id, by=state.visitor())
    st.rerun()


@st.fragment(run_every=POLL)
def _until_done(session_id: str) -> None:
    with frame.spoken_errors():
        session = state.service().store.peek(session_id, by=state.visitor())
        if session.job is None or not session.job.active:
            st.rerun()
        else:
            st.info(
                "A new import is under way; these are the figures of the last one.", icon=":material/hourglass_top:"
            )
            with st.expander("How far it is"):
                _draw(session, session.job)
                if state.is_mine():
                    _cancel_button(session.id)


def notice(session: Session) -> None:
    """Above a view: that its figures are not those of the files as they are now, and why."""
    if is_working(session):
        _until_done(session.id)
    elif has_failed(session) and session.job and session.job.failure:
        st.warning(
            f"The last import stopped: {sentence(session.job.failure.problem)} "
            "These are the figures of the one before.",
            icon=":material/warning:",
        )
    elif session.found.get("of") != fingerprint(session):
        st.warning(
            "Files or columns were changed since these figures were made. Process again in Files & columns.",
            icon=":material/warning:",
        )
