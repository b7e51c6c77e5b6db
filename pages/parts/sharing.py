"""Links for others: made here, listed, taken back."""

from datetime import timedelta

import streamlit as st

from core.sessions import Session, Share, utc_now
from core.text import ago, day
from pages.parts import state

_MADE = "throughline.link"
_WIDTH = 420  # pixels
_LASTS = {"Until revoked": None, "1 day": timedelta(days=1), "7 days": timedelta(days=7), "30 days": timedelta(days=30)}


def popover(session: Session) -> None:
    """The button of the frame that makes a link to what is seen."""
    live = [one for one in session.shares if one.is_live(utc_now())]
    with (
        st.popover("Share", icon=":material/share:", width="stretch"),
        st.container(width=_WIDTH, key="share"),
    ):
        st.markdown(
            ":small[Whoever has the link sees this session, now and later, and can copy it, but not change it.]"
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            lasts = st.selectbox("The link works", list(_LASTS), key="share:lasts")
            if st.button("Make a link", type="primary", key="share:make"):
                token = state.service().share(session.id, by=state.visitor(), lasts=_LASTS[lasts])
                st.session_state[_MADE] = (session.id, token)
                st.rerun()
        made_for, token = st.session_state.get(_MADE, ("", ""))
        if made_for == session.id:
            st.markdown(":small[**Copy it now:** it is not shown again. It opens what you see here, filter and all.]")
            with st.container(key="link"):
                st.code(state.link(token), language=None, wrap_lines=True)
        with st.container(gap="xxsmall"):
            for one in reversed(live):
                _line(session, one)


def _line(session: Session, one: Share) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
        st.markdown(f":small[Made {ago(utc_now() - one.made)}, works {_ends(one)}]", width="stretch")
        if st.button("Revoke", type="tertiary", key=f"revoke:{one.hash[:16]}"):
            state.service().revoke(session.id, one.hash, by=state.visitor())
            made_for, token = st.session_state.get(_MADE, ("", ""))
            if made_for == session.id and state.is_token_of(token, one.hash):
                del st.session_state[_MADE]
            st.rerun()


def _ends(one: Share) -> str:
    return f"until {day(one.expires.date())}, {one.expires:%H:%M} UTC" if one.expires else "until you revoke it"
