"""A session's tables, opened for reading."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from core.engine import connect, files, identifier
from core.tables import schema
from core.tables.schema import About

MEMORY = 256 * 1024 * 1024
_HELD = ("variants", "paths", "nodes", "menu", "files")
"""Tables that are small and needed by every view, so they are kept in memory; the rest is read where it lies."""


class CallLog:
    """The tables of one generation in a locked-down DuckDB. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self.about: About = schema.read_about(folder)
        self._connection = connect(folder, memory=MEMORY)
        for table in schema.TABLES:
            kind = "TABLE" if table in _HELD else "VIEW"
            path = files(folder / f"{table}.parquet")
            self._connection.execute(f"CREATE {kind} {identifier(table)} AS SELECT * FROM read_parquet({path})")

    def frame(self, query: str, values: Sequence[Any] = ()) -> pd.DataFrame:
        """The answer to `query` as a frame; `values` are bound to its question marks."""
        with self._connection.cursor() as cursor:
            return cursor.execute(query, list(values)).df()

    def row(self, query: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
        """The one row that answers `query`."""
        with self._connection.cursor() as cursor:
            found = cursor.execute(query, list(values)).fetchone()
        assert found is not None
        return tuple(found)

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            return [tuple(row) for row in cursor.execute(query, list(values)).fetchall()]

    @cached_property
    def codes(self) -> dict[str, int]:
        """Node id -> the number that stands for it in the tables."""
        return {str(node_id): int(node) for node, node_id in self.rows("SELECT node, id FROM nodes")}

    @cached_property
    def labels(self) -> dict[str, str]:
        """Node id -> label."""
        return {str(node_id): str(label) for node_id, label in self.rows("SELECT id, label FROM nodes")}

    def close(self) -> None:
        self._connection.close()
