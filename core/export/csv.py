"""CSV that a spreadsheet opens as it is meant: UTF-8 with its mark, and no text that becomes a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime

import pandas as pd

from core.export.cells import Cell, headers, rows_of


def as_csv(frame: pd.DataFrame) -> bytes:
    """`frame` as CSV without its index. Text and headers that a spreadsheet would run get a `'` in front."""
    return b"".join(csv_parts([frame]))


def csv_parts(frames: Iterable[pd.DataFrame]) -> Iterator[bytes]:
    """Frames with the same columns, at least one, as one CSV, a part for each."""
    for number, frame in enumerate(frames):
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        if number == 0:
            text.write("\N{BYTE ORDER MARK}")
            writer.writerow(headers(frame))
        writer.writerows(map(_written, rows_of(frame)))
        yield text.getvalue().encode()


def _written(row: tuple[Cell, ...]) -> list[Cell]:
    return [value.isoformat(sep=" ") if isinstance(value, datetime) else value for value in row]
