"""The way from all calls to where the Path Explorer stands."""

import streamlit as st

from core.tables.calllog import CallLog
from core.text import cut
from pages.parts import state
from pages.parts.text import literal

LABEL = 220  # pixels


def breadcrumb(log: CallLog, prefix: tuple[str, ...]) -> None:
    """A button back, and one for each step passed; the last is where we are."""
    if not prefix:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="trail"):
        if st.button("Back", icon=":material/arrow_back:", key="back"):
            _to(prefix[:-1])
        if st.button("All calls", type="tertiary", key="crumb:0"):
            _to(())
        for passed in range(1, len(prefix) + 1):
            label = literal(cut(log.labels.get(prefix[passed - 1], prefix[passed - 1]), LABEL, 16))
            st.markdown(":gray[:material/chevron_right:]", width="content")
            if passed == len(prefix):
                st.markdown(f"**{label}**", width="content")
            elif st.button(label, type="tertiary", key=f"crumb:{passed}"):
                _to(prefix[:passed])


def _to(prefix: tuple[str, ...]) -> None:
    state.set_prefix(prefix)
    st.rerun()
