"""What is told of the table as a whole: rows that come twice, and how its columns go together."""

from pathlib import Path

import numpy as np
import pandas as pd

from core.engine import files
from core.ingest.load import column
from core.profile.columns import MOST_HELD
from core.profile.measures import runs
from core.profile.relations import related, relations
from core.profile.schema import ColumnProfile, Relations, Repeated, parts
from core.tables.bench import Bench

SAMPLED = 100_000
"""Rows in which relations are looked for: of more, about so many, drawn evenly over the file."""


def repeated(bench: Bench, folder: Path, n_columns: int, n_rows: int) -> Repeated | None:
    """How many rows are the same in all columns as one before; None where there are too many rows to tell.

    Rows are told apart by their hash of 64 bits.
    """
    if n_rows > MOST_HELD:
        return None
    source = " POSITIONAL JOIN ".join(f"read_parquet({files(path)})" for path, _ in parts(folder, n_columns))
    whole = ", ".join(column(number) for number in range(n_columns))
    hashes = bench.array(f"SELECT hash({whole}) FROM {source}", n_rows, np.dtype(np.uint64))
    hashes.sort()
    distinct, top = runs(hashes)
    return Repeated(rows=n_rows - distinct, most=top[0][1] if top else 0)


def together(bench: Bench, folder: Path, columns: tuple[ColumnProfile, ...], n_rows: int) -> Relations:
    """How the columns go together."""
    numeric, categories = related(columns)
    wanted = {*numeric, *categories}
    drawn = f"WHERE hash(file_row_number) % {-(-n_rows // SAMPLED)} = 0" if n_rows > SAMPLED else ""
    found = []
    for path, span in parts(folder, len(columns)):
        if chosen := [number for number in span if number in wanted]:
            names = ", ".join(map(column, chosen))
            rows = bench.frame(f"SELECT {names} FROM read_parquet({files(path)}, file_row_number = true) {drawn}")
            found.append(rows.set_axis(chosen, axis="columns"))
    if not found:
        return Relations(rows=0)
    rows = pd.concat(found, axis="columns")
    return Relations(rows=len(rows), pairs=relations(rows, numeric, categories))
