"""All rows of any CSV file as lists of texts, told nothing: found out and read as an import does it."""

import tempfile
from pathlib import Path

import numpy as np

from core.engine import connect
from core.ingest import cut, load
from core.ingest.plain import Plain, plain
from core.ingest.written import Written, how_written
from core.settings import Guards

MEMORY = 256 * 1024 * 1024


def rows(path: str | Path, guards: Guards | None = None) -> list[list[str]]:
    """The header of the file at `path` and its rows, in the file's order; what stands before the header is left out.

    A row that an import sets aside, such as one with too few columns, is there with the values that it has. What is
    written below a second header, with another number of columns, is left out. Several header rows make one. A file
    without a byte has no rows. Raises FileRefused for what cannot be read at all.
    """
    path, guards = Path(path).resolve(), guards or Guards()
    if path.stat().st_size == 0:
        return []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        written = how_written(path, work, guards)
        file = plain(path, written.dialect, work, 0, guards)
        with connect(path.parent, work, memory=MEMORY) as connection:

            def run(query: str) -> list[tuple[str | None, ...]]:
                return connection.execute(query).fetchall()

            taken = run(f"FROM {load.rows(file.path, file.dialect, file.dialect.width, guards, rejects='refused')}")
            refused = [offset for offset, _ in load.refused_rows(connection, "refused")]
        return _header(written) + _in_order(file, [[value or "" for value in row] for row in taken], refused)


def _header(written: Written) -> list[list[str]]:
    """The one header row that several make, each name being the words that stand above each other."""
    if not written.header:
        return []
    width = max(map(len, written.header))
    cells = [[row[number].strip() for row in written.header if number < len(row)] for number in range(width)]
    return [[" ".join(filter(None, parts)) for parts in cells]]


def _in_order(file: Plain, taken: list[list[str]], refused: list[int]) -> list[list[str]]:
    if not refused and not file.aside:
        return taken
    odd = {one.line: one.text for one in file.aside}
    found: dict[int, list[str]] = {}
    for row in file.locate(np.arange(len(taken)), np.array(refused, np.int64), longest=None):
        if row.refused:
            odd[row.place.line] = row.place.text
        else:
            found[row.place.line] = taken[row.number]
    found |= {line: next(cut.roughly(text, file.dialect), [text]) for line, text in odd.items()}
    return [found[line] for line in sorted(found)]
