"""What comes out of a box, counted against what went in, so that a small file never becomes an endless one."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from struct import error as StructError
from typing import BinaryIO

from core.errors import FileRefused
from core.settings import Guards

WINDOW = 4 * 1024 * 1024
"""Bytes that come out between two looks at the ratio: what is smaller than that does no harm at any ratio."""
_PIECE = 1 << 14
"""Bytes that are asked for at once: archives are read ahead by as many, and those count as gone in."""
_AT_ONCE = 4 * 1024 * 1024  # of a list of entries: as objects they take twenty times that
_BROKEN = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    StructError,
    ValueError,
    OverflowError,
    RuntimeError,
    OSError,
)
"""What comes of reading an archive that is not what it says: there is no one error for that."""


class Counted(io.RawIOBase):
    """A file that counts the bytes `taken` from it, and gives no more at once than memory can well hold."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.taken = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size if 0 <= size <= _AT_ONCE else _AT_ONCE + 1)
        if len(data) > _AT_ONCE:
            raise FileRefused("The archive lists too many files.", "Unpack it and add the file that is needed.")
        self.taken += len(data)
        return data


class Meter:
    """Counts what comes out and compares it with `source`, a count of what went in. Raises FileRefused."""

    def __init__(self, guards: Guards, source: Counted | None = None) -> None:
        self._guards, self._source = guards, source
        self._out = self._window = self._fed = 0
        self._before = source.taken if source else 0

    def feed(self, n_bytes: int) -> None:
        """Note what went in, where no file counts it."""
        self._fed += n_bytes

    def add(self, n_bytes: int) -> None:
        """Note what came out."""
        self._out += n_bytes
        self._window += n_bytes
        if self._out > self._guards.unpacked_bytes:
            raise FileRefused(
                f"Unpacked, this file has more than the {self._guards.unpacked_bytes >> 20:,} MB that are allowed.",
                "Split the export, or raise THROUGHLINE_UNPACKED_MB.",
            )
        if self._window < WINDOW:
            return
        went_in = self._source.taken if self._source else self._fed
        if self._window > self._guards.unpacked_ratio * (went_in - self._before):
            raise FileRefused(
                f"A part of this file unpacks to more than {self._guards.unpacked_ratio:,} times its size, "
                "as in files that are made to fill a disk.",
                "If it is a file of yours, unpack it and add what is inside, or raise THROUGHLINE_UNPACKED_RATIO.",
            )
        self._window, self._before = 0, went_in


def pieces(source: BinaryIO, meter: Meter) -> Iterator[bytes]:
    """What `source` unpacks to, chunk by chunk. Raises FileRefused where it is damaged or too much."""
    while True:
        with damage():
            piece = source.read(_PIECE)
        if not piece:
            return
        meter.add(len(piece))
        yield piece


def too_long(guards: Guards) -> FileRefused:
    """What to raise where a value is longer than a row may be."""
    return FileRefused(
        f"A value in this file is longer than the {guards.line_bytes:,} bytes that a line may have.",
        "Check where the file comes from, or raise THROUGHLINE_LINE_KB.",
    )


@contextmanager
def damage() -> Iterator[None]:
    """Say of an archive that cannot be read that it is damaged."""
    try:
        yield
    except _BROKEN as error:
        raise FileRefused(
            "The archive is damaged: it cannot be unpacked to its end.", "Copy or export it again, and add that."
        ) from error
