"""What a value is in a spreadsheet: text that stays text, a list as one text, nothing for what is missing."""

import math
from datetime import date, datetime
from typing import Any

import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
BETWEEN = " | "
"""Between the texts of a list. A comma would make a number of "1,674" in many a spreadsheet."""

Cell = str | bool | int | float | datetime | date | None


def inert(value: object) -> object:
    """`value`, with a `'` in front where it is text that begins like a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def headers(frame: pd.DataFrame) -> list[str]:
    """The names of the columns, inert."""
    return [str(inert(str(name))) for name in frame.columns]


def rows_of(frame: pd.DataFrame) -> list[tuple[Cell, ...]]:
    """The rows of `frame` without its index; None is what is missing, or a number that is none."""
    return list(zip(*(_cells(frame.iloc[:, place]) for place in range(frame.shape[1])), strict=True))


def _cells(column: "pd.Series[Any]") -> list[Cell]:
    """A column's cells; most are text or whole numbers, of which little or nothing has to change."""
    if isinstance(column.dtype, pd.StringDtype):
        odd = column.str.startswith(FORMULA_STARTS).fillna(False)
        safe = column.where(~odd, "'" + column) if odd.any() else column
        return list(safe.astype(object).where(column.notna(), None))
    if pd.api.types.is_integer_dtype(column.dtype) and not column.hasnans:
        return list(column.tolist())
    return [_cell(value) for value in column.tolist()]


def _cell(value: object) -> Cell:
    if isinstance(value, list | tuple):
        return str(inert(BETWEEN.join(map(str, value))))
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    if isinstance(value, bool | int | float | datetime | date):
        return value
    return str(inert(str(value)))
