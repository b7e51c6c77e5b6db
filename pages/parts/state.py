"""What a page knows of its visitor: the address it was asked for, and the session that the address names.

The address is the truth, and every link carries it: what a browser session remembers dies with the server.
"""

from functools import cache
from typing import NoReturn

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from core import log, settings
from core.errors import SessionNotFound, ThroughlineError
from core.flow.filter import Filter, join_ids, split_ids
from core.service import Service
from core.sessions import EVERYONE, Session, Visitor

SESSION = "session"
PREFIX = "at"
_FILTER = ("from", "to", "weekday", "file", "intent")
_BOUND = "throughline.session"


@cache
def service() -> Service:
    """The one service of this server process."""
    try:
        secrets = dict(st.secrets.get("throughline", {}))
    except StreamlitSecretNotFoundError:
        secrets = {}
    found = settings.load(secrets=secrets)
    log.configure(found.log_level)
    return Service(found)


def visitor() -> Visitor:
    return EVERYONE


def bind() -> tuple[Session | None, ThroughlineError | None]:
    """The session that the address names, None where it names none; or why it is not shown."""
    st.session_state.pop(_BOUND, None)
    if not is_in_address():
        return None, None
    try:
        found = service().store.get(st.query_params[SESSION], by=visitor())
    except ThroughlineError as problem:
        return None, problem
    st.session_state[_BOUND] = found
    return found, None


def session() -> Session:
    """The session of this run. Raises SessionNotFound where there is none."""
    found = st.session_state.get(_BOUND)
    if not isinstance(found, Session):
        raise SessionNotFound
    return found


def is_in_address() -> bool:
    """Whether the address names a session."""
    return SESSION in st.query_params


def where() -> Filter:
    """The filter in the address. Raises ViewError."""
    return Filter.from_query(st.query_params.to_dict())


def set_where(wanted: Filter) -> None:
    """Put another filter into the address; the page has to be run again to show it."""
    query = wanted.as_query()
    for name in _FILTER:
        if name in query:
            st.query_params[name] = query[name]
        elif name in st.query_params:
            del st.query_params[name]


def prefix() -> tuple[str, ...]:
    """The drill position of the Path Explorer."""
    return split_ids(st.query_params.get(PREFIX, ""))


def set_prefix(ids: tuple[str, ...]) -> None:
    if ids:
        st.query_params[PREFIX] = join_ids(ids)
    elif PREFIX in st.query_params:
        del st.query_params[PREFIX]


def address(session_id: str) -> dict[str, str]:
    """The parameters of an address that shows a session, unfiltered."""
    return {SESSION: session_id}


def here() -> dict[str, str]:
    """The session and the filter of this address, for links to other pages."""
    return {name: st.query_params[name] for name in (SESSION, *_FILTER) if name in st.query_params}


def go(page: str, session_id: str = "") -> NoReturn:
    """Leave for another page, on a session where one is given."""
    st.switch_page(page, query_params=address(session_id) if session_id else None)


def mode() -> str:
    """ "light" or "dark", as the browser shows the page."""
    return st.context.theme.type or "light"
