"""Links that the data brought: shown as text, and clickable only where it is plain where they lead."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import streamlit as st

from pages.parts.text import literal

_MOST = 50


def listed(urls: Sequence[str]) -> None:
    """Each link as text, with a button that names its host where it is one of the web."""
    for url in urls[:_MOST]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(url, width="stretch")
            if host := host_of(url):
                st.link_button(literal(host), url, icon=":material/open_in_new:", type="tertiary")
    if len(urls) > _MOST:
        st.markdown(f":small[:gray[The first {_MOST} of {len(urls)}; the rest is in the table.]]")


def host_of(url: str) -> str:
    """The host of a link that may be opened: http or https, without a user's name in it; "" for any other."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host if parts.scheme in ("http", "https") and "@" not in parts.netloc else ""
