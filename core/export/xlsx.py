"""Excel workbooks: numbers and days as such, text as text, read from the right where its language is."""

import io
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, BinaryIO

import pandas as pd
import xlsxwriter

from core.export.cells import Cell, headers, rows_of
from core.text import ELLIPSIS, mostly_rtl

MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
"""What Excel can hold: rows of a sheet, and UTF-16 units of a cell."""
_EARLIEST = date(1900, 1, 1)
_LOOKED_AT = 1_000
_NARROW, _WIDE = 8, 60  # characters


def as_xlsx(frame: pd.DataFrame) -> bytes:
    """`frame` as a workbook without its index."""
    target = io.BytesIO()
    write_xlsx([frame], target)
    return target.getvalue()


def write_xlsx(frames: Iterable[pd.DataFrame], target: BinaryIO, *, most_rows: int = MOST_ROWS) -> None:
    """Write frames with the same columns, at least one, to `target` as one workbook.

    Rows go to disk as they come, so memory does not grow with their number; what does not fit on a sheet goes on on
    the next one. Text and headers that a spreadsheet would run get a `'` in front.
    """
    with xlsxwriter.Workbook(target, {"constant_memory": True, "remove_timezone": True}) as book:
        sheet: _Sheet | None = None
        for frame in frames:
            sheet = sheet or _Sheet(book, frame)
            rows = rows_of(frame)
            while rows:
                if sheet.n_rows == most_rows:
                    sheet = _Sheet(book, frame)
                room = most_rows - sheet.n_rows
                sheet.add(rows[:room])
                rows = rows[room:]


class _Sheet:
    """A sheet that is written from the top; `n_rows` are written, the header included."""

    def __init__(self, book: Any, frame: pd.DataFrame) -> None:
        """Begin a sheet with the headers of `frame`, whose first rows tell widths and direction."""
        self._sheet = book.add_worksheet()
        self._formats = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        looked_at = rows_of(frame.head(_LOOKED_AT))
        for place, header in enumerate(headers(frame)):
            lengths = [len(_told(row[place])) for row in looked_at]
            self._sheet.set_column(place, place, min(max(_NARROW, len(header), *lengths, 0) + 2, _WIDE))
            self._sheet.write_string(0, place, _fitting(header), book.add_format({"bold": True}))
        if mostly_rtl([one for row in looked_at for one in row if isinstance(one, str)]):
            self._sheet.right_to_left()
        self._sheet.freeze_panes(1, 0)
        self.n_rows = 1

    def add(self, rows: list[tuple[Cell, ...]]) -> None:
        for row in rows:
            for place, value in enumerate(row):
                self._write(place, value)
            self.n_rows += 1

    def _write(self, place: int, value: Cell) -> None:
        row = self.n_rows
        if isinstance(value, bool):
            self._sheet.write_boolean(row, place, value)
        elif isinstance(value, int | float):
            self._sheet.write_number(row, place, value)
        elif isinstance(value, date) and _day(value) >= _EARLIEST:
            self._sheet.write_datetime(row, place, value, self._formats[type(value)])
        elif value is not None:
            self._sheet.write_string(row, place, _fitting(str(value)))


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _told(value: Cell) -> str:
    return "" if value is None else str(value)


def _fitting(text: str) -> str:
    """`text`, cut to what a cell holds."""
    if len(text) <= LONGEST_TEXT // 2 or len(text.encode("utf-16-le")) // 2 <= LONGEST_TEXT:
        return text
    return text.encode("utf-16-le")[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + ELLIPSIS
