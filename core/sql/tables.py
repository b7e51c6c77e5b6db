"""Tables in Parquet files, by name, and the views that a locked-down engine has of them."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from core.engine import files, identifier
from core.reader import Reader


class Part(msgspec.Struct, frozen=True):
    """A Parquet file and the names of its columns, where the file has others; empty where it has these."""

    path: str
    names: tuple[str, ...] = ()


Table = tuple[Part, ...]
"""Files that hold some columns each of the same rows."""


class Tables(Reader):
    """Tables opened for reading, for questions of ours."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        super().__init__(*folders_of(tables))
        create_views(self._connection, tables)


def folders_of(tables: Mapping[str, Table]) -> set[Path]:
    """The folders that hold the files of the tables."""
    return {Path(part.path).parent for table in tables.values() for part in table}


def create_views(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Table]) -> None:
    """Make a view of each table, by its name."""
    for name, table in tables.items():
        parts = " POSITIONAL JOIN ".join(f"({_named(part)})" for part in table)
        connection.execute(f"CREATE VIEW {identifier(name)} AS SELECT * FROM {parts}")


def schema_of(table: Table) -> dict[str, pa.DataType]:
    """The columns of a table, in order, with their types."""
    schemas = [pq.read_schema(part.path) for part in table]
    names = [name for part, schema in zip(table, schemas, strict=True) for name in part.names or schema.names]
    return dict(zip(names, [kind for schema in schemas for kind in schema.types], strict=True))


def _named(part: Part) -> str:
    """SQL for the columns of a part by their names; in the file they are called c0, c1, … where they have others."""
    if not part.names:
        return f"FROM read_parquet({files(Path(part.path))})"
    found = pq.read_schema(part.path).names
    columns = ", ".join(f"{identifier(old)} AS {identifier(new)}" for old, new in zip(found, part.names, strict=True))
    return f"SELECT {columns} FROM read_parquet({files(Path(part.path))})"
