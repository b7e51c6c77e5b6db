"""A session's tables, opened for reading."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from core.engine import connect, files, identifier
from core.ingest import zones
from core.tables import schema
from core.tables.arrays import Cells, Paths
from core.tables.schema import About

MEMORY = 256 * 1024 * 1024
_HELD = ("nodes", "menu", "files")
"""Tables that are small and often asked, so they are kept in memory; the rest is read where it lies."""
_REMEMBERED = 6
BATCH = 120_000
"""Rows of a piece of `batches`."""

T = TypeVar("T")


class CallLog:
    """The tables of one generation: in a locked-down DuckDB, and as arrays what every view needs.

    Safe to use from several threads. Raises NotReady where another version of Throughline made the tables.
    """

    def __init__(self, folder: Path) -> None:
        self.about: About = schema.read_about(folder)
        self._connection = connect(folder, memory=MEMORY)
        self._recalled: OrderedDict[Hashable, Any] = OrderedDict()
        self._made: dict[str, Any] = {}
        self._held: tuple[tuple[str, ...], Cells] | None = None
        self._turn = threading.RLock()
        for table in schema.TABLES:
            kind = "TABLE" if table in _HELD else "VIEW"
            path = files(folder / f"{table}.parquet")
            self._connection.execute(f"CREATE {kind} {identifier(table)} AS SELECT * FROM read_parquet({path})")

    def frame(self, query: str, values: Sequence[Any] = ()) -> pd.DataFrame:
        """The answer to `query` as a frame; `values` are bound to its question marks."""
        with self._connection.cursor() as cursor:
            return cursor.execute(query, list(values)).df()

    def arrow(self, query: str, values: Sequence[Any] = (), **given: pa.Table) -> pa.Table:
        """The answer to `query` as an Arrow table; `given` are tables that it may name."""
        with self._connection.cursor() as cursor:
            for name, table in given.items():
                cursor.register(name, table)
            return cursor.sql(query, params=list(values)).to_arrow_table()

    def batches(self, query: str, values: Sequence[Any] = ()) -> Iterator[pa.RecordBatch]:
        """The answer to `query` in pieces, in its order, for what is too long to be held at once."""
        with self._connection.cursor() as cursor:
            yield from cursor.sql(query, params=list(values)).to_arrow_reader(BATCH)

    def row(self, query: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
        """The one row that answers `query`."""
        with self._connection.cursor() as cursor:
            found = cursor.execute(query, list(values)).fetchone()
        assert found is not None
        return tuple(found)

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            return [tuple(row) for row in cursor.execute(query, list(values)).fetchall()]

    def local(self, moment: str) -> str:
        """SQL for a time of the tables as it is told, by the clocks of the time zone that was chosen."""
        return zones.local(moment, self.about.zone)

    def recall(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` made for `key` before, or makes now; the last few are kept."""
        with self._turn:
            if key in self._recalled:
                self._recalled.move_to_end(key)
            else:
                self._recalled[key] = make()
                if len(self._recalled) > _REMEMBERED:
                    self._recalled.popitem(last=False)
            found: T = self._recalled[key]
            return found

    def held(self, columns: tuple[str, ...], make: Callable[[], Cells]) -> Cells:
        """What `make` made of these columns of `calls`; the last ones only, for they are large."""
        with self._turn:
            if self._held is None or self._held[0] != columns:
                self._held = None
                self._held = (columns, make())
            return self._held[1]

    def forget(self) -> None:
        """Let go of what `recall` keeps."""
        with self._turn:
            self._recalled.clear()

    def once(self, key: str, make: Callable[[], T]) -> T:
        """What `make` makes of the whole log, made once."""
        with self._turn:
            if key not in self._made:
                self._made[key] = make()
            found: T = self._made[key]
            return found

    @cached_property
    def paths(self) -> Paths:
        return Paths.of(self.arrow("SELECT nodes, intent FROM paths ORDER BY path"))

    @cached_property
    def cells(self) -> Cells:
        """All calls, counted by path, file, day and the columns that `about.carried` names."""
        return Cells.of(self.arrow("FROM variants"), self.about.carried)

    @cached_property
    def node_table(self) -> pa.Table:
        """The table `nodes`, in the order of node."""
        return self.arrow("FROM nodes ORDER BY node")

    @cached_property
    def ids(self) -> NDArray[Any]:
        """The id of each node."""
        return np.array(self.node_table["id"].to_pylist(), dtype=object)

    @cached_property
    def names(self) -> NDArray[Any]:
        """The label of each node."""
        return np.array(self.node_table["label"].to_pylist(), dtype=object)

    @cached_property
    def n_children(self) -> NDArray[np.int32]:
        """How many nodes are below each node in the menu."""
        return np.asarray(self.node_table["n_children"].to_numpy())

    @cached_property
    def codes(self) -> dict[str, int]:
        """Node id -> the number that stands for it in the tables."""
        return {node_id: node for node, node_id in enumerate(self.ids)}

    @cached_property
    def labels(self) -> dict[str, str]:
        """Node id -> label."""
        return dict(zip(self.ids, self.names, strict=True))

    @cached_property
    def files(self) -> dict[str, str]:
        """File id -> name, in the order in which the files were added."""
        return dict(self.rows("SELECT id, name FROM files ORDER BY file"))

    def named(self, nodes: NDArray[np.integer], **columns: object) -> pd.DataFrame:
        """A frame of node (id) and label of these nodes, and of `columns`."""
        return pd.DataFrame({"node": self.id_column(nodes), "label": self.label_column(nodes), **columns})

    def id_column(self, nodes: NDArray[np.integer]) -> pd.api.extensions.ExtensionArray:
        """The ids of these nodes, as a column of text."""
        return self._columns[0].take(nodes)

    def label_column(self, nodes: NDArray[np.integer]) -> pd.api.extensions.ExtensionArray:
        """The labels of these nodes, as a column of text."""
        return self._columns[1].take(nodes)

    @cached_property
    def _columns(self) -> tuple[pd.api.extensions.ExtensionArray, pd.api.extensions.ExtensionArray]:
        return pd.array(self.ids, "str"), pd.array(self.names, "str")

    def close(self) -> None:
        self._connection.close()
