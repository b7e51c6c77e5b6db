"""Zip archives, with nothing taken on trust: what they list is checked before any of it is unpacked."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from core.errors import FileRefused
from core.ingest.boxes.meter import Counted, Meter, damage, pieces
from core.settings import Guards

_HEADER = 30  # bytes before the name of an entry, at the least
_LITTER = ("__MACOSX", "Thumbs.db", "desktop.ini")
_REPACK = "Pack it again as an ordinary zip, or add the file that is inside."


class Archive:
    """An open zip whose list of entries is sound."""

    def __init__(self, file: Counted, guards: Guards) -> None:
        self._file, self._guards = file, guards
        with damage():
            self._zip = zipfile.ZipFile(cast(BinaryIO, file))
        self.entries = self._zip.infolist()
        _check(self.entries, guards)
        self.names = {entry.filename for entry in self.entries}

    def files(self) -> list[zipfile.ZipInfo]:
        """The entries that a person would call files, without what systems leave in archives."""
        return [entry for entry in self.entries if not entry.is_dir() and not _is_litter(entry.filename)]

    def meter(self) -> Meter:
        """One for what is made of what is read from now on."""
        return Meter(self._guards, self._file)

    def pieces(self, name: str, meter: Meter | None = None) -> Iterator[bytes]:
        """What is packed under `name`, chunk by chunk. Raises FileRefused."""
        # A meter of its own: what was read before must not make room for what comes now.
        with damage(), self._zip.open(name) as source:
            yield from pieces(cast(BinaryIO, source), meter or self.meter())

    def head(self, name: str, size: int) -> bytes:
        with damage(), self._zip.open(name) as source:
            return source.read(size)


@contextmanager
def opened(path: Path, guards: Guards) -> Iterator[Archive]:
    """The zip at `path`. Raises FileRefused where it is damaged, locked, or made to deceive."""
    with path.open("rb") as file:
        yield Archive(Counted(file), guards)


def _is_litter(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not parts or any(part.startswith(".") or part in _LITTER for part in parts)


def _check(entries: list[zipfile.ZipInfo], guards: Guards) -> None:
    if len(entries) > guards.entries:
        raise FileRefused(
            f"The archive lists {len(entries):,} files; {guards.entries:,} are allowed.",
            "Add the file that is needed by itself, or raise THROUGHLINE_ARCHIVE_ENTRIES.",
        )
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        raise FileRefused("The archive lists a file twice.", _REPACK)
    inside = sorted((entry for entry in entries if not entry.is_dir()), key=lambda entry: entry.header_offset)
    for entry, after in pairwise(inside):
        if entry.header_offset + _HEADER + len(entry.filename) + entry.compress_size > after.header_offset:
            raise FileRefused("The archive's files overlap, as in archives that are made to fill a disk.", _REPACK)
    for entry in inside:
        if entry.flag_bits & 1:
            raise FileRefused("The archive is locked with a password.", "Unpack it and add the file that is inside.")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileRefused("The archive is compressed in a way that is not read here.", _REPACK)
