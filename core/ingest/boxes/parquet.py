"""Parquet files as text: batch by batch, each column by its type."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from core.errors import FileRefused
from core.files import storage_errors
from core.ingest.boxes.cells import plain_number
from core.ingest.boxes.grid import DELIMITER, continued
from core.ingest.boxes.meter import WINDOW, Meter, too_long
from core.settings import Guards

BATCH = 1024
_OF_ITSELF = {"thrift_string_size_limit": 16 * 1024 * 1024, "thrift_container_size_limit": 1_000_000}
"""Bytes and items that a file may need to say what is in it."""


def write(path: Path, target: Path, guards: Guards) -> Sequence[int]:
    """The rows of a Parquet file as CSV in `target`, below a header. Raises FileRefused.

    Times are ISO, those with a zone in UTC; whole numbers have no ".0"; what is nested is JSON. Returns the lines that
    are the rest of a row.
    """
    size = path.stat().st_size
    try:
        with pq.ParquetFile(path, pre_buffer=False, schema_depth_limit=guards.depth, **_OF_ITSELF) as file:
            _check(file, size, guards)
            at_once = _rows_at_once(path, file, guards)
            with storage_errors(), target.open("wb") as text:
                header = io.StringIO(newline="")
                csv.writer(header, delimiter=DELIMITER, lineterminator="\n").writerow(file.schema_arrow.names)
                text.write(header.getvalue().encode(errors="replace"))
                meter = Meter(guards)
                for batch in _batches(file, at_once):
                    lines = _as_csv(batch)
                    meter.feed(size * batch.num_rows // file.metadata.num_rows)
                    meter.add(len(lines))
                    text.write(lines)
            return continued(target, file.metadata.num_rows + 1)
    except pa.ArrowException as error:
        raise _damaged() from error


def _damaged() -> FileRefused:
    return FileRefused(
        "The Parquet file is damaged, or written in a way that is not known.", "Export it again, or as CSV."
    )


def _check(file: pq.ParquetFile, size: int, guards: Guards) -> None:
    n_rows, n_columns = file.metadata.num_rows, len(file.schema_arrow)
    if n_columns > guards.columns:
        raise FileRefused(
            f"The file has {n_columns:,} columns; {guards.columns:,} are allowed.",
            "Export only the columns that are needed, or raise THROUGHLINE_COLUMNS.",
        )
    if n_rows * n_columns > guards.unpacked_bytes:  # a value takes a byte at the least
        raise FileRefused(
            f"The file tells of {n_rows:,} rows, which is more than the {guards.unpacked_bytes >> 20:,} MB that are "
            "allowed can hold.",
            "Split the export, or raise THROUGHLINE_UNPACKED_MB.",
        )
    groups = (file.metadata.row_group(number) for number in range(file.num_row_groups))
    meter = Meter(guards)
    meter.feed(size)
    meter.add(sum(group.total_byte_size for group in groups))


def _rows_at_once(path: Path, file: pq.ParquetFile, guards: Guards) -> int:
    """How many rows never take more than a window, though each repeat the longest values of the dictionaries.

    A value in a dictionary stands once in the file and in as many rows as one likes, so it is looked at before any row
    is made of it. Raises FileRefused where one is longer than a row may be.
    """
    leaves = [file.schema.column(number) for number in range(len(file.schema))]
    longest: dict[str, int] = {
        leaf.path: leaf.length for leaf in leaves if leaf.physical_type == "FIXED_LEN_BYTE_ARRAY"
    }
    names = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
    with pq.ParquetFile(path, pre_buffer=False, read_dictionary=names, **_OF_ITSELF) as coded:
        for name in names:
            longest[name] = max((_longest(coded, name, group) for group in range(coded.num_row_groups)), default=0)
            if longest[name] > guards.line_bytes:
                raise too_long(guards)
    return max(1, min(BATCH, WINDOW // max(1, sum(longest.values()))))


def _longest(coded: pq.ParquetFile, name: str, group: int) -> int:
    """Bytes of the longest value in the dictionary of a column in a group of rows, 0 where it has none."""
    for batch in _read(coded, [name], rows=1, groups=[group]):
        (column,) = batch.columns
        while pa.types.is_nested(column.type):
            column = column.flatten()[0] if pa.types.is_struct(column.type) else column.flatten()
        if pa.types.is_dictionary(column.type):
            return int(pc.max(pc.binary_length(column.dictionary)).as_py() or 0)
    return 0


def _batches(file: pq.ParquetFile, at_once: int) -> Iterator[pa.RecordBatch]:
    """The rows, batch by batch, every column as text. Raises FileRefused where they cannot be read."""
    times = [field.name for field in file.schema_arrow if pa.types.is_timestamp(field.type)]
    precise = {
        name
        for batch in (_read(file, times, rows=BATCH) if times else ())
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
        if pa.types.is_timestamp(column.type) and _has_fractions(column)
    }
    for batch in _read(file, None, rows=at_once):
        names = batch.schema.names
        texts = [_text(column, name in precise) for name, column in zip(names, batch.columns, strict=True)]
        yield pa.RecordBatch.from_arrays(texts, names=names)


def _read(
    file: pq.ParquetFile, columns: list[str] | None, *, rows: int, groups: list[int] | None = None
) -> Iterator[pa.RecordBatch]:
    try:
        yield from file.iter_batches(rows, row_groups=groups, columns=columns, use_threads=False)
    except OSError as error:
        raise _damaged() from error


def _has_fractions(column: pa.Array) -> bool:
    return not pc.all(pc.equal(column, column.cast(pa.timestamp("s"), safe=False).cast(column.type))).as_py()


def _text(column: pa.Array, precise: bool) -> pa.Array:
    """A column as text, missing values missing."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.dictionary_decode(), precise)
    if pa.types.is_timestamp(kind):
        plain = column.cast(pa.timestamp(kind.unit))  # with a zone: the same moment in UTC
        text = plain.cast(pa.timestamp("us" if precise else "s"), safe=False).cast(pa.string())
        return pc.binary_join_element_wise(pc.replace_substring(text, " ", "T"), "Z", "") if kind.tz else text
    if pa.types.is_duration(kind):
        return _text(pc.divide(column.cast(pa.int64()).cast(pa.float64()), _PER_SECOND[kind.unit]), precise)
    if pa.types.is_floating(kind):
        return pa.array([None if one is None else plain_number(repr(one)) for one in column.to_pylist()], pa.string())
    if pa.types.is_nested(kind):
        return pa.array([None if one is None else _as_json(one) for one in column.to_pylist()], pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return pa.array([None if one is None else _letters(one) for one in column.to_pylist()], pa.string())
    text = column.cast(pa.string())
    return pc.replace_substring(pc.replace_substring(text, "\r\n", "\n"), "\r", "\n")


_PER_SECOND = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _letters(value: bytes) -> str:
    """Bytes as the text that they are, else in hexadecimal digits."""
    try:
        return value.decode().replace("\r", "\n")
    except UnicodeDecodeError:
        return value.hex()


def _as_csv(batch: pa.RecordBatch) -> bytes:
    lines = pa.BufferOutputStream()
    options = pa.csv.WriteOptions(include_header=False, delimiter=DELIMITER, quoting_style="needed")
    pa.csv.write_csv(batch, lines, options)
    return bytes(lines.getvalue())
