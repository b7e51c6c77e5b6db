"""One step in the browser's history for one way from page to page, so that one Back leads to what was left.

Streamlit first puts the new parameters into the address of the old page, and then the new page into the address: two
steps, of which the first is a place where nobody was. The second takes its place here, where it follows at once.
"""

import streamlit as st

_AT_ONCE = 1500  # milliseconds

_JS = f"""
export default function () {{
    if (window.throughlineSteps) return;
    window.throughlineSteps = true;
    const push = window.history.pushState;
    let changed = -Infinity;
    window.history.pushState = function (state, title, url) {{
        const to = new URL(url, window.location.href);
        const stays = to.pathname === window.location.pathname;
        const goesOn = !stays && to.search === window.location.search && performance.now() - changed < {_AT_ONCE};
        changed = stays ? performance.now() : -Infinity;
        (goesOn ? window.history.replaceState : push).call(window.history, state, title, url);
    }};
}}
"""

_watcher = st.components.v2.component("throughline_steps_back", html="<span></span>", js=_JS)


def ready() -> None:
    """Have the browser count a way from this page to another as one step."""
    with st.container(height=1, border=False, key="steps_back"):
        _watcher(key="steps_back_watcher")
