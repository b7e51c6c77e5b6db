"""The rows of the Sessions page: what each session is, and what can be done with it."""

from contextlib import suppress
from functools import partial

import streamlit as st

from core.errors import SessionDamaged, SessionTooNew
from core.sessions import SHARED, SessionSummary, Status, Visitor, bundle, utc_now
from core.text import ago, ahead, day, file_size, plural
from pages.parts import cache, frame, identity, state
from pages.parts.pagefiles import page_at
from pages.parts.text import literal, sentence

_PAGE = 25
_SMALL = 50 * 1024 * 1024  # bytes: a download that may pass through the memory of the server
_GONE = "throughline.deleted"
_STATUS = {
    Status.NEW: ("Empty", "gray", ":material/draft:"),
    Status.RECEIVING: ("Not processed yet", "orange", ":material/table_view:"),
    Status.QUEUED: ("Waiting", "blue", ":material/hourglass_top:"),
    Status.PROCESSING: ("Importing", "blue", ":material/hourglass_top:"),
    Status.READY: ("Ready", "green", ":material/check_circle:"),
    Status.FAILED: ("Import stopped", "red", ":material/error:"),
    Status.CANCELLED: ("Cancelled", "gray", ":material/cancel:"),
}


def none() -> None:
    """In place of a list: what there will be, and how to come by it."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(":material/folder_open: **No sessions yet**", text_alignment="center")
        st.markdown(
            "Each upload becomes a session that stays here, with its figures, its filters and the views you save.",
            text_alignment="center",
        )
        st.page_link(frame.START, label="Drop files or try a sample", icon=":material/upload:")


def page_of(found: list[SessionSummary]) -> list[SessionSummary]:
    """The sessions of the page of the list that is turned to, of those whose name holds what is looked for."""
    if len(found) <= _PAGE:
        return found
    wanted = st.text_input("Find by name", icon=":material/search:", key="find").strip().casefold()
    found = [one for one in found if wanted in one.name.casefold()]
    pages = max(1, -(-len(found) // _PAGE))
    turn = 1
    if pages > 1:
        words = f"{plural(len(found), 'session')}, {_PAGE} on a page"
        turn = st.segmented_control(words, range(1, pages + 1), default=1, required=True, key=f"turn:{pages}")
    elif not found:
        st.markdown("No name holds these words.")
    return found[(turn - 1) * _PAGE : turn * _PAGE]


@st.fragment
def row(one: SessionSummary, current: str) -> None:
    """A session: a link, what is known of it, and what can be done with it."""
    with frame.spoken_errors(), st.container(border=True, key=f"row:{one.id}", gap="xsmall"):
        with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
            with st.container(width="stretch"):
                if one.damaged:
                    st.markdown("**A damaged session**")
                else:
                    st.page_link(
                        page_at(one.last),
                        label=f"**{literal(one.name)}**",
                        icon=":material/folder_open:",
                        query_params=state.address(one.id, one.last),
                    )
            _menu(one, current)
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            _badges(one, current)
            st.markdown(f":small[:gray[{sentence(_facts(one))}]]", width="content")


def _badges(one: SessionSummary, current: str) -> None:
    if one.damaged:
        st.badge("Damaged", color="red", icon=":material/warning:")
        return
    words, color, icon = _STATUS[one.status or Status.NEW]
    st.badge(words, color=color, icon=icon)  # type: ignore[arg-type]
    if one.id == current:
        st.badge("Current", color="gray", icon=":material/visibility:")
    if one.owner == SHARED.key:
        st.badge("Everyone here", color="gray", icon=":material/group:")
    if one.n_shares:
        st.badge(plural(one.n_shares, "link"), color="gray", icon=":material/share:")


def _facts(one: SessionSummary) -> str:
    if one.damaged:
        return f"Its record cannot be read, so it is not shown; its files are kept. Its id is {one.id}."
    now = utc_now()
    held = "uploads deleted" if one.forgotten else file_size(one.size)
    words = [f"{plural(one.n_files, 'file')}, {held}", f"last used {ago(now - (one.updated or now))}"]
    words.append(f"kept until {day(one.expires.date())} if not opened" if one.expires else "kept until deleted")
    return " · ".join(words)


def _menu(one: SessionSummary, current: str) -> None:
    """What can be done with the session, made only once somebody asks for it: a long list is shown far sooner."""
    key = f"menu:{one.id}"
    name = "a damaged session" if one.damaged else literal(one.name)
    menu = st.popover(
        f"Actions for {name}",
        icon=":material/more_vert:",
        type="tertiary",
        help="Delete" if one.damaged else "Rename, duplicate, download, delete",
        key=key,
        on_change="rerun",
    )
    if menu.open:
        with menu:
            _actions(one, current)


def _actions(one: SessionSummary, current: str) -> None:
    service, visitor = state.service(), state.visitor()
    if not one.damaged:
        with st.form(f"rename:{one.id}", border=False):
            name = st.text_input("Name", value=one.name, max_chars=120)
            if st.form_submit_button("Rename", icon=":material/edit:", width="stretch"):
                service.rename(one.id, name, by=visitor)
                st.rerun()
        if st.button("Duplicate", icon=":material/content_copy:", key=f"copy:{one.id}", width="stretch"):
            service.copy(one.id, by=visitor, owner=state.owner())
            st.rerun()
        _download(one)
    if st.button("Delete", icon=":material/delete:", key=f"delete:{one.id}", width="stretch"):
        service.discard(one.id, by=visitor)
        cache.forget(one.id, one.tables)
        st.session_state[_GONE] = one.id
        state.go(frame.SESSIONS, {} if one.id == current else state.this_session())


def _download(one: SessionSummary) -> None:
    """Everything as one zip: through Streamlit where it is small, else as a stream from a route of our own."""
    if one.size <= _SMALL and not one.forgotten:  # then the tables may be large, and nothing tells
        st.download_button(
            "Download as zip",
            # Called from a thread that knows no visitor any more.
            data=partial(_packed, one.id, state.visitor()),
            file_name=f"{one.id}.zip",
            mime="application/zip",
            icon=":material/download:",
            on_click="ignore",
            key=f"zip:{one.id}",
            width="stretch",
        )
    else:
        st.link_button(
            "Download as zip", identity.download_address(one.id), icon=":material/download:", width="stretch"
        )


def _packed(session_id: str, visitor: Visitor) -> bytes:
    store = state.service().store
    return b"".join(bundle.pack(store, store.owned(session_id, by=visitor)))


def undo() -> None:
    """Right after a deletion: one click to take it back."""
    gone = next((one for one in _discarded() if one.id == st.session_state.get(_GONE)), None)
    if gone is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="undo"):
        st.markdown(f":material/delete: Deleted **{literal(gone.name or 'a damaged session')}**.", width="stretch")
        _undo_button(gone, "undo:last")


def discarded() -> None:
    """What was deleted and can still be had back."""
    found = _discarded()
    if not found:
        return
    with st.expander(f"Recently deleted ({len(found)})", icon=":material/delete:"):
        for one in found:
            with st.container(horizontal=True, vertical_alignment="center"):
                left = f"gone for good in {ahead(one.expires - utc_now())}" if one.expires else ""
                st.markdown(f"{literal(one.name or 'A damaged session')} :small[:gray[{left}]]", width="stretch")
                _undo_button(one, f"undo:{one.id}", "Restore")
                if st.button("Delete for good", type="tertiary", key=f"purge:{one.id}"):
                    state.service().store.purge(one.id, by=state.visitor())
                    st.rerun()


def _undo_button(one: SessionSummary, key: str, words: str = "Undo") -> None:
    if st.button(words, icon=":material/undo:", key=key):
        with suppress(SessionDamaged, SessionTooNew):  # back in the list all the same
            state.service().restore(one.id, by=state.visitor())
        st.session_state.pop(_GONE, None)
        st.rerun()


def _discarded() -> list[SessionSummary]:
    return state.service().store.list_discarded(by=state.visitor())
