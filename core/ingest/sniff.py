"""The delimiter and the header of a file, from its first lines."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from core.errors import FileRefused

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_BYTES = 1 << 22
SAMPLE_ROWS = 500
AGREEING = 0.6  # of the rows must have the same number of columns for a file to count as a table


def sniff(path: Path, delimiters: Sequence[str] = DELIMITERS, quote: str = '"') -> tuple[str, tuple[str, ...], int]:
    """The delimiter, the column names and the number of blank lines before the header of a UTF-8 file.

    The delimiter is the one of `delimiters` that cuts most of the first rows into the same number of columns, the more
    columns the better. Names are made unique, and a missing name becomes "column N". Raises FileRefused for what is no
    table.
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if len(sample) == SAMPLE_BYTES:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    lines = sample.decode("utf-8-sig", errors="ignore").split("\n")
    blank = next((number for number, line in enumerate(lines) if line.strip()), 0)
    text = "\n".join(lines[blank:])
    best, delimiter = max((_score(_rows(text, delimiter, quote)), delimiter) for delimiter in reversed(delimiters))
    if best < AGREEING:
        raise FileRefused(
            "This is not a table: its lines have no delimiter in common.",
            "Export the data as CSV: a header line, then one row for each step, with the same columns in each.",
        )
    rows = _rows(text, delimiter, quote)
    if len(rows) < 2:
        raise FileRefused("The file has a header but no rows.", "Export it again, with the rows.")
    return delimiter, _unique(rows[0]), blank


def _rows(text: str, delimiter: str, quote: str) -> list[list[str]]:
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote):
            if row:
                rows.append(row)
            if len(rows) == SAMPLE_ROWS:
                break
    except csv.Error:
        pass  # the rows before a field too large for the csv module still tell the delimiter
    return rows


def _score(rows: list[list[str]]) -> float:
    """The share of rows that agree on the width, plus a little for width; 0 for a single column."""
    if not rows:
        return 0.0
    width, agreeing = max(Counter(len(row) for row in rows).items(), key=lambda item: (item[1], item[0]))
    return agreeing / len(rows) + min(width, 100) / 1000 if width > 1 else 0.0


def _unique(names: list[str]) -> tuple[str, ...]:
    seen: set[str] = set()
    unique = []
    for number, name in enumerate(names, 1):
        plain = " ".join(name.split()) or f"column {number}"
        candidate, again = plain, 2
        while candidate.lower() in seen:  # to SQL, names that differ in case alone are one
            candidate, again = f"{plain} ({again})", again + 1
        seen.add(candidate.lower())
        unique.append(candidate)
    return tuple(unique)
