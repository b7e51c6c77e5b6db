"""The cells of one sheet as rows of text."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from core.errors import FileRefused
from core.ingest.boxes.cells import Reading, place, plain_number, plain_text
from core.ingest.boxes.grid import Grid
from core.ingest.boxes.markup import parsed
from core.ingest.boxes.meter import Meter
from core.ingest.boxes.workbook import Runs, Sheet, Workbook
from core.settings import Guards

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
FIRST_ROWS = 200
"""As many rows tell whether a sheet holds a table, and in which column it begins."""
MOST_MERGED = 200_000
_MERGED = re.compile(rb"""mergeCell\s[^<>]*?\bref\s*=\s*["']([A-Z]{1,3}[0-9]{1,7}):([A-Z]{1,3}[0-9]{1,7})["']""")
_TAIL = 256
_TRUTH = {"0": "FALSE", "1": "TRUE"}

Row = dict[int, str]
"""Column, from 0 -> what the cell says; empty cells are left out."""
_Merged = dict[int, dict[int, int]]
"""First row -> column -> last row of what is merged downwards."""


def with_table(workbook: Workbook, guards: Guards) -> Sheet:
    """The first sheet that holds a table, else the first."""
    if len(workbook.sheets) > 1:
        for sheet in workbook.sheets:
            if sum(len(row) > 1 for _, row in islice(_rows(workbook, sheet, Meter(guards), guards), FIRST_ROWS)) > 1:
                return sheet
    return workbook.sheets[0]


def write(workbook: Workbook, sheet: Sheet, target: Path, guards: Guards) -> Sequence[int]:
    """The cells of `sheet` as CSV in `target`, each row in the line of its number as long as no cell has several lines.

    A value merged over several rows stands in each of them. Empty columns before the table are left out. Returns the
    lines that are the rest of a row. Raises FileRefused.
    """
    merged = _merged_down(workbook, sheet)
    begins = (min(row) for _, row in islice(_rows(workbook, sheet, Meter(guards), guards), FIRST_ROWS))
    try:
        return _written(workbook, sheet, merged, target, guards, min(begins, default=0))
    except _FurtherLeft:
        return _written(workbook, sheet, merged, target, guards, 0)


class _FurtherLeft(Exception):
    """A cell stands before the column in which the table was thought to begin."""


def _written(
    workbook: Workbook, sheet: Sheet, merged: _Merged, target: Path, guards: Guards, first: int
) -> Sequence[int]:
    meter = Meter(guards)
    grid = Grid(target, guards, meter)
    above: dict[int, tuple[int, str]] = {}  # column -> last row and value of what is merged over this row
    try:
        for number, row in _rows(workbook, sheet, meter, guards):
            if above:
                above = {column: kept for column, kept in above.items() if number <= kept[0]}
                row = {column: value for column, (_, value) in above.items()} | row
            for column, last in merged.get(number, {}).items():
                if column in row:
                    above[column] = last, row[column]
            if min(row) < first:
                raise _FurtherLeft
            grid.blank(number - grid.rows - 1)
            grid.row([row.get(column, "") for column in range(first, max(row) + 1)])
        if grid.width < 2:
            raise FileRefused(
                "The sheet holds no table: it has no two columns.", "Choose another sheet, or add another workbook."
            )
        return grid.close()
    finally:
        grid.abandon()


def _merged_down(workbook: Workbook, sheet: Sheet) -> _Merged:
    """What is merged over several rows. It is told behind the cells, so the sheet is looked through before."""
    found: set[tuple[bytes, bytes]] = set()
    tail = b""
    for piece in workbook.pieces(sheet.entry):
        text = tail + piece
        found.update(_MERGED.findall(text))
        tail = text[-_TAIL:]
        if len(found) > MOST_MERGED:
            raise FileRefused(f"The sheet has more than {MOST_MERGED:,} merged cells.", "Save it as CSV, and add that.")
    merged: _Merged = defaultdict(dict)
    for begin, end in found:
        (column, first), (_, last) = place(begin.decode()), place(end.decode())
        if last > first:
            merged[first][column] = last
    return dict(merged)


def _rows(workbook: Workbook, sheet: Sheet, meter: Meter, guards: Guards) -> Iterator[tuple[int, Row]]:
    """The rows that have cells, with their numbers from 1; `meter` is fed with what they take in the file."""
    cells = _Cells(guards, workbook.texts, workbook.readings)
    for size in parsed(workbook.pieces(sheet.entry), cells, guards):
        meter.feed(size)
        yield from cells.taken()


class _Cells:
    """Gathers the rows of a sheet."""

    def __init__(self, guards: Guards, texts: list[str], readings: list[Reading]) -> None:
        self._texts, self._readings = texts, readings
        self._columns: dict[str, int] = {}  # letters -> column
        self._rows: list[tuple[int, Row]] = []
        self._row: Row = {}
        self._number = 0
        self._column = -1
        self._kind, self._style = "n", "0"
        self._value: list[str] = []
        self._inside = self._inline = False
        self._runs = Runs(guards)

    def taken(self) -> list[tuple[int, Row]]:
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "v":
            self._inside = True
        elif name == "c":
            self._column = self._column_of(attributes.get("r"))
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        elif name == "row":
            self._row, self._column = {}, -1
            self._begin(attributes.get("r", ""))
        elif name == "is":
            self._inline = True
        elif self._inline:
            self._runs.start(name)

    def end(self, name: str) -> None:
        if name == "v":
            self._inside = False
        elif name == "c":
            if self._value and (text := self._said("".join(self._value))):
                self._row[self._column] = text
            self._value.clear()
        elif name == "row":
            if self._row:
                self._rows.append((self._number, self._row))
        elif name == "is":
            self._inline = False
            if text := self._runs.taken():
                self._row[self._column] = text
        elif self._inline:
            self._runs.end(name)

    def text(self, text: str) -> None:
        if self._inside:
            self._value.append(text)
        elif self._inline:
            self._runs.text(text)

    def _begin(self, reference: str) -> None:
        number = int(reference) if reference.isdecimal() and len(reference) < 9 else self._number + 1
        if not self._number < number <= LAST_ROW:
            raise _out_of_order(number)
        self._number = number

    def _column_of(self, reference: str | None) -> int:
        if reference is None:
            return self._column + 1
        letters = reference.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = _column(letters, self._number)
        return column

    def _said(self, value: str) -> str:
        if self._kind == "s":
            number = int(value) if value.isdecimal() and len(value) < 12 else -1
            if not 0 <= number < len(self._texts):
                raise _out_of_order(self._number)
            return self._texts[number]
        if self._kind == "n":
            style = int(self._style) if self._style.isdecimal() and len(self._style) < 9 else 0
            return self._readings[style](value) if style < len(self._readings) else plain_number(value)
        return _TRUTH.get(value, value) if self._kind == "b" else plain_text(value)


def _column(letters: str, row: int) -> int:
    try:
        column, _ = place(f"{letters}1")
    except ValueError:
        raise _out_of_order(row) from None
    if not 0 <= column < LAST_COLUMN:
        raise _out_of_order(row)
    return column


def _out_of_order(row: int) -> FileRefused:
    return FileRefused(
        f"The workbook is damaged: row {row:,} is not in order.",
        "Open it in a spreadsheet, save it again, and add that.",
    )
