"""Another table below the first one in a file: rows of another number of columns, under a header of their own."""

from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from core.errors import FileRefused
from core.ingest import cut
from core.ingest.facts import Another, Dialect
from core.ingest.header import may_name_columns
from core.ingest.scan import Misfits, look, misfits
from core.settings import Guards

_FEWEST = 3
"""Rows, header included, that stand one below the other before they count as a table."""
_MOST_RUNS = 1000
_NEARLY_ALL = 0.95
_ABOVE, _ABOVE_BYTES = 3, 4096
"""In so many lines above a header a blank one is looked for; there may be a title in between."""


class _Run(NamedTuple):
    """Records one below the other that have as many values, another number than the file has columns."""

    first: int  # among the records of the file
    records: int
    values: int
    start: int
    line: int


def another_table(path: Path, dialect: Dialect, guards: Guards, n_columns: int) -> Another | None:
    """The first table below that of `n_columns` in an orderly file; None where the rows that do not fit look like none.

    Its header is words alone. It stands below a blank line, or no row behind it fits the columns of the first.
    """
    found: Another | None = None
    for run in _runs(misfits(path, dialect, guards, n_columns)):
        if run is None:  # a row that fits
            found = None
        elif found is None and run.records >= _FEWEST and run.values > 1 and _begins_with_names(path, dialect, run):
            found = Another(line=run.line, rows=run.records - 1, columns=run.values)
            if _is_below_a_blank_line(path, run.start):
                return found
    return found


def check_that_one(path: Path, dialect: Dialect, guards: Guards) -> None:
    """Raise FileRefused where a UTF-8 file is made of tables one below the other, none of which is most of it."""
    whole = msgspec.structs.replace(dialect, preamble=0, header=0)
    if not look(path, whole, guards).orderly:
        return
    runs = [run for run in islice(_runs(misfits(path, whole, guards, 0)), _MOST_RUNS) if run is not None]
    tables = [run for run in runs if run.records >= _FEWEST and run.values > 1]
    together = sum(run.records for run in tables) >= _NEARLY_ALL * sum(run.records for run in runs)
    if len(tables) > 1 and together and _begins_with_names(path, dialect, tables[1]):
        first, second = tables[:2]
        raise FileRefused(
            f"There are tables one below the other in this file: rows have {first.values:,} columns, and from line "
            f"{second.line:,} on {second.values:,}.",
            "Save each table as a file of its own, and add the one with the steps of calls.",
        )


def _runs(found: Iterator[Misfits]) -> Iterator[_Run | None]:
    """The runs of a file in order, and None wherever rows that fit stand between them or behind."""
    before, n_records = None, 0
    for some in found:
        breaks = np.flatnonzero((np.diff(some.numbers) != 1) | (np.diff(some.n_values) != 0)) + 1
        edges = [0, *breaks.tolist(), len(some.numbers)] if len(some.numbers) else []
        for begin, end in pairwise(edges):
            run = _Run(
                n_records + int(some.numbers[begin]),
                end - begin,
                int(some.n_values[begin]),
                int(some.starts[begin]),
                int(some.lines[begin]),
            )
            if before is not None and before.first + before.records == run.first and before.values == run.values:
                before = before._replace(records=before.records + run.records)
                continue
            if before is not None:
                yield before
                if before.first + before.records < run.first:
                    yield None
            before = run
        n_records += some.n_records
    if before is not None:
        yield before
        if before.first + before.records < n_records:
            yield None


def _begins_with_names(path: Path, dialect: Dialect, run: _Run) -> bool:
    with path.open("rb") as file:
        file.seek(run.start)
        line = file.readline().decode(errors="replace").rstrip("\r\n")
    cells = cut.strictly(line, dialect) or []
    return len(cells) == run.values and may_name_columns(cells)


def _is_below_a_blank_line(path: Path, start: int) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, start - _ABOVE_BYTES))
        above = file.read(min(start, _ABOVE_BYTES)).splitlines()
    return any(not line.strip() for line in above[-_ABOVE:])
