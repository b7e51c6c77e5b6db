"""The drop zone that sends files in pieces, and goes on with them after whatever came between."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core import receiving
from core.sessions import Owner
from core.sessions.parts import RESTORED
from pages.parts import identity
from pages.parts.serving import service

_FILES = Path(__file__).parent / "assets" / "drop"
_BLOCKED = "throughline.blocked"
_REFUSED = "throughline.refused"
_ARRIVED = "throughline.arrived"

_zone = st.components.v2.component(
    "throughline_drop",
    html=(_FILES / "drop.html").read_text(),
    css=(_FILES / "drop.css").read_text(),
    js="\n".join((_FILES / f"{part}.js").read_text() for part in ("sha256", "request", "sending", "rows")),
)


@dataclass
class Arrived:
    """Uploads of `uploader` that are whole, and the `session` that they were put into, "" before."""

    uploader: Owner
    ids: list[str]
    session: str = ""


def is_blocked() -> bool:
    """Whether this host is known not to pass our own routes on, so that nothing can be sent by them."""
    return st.session_state.get(_BLOCKED, False)


def zone(title: str, note: str, target: str, *, roomy: bool) -> Arrived | None:
    """Draw it, for files of the session `target`, as in core.sessions.parts; the uploads that have arrived for it.

    The browser says so again until the page changes, and Streamlit may break off the run that was told, or the change
    of the page that it asked for. So they are handed out by every run until their session is seen, or they are refused.
    """
    arrived = _arrived()
    told = _zone(
        data={
            "address": receiving.address(st.get_option("server.baseUrlPath")),
            "pass": identity.admission(target),
            "target": target,
            "title": title,
            "note": note,
            "roomy": roomy,
            "several": target != RESTORED,
            **st.session_state.get(_REFUSED, {}),
        },
        key=f"drop_zone:{target}",
        on_blocked_change=lambda: None,
        on_arrived_change=lambda: None,
        on_renew_change=lambda: None,
    )
    if told.blocked:
        st.session_state[_BLOCKED] = True
        st.rerun()
    ids = [str(one) for one in told.arrived or ()]
    if ids and (target not in arrived or arrived[target].ids != ids):
        arrived[target] = Arrived(identity.uploader(), ids)
    return arrived.get(target)


def settle(session_id: str) -> None:
    """This session is seen: nothing more has to be done for what arrived for it."""
    for target in [target for target, one in _arrived().items() if one.session == session_id]:
        del _arrived()[target]


def refuse(arrived: Arrived, problem: str) -> None:
    """Say at the next run why these could not be put into a session; they stay where they are."""
    turn = int(st.session_state.get(_REFUSED, {}).get("turn", 0)) + 1
    st.session_state[_REFUSED] = {"turn": turn, "refused": arrived.ids, "problem": problem}
    _arrived().clear()


def _arrived() -> dict[str, Arrived]:
    found: dict[str, Arrived] = st.session_state.setdefault(_ARRIVED, {})
    return found


def limit() -> int:
    """The bytes that one file may have."""
    return service().settings.limits.file_bytes
