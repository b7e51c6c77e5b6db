"""Where tables are made: a locked-down DuckDB with a few handles, and someone who is told how it goes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from core.engine import identifier, quoted
from core.ingest.load import refused_rows
from core.tables import schema

BATCH = 200_000
"""Rows that are handed over at once."""


class Watcher(Protocol):
    """Told how the build goes on. `meter`, while it is set, gives (done, total) of the stage under way."""

    meter: Callable[[], tuple[int, int]] | None

    def plan(self, *stages: str) -> None: ...

    def stage(self, number: int, *, total: int = 0, unit: str = "") -> None: ...

    def advance(self, done: int) -> None: ...


class Nobody:
    """A watcher that does not care."""

    meter: Callable[[], tuple[int, int]] | None = None

    def plan(self, *stages: str) -> None:
        pass

    def stage(self, number: int, *, total: int = 0, unit: str = "") -> None:
        pass

    def advance(self, done: int) -> None:
        pass


class Bench:
    """`work` is a folder for what is needed on the way; it is removed afterwards."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, work: Path) -> None:
        self._connection = connection
        self.work = work

    def run(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of the answer; it is always fetched whole, for only then has DuckDB done all of its work."""
        return [tuple(row) for row in self._connection.execute(query).fetchall()]

    def one(self, query: str) -> tuple[Any, ...]:
        """The one row that answers `query`."""
        (row,) = self.run(query)
        return row

    def array(self, query: str, n: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        """The one column of the answer, which has `n` values and none missing, without ever holding it twice."""
        values = np.empty(n, dtype)
        at = 0
        for batch in self._connection.sql(query).to_arrow_reader(BATCH):
            piece = batch.column(0).to_numpy(zero_copy_only=False)
            values[at : at + piece.size] = piece
            at += piece.size
        return values

    def frame(self, query: str) -> pd.DataFrame:
        """The answer as a frame."""
        return self._connection.execute(query).df()

    def write(self, query: str, path: Path) -> int:
        """Write the rows of `query` to a Parquet file; how many there were."""
        return int(self.one(f"COPY ({query}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)")[0])

    def create(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        """Make a table of schema.TABLES from Python rows."""
        columns = schema.TABLES[table]
        data = {name: [row[number] for row in rows] for number, name in enumerate(columns)}
        casts = ", ".join(f"CAST({identifier(name)} AS {kind}) AS {identifier(name)}" for name, kind in columns.items())
        self._connection.register("given", pa.table(data))
        self.run(f"CREATE TABLE {table} AS SELECT {casts} FROM given")
        self._connection.unregister("given")

    def keep(self, table: str, rows: pa.Table) -> None:
        """Make a table from Arrow's rows."""
        self._connection.register("given", rows)
        self.run(f"CREATE TABLE {identifier(table)} AS FROM given")
        self._connection.unregister("given")

    def stream(self, query: str, n_rows: int) -> Iterator[pa.RecordBatch]:
        """The rows of the answer in their order, some at once; nothing else may be asked until all are had."""
        yield from self._connection.sql(query).to_arrow_reader(n_rows)

    def asked(self, query: str, given: pa.Table) -> pa.Table:
        """The answer to a query about the few rows of `given`, in their order."""
        self._connection.register("given", given)
        answer = self._connection.sql(query).to_arrow_table().combine_chunks()
        self._connection.unregister("given")
        return answer

    def numbers(self, query: str) -> dict[str, NDArray[Any]]:
        """The columns of the answer, each of numbers."""
        return {name: np.asarray(one) for name, one in self._connection.execute(query).fetchnumpy().items()}

    def refused(self, table: str) -> Iterator[tuple[int, str]]:
        """The rows that the reader refused, as `load.refused_rows` has them."""
        return refused_rows(self._connection, table)

    def percent(self) -> int:
        """How far DuckDB is with the query under way, as far as it knows. To be asked from another thread."""
        try:
            return max(0, int(self._connection.query_progress()))
        except duckdb.ConnectionException:  # closed since: all is done
            return 100
