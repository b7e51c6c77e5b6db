"""The process that answers one question: `python -m core.sql.answering`, told on standard input what is asked."""

import json
import re
import sys
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa

from core.engine import connect
from core.errors import QueryError
from core.jobs.memory import allowed, limit_this_process
from core.settings import QueryLimits
from core.sql.asking import CANNOT, NOT_ALLOWED, ROWS, TOO_MUCH, Question, Told, too_long
from core.sql.grammar import check
from core.sql.tables import create_views, folders_of

SPILL = "1GB"
_PATH = re.compile(r"/(?:[^\s\"'/]+/)+[^\s\"']*")


def main() -> None:
    question = msgspec.json.decode(sys.stdin.buffer.read(), type=Question)
    limit_this_process(allowed(2 * question.limits.memory))
    try:
        told = _answer(question)
    except QueryError as error:
        told = Told(False, error.problem, error.hint, error.said)
    except duckdb.Error as error:
        told = _in_words(error, question.limits)
    sys.stdout.buffer.write(msgspec.json.encode(told))


def _answer(question: Question) -> Told:
    limits, spill = question.limits, Path(question.folder) / "spill"
    spill.mkdir()
    settings = {"max_execution_time": str(limits.seconds * 1000), "max_temp_directory_size": f"'{SPILL}'"}
    with connect(*folders_of(question.tables), spill, memory=limits.memory, spill=spill, more=settings) as connection:
        create_views(connection, question.tables)
        check(connection, question.query, question.tables)
        reader = connection.execute(question.query).to_arrow_reader(2048)
        return _write(reader, Path(question.folder) / ROWS, limits)


def _write(reader: pa.RecordBatchReader, path: Path, limits: QueryLimits) -> Told:
    """Write the first rows to a file, as many as may be shown."""
    wanted, size, kept = limits.rows + 1, 0, []
    for batch in reader:
        kept.append(batch.slice(0, wanted))
        wanted -= batch.num_rows
        size += batch.nbytes
        if size > limits.answer_bytes:
            raise QueryError("The answer is too large to be shown.", "Ask for fewer columns, or for shorter values.")
        if wanted <= 0:
            break
    table = pa.Table.from_batches(kept, reader.schema)
    is_cut = table.num_rows > limits.rows
    shown = _shown(table.slice(0, limits.rows))
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, shown.schema) as writer:
        writer.write_table(shown)
    return Told(is_cut=is_cut)


def _shown(table: pa.Table) -> pa.Table:
    """The table with names that differ and values that a table on a page can show."""
    names: list[str] = []
    for name in table.column_names:
        again = sum(one == name or one.startswith(f"{name} (") for one in names)
        names.append(f"{name} ({again + 1})" if name in names else name)
    columns = [_plain(column) for column in table.columns]
    return pa.table(dict(zip(names, columns, strict=True))) if names else table


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    kind = column.type
    if pa.types.is_decimal(kind):
        # A sum of whole numbers comes as a wide one.
        try:
            return column.cast(pa.int64() if kind.scale == 0 else pa.float64())
        except pa.ArrowInvalid:
            return column.cast(pa.string())
    if pa.types.is_nested(kind) and not (pa.types.is_list(kind) and not pa.types.is_nested(kind.value_type)):
        return pa.array([None if one is None else json.dumps(one, default=str) for one in column.to_pylist()])
    if pa.types.is_interval(kind):
        return pa.array([None if one is None else _interval(*one) for one in column.to_pylist()], pa.string())
    if pa.types.is_time(kind) or pa.types.is_duration(kind):
        return pa.array([None if one is None else str(one) for one in column.to_pylist()], pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([None if one is None else one.hex() for one in column.to_pylist()], pa.string())
    return column


def _interval(months: int, days: int, nanoseconds: int) -> str:
    """ "1 months 2 days 3.5 s", without the parts that are nought."""
    parts = (f"{months} months" if months else "", f"{days} days" if days else "")
    return " ".join(one for one in (*parts, f"{nanoseconds / 1e9:g} s" if nanoseconds else "") if one) or "0 s"


def _in_words(error: duckdb.Error, limits: QueryLimits) -> Told:
    """An error of the engine in its own words, which name columns and tables, but no file of this server."""
    if isinstance(error, duckdb.InterruptException):
        return Told(False, *too_long(limits))
    if isinstance(error, duckdb.OutOfMemoryException):
        return Told(False, *TOO_MUCH)
    if isinstance(error, duckdb.PermissionException | duckdb.IOException):
        return Told(False, *NOT_ALLOWED)
    return Told(False, *CANNOT, said=_PATH.sub("…", str(error)).strip())


if __name__ == "__main__":
    main()
