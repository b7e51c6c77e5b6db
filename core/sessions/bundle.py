"""Sessions as a whole: copied, packed into one zip, and made again from such a zip."""

import hashlib
import io
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

import msgspec

from core.errors import FileRefused, LimitExceeded, SessionDamaged
from core.files import FILE_MODE, make_folder, storage_errors, sync_folder
from core.sessions.owners import Owner
from core.sessions.record import JobState, Session, Status, StoredFile, encode, read
from core.sessions.shelf import RECORD, TABLES, UPLOADS
from core.sessions.store import SessionStore
from core.sessions.uploads import CHUNK, shown

_UPLOAD = re.compile(rf"{UPLOADS}/([0-9a-f]{{32}})/[^/]+", re.ASCII)
_RECORD_BYTES = 64 * 1024 * 1024


def copy(store: SessionStore, session: Session, *, owner: Owner, name: str) -> Session:
    """A session of `owner` with the same files, tables and saved places. Later changes to either are its own."""
    source = store.folder(session.id)

    def fill(folder: Path, fresh: Session) -> Session:
        with storage_errors():
            make_folder(folder / UPLOADS)
            for file in session.files:
                _twin(source / UPLOADS / file.id, folder / UPLOADS / file.id)
            sync_folder(folder / UPLOADS)
            if session.tables:
                tables = make_folder(folder / TABLES / session.tables)
                for table in (source / TABLES / session.tables).iterdir():
                    _twin(table, tables / table.name)
                sync_folder(tables)
        done = session.job if session.job and session.job.state is JobState.DONE else None
        return msgspec.structs.replace(
            _content(session, fresh),
            status=Status.READY if session.tables else Status.RECEIVING,
            job=done,
            tables=session.tables,
            found=session.found,
        )

    return store.create(name, owner=owner, fill=fill)


def pack(store: SessionStore, session: Session) -> Iterator[bytes]:
    """The session as a zip, piece by piece: its record, its uploads under the names they came with, and its tables."""
    folder, sink = store.folder(session.id), _Sink()
    plain = msgspec.structs.replace(session, owner="", shares=(), job=None)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(RECORD, encode(plain))
        for file in session.files:
            yield from _packed(archive, sink, folder / UPLOADS / file.id, f"{UPLOADS}/{file.id}/{_safe(file.name)}")
        if session.tables:
            for table in sorted((folder / TABLES / session.tables).iterdir()):
                yield from _packed(archive, sink, table, f"{TABLES}/{table.name}")
    yield sink.taken()


def unpack(store: SessionStore, source: BinaryIO, *, owner: Owner) -> tuple[Session, bool]:
    """A new session of `owner` from a zip that `pack` made: what people chose and the files, as if just received.

    Tables and facts are not taken from an archive: they are made anew. Also returns whether the session had tables.
    Raises FileRefused where it is no such zip or what is in it does not match its checksums, and LimitExceeded.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            before = _record(archive)
            session = store.create(
                before.name,
                owner=owner,
                fill=lambda folder, fresh: _unpacked(archive, before, folder, fresh, store),
            )
            return session, bool(before.tables)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, SessionDamaged) as error:
        raise _refused("it is damaged, or is not one") from error


def _content(session: Session, fresh: Session) -> Session:
    """`fresh` with what people put into `session`, and nothing of whose it was or what ran on it."""
    return msgspec.structs.replace(
        fresh,
        files=session.files,
        notices=session.notices,
        plan=session.plan,
        last=session.last,
        views=session.views,
    )


def _twin(source: Path, target: Path) -> None:
    """The same file in another folder: what it holds never changes, so one copy on disk is enough where that works."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
        target.chmod(FILE_MODE)


class _Sink(io.RawIOBase):
    """Takes what a zip writes, to be handed on in pieces."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | memoryview") -> int:  # type: ignore[override]
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _packed(archive: zipfile.ZipFile, sink: _Sink, path: Path, name: str) -> Iterator[bytes]:
    with path.open("rb") as file, archive.open(name, "w", force_zip64=True) as entry:
        while chunk := file.read(CHUNK):
            entry.write(chunk)
            yield sink.taken()


def _safe(name: str) -> str:
    """A visitor's file name as it may be unpacked anywhere."""
    return re.sub(r'[<>:"|?*]', "_", shown(name)).strip(". ") or "unnamed"


def _record(archive: zipfile.ZipFile) -> Session:
    try:
        entry = archive.getinfo(RECORD)
    except KeyError:
        raise _refused("it holds no session") from None
    if entry.file_size > _RECORD_BYTES:
        raise _refused("its record is too large")
    with archive.open(entry) as file:
        data = file.read(_RECORD_BYTES)
    return read(data)


def _unpacked(archive: zipfile.ZipFile, before: Session, folder: Path, fresh: Session, store: SessionStore) -> Session:
    entries = {found[1]: one for one in archive.infolist() if (found := _UPLOAD.fullmatch(one.filename))}
    limits = store.limits
    if len(before.files) > limits.files_per_session:
        raise LimitExceeded(
            f"The archive has {len(before.files):,} files; a session holds at most {limits.files_per_session:,}.",
            "Raise THROUGHLINE_FILES_PER_SESSION.",
        )
    room = min(limits.session_bytes, limits.total_bytes - store.used())
    if sum(file.size for file in before.files) > room or any(file.size > limits.file_bytes for file in before.files):
        raise LimitExceeded(
            "The archive's files are larger than a session on this server may be.",
            "Raise THROUGHLINE_FILE_MB, THROUGHLINE_SESSION_MB or THROUGHLINE_TOTAL_MB.",
        )
    uploads = make_folder(folder / UPLOADS)
    for file in before.files:
        if file.id not in entries or file.id != file.sha256[:32]:
            raise _refused("a file is missing in it")
        with storage_errors(), archive.open(entries[file.id]) as source:
            _take(source, uploads / file.id, file)
    with storage_errors():
        sync_folder(uploads)
    files = tuple(msgspec.structs.replace(file, name=shown(file.name), facts={}) for file in before.files)
    status = Status.RECEIVING if files else Status.NEW
    return msgspec.structs.replace(_content(before, fresh), files=files, status=status)


def _take(source: IO[bytes], target: Path, file: StoredFile) -> None:
    """Unpack one upload, never more of it than the record says, and see that it is what it was."""
    digest, left = hashlib.sha256(), file.size
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as kept:
        while chunk := source.read(min(CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                break
            digest.update(chunk)
            kept.write(chunk)
        kept.flush()
        os.fsync(kept.fileno())
    if left != 0 or digest.hexdigest() != file.sha256:
        raise _refused(f"{shown(file.name)} in it is not what it was")


def _refused(why: str) -> FileRefused:
    return FileRefused(f"No session can be made from this archive: {why}.", "Choose a zip that Throughline made.")
