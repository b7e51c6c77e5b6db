"""The one service of this server process."""

from functools import cache

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from core import log, settings
from core.service import Service


@cache
def service() -> Service:
    """Made at the first call, from the environment and Streamlit's secrets."""
    try:
        secrets = dict(st.secrets.get("throughline", {}))
    except StreamlitSecretNotFoundError:
        secrets = {}
    found = settings.load(secrets=secrets)
    log.configure(found.log_level)
    return Service(found)
