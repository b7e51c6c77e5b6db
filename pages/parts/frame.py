"""What is around every page: title and logo, navigation, the session's name, and words for whatever goes wrong."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import Page as StreamlitPage

from core.errors import SessionNotFound, ThroughlineError
from core.plan import facts_of
from core.service import has_rows
from core.sessions import Session
from core.settings import Access
from core.text import isolate, number, plural
from core.views import VIEWS, sections
from pages.parts import identity, sharing, state
from pages.parts.pagefiles import CALLS, CHARTS, FILES, PROFILE, REPORT, SESSIONS, SQL, START, page_at, page_of
from pages.parts.text import literal, sentence

log = logging.getLogger("throughline.pages")

ASSETS = Path(__file__).parent / "assets"
MOST_OTHERS = 8
WIDTH = 420  # pixels: of the box that opens at the session's name


def begin() -> None:
    st.set_page_config(page_title="Throughline", page_icon=str(ASSETS / "icon.png"), layout="wide")
    st.html(ASSETS / "style.css")
    st.logo(str(ASSETS / f"logo_{state.mode()}.svg"), size="large")


def navigation() -> StreamlitPage:
    """Register the pages; returns the one that the address asks for."""
    files = [*(page_of(view) for view in VIEWS), CALLS, PROFILE, CHARTS, SQL, FILES, REPORT, SESSIONS]
    # Streamlit's own links drop the session from the address, so the ones of `side` stand in for them.
    page = st.navigation([st.Page(START, default=True), *map(st.Page, files)], position="hidden")
    state.show_address(page.url_path)
    return page


def is_start(page: StreamlitPage) -> bool:
    return page.url_path == ""


def needs_no_session(page: StreamlitPage) -> bool:
    return is_start(page) or page.url_path == Path(SESSIONS).stem


def needs_tables(page: StreamlitPage, session: Session) -> bool:
    """Whether there is nothing for the page to show before the session's files are processed."""
    if page.url_path in {Path(one).stem for one in (CHARTS, SQL)}:
        return not has_rows(session)
    return page.url_path in {
        *(Path(one).stem for one in (CALLS, REPORT)),
        *(one.key.replace("-", "_") for one in VIEWS),
    }


def side(session: Session) -> None:
    """The sidebar: which session this is, and its views by the question they answer. Links keep session and filter.

    A session whose rows are no journeys has the pages of any table.
    """
    here = state.here()
    with st.sidebar:
        with st.container(gap="xxsmall"):
            if state.is_mine():
                _name(session)
            else:
                _shared(session)
            st.markdown(f":small[:gray[{_size(session)}]]")
        if state.is_mine():
            sharing.popover(session)
        for section, views in sections().items() if session.tables else ():
            with st.container(gap="xxsmall"):
                st.markdown(f":small[{section}]")
                for view in views:
                    st.page_link(page_of(view), label=view.title, icon=view.icon, query_params=here, width="stretch")
        with st.container(gap="xxsmall"):
            st.markdown(":small[This session]")
            if session.tables:
                st.page_link(CALLS, label="Calls", icon=":material/call:", query_params=here, width="stretch")
            st.page_link(PROFILE, label="Columns", icon=":material/view_column:", query_params=here, width="stretch")
            st.page_link(CHARTS, label="Charts", icon=":material/insert_chart:", query_params=here, width="stretch")
            st.page_link(SQL, label="SQL", icon=":material/database_search:", query_params=here, width="stretch")
            st.page_link(
                FILES, label="Files & columns", icon=":material/table_view:", query_params=here, width="stretch"
            )
            if session.tables:
                st.page_link(
                    REPORT, label="Import report", icon=":material/fact_check:", query_params=here, width="stretch"
                )
            st.page_link(
                SESSIONS,
                label="All sessions",
                icon=":material/folder_copy:",
                query_params=state.this_session(),
                width="stretch",
            )
            st.page_link(START, label="New upload", icon=":material/upload:", width="stretch")
        account()


def _size(session: Session) -> str:
    if not session.tables:
        rows = sum(facts.rows for file in session.files if (facts := facts_of(file)) and facts.usable)
        return f"{plural(len(session.files), 'file')} · {plural(rows, 'row')}"
    found = session.found
    return f"{plural(found['n_files'], 'file')} · {plural(found['n_calls'], 'call')} · {number(found['n_steps'])} steps"


def _name(session: Session) -> None:
    """The session's name, behind which it can be changed."""
    # The key names the name on disk, so that the box shows what is kept, whoever changed it.
    key = f"name:{session.name}"
    with (
        st.popover(
            literal(session.name),
            icon=":material/folder_open:",
            type="tertiary",
            wrap=True,
            key=f"session:{session.id}",  # another session's is another box, so that this one closes behind one
        ),
        st.container(width=WIDTH),
    ):
        st.text_input(
            "Name of this session",
            value=session.name,
            max_chars=120,
            key=key,
            on_change=lambda: state.service().rename(session.id, st.session_state[key], by=state.visitor()),
        )
        others = [
            one
            for one in state.service().store.list_sessions(by=state.visitor())
            if one.id != session.id and not one.damaged
        ]
        if others:
            st.markdown(":small[Switch to]")
        for one in others[:MOST_OTHERS]:
            st.page_link(
                page_at(one.last),
                label=literal(one.name),
                icon=":material/folder:",
                query_params=state.address(one.id, one.last),
            )


def _shared(session: Session) -> None:
    """A session of somebody else: what it is, and the way to one's own."""
    st.markdown(f":material/visibility: **{literal(session.name)}**")
    st.markdown(":small[:gray[Shared with you, to read. A copy is yours to change.]]")
    if st.button("Make a copy", icon=":material/content_copy:", key="copy"):
        copied = state.service().copy(session.id, by=state.visitor(), owner=state.owner())
        state.go(page_of(VIEWS[0]), {**state.place("").query, **state.address(copied.id)})


def title(words: str, note: str = "") -> None:
    """A page's title and a line below it; both may hold isolated data."""
    st.title(sentence(words), anchor=False)
    if note:
        st.markdown(f":small[:gray[{sentence(note)}]]")


def centred(share: float) -> DeltaGenerator:
    """A column in the middle of the page that takes `share` of its width."""
    return st.columns([(1 - share) / 2, share, (1 - share) / 2])[1]


@contextmanager
def spoken_errors() -> Iterator[None]:
    """Turn whatever goes wrong inside into words on the page; the log gets the rest under a reference."""
    try:
        yield
    except SessionNotFound:
        not_found()
    except ThroughlineError as error:
        problem(error)
    except Exception as error:
        say(error)


def say(error: Exception) -> bool:
    """One box with the words for an error, also where no page runs: Streamlit asks for it after a failed callback."""
    if isinstance(error, ThroughlineError):
        words = sentence(str(error))
    else:
        reference = secrets.token_hex(4)
        log.error("a page failed, reference %s", reference, exc_info=error)
        words = (
            "Something in Throughline failed. Your files are safe. Reload the page; if it stays, report the reference "
            f"{reference}."
        )
    st.error(words, icon=":material/error:")
    return True


def problem(error: ThroughlineError) -> None:
    """An error in its own words, with a way on."""
    with centred(0.55):
        title(error.problem)
        if error.hint:
            st.markdown(sentence(error.hint))
        if state.is_in_address():
            st.page_link(
                page_of(VIEWS[0]),
                label="Show the whole session",
                icon=":material/filter_list_off:",
                query_params=state.this_session(),
            )
        st.page_link(START, label="Start with new files", icon=":material/upload:")


def not_found() -> None:
    """The page for an address that names no session, or one that is not this visitor's to see."""
    with centred(0.55):
        title("Session not found", "The address names a session that is not here.")
        with st.container(border=True):
            st.markdown(
                "Sessions are kept on disk and survive reloads and restarts, so one of these is true:\n"
                "- it belongs to someone else, who has to press **Share** and send you that link;\n"
                "- it was yours in another browser, or as another user;\n"
                "- it was deleted, it expired, or the link to it was revoked;\n"
                "- the link is not complete, or this server keeps its sessions elsewhere."
            )
            with st.container(horizontal=True):
                st.page_link(SESSIONS, label="My sessions", icon=":material/folder_copy:")
                st.page_link(START, label="Start with new files", icon=":material/upload:")


def account() -> None:
    """Signing in and out, where a login provider is configured."""
    if not identity.can_sign_in():
        return
    if identity.is_signed_in():
        st.button(f"Sign out {literal(identity.name())}", icon=":material/logout:", type="tertiary", on_click=st.logout)
    else:
        st.button("Sign in", icon=":material/login:", type="tertiary", on_click=st.login)


def moment() -> None:
    """While the browser is asked who it is, which takes a blink."""
    with centred(0.55):
        st.markdown(":gray[One moment …]")


def who_sees() -> str:
    """Who sees what is made here, in words."""
    if state.service().settings.access is Access.SHARED:
        return "Everyone who can reach this server sees all sessions, as its operator set it up."
    if identity.is_signed_in():
        name = sentence(isolate(identity.name()))
        return f"Only you, signed in as {name}, see your sessions, until you share a link."
    return "Only this browser sees its sessions, until you share a link."
