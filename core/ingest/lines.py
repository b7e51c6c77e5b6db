"""Where in the file a row stands: the line numbers and the text of the rows that were not taken."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from core.ingest import scan
from core.ingest.facts import Dialect
from core.ingest.scan import Places
from core.settings import Guards

TEXT_LENGTH = 500
BULK = 10_000  # records at once
BOM = b"\xef\xbb\xbf"


class Place(NamedTuple):
    line: int
    text: str


class Quotes(Enum):
    """How a line leaves the quotes: all closed, one open for the next line, or with text behind a closing one."""

    CLOSED = 0
    OPEN = 1
    SPOILED = 2


class Found(NamedTuple):
    """A row that was looked for: whether it is a refused one, which of those (from 0), and where it stands."""

    refused: bool
    number: int
    place: Place


class Located:
    """The places of rows of a UTF-8 file, to be gone through once, in the file's order.

    `taken` are numbers, from 0, among the rows that the reader took; `refused` are byte offsets of all rows that it
    refused; both in order. `counted` is, in the end, how many rows were counted as taken: where that is not what the
    reader counted, the two disagree about where rows begin and the lines of `taken` must not be believed. In an
    orderly file they do not, so nothing is counted behind the last row that is looked for: `counted` is None then.
    `line_of` tells what a line is called; the texts are those of the same lines in `original`, cut to `longest`.
    """

    def __init__(
        self,
        path: Path,
        dialect: Dialect,
        guards: Guards,
        taken: Places,
        refused: Places,
        line_of: Callable[[int], int] = int,
        original: Path | None = None,
        longest: int | None = TEXT_LENGTH,
    ) -> None:
        self._taken, self._refused, self._line_of = taken, refused, line_of
        self._orderly = dialect.orderly
        self._rows = scan.records(path, dialect, guards) if dialect.orderly else _in_bulk(path, dialect, refused)
        self._longest = longest
        self._original = _original(original) if original and original != path else None
        self.counted: int | None = 0

    def __iter__(self) -> Iterator[Found]:
        n_taken = n_refused = counted = 0
        for rows in self._rows:
            if self._orderly and n_taken == len(self._taken) and n_refused == len(self._refused):
                self.counted = None
                return
            starts = rows.starts
            # The reader's offset is that of the row or of blank lines right before it.
            n_strays = int(np.searchsorted(self._refused[n_refused:], starts[-1], "right")) if len(starts) else 0
            strays = np.searchsorted(starts, self._refused[n_refused : n_refused + n_strays])
            others = np.delete(np.arange(len(starts)), strays)
            n_wanted = int(np.searchsorted(self._taken[n_taken:], counted + len(others)))
            wanted = others[self._taken[n_taken : n_taken + n_wanted] - counted]
            numbers = [(False, n_taken + number) for number in range(n_wanted)]
            numbers += [(True, n_refused + number) for number in range(n_strays)]
            for record, which in sorted(zip([*wanted.tolist(), *strays.tolist()], numbers, strict=True)):
                line, text = int(rows.lines[record]), rows.text(record)
                if self._original is not None:
                    text = self._original(line, text.rstrip(b"\r\n").count(b"\n") + 1)
                yield Found(*which, Place(self._line_of(line), shown(text, self._longest)))
            n_taken, n_refused = n_taken + n_wanted, n_refused + n_strays
            counted += len(others)
        self.counted = counted


def _original(path: Path) -> Callable[[int, int], bytes]:
    """Gives the lines of a file from a number on, so many of them; to be asked in their order."""

    def numbered() -> Iterator[tuple[int, bytes]]:
        with path.open("rb") as file:
            yield from enumerate(file, 1)

    left = numbered()

    def lines(first: int, count: int) -> bytes:
        found = [next((text for number, text in left if number == first), b"")]
        return b"".join([*found, *(text for _, text in islice(left, count - 1))]).removeprefix(BOM)

    return lines


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
    after = quotes_after(dialect)
    offset = first_offset = 0
    first_line = 1
    parts: list[bytes] = []
    skipped = dialect.preamble + max(dialect.header - 1, 0)
    header_seen = dialect.header == 0
    with path.open("rb") as file:
        for line_number, line in enumerate(file, 1):
            start, offset = offset, offset + len(line)
            if line_number == 1:
                line = line.removeprefix(BOM)
            if breaks and start >= breaks[0]:
                breaks.popleft()
                if parts and header_seen:
                    yield first_offset, first_line, b"".join(parts)
                    parts.clear()
            if not parts:
                if line_number <= skipped or not line.strip(b"\r\n"):
                    continue
                first_offset, first_line = start, line_number
            parts.append(line)
            if after(line, len(parts) > 1) is Quotes.OPEN:
                continue
            if header_seen:
                yield first_offset, first_line, b"".join(parts)
            header_seen = True
            parts.clear()
    if parts and header_seen:
        yield first_offset, first_line, b"".join(parts)


def quotes_after(dialect: Dialect) -> Callable[[bytes, bool], Quotes]:
    """How the quotes stand at the end of a line, which begins inside a quoted value or not."""
    if not dialect.quote:
        return lambda line, inside: Quotes.CLOSED
    quote, escape = re.escape(dialect.quote.encode()), re.escape(dialect.escape.encode())
    delimiter = re.escape(dialect.delimiter.encode())
    # As DuckDB has it: one blank before a quoted value and all behind it are left out, any other quote is a character.
    opening = re.compile(rb"(?:^|" + delimiter + rb") ?" + quote)
    inner = b"[^" + quote + b"]|" + quote + quote
    if dialect.escape != dialect.quote:
        inner = b"[^" + quote + escape + b"]|" + escape + b"."
    closing = re.compile(b"(?:" + inner + b")*+" + quote, re.DOTALL)
    behind = re.compile(rb" *(?:" + delimiter + rb"|\r?\n?$)")

    def after(line: bytes, inside: bool) -> Quotes:
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

    return after


def shown(text: bytes, longest: int | None = TEXT_LENGTH) -> str:
    """A row as a person is shown it: without its line end, and not longer than `longest`."""
    return text.rstrip(b"\r\n").decode("utf-8", errors="replace")[:longest]
