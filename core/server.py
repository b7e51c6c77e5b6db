"""What the server does besides showing pages: pick up jobs at start-up and keep them going, set security headers."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import ThroughlineError
from core.service import Service

log = logging.getLogger("throughline.server")

BUSY, IDLE = 2.0, 20.0  # seconds between looks at the queue while jobs are active, and while none is
COOKIE_AGE = 400 * 24 * 3600  # seconds: the longest that browsers accept
SWEEP = 3600.0  # seconds between sweeps; the first is at the start

HEADERS = {
    # Streamlit's own page needs inline styles and scripts, and evaluates its charts' code; nothing needs another host.
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; "
    "connect-src 'self' data: blob:; worker-src 'self' blob:; frame-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "no-referrer",
}


class SecurityHeaders:
    """Middleware that sets HEADERS on every answer that does not set them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


class OwnerCookie:
    """Middleware that gives every browser a secret of its own, in a cookie that no script can read.

    It goes with pages only, and is renewed with each, so that it lasts as long as its browser comes back.
    """

    def __init__(self, app: ASGIApp, service: Callable[[], Service]) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    try:
                        headers.append("set-cookie", self._cookie(Headers(scope=scope), scope["scheme"]))
                        # A cache between would hand one browser's secret to another.
                        headers["cache-control"] = "private, no-cache"
                    except ThroughlineError as error:
                        log.warning("no cookie could be made: %s", error)
            await send(message)

        await self._app(scope, receive, with_cookie)

    def _cookie(self, headers: Headers, scheme: str) -> str:
        keyring = self._service().keyring
        secret = cookies(headers).get(keyring.name, "")
        if keyring.owner(secret) is None:
            secret = keyring.issue()
        # Lax, so that a link in a chat opens as its reader's own browser; a proxy tells of the TLS that it ended.
        secure = "; Secure" if "https" in (scheme, headers.get("x-forwarded-proto", "")) else ""
        return f"{keyring.name}={secret}; Path=/; Max-Age={COOKIE_AGE}; HttpOnly; SameSite=Lax{secure}"


def cookies(headers: Headers) -> dict[str, str]:
    """The cookies of a request."""
    pairs = (one.partition("=") for one in headers.get("cookie", "").split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def lifespan(service: Callable[[], Service]) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """The start-up and shut-down hook: jobs that a dead server left are picked up, with nobody doing anything."""

    @asynccontextmanager
    async def keep(app: Any) -> AsyncIterator[None]:
        keeper = asyncio.create_task(_keep(service()))
        try:
            yield
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper

    return keep


async def _keep(service: Service) -> None:
    swept = -SWEEP
    while True:
        if time.monotonic() - swept >= SWEEP:
            await _try(service.store.sweep)
            swept = time.monotonic()
        active = await _try(service.runner.tend)
        await asyncio.sleep(BUSY if active else IDLE)


async def _try(action: Callable[[], Any]) -> Any:
    """Run `action` in a thread; a full disk or the like now must not end the keeping for ever."""
    try:
        return await asyncio.to_thread(action)
    except (ThroughlineError, OSError) as error:
        log.warning("the keeper could not do its work: %s", error)
        return None
