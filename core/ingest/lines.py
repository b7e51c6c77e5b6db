"""Where in the file a row stands: the line numbers and the text of the rows that were not taken."""

import re
from collections import deque
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from core.ingest.facts import Dialect

TEXT_LENGTH = 500


class Place(NamedTuple):
    line: int
    text: str


def locate(
    path: Path, dialect: Dialect, taken: Collection[int], refused: Collection[int]
) -> tuple[dict[int, Place], dict[int, Place], int]:
    """The places of rows of a UTF-8 file.

    `taken` are numbers, from 0, among the rows that the reader took; `refused` are byte offsets of all rows that it
    refused. Returns both with their places, and how many rows were counted as taken: where that is not what the
    reader counted, the two disagree about where rows begin and the lines of `taken` must not be believed.
    """
    wanted, waiting = set(taken), deque(sorted(refused))
    rows: dict[int, Place] = {}
    strays: dict[int, Place] = {}
    number = 0
    for offset, line, text in _records(path, dialect, deque(waiting)):
        # The reader's offset is that of the row or of blank lines right before it.
        if waiting and offset >= waiting[0]:
            strays[waiting.popleft()] = Place(line, _shown(text))
            continue
        if number in wanted:
            rows[number] = Place(line, _shown(text))
        number += 1
    return rows, strays, number


def _records(path: Path, dialect: Dialect, breaks: deque[int]) -> Iterator[tuple[int, int, bytes]]:
    """Byte offset, first line and text of each record below the header, blank lines left out.

    A record begins at each offset of `breaks`, whatever the quotes before it say.
    """
    ends_open = _quote_state(dialect)
    offset = first_offset = 0
    first_line = 1
    parts: list[bytes] = []
    header_seen = False
    with path.open("rb") as file:
        for line_number, line in enumerate(file, 1):
            start, offset = offset, offset + len(line)
            if line_number == 1 and line.startswith(b"\xef\xbb\xbf"):
                line = line[3:]
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
            if ends_open(line, len(parts) > 1):
                continue
            if header_seen:
                yield first_offset, first_line, b"".join(parts)
            header_seen = True
            parts.clear()
    if parts and header_seen:
        yield first_offset, first_line, b"".join(parts)


def _quote_state(dialect: Dialect) -> Callable[[bytes, bool], bool]:
    quote, delimiter = dialect.quote.encode(), dialect.delimiter.encode()
    q, d = re.escape(quote), re.escape(delimiter)
    closing = re.compile(rb"(?:[^" + q + rb"]|" + q + q + rb")*" + q + rb"(?=" + d + rb"|\r?\n?$)")
    whole = re.compile(
        rb"(^|" + d + rb")" + q + rb"(?:[^" + q + rb"]|" + q + q + rb")*" + q + rb"(?=" + d + rb"|\r?\n?$)"
    )
    opening = re.compile(rb"(?:^|" + d + rb")" + q)

    def ends_open(line: bytes, inside: bool) -> bool:
        """Whether a quoted field is still open at the end of `line`, which begins `inside` one or not."""
        if quote not in line:
            return inside
        if inside:
            end = closing.match(line)
            if end is None:
                return True
            line = line[end.end() :]
        return opening.search(whole.sub(rb"\1", line)) is not None

    return ends_open


def _shown(text: bytes) -> str:
    return text.rstrip(b"\r\n").decode("utf-8", errors="replace")[:TEXT_LENGTH]
