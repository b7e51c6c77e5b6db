"""Where in the file a row stands: the line numbers and the text of the rows that were not taken."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from core.errors import FileRefused
from core.ingest import scan
from core.ingest.decode import chunks
from core.ingest.facts import Dialect
from core.ingest.scan import Places
from core.settings import Guards

TEXT_LENGTH = 500
REREAD = 8  # times a file's size may be read again in search of the ends of its quotes
BULK = 10_000  # records at once
_BOM = b"\xef\xbb\xbf"


class Place(NamedTuple):
    line: int
    text: str


class Quotes(Enum):
    """How a line leaves the quotes: all closed, one open for the next line, or with text behind a closing one."""

    CLOSED = 0
    OPEN = 1
    SPOILED = 2


def mended(path: Path, dialect: Dialect, target: Path, guards: Guards) -> tuple[Path, list[Place]]:
    """`path` where its quotes are in order, else a copy in `target` in which the lines that spoil them are blank.

    Also those lines. A line spoils them that opens a quote which never ends, or ends with text behind it: a reader
    would take all lines up to there for one row. Raises FileRefused where it is the header.
    """
    quote = dialect.quote.encode()
    if not any(quote in chunk for chunk in chunks(path)):
        return path, []
    spoiled = list(_spoiled(path, dialect, guards))
    if not spoiled:
        return path, []
    first, lines = _header_line(path, dialect), {place.line for place in spoiled}
    if first in lines:
        raise FileRefused("The header has a quote that is not closed.", "Correct it where the file comes from.")
    with path.open("rb") as file, target.open("wb") as copy:
        for number, line in enumerate(file, 1):
            copy.write(line[len(line.rstrip(b"\r\n")) :] if number in lines else line)
    return target, spoiled


def _header_line(path: Path, dialect: Dialect) -> int:
    with path.open("rb") as file:
        return next((number for number, line in enumerate(file, 1) if number > dialect.preamble and line.strip()), 0)


def _spoiled(path: Path, dialect: Dialect, guards: Guards) -> Iterator[Place]:
    """The lines that open a quote and do not end it well; what follows such a line is read by itself."""
    quotes_after = _quotes_after(dialect)
    opened: tuple[int, int, bytes] | None = None
    number = offset = 0
    patience = REREAD * path.stat().st_size
    with path.open("rb") as file:
        while True:
            line = file.readline()
            number, offset = number + 1, offset + len(line)
            if not line and opened is None:
                return
            if number <= dialect.preamble:
                continue
            after = quotes_after(line.removeprefix(_BOM) if number == 1 else line, opened is not None)
            if opened is None:
                if after is Quotes.SPOILED:
                    yield Place(number, _shown(line))
                elif after is Quotes.OPEN:
                    opened = number, offset, line
            elif after is Quotes.SPOILED or not line or offset - opened[1] > guards.line_bytes:
                patience -= offset - opened[1]
                if patience < 0:
                    raise FileRefused(
                        f"The quotes of this file are not in order, from line {opened[0]:,} on.",
                        "Export it again with each value that holds a quote in quotes, and its quotes doubled.",
                    )
                number, offset, line = opened
                yield Place(number, _shown(line))
                file.seek(offset)
                opened = None
            elif after is Quotes.CLOSED:
                opened = None


class Found(NamedTuple):
    """A row that was looked for: whether it is a refused one, which of those (from 0), and where it stands."""

    refused: bool
    number: int
    place: Place


class Located:
    """The places of rows of a UTF-8 file, to be gone through once, in the file's order.

    `taken` are numbers, from 0, among the rows that the reader took; `refused` are byte offsets of all rows that it
    refused; both in order. `counted` is, in the end, how many rows were counted as taken: where that is not what the
    reader counted, the two disagree about where rows begin and the lines of `taken` must not be believed. `line_of`
    tells what a line is called.
    """

    def __init__(
        self,
        path: Path,
        dialect: Dialect,
        guards: Guards,
        taken: Places,
        refused: Places,
        line_of: Callable[[int], int] = int,
    ) -> None:
        self._taken, self._refused, self._line_of = taken, refused, line_of
        self._rows = scan.records(path, dialect, guards) if dialect.orderly else _in_bulk(path, dialect, refused)
        self.counted = 0

    def __iter__(self) -> Iterator[Found]:
        n_taken = n_refused = 0
        for rows in self._rows:
            starts = rows.starts
            # The reader's offset is that of the row or of blank lines right before it.
            n_strays = int(np.searchsorted(self._refused[n_refused:], starts[-1], "right")) if len(starts) else 0
            strays = np.searchsorted(starts, self._refused[n_refused : n_refused + n_strays])
            others = np.delete(np.arange(len(starts)), strays)
            n_wanted = int(np.searchsorted(self._taken[n_taken:], self.counted + len(others)))
            wanted = others[self._taken[n_taken : n_taken + n_wanted] - self.counted]
            numbers = [(False, n_taken + number) for number in range(n_wanted)]
            numbers += [(True, n_refused + number) for number in range(n_strays)]
            for record, which in sorted(zip([*wanted.tolist(), *strays.tolist()], numbers, strict=True)):
                yield Found(*which, Place(self._line_of(int(rows.lines[record])), _shown(rows.text(record))))
            n_taken, n_refused = n_taken + n_wanted, n_refused + n_strays
            self.counted += len(others)


def _in_bulk(path: Path, dialect: Dialect, refused: Places) -> Iterator[scan.Rows]:
    found = _records(path, dialect, deque(refused.tolist()))
    while many := list(islice(found, BULK)):
        offsets, numbers, texts = zip(*many, strict=True)
        at = np.cumsum([0, *map(len, texts)])
        yield scan.Rows(np.array(offsets), np.array(numbers), b"".join(texts), at)


def _records(path: Path, dialect: Dialect, breaks: deque[int]) -> Iterator[tuple[int, int, bytes]]:
    """Byte offset, first line and text of each record below the header, blank lines left out.

    A record begins at each offset of `breaks`, whatever the quotes before it say.
    """
    quotes_after = _quotes_after(dialect)
    offset = first_offset = 0
    first_line = 1
    parts: list[bytes] = []
    header_seen = False
    with path.open("rb") as file:
        for line_number, line in enumerate(file, 1):
            start, offset = offset, offset + len(line)
            if line_number == 1:
                line = line.removeprefix(_BOM)
            if breaks and start >= breaks[0]:
                breaks.popleft()
                if parts and header_seen:
                    yield first_offset, first_line, b"".join(parts)
                    parts.clear()
            if not parts:
                if line_number <= dialect.preamble or not line.strip(b"\r\n"):
                    continue
                first_offset, first_line = start, line_number
            parts.append(line)
            if quotes_after(line, len(parts) > 1) is Quotes.OPEN:
                continue
            if header_seen:
                yield first_offset, first_line, b"".join(parts)
            header_seen = True
            parts.clear()
    if parts and header_seen:
        yield first_offset, first_line, b"".join(parts)


def _quotes_after(dialect: Dialect) -> Callable[[bytes, bool], Quotes]:
    quote, delimiter = re.escape(dialect.quote.encode()), re.escape(dialect.delimiter.encode())
    # As DuckDB has it: one blank before a quoted value and all behind it are left out, any other quote is a character.
    opening = re.compile(rb"(?:^|" + delimiter + rb") ?" + quote)
    closing = re.compile(rb"(?:[^" + quote + rb"]|" + quote + quote + rb")*+" + quote)
    behind = re.compile(rb" *(?:" + delimiter + rb"|\r?\n?$)")

    def quotes_after(line: bytes, inside: bool) -> Quotes:
        """How the quotes stand at the end of `line`, which begins `inside` a quoted value or not."""
        position = 0
        while True:
            if inside:
                closed = closing.match(line, position)
                if closed is None:
                    return Quotes.OPEN
                position = closed.end()
                if behind.match(line, position) is None:
                    return Quotes.SPOILED
            opened = opening.search(line, position)
            if opened is None:
                return Quotes.CLOSED
            position, inside = opened.end(), True

    return quotes_after


def _shown(text: bytes) -> str:
    return text.rstrip(b"\r\n").decode("utf-8", errors="replace")[:TEXT_LENGTH]
