"""Uploads under way: what of a file has arrived so far, on disk before it is acknowledged.

<owner>/<id>/about.json   what it will be, written whole
<owner>/<id>/data         the bytes; what lies behind the acknowledged ones may be anything
<owner>/<id>/received     the SHA-256 of each acknowledged piece, 32 bytes each, in order
<owner>/<id>/.lock        whoever changes the upload holds it

All pieces have one length, but for the last, so that the number of sums in `received` says how many bytes are safe.
"""

import hashlib
import os
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from core.errors import UploadDamaged, UploadNotFound, UploadOutOfStep
from core.files import (
    FILE_MODE,
    atomic_write,
    locked,
    make_folder,
    read_regular,
    remove_folder,
    storage_errors,
    sync_folder,
)
from core.sessions.owners import Owner, hashed
from core.sessions.shelf import changed, inside
from core.settings import HOUR

FOLDER = "receiving"
"""Where they lie in the home."""
ABOUT, DATA, RECEIVED, LOCK = "about.json", "data", "received", ".lock"
SUM = hashlib.sha256().digest_size
PRINT_LENGTH = 200
RESTORED = "restored"
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_BLOCK = 1 << 20


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A file as its browser announces it.

    `size` is in bytes. `print` is what the browser knows the file by when it is chosen again, and `batch` what was
    dropped together; both mean nothing to the server. `target` is the session that it is to join, "" for a new one,
    `RESTORED` for a zip that is one.
    """

    name: str
    size: int
    print: str = ""
    batch: str = ""
    target: str = ""


class Part(Wanted, frozen=True, kw_only=True):
    """An upload under way, of which `offset` bytes are safe on disk, in pieces of `chunk` bytes.

    `sha256` is that of the whole, once all has arrived and was compared with what the browser read; `taken` is the
    session that it was put into, or was about to be.
    """

    id: str
    chunk: int
    made: datetime
    sha256: str = ""
    taken: str = ""
    offset: int = 0


class Parts:
    """The uploads under way in the folder `root`, each its owner's alone."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold all beginnings, of all processes: whoever counts what there is counts right."""
        make_folder(self.root)
        with storage_errors(), locked(self.root / LOCK):
            yield

    def begin(self, owner: Owner, wanted: Wanted, *, chunk: int, now: datetime) -> Part:
        """A new upload, on disk when this returns; must be called `alone`. Raises StorageError."""
        folder = make_folder(self._of(owner) / uuid.uuid4().hex)
        told = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
        part = Part(**told, id=folder.name, chunk=chunk, made=now)
        with storage_errors():
            for name in (DATA, RECEIVED):
                os.close(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))
        _write(folder, part)
        with storage_errors():
            sync_folder(folder.parent)
            sync_folder(self.root)
        return part

    def of(self, owner: Owner) -> list[Part]:
        """The owner's uploads, the oldest first."""
        found = []
        for folder in inside(self._of(owner)):
            with suppress(UploadNotFound):
                found.append(self.get(owner, folder.name))
        return sorted(found, key=lambda part: (part.made, part.id))

    def get(self, owner: Owner, part_id: str) -> Part:
        """The upload. Raises UploadNotFound, also where it is somebody else's or the id is none."""
        return _read(self._folder(owner, part_id))

    def data(self, owner: Owner, part_id: str) -> Path:
        """Where its bytes lie."""
        return self._folder(owner, part_id) / DATA

    def append(self, owner: Owner, part_id: str, offset: int, piece: BinaryIO, digest: str) -> Part:
        """Keep the piece that begins at `offset`, whose SHA-256 is `digest`; it is safe when this returns.

        Raises UploadOutOfStep where another comes next, UploadDamaged where it is not what was sent, StorageError,
        UploadNotFound. What was acknowledged before stays as it is in any case.
        """
        with self._held(owner, part_id) as folder:
            part = _read(folder)
            if offset != part.offset or part.offset >= part.size:
                raise UploadOutOfStep(part.offset)
            length = min(part.chunk, part.size - offset)
            with storage_errors():
                try:
                    given = _put(folder / DATA, offset, piece, length)
                    if given.hexdigest() != digest:
                        raise UploadDamaged("A piece of the file was damaged on its way.", "It is sent again.")
                    _put_sum(folder / RECEIVED, offset // part.chunk, given.digest())
                except (OSError, UploadDamaged):
                    with suppress(OSError):
                        os.truncate(folder / DATA, offset)
                    raise
            return msgspec.structs.replace(part, offset=offset + length)

    def root_sum(self, owner: Owner, part_id: str) -> str:
        """The SHA-256 of the sums of all acknowledged pieces, by which a browser tells that it has the same file."""
        return _root_sum(_sums(self._folder(owner, part_id)))

    def finish(self, owner: Owner, part_id: str, digest: str) -> Part:
        """See that the whole is on disk as the browser read it, whose `root_sum` is `digest`.

        Raises UploadOutOfStep where pieces are missing, or are no longer what was acknowledged: they are to be sent
        again. Raises UploadDamaged where the browser read another file, which is then forgotten; UploadNotFound.
        """
        with self._held(owner, part_id) as folder:
            part = _read(folder)
            if part.sha256:
                return part
            if part.offset < part.size:
                raise UploadOutOfStep(part.offset)
            sums = _sums(folder)
            with storage_errors():
                whole, n_good = _checked(folder / DATA, sums, part.chunk)
                if n_good < len(sums):
                    os.truncate(folder / RECEIVED, n_good * SUM)
                    raise UploadOutOfStep(n_good * part.chunk)
            if _root_sum(sums) == digest:
                return _write(folder, msgspec.structs.replace(part, sha256=whole))
            self._remove(folder)
        raise UploadDamaged(
            "The file was changed while it was sent, so what arrived is no whole.", "Choose it again to send it anew."
        )

    def mark(self, owner: Owner, part_id: str, session_id: str) -> None:
        """Note the session that it is put into, before it is. Raises UploadNotFound, StorageError."""
        with self._held(owner, part_id) as folder:
            _write(folder, msgspec.structs.replace(_read(folder), taken=session_id))

    def clear(self, owner: Owner, part_id: str) -> None:
        """Let go of the bytes of an upload that a session has now; that it was taken stays known for a day."""
        with self._held(owner, part_id) as folder, storage_errors():
            (folder / DATA).unlink(missing_ok=True)

    @contextmanager
    def once(self, owner: Owner, part_id: str) -> Iterator[BinaryIO]:
        """The bytes of a finished upload; it is forgotten after that, unless what is made of it raises.

        Whoever asks meanwhile waits. Raises UploadNotFound, UploadOutOfStep where it is not finished, StorageError.
        """
        with self._held(owner, part_id) as folder:
            part = _read(folder)
            if not part.sha256:
                raise UploadOutOfStep(part.offset)
            with (folder / DATA).open("rb") as data:
                yield data
            self._remove(folder)

    def drop(self, owner: Owner, part_id: str) -> None:
        """Forget the upload. Raises UploadNotFound, StorageError."""
        with self._held(owner, part_id) as folder:
            _read(folder)
            self._remove(folder)

    def rests(self, owner: Owner, part_id: str) -> bool:
        """Whether nothing of it has come for an hour."""
        return _rests(self._folder(owner, part_id))

    def reserved(self) -> int:
        """Bytes that all uploads under way will take, without those that a session has.

        Of one that rests it is what has arrived: otherwise whoever announces files and sends none would fill the disk.
        """
        total = 0
        for path in self.root.glob(f"*/*/{ABOUT}"):
            with suppress(UploadNotFound):
                part = _read(path.parent)
                if not part.taken:
                    total += part.offset if _rests(path.parent) else part.size
        return total

    def sweep(self, before: float) -> list[str]:
        """Remove what nobody sent anything of since then, in seconds since the epoch; the ids of what is gone."""
        gone: list[str] = []
        for theirs in inside(self.root):
            for folder in inside(theirs):
                with suppress(FileNotFoundError), locked(folder / LOCK, timeout=0) as mine:
                    if mine and _last(folder) < before:
                        self._remove(folder)
                        gone.append(folder.name)
        if gone:
            with self.alone():
                for theirs in inside(self.root):
                    with suppress(OSError):  # it holds others, or is the lock
                        theirs.rmdir()
        return gone

    def _of(self, owner: Owner) -> Path:
        return self.root / hashed(owner.key)[:32]

    def _folder(self, owner: Owner, part_id: str) -> Path:
        if not _ID.fullmatch(part_id):
            raise UploadNotFound
        return self._of(owner) / part_id

    @contextmanager
    def _held(self, owner: Owner, part_id: str) -> Iterator[Path]:
        """The upload's folder, held against all others. Raises UploadNotFound."""
        folder = self._folder(owner, part_id)
        with ExitStack() as stack:
            with storage_errors():
                try:
                    stack.enter_context(locked(folder / LOCK))
                except (FileNotFoundError, NotADirectoryError):
                    raise UploadNotFound from None
            yield folder

    def _remove(self, folder: Path) -> None:
        """Out of everyone's sight first: a removal that is cut off leaves nothing that looks like an upload."""
        grave = make_folder(self.root.parent / "trash") / f"{folder.name}.upload"
        with storage_errors():
            folder.rename(grave)
        remove_folder(grave)


def _last(folder: Path) -> float:
    """When something of the upload came last, in seconds since the epoch."""
    return max(changed(folder / name) for name in (ABOUT, RECEIVED))


def _rests(folder: Path) -> bool:
    return _last(folder) < time.time() - HOUR


def _read(folder: Path) -> Part:
    try:
        part = msgspec.json.decode(read_regular(folder / ABOUT), type=Part)
        n_pieces = (folder / RECEIVED).stat().st_size // SUM
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        raise UploadNotFound from None
    return msgspec.structs.replace(part, offset=min(n_pieces * part.chunk, part.size))


def _write(folder: Path, part: Part) -> Part:
    with atomic_write(folder / ABOUT) as file:
        file.write(msgspec.json.encode(part))
    return part


def _put(path: Path, offset: int, piece: BinaryIO, length: int) -> "hashlib._Hash":
    """Write `length` bytes at `offset`, safely, and the hash of what there was to write."""
    given, left = hashlib.sha256(), length
    with path.open("rb+") as file:
        file.seek(offset)
        while left and (block := piece.read(min(_BLOCK, left))):
            given.update(block)
            file.write(block)
            left -= len(block)
        file.flush()
        os.fsync(file.fileno())
    if left or piece.read(1):
        raise UploadDamaged("A piece of the file did not arrive whole.", "It is sent again.")
    return given


def _put_sum(path: Path, number: int, digest: bytes) -> None:
    with path.open("rb+") as file:
        file.truncate(number * SUM)  # a sum that a crash cut off
        file.seek(number * SUM)
        file.write(digest)
        file.flush()
        os.fsync(file.fileno())


def _sums(folder: Path) -> list[bytes]:
    try:
        data = read_regular(folder / RECEIVED)
    except OSError:
        raise UploadNotFound from None
    return [data[start : start + SUM] for start in range(0, len(data) - SUM + 1, SUM)]


def _root_sum(sums: list[bytes]) -> str:
    return hashlib.sha256(b"".join(sums)).hexdigest()


def _checked(path: Path, sums: list[bytes], chunk: int) -> tuple[str, int]:
    """The SHA-256 of the file, and how many of its pieces, from the first, are what their sums say."""
    whole = hashlib.sha256()
    with path.open("rb") as file:
        for number, expected in enumerate(sums):
            piece = file.read(chunk)
            if hashlib.sha256(piece).digest() != expected:
                return "", number
            whole.update(piece)
    return whole.hexdigest(), len(sums)
