"""Sessions as a whole: copied, packed into one zip, and made again from such a zip."""

import hashlib
import io
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from core.errors import FileRefused, LimitExceeded, SessionDamaged
from core.files import FILE_MODE, make_folder, storage_errors, sync_folder, twin
from core.sessions.owners import Owner
from core.sessions.record import JobState, Session, Status, StoredFile, encode, read
from core.sessions.shelf import PROFILES, RECORD, SECRET, TABLES, UPLOADS
from core.sessions.store import SessionStore
from core.sessions.uploads import CHUNK, shown

_UPLOAD = re.compile(rf"{UPLOADS}/([0-9a-f]{{32}})/[^/]+", re.ASCII)
_HEAD_BYTES = 4 * 1024 * 1024  # of the list of entries, and of the record: as objects they take twenty times that
_NAME_BYTES = 200
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    RuntimeError,
    struct.error,
    SessionDamaged,
)
"""What comes of reading an archive that is not what it says: `zipfile` has no one error for that."""


def copy(store: SessionStore, session: Session, *, owner: Owner, name: str, with_uploads: bool = True) -> Session:
    """A session of `owner` with the same files, tables and saved places. Later changes to either are its own.

    Without the uploads it has no secret either, and its tables cannot be made anew. Raises LimitExceeded where it does
    not fit.
    """
    source = store.folder(session.id)
    if not with_uploads:
        files = tuple(msgspec.structs.replace(file, forgotten=True) for file in session.files)
        session = msgspec.structs.replace(session, files=files)

    def fill(folder: Path, fresh: Session) -> Session:
        _check_room(store, session.files, "session")
        with storage_errors():
            make_folder(folder / UPLOADS)
            for file in session.files:
                if not file.forgotten:
                    twin(source / UPLOADS / file.id, folder / UPLOADS / file.id)
            sync_folder(folder / UPLOADS)
            if with_uploads and (source / SECRET).exists():
                twin(source / SECRET, folder / SECRET)
            made = [f"{TABLES}/{session.tables}"] if session.tables else []
            made += [f"{PROFILES}/{file.profile}" for file in session.files if file.profile]
            for name in made:
                target = make_folder(folder / name)
                for table in (source / name).iterdir():
                    twin(table, target / table.name)
                sync_folder(target)
        done = session.job if session.job and session.job.state is JobState.DONE else None
        return msgspec.structs.replace(
            _content(session, fresh),
            status=Status.READY if session.tables else _waiting(session.files),
            job=done,
            tables=session.tables,
            found=session.found,
        )

    return store.create(name, owner=owner, fill=fill)


def pack(store: SessionStore, session: Session) -> Iterator[bytes]:
    """The session as a zip, piece by piece: its record, its uploads under the names they came with, and its tables.

    The record goes without whose the session is, who may read it, its job, and what was found in its files.
    """
    folder, sink = store.folder(session.id), _Sink()
    files = tuple(msgspec.structs.replace(file, facts={}, profile="") for file in session.files)
    plain = msgspec.structs.replace(session, owner="", shares=(), job=None, files=files)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(RECORD, encode(plain))
        for file in session.files:
            if file.forgotten:
                continue
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
    with _archive_errors():
        archive = zipfile.ZipFile(cast(BinaryIO, _Careful(source)))
        before = _record(archive)
    if before.is_fixed:
        raise FileRefused(
            "No session can be made from this archive: the uploads of the one in it were deleted before.",
            "Its tables can be read by any program that reads Parquet.",
        )
    uploads = _uploads(archive, before)
    _check_room(store, before.files, "archive")

    def fill(folder: Path, fresh: Session) -> Session:
        target = make_folder(folder / UPLOADS)
        for file, entry in uploads:
            _take(_pieces(archive, entry, file.size), target / file.id, file)
        with storage_errors():
            sync_folder(target)
        files = tuple(msgspec.structs.replace(file, name=shown(file.name), facts={}, profile="") for file, _ in uploads)
        return msgspec.structs.replace(_content(before, fresh), files=files, status=_waiting(files))

    return store.create(before.name, owner=owner, fill=fill), bool(before.tables)


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


def _waiting(files: tuple[StoredFile, ...]) -> Status:
    return Status.RECEIVING if files else Status.NEW


def _check_room(store: SessionStore, files: tuple[StoredFile, ...], what: str) -> None:
    """Raise LimitExceeded where no further session may hold `files`, which are those of a `what`."""
    limits = store.limits
    if len(files) > limits.files_per_session:
        raise LimitExceeded(
            f"The {what} has {len(files):,} files; a session holds at most {limits.files_per_session:,}.",
            "Raise THROUGHLINE_FILES_PER_SESSION.",
        )
    room = min(limits.session_bytes, limits.total_bytes - store.used())
    if sum(file.on_disk for file in files) > room or any(file.on_disk > limits.file_bytes for file in files):
        raise LimitExceeded(
            f"The {what}'s files are larger than what this server has left for a session.",
            "Delete sessions that are not needed, or raise THROUGHLINE_FILE_MB, THROUGHLINE_SESSION_MB or "
            "THROUGHLINE_TOTAL_MB.",
        )


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
    about = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    about.compress_type = zipfile.ZIP_DEFLATED
    with path.open("rb") as file, archive.open(about, "w", force_zip64=True) as entry:
        while chunk := file.read(CHUNK):
            entry.write(chunk)
            yield sink.taken()


def _safe(name: str) -> str:
    """A visitor's file name as it may be unpacked anywhere: of one too long for a disk, the end with its type."""
    end = shown(name).encode()[-_NAME_BYTES:].decode(errors="ignore")
    return re.sub(r'[<>:"|?*]', "_", end).strip(". ") or "unnamed"


class _Careful:
    """An archive's bytes, never many at once: its list of entries is read in one piece, and a long one fills memory."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.seek, self.tell, self.seekable = source.seek, source.tell, source.seekable

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size if 0 <= size <= _HEAD_BYTES else _HEAD_BYTES + 1)
        if len(data) > _HEAD_BYTES:
            raise _refused("it lists too many files")
        return data


@contextmanager
def _archive_errors() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise _refused("it is damaged, or is not one") from error


def _record(archive: zipfile.ZipFile) -> Session:
    try:
        entry = archive.getinfo(RECORD)
    except KeyError:
        raise _refused("it holds no session") from None
    data = b"".join(_pieces(archive, entry, _HEAD_BYTES))
    if len(data) > _HEAD_BYTES:
        raise _refused("its record is too large")
    return read(data)


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    """What is packed as `entry`, never more than `most` bytes and one."""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused("it is compressed in a way that is not used here")
    with _archive_errors(), archive.open(entry) as source:
        while most >= 0 and (piece := source.read(min(CHUNK, most + 1))):
            most -= len(piece)
            yield piece


def _uploads(archive: zipfile.ZipFile, before: Session) -> list[tuple[StoredFile, zipfile.ZipInfo]]:
    """The files of the record and where they are packed; refused where these do not belong together."""
    entries = {found[1]: one for one in archive.infolist() if (found := _UPLOAD.fullmatch(one.filename))}
    for file in before.files:
        if file.id not in entries or file.id != file.sha256[:32]:
            raise _refused("a file is missing in it")
    if len({file.id for file in before.files}) < len(before.files) or any(file.size < 0 for file in before.files):
        raise _refused("its record contradicts itself")
    return [(file, entries[file.id]) for file in before.files]


def _take(pieces: Iterator[bytes], target: Path, file: StoredFile) -> None:
    """Keep an upload that was packed, and see that it is what it was."""
    size, digest = 0, hashlib.sha256()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with storage_errors(), os.fdopen(os.open(target, flags, FILE_MODE), "wb") as kept:
        for piece in pieces:
            size += len(piece)
            digest.update(piece)
            kept.write(piece)
        kept.flush()
        os.fsync(kept.fileno())
    if (size, digest.hexdigest()) != (file.size, file.sha256):
        raise _refused(f"{shown(file.name)} in it is not what it was")


def _refused(why: str) -> FileRefused:
    return FileRefused(f"No session can be made from this archive: {why}.", "Choose a zip that Throughline made.")
