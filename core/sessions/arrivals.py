"""Uploads that come in pieces: begun within the limits, and put into a session when they are whole."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from core.errors import LimitExceeded, SessionError, StorageFull, UploadNotFound, UploadOutOfStep
from core.files import make_folder, storage_errors, sync_folder, twin
from core.sessions.owners import Owner, Visitor
from core.sessions.parts import PRINT_LENGTH, RESTORED, Part, Wanted
from core.sessions.record import Session, StoredFile, utc_now
from core.sessions.shelf import UPLOADS
from core.sessions.store import SessionStore
from core.sessions.uploads import check_number, folder, room, shown, with_file


def begin(store: SessionStore, uploader: Owner, wanted: Wanted, *, owner: Owner, chunk: int) -> Part:
    """Begin an upload in pieces of `chunk` bytes. The session that it makes will be `owner`'s.

    Raises LimitExceeded, StorageFull and SessionNotFound before a byte is sent where all of them would be in vain.
    """
    wanted = msgspec.structs.replace(
        wanted, name=shown(wanted.name), print=wanted.print[:PRINT_LENGTH], batch=wanted.batch[:PRINT_LENGTH]
    )
    with store.parts.alone():
        mine = [part for part in store.parts.of(uploader) if not part.taken]
        most = store.limits.files_per_session
        if len(mine) >= most:
            raise LimitExceeded(
                f"You have {len(mine):,} uploads that are not finished, which is as many as one may have.",
                "Finish or cancel some, or raise THROUGHLINE_FILES_PER_SESSION.",
            )
        before: list[StoredFile | Part] = [
            part for part in mine if (part.target, part.batch) == (wanted.target, wanted.batch)
        ]
        if wanted.target == RESTORED:
            store.admit(owner)
        elif wanted.target:
            before += store.read(wanted.target).files
        else:
            store.admit(owner)
        check_number(len(before) + 1, most)
        tightest = room(store, before)
        if wanted.size > tightest.n_bytes:
            raise tightest.refusal(wanted.name)
        free = shutil.disk_usage(store.parts.root).free
        if wanted.size > free:
            raise StorageFull(
                f"{wanted.name} does not fit: the disk of this server has {free >> 20:,} MB left.",
                "Free some space, or send a smaller file.",
            )
        return store.parts.begin(uploader, wanted, chunk=chunk, now=utc_now())


def append(store: SessionStore, uploader: Owner, part_id: str, offset: int, piece: BinaryIO, digest: str) -> Part:
    """Keep the piece that begins at `offset`. Raises what `Parts.append` does, and LimitExceeded where others have
    taken the room of an upload that rested."""
    part = store.parts.get(uploader, part_id)
    if store.parts.rests(uploader, part_id):
        tightest = room(store, ())
        if part.size - part.offset > tightest.n_bytes:
            raise tightest.refusal(part.name)
    return store.parts.append(uploader, part_id, offset, piece, digest)


def waiting(store: SessionStore, uploader: Owner, target: str) -> list[Part]:
    """The uploads for `target` that no session has yet, whole or not, the oldest first."""
    return [part for part in store.parts.of(uploader) if part.target == target and not _is_taken(store, uploader, part)]


def take(
    store: SessionStore, uploader: Owner, part_ids: Sequence[str], *, owner: Owner, by: Visitor, name: str
) -> Session:
    """Put finished uploads into the session that they are for: a new one of `owner`, called `name`, or one of `by`'s.

    Whoever asks again, after a crash or from a second tab, gets the same session; nobody makes two of them. Raises
    UploadNotFound, UploadOutOfStep where one is not finished, LimitExceeded, SessionNotFound, SessionReadOnly.
    """
    with store.parts.alone():
        return _taken(store, uploader, list(dict.fromkeys(part_ids)), owner, by, name)


def _taken(
    store: SessionStore, uploader: Owner, part_ids: Sequence[str], owner: Owner, by: Visitor, name: str
) -> Session:
    arrived = [store.parts.get(uploader, part_id) for part_id in part_ids]
    if not arrived or len({part.target for part in arrived}) > 1:
        raise UploadNotFound
    if unfinished := [part for part in arrived if not part.sha256]:
        raise UploadOutOfStep(unfinished[0].offset)
    target = arrived[0].target
    if target:
        store.owned(target, by=by)
    fresh = [part for part in arrived if not _is_taken(store, uploader, part)]
    if not fresh:
        return store.owned(arrived[0].taken, by=by)
    session = _joined(store, uploader, fresh, target) if target else _made(store, uploader, fresh, owner, name)
    for part in fresh:
        store.parts.clear(uploader, part.id)
    return session


def _made(store: SessionStore, uploader: Owner, arrived: Sequence[Part], owner: Owner, name: str) -> Session:
    def fill(place: Path, session: Session) -> Session:
        for part in arrived:  # before there is a session, so that after a crash nobody makes a second
            store.parts.mark(uploader, part.id, session.id)
        return _filled(store, uploader, arrived, make_folder(place / UPLOADS), session)

    return store.create(name, owner=owner, fill=fill)


def _joined(store: SessionStore, uploader: Owner, arrived: Sequence[Part], target: str) -> Session:
    place = make_folder(folder(store, target), parents=False)
    for part in arrived:
        store.parts.mark(uploader, part.id, target)
    return store.update(target, lambda session: _filled(store, uploader, arrived, place, session))


def _filled(store: SessionStore, uploader: Owner, arrived: Sequence[Part], place: Path, session: Session) -> Session:
    for part in arrived:
        file = StoredFile(id=part.sha256[:32], name=part.name, size=part.size, sha256=part.sha256, added=part.made)
        is_new = file.id not in {known.id for known in session.files if not known.forgotten}
        session = with_file(session, file, store.limits.files_per_session)
        if is_new:
            with storage_errors():
                (place / file.id).unlink(missing_ok=True)  # such as a copy that was cut off
                twin(store.parts.data(uploader, part.id), place / file.id)
    with storage_errors():
        sync_folder(place)
    return session


def _is_taken(store: SessionStore, uploader: Owner, part: Part) -> bool:
    """Whether the session that the upload was put into has it; a crash may have come in between."""
    if not part.taken:
        return False
    try:
        files = store.read(part.taken).files
    except SessionError:
        files = ()
    return not store.parts.data(uploader, part.id).exists() or part.sha256 in {file.sha256 for file in files}
