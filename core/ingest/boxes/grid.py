"""Rows of values as CSV text whose rows are all equally wide, although nobody knows the width before the end."""

import csv
import io
import shutil
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from core.errors import FileRefused
from core.files import storage_errors
from core.ingest.boxes.meter import Meter
from core.settings import Guards

DELIMITER = ","
_FLUSH = 1 << 20  # characters


class Grid:
    """Writes rows to `target`, each as wide as the widest so far; `close` widens the ones before.

    A row stands in the line of its number, as long as no value has a line break; `continued` has the lines that are
    the rest of a row.
    """

    def __init__(self, target: Path, guards: Guards, meter: Meter) -> None:
        self._target, self._guards, self._meter = target, guards, meter
        self._body = target.with_suffix(".body")
        self._file = self._body.open("wb")
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer, delimiter=DELIMITER, lineterminator="\n")
        self._steps: list[tuple[int, int]] = []  # offset -> from there on rows are so wide
        self.rows = 0

    @property
    def width(self) -> int:
        return self._steps[-1][1] if self._steps else 0

    def row(self, values: list[str]) -> None:
        """Write a row. Raises FileRefused where it has too many columns or is too long."""
        if len(values) > self.width:
            self._grow(len(values))
        elif len(values) < self.width:
            values += [""] * (self.width - len(values))
        self.rows += 1
        if sum(map(len, values)) > self._guards.line_bytes:
            raise FileRefused(
                f"Row {self.rows:,} is longer than the {self._guards.line_bytes:,} bytes that a row may have.",
                "Check where the file comes from, or raise THROUGHLINE_LINE_KB.",
            )
        self._writer.writerow(values)
        if self._buffer.tell() > _FLUSH:
            self._flush()

    def blank(self, n_rows: int) -> None:
        """Write rows without a value."""
        self.rows += n_rows
        self._buffer.write("\n" * n_rows)

    def close(self, header: Sequence[str] = ()) -> Sequence[int]:
        """Bring the file to its place, below `header` where one is given; the lines that are the rest of a row."""
        self._flush()
        self._file.close()
        with storage_errors():
            if not header and len(self._steps) <= 1:
                self._body.replace(self._target)
            else:
                self._widen(header)
                self._body.unlink()
        return continued(self._target, self.rows + bool(header))

    def abandon(self) -> None:
        """Remove what was written, whether or not it was closed."""
        self._file.close()
        self._body.unlink(missing_ok=True)

    def _grow(self, width: int) -> None:
        if width > self._guards.columns:
            raise FileRefused(
                f"The file has {width:,} columns or more; {self._guards.columns:,} are allowed.",
                "Export only the columns that are needed, or raise THROUGHLINE_COLUMNS.",
            )
        self._flush()
        self._steps.append((self._file.tell(), width))

    def _flush(self) -> None:
        text = self._buffer.getvalue().encode(errors="replace")
        self._meter.add(len(text))
        with storage_errors():
            self._file.write(text)
        self._buffer.seek(0)
        self._buffer.truncate()

    def _widen(self, header: Sequence[str]) -> None:
        ends = [offset for offset, _ in self._steps[1:]]
        with self._body.open("rb") as body, self._target.open("wb") as target:
            if header:
                line = io.StringIO(newline="")
                csv.writer(line, delimiter=DELIMITER, lineterminator="\n").writerow(header)
                target.write(line.getvalue().encode(errors="replace"))
            for (_, width), end in zip(self._steps, ends, strict=False):
                padding = DELIMITER.encode() * (self.width - width)
                for line_end, text in _ends(_lines_until(body, end)):
                    target.write(text[:-1] + padding + b"\n" if line_end and text != b"\n" else text)
            shutil.copyfileobj(body, target, _FLUSH)


def _lines_until(file: io.BufferedReader, end: int) -> Iterator[bytes]:
    while file.tell() < end:
        yield file.readline()


def _ends(lines: Iterable[bytes]) -> Iterator[tuple[bool, bytes]]:
    """The lines, each with whether a row ends with it: outside quotes, which are doubled inside."""
    inside = 0
    for line in lines:
        inside ^= line.count(b'"') & 1
        yield not inside, line


def continued(path: Path, n_rows: int) -> Sequence[int]:
    """The lines of a CSV file of `n_rows` rows, from 1, that are the rest of a row which began in a line above."""
    with path.open("rb") as file:
        if sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_FLUSH), b"")) == n_rows:
            return ()
        file.seek(0)
        return array("Q", (number + 1 for number, (ended, _) in enumerate(_ends(file), 1) if not ended))


def row_of(line: int, rest: Sequence[int]) -> int:
    """What a person calls the line: the row of their sheet or table, where the lines `rest` only go on with a row."""
    return line - bisect_right(rest, line)
