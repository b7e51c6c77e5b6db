"""A session as one zip, streamed by a route of our own, so that the server's memory does not grow with it."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from core import gate
from core.errors import ThroughlineError
from core.service import Service
from core.sessions import EVERYONE, Keyring, Owner, bundle


def address(keyring: Keyring, session_id: str, owner: Owner | None, *, base: str = "") -> str:
    """Where all of a session is fetched; whoever shows it has seen to it that its reader may.

    It only works together with the cookie of `owner`; where the host strips cookies there is none, and it works for
    anyone, but not for long. `base` is the path under which the server is mounted.
    """
    ticket = keyring.ticket(_purpose(session_id, owner), gate.BOUND if owner else gate.LOOSE)
    return f"{gate.prefix(base)}/download/{session_id}.zip?ticket={ticket}"


def route(service: Callable[[], Service], *, base: str = "") -> Route:
    """The route that answers such an address. Whatever is wrong with one gets the same answer."""

    def download(request: Request) -> Response:
        house, session_id = service(), request.path_params["session_id"]
        owner = gate.cookie_owner(request, house.keyring)
        ticket = request.query_params.get("ticket", "")
        ours = request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")
        if not (ours and house.keyring.admits(ticket, _purpose(session_id, owner))):
            return PlainTextResponse("Session not found.", status_code=404)
        try:
            session = house.store.peek(session_id, by=EVERYONE)  # the ticket says by whom
        except ThroughlineError:
            return PlainTextResponse("Session not found.", status_code=404)
        return StreamingResponse(
            bundle.pack(house.store, session),
            media_type="application/zip",
            headers={
                "content-disposition": f'attachment; filename="{session_id}.zip"',
                "cache-control": "no-store",
            },
        )

    return Route(f"{gate.prefix(base)}/download/{{session_id}}.zip", download, methods=["GET"])


def _purpose(session_id: str, owner: Owner | None) -> str:
    return f"download:{session_id}:{owner.key if owner else ''}"
