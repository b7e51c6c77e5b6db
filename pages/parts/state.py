"""What a page knows of its visitor: the address it was asked for, and the session that the address names.

The address is the truth. What Streamlit's navigation drops from it is put back from the browser session's memory, which
holds nothing else.
"""

from functools import cache
from typing import NamedTuple

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from core import log, settings
from core.errors import ThroughlineError
from core.flow.filter import ALL, Filter, join_ids, split_ids
from core.service import Service
from core.sessions import EVERYONE, Session, Visitor

SESSION = "session"
PREFIX = "at"
_FILTER = ("from", "to", "weekday", "file", "intent")
_MEMORY = "throughline.address"


class Bound(NamedTuple):
    """The session that the address names, None where it names none; or why it cannot be shown."""

    session: Session | None
    problem: ThroughlineError | None = None


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


def bind(*, remember: bool) -> Bound:
    """Read the address; where `remember` is set and it names no session, put back what navigation dropped."""
    if SESSION not in st.query_params:
        if not remember or _MEMORY not in st.session_state:
            return Bound(None)
        st.query_params.update(st.session_state[_MEMORY])
    try:
        session = service().store.get(st.query_params[SESSION], by=visitor())
    except ThroughlineError as problem:
        st.session_state.pop(_MEMORY, None)
        return Bound(None, problem)
    kept = {name: st.query_params[name] for name in (SESSION, *_FILTER) if name in st.query_params}
    st.session_state[_MEMORY] = kept
    return Bound(session)


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


def address(session_id: str, where: Filter = ALL) -> dict[str, str]:
    """The parameters of an address that shows a session."""
    return {SESSION: session_id, **where.as_query()}


def go(page: str, session_id: str = "") -> None:
    """Leave for another page, on a session where one is given."""
    st.session_state.pop(_MEMORY, None)
    st.switch_page(page, query_params=address(session_id) if session_id else None)


def mode() -> str:
    """ "light" or "dark", as the browser shows the page."""
    return st.context.theme.type or "light"
