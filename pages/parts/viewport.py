"""How wide the browser's window is, which a page needs to cut the labels of its charts and Streamlit does not tell."""

import streamlit as st

NARROW = 640  # pixels: below it Streamlit puts columns under one another
USUAL = 1440
STEP = 80  # pixels: only a window that is wider or narrower by as much is worth another run
_SIDEBAR_FROM = 768  # pixels: below it the sidebar lies over the page
_SIDE, _AROUND, _CARD = 300, 160, 80  # pixels of the sidebar, beside the page's content, and inside a card
_WIDEST = 1500

_JS = f"""
export default function ({{ setStateValue }}) {{
    let told = {USUAL};
    const tell = () => {{
        const width = Math.floor(window.innerWidth / {STEP}) * {STEP};
        if (width !== told) setStateValue("width", (told = width));
    }};
    let waiting = 0;
    const soon = () => {{
        clearTimeout(waiting);
        waiting = setTimeout(tell, 300);
    }};
    window.addEventListener("resize", soon);
    tell();
    return () => {{
        clearTimeout(waiting);
        window.removeEventListener("resize", soon);
    }};
}}
"""

_watcher = st.components.v2.component("throughline_viewport", html="<span></span>", js=_JS)


def window() -> int:
    """The window's width in pixels, rounded down; a usual one is taken for granted until the browser says otherwise."""
    with st.container(height=1, width=1, border=False, key="viewport"):
        told = _watcher(key="viewport_width", on_width_change=lambda: None)
    return int(told.width or USUAL)


def room(window: int) -> int:
    """The pixels that a card as wide as the page leaves for its chart in such a window."""
    beside = _SIDE + _AROUND + _CARD if window >= _SIDEBAR_FROM else _CARD
    return max(260, min(window - beside, _WIDEST))
