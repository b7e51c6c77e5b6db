"""Where the table of a file begins: the lines before its header, the lines of the header, and the number of columns.

A header is told from rows by what they look like: where a column has nothing but numbers and dates, words above them
are its name. Where nothing tells, the first row is the header. One that is a name short, above a first column that
counts the rows, is as R writes tables: the column of the counts is the one without a name.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from core.ingest.names import may_count_rows

MOST_HEADERS = 4
_FIRST_FEW = 5
_NEARLY_ALL = 0.95
_FEW_COUNTED = 3
_ENOUGH = 0.2
"""Of the rows must have as many columns as the header for that to be the number of columns, if most have another."""
_MEASURED = re.compile(r"[\d\s.,:;/+\-\u2212%$€£¥₪()TZ']*\d[\d\s.,:;/+\-\u2212%$€£¥₪()TZ']*(?:[AaPp]\.?[Mm]\.?)?")
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")


class Row(NamedTuple):
    """A row of the first ones in a file: its first line from 1, how many lines it takes, and its cells."""

    line: int
    lines: int
    cells: Sequence[str]


class Layout(NamedTuple):
    """`preamble` is the number of lines before the header and `header` the number of its rows, `names` their cells.

    `counting`: the header has no name for the first column, which counts the rows; an empty one was put into `names`.
    """

    preamble: int
    header: int
    width: int
    names: tuple[tuple[str, ...], ...]
    counting: bool = False


def layout(rows: Sequence[Row], preamble: int | None = None, header: int | None = None) -> Layout:
    """How a file begins whose first rows, blank ones left out, are these; what is given was said by a person."""
    if preamble is not None:
        rows = [row for row in rows if row.line > preamble]
    if not rows:
        return Layout(preamble or 0, 0 if header is None else header, 0, ())
    width = Counter(len(row.cells) for row in rows).most_common(1)[0][0]
    table = [row.cells for row in rows if len(row.cells) == width]
    body = table[max(1, min(_FIRST_FEW, len(table) // 2)) :]
    measured = [number for number in range(width) if _is_measured([row[number] for row in body])]
    start = 0 if preamble is not None else _start(rows, width, measured)
    count = _count(rows[start:], width, measured, body) if header is None else min(header, len(rows) - start)
    names = tuple(tuple(row.cells) for row in rows[start : start + count])
    if not names:
        return Layout(rows[start].line - 1, count, width, names)
    below = [row.cells for row in rows[start + count :]]
    width = _width(width, names[-1], below)
    names = tuple(_trimmed(row, width) for row in names)
    counting = count == 1 and _leaves_out_counts(names[0], [row for row in below if len(row) == width], width)
    return Layout(rows[start].line - 1, count, width, (("", *names[0]),) if counting else names, counting)


def _leaves_out_counts(header: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether all that the header lacks is a name for a first column that counts the rows, from 0 or 1."""
    if len(header) != width - 1 or len(rows) < _FEW_COUNTED or may_count_rows(header[0]):
        return False
    counts = [row[0].strip() for row in rows]
    first = 0 if counts[0] == "0" else 1
    return counts == [str(number) for number in range(first, first + len(counts))]


def _is_measured(values: Sequence[str]) -> bool:
    known = [value for value in values if value.strip()]
    fitting = sum(_MEASURED.fullmatch(value) is not None for value in known)
    return bool(known) and fitting >= _NEARLY_ALL * len(known)


def _speaks_of(cells: Sequence[str], measured: Sequence[int], least: int) -> bool:
    """Whether a row has words in `least` or more of the columns of numbers and dates, and nowhere a number or date."""
    above = [cells[number] for number in measured if cells[number].strip()]
    return len(above) >= least and not any(_MEASURED.fullmatch(cell) for cell in cells)


def may_name_columns(cells: Sequence[str]) -> bool:
    """Whether these may be names of columns: each there and another, and none a number or date."""
    return len({cell.strip() for cell in cells} - {""}) == len(cells) and not any(map(_MEASURED.fullmatch, cells))


def _start(rows: Sequence[Row], width: int, measured: Sequence[int]) -> int:
    """The place of the header's first row among the rows: those before it are no part of the table."""
    first = next(place for place, row in enumerate(rows) if len(row.cells) == width)
    leading = rows[:first]
    if leading and not (
        _speaks_of(rows[first].cells, measured, 1)
        or all(len(_filled(row.cells)) <= max(1, width // 2) for row in leading)
    ):
        return first - 1  # a header that has lost a column, or has one too many
    while (
        width > 2
        and first + 1 < len(rows)
        and len(_filled(rows[first].cells)) <= 1 < width - 1 <= len(_filled(rows[first + 1].cells))
    ):
        first += 1  # a title, with the delimiters of a spreadsheet behind it
    return first


def _count(rows: Sequence[Row], width: int, measured: Sequence[int], body: Sequence[Sequence[str]]) -> int:
    """The number of header rows at the beginning of these rows."""
    if len(rows[0].cells) == width and _is_a_row(rows[0].cells, body, measured):
        return 0
    count = 1
    while count < min(MOST_HEADERS, len(rows) - 1):
        before, row = rows[count - 1], rows[count]
        alike = len(row.cells) == width and before.lines == row.lines == 1 and row.line == before.line + 1
        # A row of words among a few rows may well be one that lacks its numbers.
        again = row.cells == before.cells and not any(_MEASURED.fullmatch(cell) for cell in row.cells)
        if not alike or not (again or (len(body) >= _FIRST_FEW and _speaks_of(row.cells, measured, 2))):
            break
        count += 1
    return count


def _is_a_row(cells: Sequence[str], body: Sequence[Sequence[str]], measured: Sequence[int]) -> bool:
    """Whether the first row is one like all others, so that the file has no header."""
    if not body or (measured and not all(_MEASURED.fullmatch(cells[one]) for one in measured if cells[one].strip())):
        return False
    filled = [number for number in range(len(cells)) if cells[number].strip()]
    if filled and all(number in measured for number in filled):
        return True
    # A header of years stands above amounts, but hardly a name of the shape of a date or of an id.
    told = 0
    for number in filled:
        shape = _shape(cells[number])
        alike = sum(_shape(row[number]) == shape for row in body)
        told += ("9" in shape and 2 * alike > len(body)) * (len(shape) // 2)  # a date tells more than an id
    again = sum(any(row[number] == cells[number] for row in body) for number in filled)
    return told > 0 and again + told >= 2


def _shape(value: str) -> str:
    """`10:05` as `9:9` and `call-12` as `a-9`."""
    return _DIGITS.sub("9", _LETTERS.sub("a", value.strip()))


def _width(most: int, header: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """The number of columns: that of most rows, or that of the header where what lies behind it is empty, or where
    enough rows have as many."""
    named = len(header)
    if named == most:
        return most
    if named > most:
        if not any(cell.strip() for cell in header[most:]):
            return most
        return named if sum(len(row) == named for row in rows) >= _ENOUGH * max(len(rows), 1) else most
    behind = [cell for row in rows for cell in row[named:]]
    return most if any(cell.strip() for cell in behind) else named


def _trimmed(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    """The cells of a header without the blank ones behind its last column."""
    return cells[:width] if not any(cell.strip() for cell in cells[width:]) else cells


def _filled(cells: Sequence[str]) -> list[str]:
    return [cell for cell in cells if cell.strip()]


def names_of(header: Sequence[Sequence[str]], width: int) -> tuple[str, ...]:
    """The names of `width` columns from the cells of the header's rows: each with a name, and no two alike."""
    seen: set[str] = set()
    unique = []
    for number in range(width):
        parts = dict.fromkeys(" ".join(row[number].split()) for row in header if number < len(row))
        plain = " ".join(filter(None, parts)) or f"column {number + 1}"
        candidate, again = plain, 2
        while candidate.lower() in seen:  # to SQL, names that differ in case alone are one
            candidate, again = f"{plain} ({again})", again + 1
        seen.add(candidate.lower())
        unique.append(candidate)
    return tuple(unique)
