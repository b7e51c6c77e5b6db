"""Uploads that a browser sends in pieces, received by routes of our own, so that the server's memory does not grow.

    GET    /upload        what of this visitor's is under way; that it answers tells the page that routes are passed on
    POST   /upload        begin: name, size, print, batch -> id
    GET    /upload/<id>   how far it is
    PATCH  /upload/<id>   the piece that begins at Upload-Offset, with the SHA-256 that Upload-Sum says
    POST   /upload/<id>   all was sent: compare
    DELETE /upload/<id>   forget it

All of them want a pass that the page made, in the header Upload-Pass. Answers are JSON; where they are not 2xx they
have `problem` and `hint`, in words for a person. It is tus in little: one that asks for a sum with every piece.
"""

import asyncio
import logging
import tempfile
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import gate
from core.errors import (
    LimitExceeded,
    SessionNotFound,
    StorageError,
    StorageFull,
    ThroughlineError,
    UploadDamaged,
    UploadNotFound,
    UploadOutOfStep,
)
from core.files import storage_errors
from core.service import Service
from core.sessions import SHARED, Keyring, Owner, arrivals
from core.sessions.parts import Part, Wanted
from core.settings import Access

log = logging.getLogger("throughline.receiving")

AT_ONCE = 1 << 20
"""Bytes of a piece that are in memory."""
HEAD_BYTES = 16 * 1024
"""Of what is said of a file before it is sent."""
STATUS: tuple[tuple[type[ThroughlineError], int], ...] = (
    (UploadNotFound, 404),
    (SessionNotFound, 404),
    (UploadOutOfStep, 409),
    (LimitExceeded, 413),
    (UploadDamaged, 422),
    (StorageFull, 507),
    (StorageError, 500),
)


class _NoPass(ThroughlineError):
    """The page has to make another."""


class _Announced(msgspec.Struct, frozen=True):
    name: str
    size: int
    print: str = ""
    batch: str = ""


def admission(keyring: Keyring, uploader: Owner, target: str, cookie_owner: Owner | None) -> str:
    """A pass by which `uploader` may send files for the session `target`, "" for a new one; whoever makes it has seen
    to it that they may change that. It works only together with the cookie of `cookie_owner`, where there is one."""
    seconds = gate.BOUND if cookie_owner else gate.LOOSE
    return f"{uploader.key} {target} {keyring.ticket(_purpose(uploader, target, cookie_owner), seconds)}"


def address(base: str) -> str:
    """Where uploads are sent, where the server is mounted under the path `base`."""
    return f"{gate.prefix(base)}/upload"


def routes(service: Callable[[], Service], *, base: str = "") -> list[Route]:
    """The routes. A pass, an upload that is not there and one that is somebody else's get the same answers each."""

    async def under_way(request: Request) -> Response:
        house, uploader, target = await _admitted(request, service)
        found = await asyncio.to_thread(arrivals.waiting, house.store, uploader, target)
        return JSONResponse({"chunk": house.settings.chunk, "uploads": [_told(part) for part in found]})

    async def begin(request: Request) -> Response:
        house, uploader, target = await _admitted(request, service)
        said = await _said(request, _Announced)
        owner = SHARED if house.settings.access is Access.SHARED else uploader
        wanted = Wanted(**msgspec.structs.asdict(said), target=target)
        part = await asyncio.to_thread(
            arrivals.begin, house.store, uploader, wanted, owner=owner, chunk=house.settings.chunk
        )
        log.info("upload %s begun, %d bytes", part.id, part.size)
        return JSONResponse(_told(part), status_code=201)

    async def look(request: Request) -> Response:
        house, uploader, _ = await _admitted(request, service)
        part = await asyncio.to_thread(house.store.parts.get, uploader, request.path_params["id"])
        told = await asyncio.to_thread(house.store.parts.root_sum, uploader, part.id)
        return JSONResponse({**_told(part), "sum": told})

    async def append(request: Request) -> Response:
        house, uploader, _ = await _admitted(request, service)
        parts, offset = house.store.parts, request.headers.get("upload-offset", "")
        part = await asyncio.to_thread(parts.get, uploader, request.path_params["id"])
        if not (offset.isascii() and offset.isdecimal()) or int(offset) != part.offset:
            raise UploadOutOfStep(part.offset)
        with storage_errors(), tempfile.TemporaryFile(dir=parts.root) as piece:
            left, blocks = part.chunk, bytearray()
            async for block in request.stream():
                left -= len(block)
                if left < 0:
                    raise UploadDamaged("A piece of the file is too long.", "Reload the page and go on.")
                blocks += block
                if len(blocks) >= AT_ONCE:
                    await asyncio.to_thread(piece.write, blocks)
                    blocks = bytearray()
            await asyncio.to_thread(piece.write, blocks)
            piece.seek(0)
            part = await asyncio.to_thread(
                arrivals.append,
                house.store,
                uploader,
                part.id,
                int(offset),
                piece,
                request.headers.get("upload-sum", ""),
            )
        return JSONResponse(_told(part))

    async def finish(request: Request) -> Response:
        house, uploader, _ = await _admitted(request, service)
        told = request.headers.get("upload-sum", "")
        part = await asyncio.to_thread(house.store.parts.finish, uploader, request.path_params["id"], told)
        log.info("upload %s arrived, %d bytes", part.id, part.size)
        return JSONResponse({**_told(part), "sha256": part.sha256})

    async def drop(request: Request) -> Response:
        house, uploader, _ = await _admitted(request, service)
        await asyncio.to_thread(house.store.parts.drop, uploader, request.path_params["id"])
        return JSONResponse({})

    one, all_of_them = f"{address(base)}/{{id}}", address(base)
    return [
        Route(all_of_them, _spoken(under_way), methods=["GET"]),
        Route(all_of_them, _spoken(begin), methods=["POST"]),
        Route(one, _spoken(look), methods=["GET"]),
        Route(one, _spoken(append), methods=["PATCH"]),
        Route(one, _spoken(finish), methods=["POST"]),
        Route(one, _spoken(drop), methods=["DELETE"]),
    ]


def _spoken(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """The same, with what goes wrong said in words."""

    async def answered(request: Request) -> Response:
        try:
            found = await answer(request)
        except ClientDisconnect:
            found = Response(status_code=400)  # nobody reads it
        except ThroughlineError as error:
            status = next((code for kind, code in STATUS if isinstance(error, kind)), 403)
            told: dict[str, Any] = {"problem": error.problem, "hint": error.hint}
            if isinstance(error, UploadOutOfStep):
                told["offset"] = error.offset
            found = JSONResponse(told, status_code=status)
        found.headers["cache-control"] = "no-store"
        return found

    return answered


async def _admitted(request: Request, service: Callable[[], Service]) -> tuple[Service, Owner, str]:
    """The house, whose the uploads are, and the session they are for. Raises _NoPass."""
    house = await asyncio.to_thread(service)
    key, _, rest = request.headers.get("upload-pass", "").partition(" ")
    target, _, ticket = rest.partition(" ")
    uploader = Owner(key)
    purpose = _purpose(uploader, target, gate.cookie_owner(request, house.keyring))
    if not (gate.is_from_our_page(request) and house.keyring.admits(ticket, purpose)):
        raise _NoPass("This page may not send files any more.", "Reload it; what has arrived is kept.")
    return house, uploader, target


async def _said(request: Request, kind: type[_Announced]) -> _Announced:
    data = b""
    async for block in request.stream():
        data += block
        if len(data) > HEAD_BYTES:
            raise LimitExceeded("The name of the file is too long.", "Rename it.")
    try:
        said = msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UploadDamaged("What was said of the file cannot be read.", "Reload the page.") from error
    if said.size < 0:
        raise UploadDamaged("What was said of the file cannot be read.", "Reload the page.")
    return said


def _told(part: Part) -> dict[str, Any]:
    names = ("id", "name", "size", "print", "batch", "chunk", "offset")
    return {name: getattr(part, name) for name in names} | {"arrived": bool(part.sha256)}


def _purpose(uploader: Owner, target: str, cookie_owner: Owner | None) -> str:
    return f"upload:{uploader.key}:{target}:{cookie_owner.key if cookie_owner else ''}"
