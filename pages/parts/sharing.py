"""Links for others: made here, listed, taken back."""

from datetime import datetime, timedelta

import streamlit as st

from core.sessions import Session, Share, utc_now
from core.text import ahead, day
from pages.parts import state

_MADE = "throughline.link"
_LASTS = {"Until revoked": None, "1 day": timedelta(days=1), "7 days": timedelta(days=7), "30 days": timedelta(days=30)}


def popover(session: Session) -> None:
    """The button of the frame that makes a link to what is seen."""
    live = [one for one in session.shares if one.is_live(utc_now())]
    with st.popover("Share", icon=":material/share:", width="stretch"):
        st.markdown(
            ":small[Whoever has the link sees this session, and can copy it, but not change it. Until you make one, "
            "only you can open it.]"
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            lasts = st.selectbox("The link works", list(_LASTS), key="share:lasts")
            if st.button("Make a link", type="primary", key="share:make"):
                token = state.service().share(session.id, by=state.visitor(), lasts=_LASTS[lasts])
                st.session_state[_MADE] = (session.id, token)
                st.rerun()
        made_for, token = st.session_state.get(_MADE, ("", ""))
        if made_for == session.id:
            st.markdown(":small[Copy it now: only its fingerprint is kept. It shows what you see here.]")
            st.code(state.link(token), language=None, wrap_lines=True)
        for one in reversed(live):
            _line(session, one)


def _line(session: Session, one: Share) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f":small[Link of {_made(one.made)} · {_ends(one)}]", width="content")
        if st.button("Revoke", type="tertiary", key=f"revoke:{one.hash[:16]}"):
            state.service().revoke(session.id, one.hash, by=state.visitor())
            made_for, token = st.session_state.get(_MADE, ("", ""))
            if made_for == session.id and state.is_token_of(token, one.hash):
                del st.session_state[_MADE]
            st.rerun()


def _made(moment: datetime) -> str:
    return f"{day(moment.date())}, {moment:%H:%M} UTC"


def _ends(one: Share) -> str:
    return f"ends in {ahead(one.expires - utc_now())}" if one.expires else "no end"
