"""What a page knows: the address it was asked for, and the session that the address names.

The address is the truth, and every link carries it: what a browser session remembers dies with the server.
"""

from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import urlencode

import streamlit as st

from core.errors import SessionNotFound, ThroughlineError
from core.flow.filter import Filter
from core.flow.ids import join_ids, split_ids
from core.sessions import Owner, Place, Session, Visitor, shares
from pages.parts import identity
from pages.parts.serving import service

SESSION = "session"
SHARE = "share"
PREFIX = "at"
PAGE, CALL = "page", "call"
"""What a list of calls has in its address: the page that is shown, and the call that is read."""
_BOUND = "throughline.session"
_PAGE = "throughline.page"


def visitor() -> Visitor:
    """Who asks, with the share link that the address holds."""
    return identity.visitor(_named()[1] if SHARE in st.query_params else "")


def owner() -> Owner:
    """Whose the sessions are that are made here."""
    return identity.owner()


def bind() -> tuple[Session | None, ThroughlineError | None]:
    """The session that the address names, None where it names none; or why it is not shown."""
    st.session_state.pop(_BOUND, None)
    if not is_in_address():
        return None, None
    try:
        session_id, _ = _named()
        found = service().store.get(session_id, by=visitor())
    except ThroughlineError as problem:
        return None, problem
    st.session_state[_BOUND] = found
    return found, None


def show_address(page: str) -> None:
    """Show in the browser's bar what this run was asked for; `page` is the one it was asked for.

    Streamlit's links do so only where they lead to another page: after one to another session or filter of the same
    page the bar, and with it the next click and the next reload, would still be at the old one.
    """
    if st.session_state.get(_PAGE) == page:
        st.query_params.from_dict({name: one for name, one in st.query_params.to_dict().items() if one})
    st.session_state[_PAGE] = page


def _named() -> tuple[str, str]:
    """The session's id and the hash of the share link's secret in the address. Raises SessionNotFound."""
    if SHARE in st.query_params:
        return shares.read_token(st.query_params[SHARE])
    return st.query_params.get(SESSION, ""), ""


def session() -> Session:
    """The session of this run. Raises SessionNotFound where there is none."""
    found = st.session_state.get(_BOUND)
    if not isinstance(found, Session):
        raise SessionNotFound
    return found


def is_mine() -> bool:
    """Whether this visitor may change the session of this run; otherwise it is shared with them to read."""
    return visitor().owns(session().owner)


def is_in_address() -> bool:
    """Whether the address names a session."""
    return SESSION in st.query_params or SHARE in st.query_params


def where() -> Filter:
    """The filter in the address. Raises ViewError."""
    return Filter.from_query(everything())


def set_where(wanted: Filter) -> None:
    """Put another filter into the address, where everything else stays; a list begins at its first page again.

    Called by a widget's callback it is shown by the run that follows, otherwise the page has to be run again.
    """
    before = {name: "" for name in st.query_params if Filter.is_parameter(name) or name in (PAGE, CALL)}
    put(before | wanted.as_query())


def parameter(name: str) -> str:
    """What the address says for `name`, "" for nothing."""
    return st.query_params.get(name, "")


def everything() -> dict[str, str]:
    """All that the address says."""
    return st.query_params.to_dict()


def put(wanted: Mapping[str, str]) -> None:
    """Change parameters of the address, "" taking one out; one step in the browser's history."""
    # Deleting would make a step of each. A parameter without values leaves no trace in the address.
    st.query_params.update({name: value or [] for name, value in wanted.items()})


def prefix() -> tuple[str, ...]:
    """The drill position of the Path Explorer."""
    return split_ids(parameter(PREFIX))


def set_prefix(ids: tuple[str, ...]) -> None:
    put({PREFIX: join_ids(ids)})


def place(page: str) -> Place:
    """Where the visitor stands on the page of that address."""
    query = st.query_params.to_dict()
    return Place(page=page, query={name: one for name, one in query.items() if one and name not in (SESSION, SHARE)})


def address(session_id: str, at: Place | None = None) -> dict[str, str]:
    """The parameters of an address that shows a session: at a place, or unfiltered."""
    return {SESSION: session_id, **(at.query if at else {})}


def this_session() -> dict[str, str]:
    """The part of this address that names the session, for links to other places in it."""
    return {name: st.query_params[name] for name in (SESSION, SHARE) if name in st.query_params}


def here() -> dict[str, str]:
    """The session and the filter of this address, for links to other pages."""
    filtered = {name: one for name, one in st.query_params.to_dict().items() if one and Filter.is_parameter(name)}
    return {**this_session(), **filtered}


def link(token: str) -> str:
    """The whole address that shows others what is seen here."""
    query = {SHARE: token, **place("").query}
    return f"{st.context.url or ''}?{urlencode(query)}"


def is_token_of(token: str, share_hash: str) -> bool:
    """Whether the link's token is the one of which only `share_hash` is kept."""
    return bool(token) and shares.read_token(token)[1] == share_hash


def reads_only() -> bool:
    """Whether this visitor may look, and change nothing."""
    return not is_mine()


def is_fixed() -> bool:
    """Whether this visitor can change nothing of what columns are: they may not, or nothing could be made of it."""
    return reads_only() or session().is_fixed


def go(page: str, query: dict[str, str] | None = None) -> NoReturn:
    """Leave for another page, on the session that `query` names, if any."""
    st.switch_page(page, query_params=query)


def mode() -> str:
    """ "light" or "dark", as the browser shows the page."""
    return st.context.theme.type or "light"
