"""Charts: of any table of the session, put together by hand."""

import streamlit as st

from pages.parts import chart_builder, places, state
from pages.parts.pagefiles import CHARTS_KEY

session = state.session()
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Charts", anchor=False, help=chart_builder.EXPLAINED)
    places.popover(session, CHARTS_KEY)
places.remember(session, CHARTS_KEY)
chart_builder.draw(session)
