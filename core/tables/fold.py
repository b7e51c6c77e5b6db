"""Steps that stream by, folded into calls: a batch holds whole calls, one after the other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.tables import schema
from core.tables.arrays import NO_DAY
from core.tables.distinct import DistinctPaths, Ints, Places

UNDATED = np.iinfo(np.int64).min
"""What NumPy has for a time that is none."""
_HOUR, _DAY = 3_600_000_000, 86_400_000_000  # microseconds
_TIME = pa.timestamp("us")


class Spool:
    """Batches of rows on disk, written once and read once in the same order."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: Any = None

    def add(self, batch: pa.RecordBatch) -> None:
        if self._writer is None:
            self._writer = pa.ipc.new_stream(str(self._path), batch.schema)
        self._writer.write_batch(batch)

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        if self._writer is not None:
            self._writer.close()
            with pa.OSFile(str(self._path)) as file, pa.ipc.open_stream(file) as batches:
                yield from batches


class Counts(NamedTuple):
    """How many there are; days as in arrays.Cells, NO_DAY without dates."""

    steps: int = 0
    calls: int = 0
    unread: int = 0
    first_day: int = int(NO_DAY)
    last_day: int = int(NO_DAY)


class Fold:
    """Keeps the steps and the calls on disk until the nodes and the paths have their numbers."""

    def __init__(self, folder: Path, kept: tuple[str, ...], *, tells_errors: bool) -> None:
        self._steps, self._calls = Spool(folder / "steps.spool"), Spool(folder / "calls.spool")
        self._kept, self._tells_errors = kept, tells_errors
        self.paths = DistinctPaths()
        self.counts = Counts()

    def add(self, file: int, rows: pa.Table, starts: Places, *, has_time: bool) -> None:
        """Whole calls of a file: rows of call, node (its code), at, unread, error and what is kept; where each begins.

        Where they have `until`, that is when each step ended. Where they have `local`, that is what clocks show at
        `at`, by which a call has its day and its hour.

        The steps of a call are put in the order of time; ties, and steps without one, stay behind the step before.
        Raises Unlucky.
        """
        lengths = np.diff(starts, append=len(rows))
        at = rows["at"].cast(pa.int64()).fill_null(UNDATED).to_numpy()
        told = rows["local"].cast(pa.int64()).fill_null(UNDATED).to_numpy() if "local" in rows.schema.names else at
        call_ids = rows["call"].take(starts)
        order = _by_time(at, starts, lengths)
        if order is not None:
            rows, at, told = rows.take(order), at[order], told[order]
        codes = rows["node"].to_numpy()
        dated = _first(at != UNDATED, starts)
        begun = np.where(dated >= 0, at[dated], UNDATED)
        shown = np.where(dated >= 0, told[dated], UNDATED)
        calls = {
            "file": pa.array(np.full(len(starts), file, np.int32)),
            "call_id": call_ids,
            "at": _times(begun),
            "until": _times(np.maximum.reduceat(_ends(rows, at), starts)),
            "date": pa.array((shown // _DAY).astype(np.int32), pa.int32(), mask=dated < 0).cast(pa.date32()),
            "hour": pa.array((shown // _HOUR % 24).astype(np.int32), mask=(dated < 0) | (not has_time)),
            "n_steps": pa.array(lengths.astype(np.int32)),
            "path": pa.array(self.paths.find(codes, starts, lengths)),
        }
        for name in self._kept:
            column = rows[name]
            there = column.is_valid().to_numpy()
            which = _last(there, starts) if name == "outcome" else _first(there, starts)
            calls[name] = column.take(pa.array(which, mask=which < 0))
        self._calls.add(_batch(calls))
        told_of_steps = ["node", "at", *(["until"] if "until" in rows.schema.names else [])]
        told_of_steps += ["error"] if self._tells_errors else []
        self._steps.add(_batch({name: rows[name] for name in told_of_steps}))
        self._count(len(codes), len(starts), rows["unread"], shown[dated >= 0])

    def _count(self, n_steps: int, n_calls: int, unread: pa.ChunkedArray, begun: NDArray[np.int64]) -> None:
        known = [day for day in self.counts[3:] if day != NO_DAY]
        days = [*known, *((int(begun.min()) // _DAY, int(begun.max()) // _DAY) if len(begun) else ())]
        self.counts = Counts(
            self.counts.steps + n_steps,
            self.counts.calls + n_calls,
            self.counts.unread + (pc.sum(unread).as_py() or 0),
            min(days, default=int(NO_DAY)),
            max(days, default=int(NO_DAY)),
        )

    def write(self, part: Path, nodes: Ints, paths: Ints, attributes: tuple[str, ...]) -> None:
        """Write the tables `steps` and `calls`: `nodes` are the numbers of the codes, `paths` those of the paths."""
        names = [*schema.TABLES["calls"], *(f"attribute.{name}" for name in attributes)]
        kinds = {name: _KINDS[kind] for name, kind in schema.TABLES["calls"].items()}
        shape = pa.schema([(name, kinds.get(name, pa.string())) for name in names])
        number = 0
        with _Table(part / "steps.parquet", _STEPS) as steps, _Table(part / "calls.parquet", shape) as calls:
            for call, step in zip(self._calls, self._steps, strict=True):
                numbers = np.arange(number, number + call.num_rows, dtype=np.int32)
                lengths = call["n_steps"].to_numpy()
                begins = np.cumsum(lengths) - lengths
                steps.add(
                    {
                        "call": np.repeat(numbers, lengths),
                        "position": np.arange(1, step.num_rows + 1) - np.repeat(begins, lengths),
                        "node": nodes[step["node"].to_numpy()],
                        **{name: step[name] for name in step.schema.names if name != "node"},
                    },
                    step.num_rows,
                )
                own = dict(zip(call.schema.names, call.columns, strict=True))
                calls.add({**own, "call": numbers, "path": paths[call["path"].to_numpy()]}, call.num_rows)
                number += call.num_rows


_KINDS = {
    "INTEGER": pa.int32(),
    "TIMESTAMP": _TIME,
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "DOUBLE": pa.float64(),
}
_STEPS = pa.schema([(name, _KINDS[kind]) for name, kind in schema.TABLES["steps"].items()])


class _Table:
    """A Parquet file that takes columns in any order; a column that is not given has no values."""

    def __init__(self, path: Path, shape: pa.Schema) -> None:
        close = [name for name in ("call", "position", "at", "until") if name in shape.names]  # to the row before
        self._shape = shape
        self._writer = pq.ParquetWriter(
            path,
            shape,
            compression="zstd",
            use_dictionary=[name for name in shape.names if name not in close],
            column_encoding=dict.fromkeys(close, "DELTA_BINARY_PACKED"),
        )

    def add(self, columns: dict[str, Any], n_rows: int) -> None:
        arrays = []
        for field in self._shape:
            column = columns.get(field.name)
            if column is None:
                arrays.append(pa.nulls(n_rows, field.type))
            else:
                arrays.append((column if isinstance(column, pa.Array) else pa.array(column)).cast(field.type))
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._shape))

    def __enter__(self) -> "_Table":
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()


def _batch(columns: dict[str, Any]) -> pa.RecordBatch:
    whole = [one.combine_chunks() if isinstance(one, pa.ChunkedArray) else one for one in columns.values()]
    return pa.RecordBatch.from_arrays(whole, names=list(columns))


def _ends(rows: pa.Table, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """When each step was over, as far as that is told: its end, or else its time."""
    if "until" not in rows.schema.names:
        return at
    told: NDArray[np.int64] = rows["until"].cast(pa.int64()).fill_null(UNDATED).to_numpy()
    return np.maximum(at, told)


def _times(moments: NDArray[np.int64]) -> pa.Array:
    return pa.array(moments, pa.int64(), mask=moments == UNDATED).cast(_TIME)


def _by_time(at: NDArray[np.int64], starts: Places, lengths: Places) -> Places | None:
    """The order of time within the calls, None where the rows have it already."""
    places = np.arange(len(at))
    last = np.maximum.accumulate(np.where(at != UNDATED, places, -1))  # row with a time, up to each
    known = last >= np.repeat(starts, lengths)
    moment = np.where(known, at[last], UNDATED)
    falls = moment[1:] < moment[:-1]
    falls[starts[1:] - 1] = False
    if not falls.any():
        return None
    return np.lexsort((moment, np.repeat(starts, lengths)))


def _first(there: NDArray[np.bool_], starts: Places) -> Places:
    """For each call its first row for which `there` holds, -1 where none does."""
    if there.all():
        return starts
    found = np.minimum.reduceat(np.where(there, np.arange(len(there)), len(there)), starts)
    return np.where(found < len(there), found, -1)


def _last(there: NDArray[np.bool_], starts: Places) -> Places:
    """For each call its last row for which `there` holds, -1 where none does."""
    return np.maximum.reduceat(np.where(there, np.arange(len(there)), -1), starts)
