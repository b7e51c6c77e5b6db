"""What all routes of our own ask of a request: where they are mounted, who it comes from, and from which page."""

from urllib.parse import urlsplit

from starlette.requests import Request

from core.sessions import Keyring, Owner

BOUND, LOOSE = 12 * 3600.0, 600.0
"""Seconds that a ticket works, where it needs the visitor's cookie and where not."""


def prefix(base: str) -> str:
    """What an address begins with where the server is mounted under the path `base`."""
    return f"/{base.strip('/')}" if base.strip("/") else ""


def cookie_owner(request: Request, keyring: Keyring) -> Owner | None:
    """Whom the request's cookie names."""
    return keyring.owner(request.cookies.get(keyring.name, ""))


def is_from_our_page(request: Request) -> bool:
    """Whether a script of our own page sent it, or none of any page: a browser says which.

    It says so itself, and where it does not, as over plain HTTP, by the `Origin` it names.
    """
    site = request.headers.get("sec-fetch-site", "")
    if site:
        return site == "same-origin"
    origin = request.headers.get("origin", "")
    return not origin or urlsplit(origin).netloc == request.headers.get("host", "")
