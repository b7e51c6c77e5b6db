"""How wide the browser's window is, which a page needs to cut the labels of its charts and Streamlit does not tell."""

import streamlit as st

NARROW = 640  # pixels: below it Streamlit puts columns under one another

_JS = f"""
export default function ({{ setStateValue }}) {{
    const narrow = window.matchMedia("(max-width: {NARROW - 1}px)");
    const tell = () => setStateValue("width", narrow.matches ? "narrow" : "wide");
    narrow.addEventListener("change", tell);
    if (narrow.matches) tell();
    return () => narrow.removeEventListener("change", tell);
}}
"""

_watcher = st.components.v2.component("throughline_viewport", html="<span></span>", js=_JS)


def is_narrow() -> bool:
    """Whether this is a phone's window; a wide one is taken for granted until the browser says otherwise."""
    with st.container(height=1, border=False, key="viewport"):
        told = _watcher(key="viewport_width", on_width_change=lambda: None)
    return told.width == "narrow"
