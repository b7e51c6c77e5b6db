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
from core.ingest.boxes.meter import Meter
from core.settings import Guards

BATCH = 1024
_OF_ITSELF = 16 * 1024 * 1024, 1_000_000
"""Bytes and items that a file may need to say what is in it."""


def write(path: Path, target: Path, guards: Guards) -> Sequence[int]:
    """The rows of a Parquet file as CSV in `target`, below a header. Raises FileRefused.

    Times are ISO, those with a zone in UTC; whole numbers have no ".0"; what is nested is JSON. Returns the lines that
    are the rest of a row.
    """
    size = path.stat().st_size
    length, items = _OF_ITSELF
    try:
        with pq.ParquetFile(
            path,
            pre_buffer=False,
            thrift_string_size_limit=length,
            thrift_container_size_limit=items,
            schema_depth_limit=guards.depth,
        ) as file:
            _check(file, guards)
            with storage_errors(), target.open("wb") as text:
                header = io.StringIO(newline="")
                csv.writer(header, delimiter=DELIMITER, lineterminator="\n").writerow(file.schema_arrow.names)
                text.write(header.getvalue().encode(errors="replace"))
                meter = Meter(guards)
                for batch in _batches(file):
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


def _check(file: pq.ParquetFile, guards: Guards) -> None:
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


def _batches(file: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
    """The rows, batch by batch, every column as text. Raises FileRefused where they cannot be read."""
    times = [field.name for field in file.schema_arrow if pa.types.is_timestamp(field.type)]
    precise = {
        name
        for batch in (_read(file, times) if times else ())
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
        if pa.types.is_timestamp(column.type) and _has_fractions(column)
    }
    for batch in _read(file, None):
        names = batch.schema.names
        texts = [_text(column, name in precise) for name, column in zip(names, batch.columns, strict=True)]
        yield pa.RecordBatch.from_arrays(texts, names=names)


def _read(file: pq.ParquetFile, columns: list[str] | None) -> Iterator[pa.RecordBatch]:
    try:
        yield from file.iter_batches(BATCH, columns=columns, use_threads=False)
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
