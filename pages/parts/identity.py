"""Who is in front of the browser: signed in, or known by the secret that this server gave to the browser.

The secret is in a cookie that no script can read. Where a host strips cookies, the browser's local storage keeps it.
"""

import streamlit as st

from core import downloads, receiving
from core.sessions import EVERYONE, SHARED, Keyring, Owner, Visitor
from core.sessions.owners import signed_in
from core.settings import Access
from pages.parts.serving import service

_SECRET = "throughline.secret"
_OFFER = "throughline.offer"
_XSRF = "_streamlit_xsrf"

_JS = """
export default function ({ data, setStateValue }) {
    let secret = data.offer;
    try {
        secret = localStorage.getItem(data.name) ?? data.offer;
        localStorage.setItem(data.name, secret);
    } catch {
        // A browser that keeps nothing: the secret lives as long as this page.
    }
    setStateValue("secret", secret);
}
"""

_keeper = st.components.v2.component("throughline_identity", html="<span></span>", js=_JS)


def is_known() -> bool:
    """Whether it is settled who this is; where it is not, the browser has been asked and the page will run again."""
    if _is_shared() or _cookie() or _SECRET in st.session_state:
        return True
    keyring = _keyring()
    offer = st.session_state.setdefault(_OFFER, keyring.issue())
    with st.container(height=1, width=1, border=False, key="identity"):
        told = _keeper(
            data={"name": keyring.name, "offer": offer}, key="identity_keeper", on_secret_change=lambda: None
        ).secret
    if not told:
        return False
    # A secret that we did not issue never becomes one.
    st.session_state[_SECRET] = told if keyring.owner(told) else offer
    return True


def owner() -> Owner:
    """Whose the sessions are that this visitor makes. Only once `is_known`."""
    return SHARED if _is_shared() else _user() or _browser()


def visitor(share: str = "") -> Visitor:
    """What this visitor may see: their own as signed in, and as this browser, and what the link `share` opens."""
    if _is_shared():
        return EVERYONE
    keys = [one.key for one in (_user(), _browser() if _cookie() or _SECRET in st.session_state else None) if one]
    return Visitor(frozenset(keys), share=share)


def download_address(session_id: str) -> str:
    """Where this visitor's browser fetches all of a session."""
    return downloads.address(_keyring(), session_id, _cookie_owner(), base=st.get_option("server.baseUrlPath"))


def uploader() -> Owner:
    """Whose an upload under way is: this browser's or user's, also where the sessions are everybody's."""
    return (_cookie_owner() or SHARED) if _is_shared() else owner()


def admission(session_id: str) -> str:
    """The pass by which this visitor's browser sends files for a session, "" for a new one; it must be theirs."""
    return receiving.admission(_keyring(), uploader(), session_id, _cookie_owner())


def can_upload() -> bool:
    """For Streamlit's own uploader: whether this browser got the cookie by which it tells a file that its own page sent
    from a forged one."""
    return not st.get_option("server.enableXsrfProtection") or _XSRF in st.context.cookies


def can_sign_in() -> bool:
    """Whether a login provider is configured."""
    return "is_logged_in" in st.user


def is_signed_in() -> bool:
    return can_sign_in() and bool(st.user.is_logged_in)


def name() -> str:
    """What the login provider calls the person."""
    return str(st.user.get("name") or st.user.get("email") or "Signed in")


def _user() -> Owner | None:
    if not is_signed_in():
        return None
    return signed_in(str(st.user.get("iss", "")), str(st.user.get("sub", "")))


def _browser() -> Owner:
    found = _keyring().owner(_cookie() or st.session_state.get(_SECRET, ""))
    assert found is not None  # a cookie is only taken where it is ours, and so is a secret
    return found


def _cookie() -> str:
    """The secret in the browser's cookie, "" where there is none that is ours."""
    secret = str(st.context.cookies.get(_keyring().name, ""))
    return secret if _keyring().owner(secret) else ""


def _cookie_owner() -> Owner | None:
    return _keyring().owner(_cookie())


def _keyring() -> Keyring:
    return service().keyring


def _is_shared() -> bool:
    return service().settings.access is Access.SHARED
