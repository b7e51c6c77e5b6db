"""What is kept of each call besides its path: of each column the first value that is there, of outcome the last."""

from pathlib import Path
from typing import NamedTuple

from core.engine import files, identifier
from core.tables.bench import Bench
from core.tables.raw import RawRows

CELLS = 2_000_000
"""Calls times columns that are gathered at once: each is held in memory until all rows are seen."""
MOST_AT_ONCE = 16


class Kept(NamedTuple):
    """A Parquet file with a row a call, in the order of `number`, and the columns in it besides that."""

    path: Path
    columns: tuple[str, ...]


def keep(bench: Bench, raw: RawRows, n_calls: int) -> list[Kept]:
    """Gather the columns that `raw` keeps with the calls; `places` tells of which call a row is, and its turn in it."""
    found: list[Kept] = []
    at_once = max(1, min(CELLS // max(1, n_calls), MOST_AT_ONCE))
    for rows, columns in raw.kept:
        for start in range(0, len(columns), at_once):
            part = columns[start : start + at_once]
            path = bench.work / f"kept_{len(found)}.parquet"
            values = ", ".join(
                f"{'arg_max' if name == 'outcome' else 'arg_min'}({identifier(name)}, turn) AS {identifier(name)}"
                for name in part
            )
            bench.write(
                f"SELECT number, {values} FROM places JOIN {rows} USING (row) GROUP BY number ORDER BY number", path
            )
            found.append(Kept(path, part))
    return found


def joined(core: Path, kept: list[Kept]) -> str:
    """SQL for the calls in `core`, which has a row a call in the order of `call`, with what is kept of them.

    The files are put side by side, for a join would hold all of them in memory.
    """
    names = [f"k{number}" for number in range(len(kept))]
    sources = "".join(
        f" POSITIONAL JOIN read_parquet({files(one.path)}) {name}" for name, one in zip(names, kept, strict=True)
    )
    columns = "".join(
        f", {name}.{identifier(column)}" for name, one in zip(names, kept, strict=True) for column in one.columns
    )
    same = " AND ".join(f'c."call" = {name}.number' for name in names) or "true"
    checked = f"""CASE WHEN {same} THEN c."call" ELSE CAST(error('calls are out of order') AS INTEGER) END AS "call" """
    return f"SELECT c.* REPLACE ({checked}){columns} FROM read_parquet({files(core)}) c{sources}"
