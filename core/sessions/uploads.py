"""Uploads on disk: the bytes first, then the record that names them."""

import hashlib
import os
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from core.errors import LimitExceeded
from core.files import FILE_MODE, make_folder, remove_folder, storage_errors, sync_folder
from core.sessions import secret
from core.sessions.parts import Part
from core.sessions.record import Session, StoredFile, utc_now
from core.sessions.shelf import PROFILES, inside
from core.sessions.store import SessionStore

CHUNK = 1 << 20
NAME_LENGTH = 200


def folder(store: SessionStore, session_id: str) -> Path:
    return store.folder(session_id) / "uploads"


def path_of(store: SessionStore, session_id: str, file: StoredFile) -> Path:
    return folder(store, session_id) / file.id


def receive(store: SessionStore, session_id: str, name: str, source: BinaryIO) -> Session:
    """Keep what `source` holds as a file of the session; when this returns it survives a crash.

    The same content twice is one file, and the session says so in its `notices`. Raises LimitExceeded, StorageError,
    SessionNotFound.
    """
    tightest = room(store, store.read(session_id).files)
    uploads = make_folder(folder(store, session_id), parents=False)
    part = uploads / f"{uuid.uuid4().hex}.part"
    try:
        with storage_errors():
            size, digest = _copy(source, part, tightest, name)
        file = StoredFile(id=digest[:32], name=shown(name), size=size, sha256=digest, added=utc_now())

        def kept(session: Session) -> Session:
            after = with_file(session, file, store.limits.files_per_session)
            with storage_errors():
                part.replace(uploads / file.id)
                sync_folder(uploads)
            return after

        return store.update(session_id, kept)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def remove(store: SessionStore, session_id: str, file_id: str) -> Session:
    """Take one of its files out of the session: first from the record, then, unless it came again, from the disk."""

    def named(session: Session) -> bool:
        return any(file.id == file_id for file in session.files)

    def without(session: Session) -> Session:
        return msgspec.structs.replace(session, files=tuple(file for file in session.files if file.id != file_id))

    def unlinked(session: Session) -> Session:
        if not named(session):
            with storage_errors():
                (folder(store, session_id) / file_id).unlink(missing_ok=True)
            for file in before.files:
                if file.id == file_id and file.profile:
                    remove_folder(store.folder(session_id) / PROFILES / file.profile)
        return session

    before = store.read(session_id)
    if not named(before):
        return before
    store.update(session_id, without)
    return store.update(session_id, unlinked)


def forget(store: SessionStore, session_id: str, change: Callable[[Session], Session]) -> Session:
    """Delete the bytes of all files, of tables that no longer serve, and the session's secret; the tables stay.

    First the record says so, together with `change`, then they go from the disk: what a crash leaves there in between
    is litter. Nothing happens where `change` raises.
    """

    def without(session: Session) -> Session:
        files = tuple(msgspec.structs.replace(file, forgotten=True) for file in change(session).files)
        return msgspec.structs.replace(session, files=files, retired="")

    def unlinked(session: Session) -> Session:
        uploads, tables = folder(store, session_id), store.folder(session_id) / "tables"
        with storage_errors():
            for file in session.files:
                if file.forgotten:
                    (uploads / file.id).unlink(missing_ok=True)
            profiles = [file.profile for file in session.files]
            for made in (*inside(tables), *inside(store.folder(session_id) / PROFILES)):
                if made.name not in (session.tables, *profiles):
                    remove_folder(made)
            secret.forget(store.folder(session_id))
        return session

    store.update(session_id, without)
    return store.update(session_id, unlinked)


def shown(name: str) -> str:
    """A visitor's file name as it may be shown: no folders, no control characters, not endless."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:NAME_LENGTH] or "unnamed"


class Room(NamedTuple):
    """How many more bytes fit, and the words for a file that does not."""

    n_bytes: int
    problem: str
    hint: str

    def refusal(self, name: str) -> LimitExceeded:
        return LimitExceeded(f"{shown(name)} {self.problem}", self.hint)


def room(store: SessionStore, files: Iterable[StoredFile | Part]) -> Room:
    """The tightest of the limits on bytes, for a session with these files."""
    limits = store.limits
    return min(
        Room(
            limits.file_bytes,
            f"is larger than the {limits.file_bytes >> 20:,} MB that one file may have.",
            "Split the export, or raise THROUGHLINE_FILE_MB.",
        ),
        Room(
            limits.session_bytes - sum(file.on_disk if isinstance(file, StoredFile) else file.size for file in files),
            f"does not fit: the files of a session may take {limits.session_bytes >> 20:,} MB together.",
            "Remove files that are not needed, start another session, or raise THROUGHLINE_SESSION_MB.",
        ),
        Room(
            limits.total_bytes - store.used(),
            f"does not fit: all sessions on this server may take {limits.total_bytes >> 20:,} MB together.",
            "Delete sessions that are not needed, or raise THROUGHLINE_TOTAL_MB.",
        ),
    )


def _copy(source: BinaryIO, target: Path, room: Room, name: str) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as file:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > room.n_bytes:
                raise room.refusal(name)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def with_file(session: Session, file: StoredFile, most: int) -> Session:
    """The session with one more file; where it has the content already, with a notice. Raises LimitExceeded."""
    twin = next((known for known in session.files if known.id == file.id), None)
    if twin is not None and twin.forgotten:
        back = msgspec.structs.replace(twin, forgotten=False)
        return msgspec.structs.replace(session, files=tuple(back if one is twin else one for one in session.files))
    if twin is not None:
        notice = f"{file.name} has the same content as {twin.name}, so it is counted once."
        if twin.name == file.name:
            notice = f"{file.name} was added twice, so it is counted once."
        return msgspec.structs.replace(session, notices=(*session.notices, notice))
    check_number(len(session.files) + 1, most)
    return msgspec.structs.replace(session, files=(*session.files, file))


def check_number(n_files: int, most: int) -> None:
    """Raise LimitExceeded where a session may not hold so many files."""
    if n_files > most:
        raise LimitExceeded(
            f"A session holds at most {most} files.",
            "Start another session, or raise THROUGHLINE_FILES_PER_SESSION.",
        )
