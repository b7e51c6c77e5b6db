"""Limits that are checked as a stream, before any reader sees the file."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import FileRefused
from core.ingest.decode import chunks
from core.settings import Guards


def newline_of(path: Path) -> str:
    """A line feed where all lines of the file end alike, with a line feed or with both; else a carriage return."""
    if not any(b"\r" in chunk for chunk in chunks(path)):
        return "\n"
    returns = feeds = both = 0
    last = b""
    for chunk in chunks(path):
        returns += chunk.count(b"\r")
        feeds += chunk.count(b"\n")
        both += chunk.count(b"\r\n") + (last == b"\r" and chunk.startswith(b"\n"))
        last = chunk[-1:]
    return "\n" if returns == 0 or returns == both == feeds else "\r"


def check_lines(path: Path, guards: Guards) -> None:
    """Refuse a line of a size that would hurt. Raises FileRefused, naming the limit and the line."""
    if _all_within(path, guards.line_bytes):
        return
    for line, lengths, _ in _lines(path):
        if (longest := int(lengths.max())) > guards.line_bytes:
            raise FileRefused(
                f"Line {line + int(lengths.argmax()):,} has {longest:,} bytes or more; "
                f"a line may have {guards.line_bytes:,}.",
                "Check that the export puts each row on a line of its own, or raise THROUGHLINE_LINE_KB.",
            )


def check_columns(path: Path, delimiter: bytes, guards: Guards) -> None:
    """Refuse a line with too many columns. Raises FileRefused, naming the limit and the line."""
    if _all_within(path, guards.columns - 1):  # a line has at most as many delimiters as bytes
        return
    begun = 0
    for line, lengths, parts in _lines(path):
        if int(lengths.max()) < guards.columns:
            begun = parts[-1].count(delimiter) + (begun if len(parts) == 1 else 0)
            continue
        for number, part in enumerate(parts):
            begun = part.count(delimiter) + (begun if number == 0 else 0)
            if begun >= guards.columns:
                raise FileRefused(
                    f"Line {line + number:,} has more than {guards.columns:,} columns.",
                    "Export only the columns that are needed, or raise THROUGHLINE_COLUMNS.",
                )


def _all_within(path: Path, most: int) -> bool:
    """Whether all lines of the file have at most `most` bytes, found out with one look for that many."""
    begun = 0
    for chunk in chunks(path):
        start = 0
        while start < len(chunk):
            end = chunk.rfind(b"\n", start, start + most - begun + 1)
            if end < 0:
                begun += len(chunk) - start
                break
            start, begun = end + 1, 0
        if begun > most:
            return False
    return True


def _lines(path: Path) -> Iterator[tuple[int, NDArray[np.int64], list[bytes]]]:
    """For each chunk of the file: the number of its first line, the lengths so far of its lines, and its lines.

    The first line may have begun in the chunk before, the last may go on in the next.
    """
    line = 1
    begun = 0
    for chunk in chunks(path):
        parts = chunk.split(b"\n")
        lengths = np.fromiter(map(len, parts), dtype=np.int64, count=len(parts))
        lengths[0] += begun
        yield line, lengths, parts
        line += len(parts) - 1
        begun = int(lengths[-1])
