"""What is checked of a whole file, in one pass over its bytes, before any reader sees it."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from core.errors import FileRefused
from core.ingest.facts import Dialect
from core.ingest.scan import Bytes, Places
from core.settings import Guards

_LINE_FEED, _RETURN = b"\n", b"\r"
_AT_ONCE = 1 << 20


class Scan(NamedTuple):
    """What a pass over a file found.

    `newline` is a line feed where all lines end alike, with a line feed or with both, else a carriage return; what
    stands in quotes does not count. `lines` is the number of lines, `foreign` the offset near which the first byte
    stands that is no UTF-8, None where all is.
    """

    newline: str
    lines: int
    foreign: int | None


def scan(path: Path, dialect: Dialect, guards: Guards) -> Scan:
    """Look at every byte of a file that should be UTF-8. Raises FileRefused, naming the limit and the line."""
    quotes = _Quotes(dialect)
    ends = _Ends()
    lines, offset, foreign = 0, 0, None
    delimiter = dialect.delimiter.encode()
    for block in _blocks(path, guards):
        if offset == 0 and block.startswith(BOM_UTF8):
            block, offset = block.removeprefix(BOM_UTF8), len(BOM_UTF8)
        if b"\0" in block:
            raise FileRefused(
                f"Line {lines + block[: block.index(0)].count(_LINE_FEED) + 1:,} holds a NUL, which no text does.",
                "Export the data again, as CSV (text with one row a line), and add that.",
            )
        if foreign is None and not _is_utf8(block):
            foreign = offset
        numbers = np.frombuffer(block, dtype=np.uint8)
        feeds = np.flatnonzero(numbers == _LINE_FEED[0])
        # What has fewer bytes than a line may have columns needs no counting.
        longest = int(np.diff(feeds, prepend=-1, append=len(block)).max()) - 1
        if longest >= min(guards.columns * len(delimiter), guards.line_bytes):
            _check_width(block, delimiter, lines, guards)
        n_feeds = len(feeds)
        if _RETURN in block:
            lines += n_feeds + ends.look(numbers, quotes.places(numbers))
        else:
            lines += n_feeds
            ends.feeds += n_feeds
            quotes.pass_by(numbers, block)
        offset += len(block)
        _check_size(lines, dialect.width, guards)
    return Scan(ends.newline, lines, foreign)


def _blocks(path: Path, guards: Guards) -> Iterator[bytes]:
    """The file in pieces that end where lines do."""
    size, line = max(_AT_ONCE, 2 * guards.line_bytes), 1
    with path.open("rb") as file:
        rest = b""
        while block := rest + file.read(size - len(rest)):
            whole = len(block) < size
            end = len(block) if whole else (block.rfind(_LINE_FEED) + 1 or block.rfind(_RETURN, 0, -1) + 1)
            if not end:
                raise _too_long(line, len(block), guards)
            yield block if end == len(block) else block[:end]
            rest = block[end:]
            line += 0 if whole else block.count(_LINE_FEED, 0, end) or block.count(_RETURN, 0, end)


def _is_utf8(block: bytes) -> bool:
    if block.isascii():
        return True
    offsets = pa.py_buffer(np.array([0, len(block)], dtype=np.int32))
    try:  # several times as fast as decoding
        pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(block)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _check_width(block: bytes, delimiter: bytes, lines: int, guards: Guards) -> None:
    """Refuse a line of the block with too many bytes or columns; `lines` come before it."""
    end = _LINE_FEED if _LINE_FEED in block else _RETURN
    start, counted, window = 0, 0, min(guards.columns * len(delimiter), guards.line_bytes)
    while len(block) - start > window:
        # What has fewer bytes than a line may have columns needs no counting, so the search leaps from line to line.
        last = block.rfind(end, start, start + window)
        if last >= 0:
            start = last + 1
            continue
        stop = block.find(end, start)
        stop = len(block) if stop < 0 else stop
        lines, counted = lines + block.count(end, counted, start), start
        for number, line in enumerate(block[start:stop].split(_RETURN), lines + 1):
            if len(line) > guards.line_bytes:
                raise _too_long(number, len(line), guards)
            if line.count(delimiter) >= guards.columns:
                raise FileRefused(
                    f"Line {number:,} has more than {guards.columns:,} columns.",
                    "Export only the columns that are needed, or raise THROUGHLINE_COLUMNS.",
                )
        start = stop + 1


def _too_long(line: int, length: int, guards: Guards) -> FileRefused:
    return FileRefused(
        f"Line {line:,} has {length:,} bytes or more; a line may have {guards.line_bytes:,}.",
        "Check that the export puts each row on a line of its own, or raise THROUGHLINE_LINE_KB.",
    )


def _check_size(lines: int, width: int, guards: Guards) -> None:
    if lines > guards.rows:
        raise FileRefused(f"The file has more than {guards.rows:,} lines.", "Split it, or raise THROUGHLINE_ROWS.")
    if lines * width > guards.cells:
        raise FileRefused(
            f"The file has more than {guards.cells:,} cells.",
            "Export only the columns that are needed, split it, or raise THROUGHLINE_CELLS.",
        )


class _Quotes:
    """Where quotes open and close, block after block; they may be in no order, and then tell nothing of value."""

    def __init__(self, dialect: Dialect) -> None:
        self._quote = dialect.quote.encode()[:1]
        self._inside = False

    def places(self, block: Bytes) -> Places:
        """Of all quotes of the block, and one before it where it begins inside a value."""
        found = np.flatnonzero(block == self._quote[0]) if self._quote else np.zeros(0, np.int64)
        begun, self._inside = self._inside, self._inside ^ bool(len(found) % 2)
        return np.concatenate([[0], found]) if begun else found

    def pass_by(self, block: Bytes, text: bytes) -> None:
        if self._quote and self._quote in text:
            self._inside ^= bool(np.count_nonzero(block == self._quote[0]) % 2)


class _Ends:
    """How many lines end with what outside of quotes, block after block."""

    def __init__(self) -> None:
        self.feeds = self._returns = self._both = 0

    @property
    def newline(self) -> str:
        alike = self._returns == 0 and (self.feeds == 0 or self._both == 0)
        return "\n" if alike else "\r"

    def look(self, block: Bytes, quotes: Places) -> int:
        """The number of lines that a carriage return alone ends."""
        returns = np.flatnonzero(block == _RETURN[0])
        followed = np.append(block, 0)[returns + 1] == _LINE_FEED[0]
        feeds = np.flatnonzero(block == _LINE_FEED[0])
        single = feeds[(feeds == 0) | (block[feeds - 1] != _RETURN[0])]
        self._both += _outside(returns[followed], quotes)
        self._returns += _outside(returns[~followed], quotes)
        self.feeds += _outside(single, quotes)
        return int(np.count_nonzero(~followed))


def _outside(places: Places, quotes: Places) -> int:
    """How many of the places stand outside of quotes."""
    return int(np.count_nonzero(np.searchsorted(quotes, places, side="right") % 2 == 0))
