"""Look at a file before it is imported: how it is written, what its columns hold, whether it can be used."""

import logging
import re
import secrets
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa

from core.engine import connect
from core.errors import FileRefused
from core.ingest import dates, personal
from core.ingest.another import another_table, check_that_one
from core.ingest.batches import Tally, Unlike, batches
from core.ingest.boxes import Taken, look, take
from core.ingest.decode import as_utf8
from core.ingest.evidence import first_rows, tells_phases
from core.ingest.facts import Box, ColumnFacts, Dialect, FileFacts, Kind, Mend, Wish
from core.ingest.header import names_of
from core.ingest.lifecycle import Phase, in_phase
from core.ingest.load import column, is_plausible, moment, parsed_date, refused_rows, rows
from core.ingest.mend import COUNTED
from core.ingest.plain import Plain, plain_of
from core.ingest.sniff import AGREEING
from core.ingest.written import Written, how_written
from core.settings import Guards

log = logging.getLogger("throughline.ingest")

EXACT_BELOW, EXACT_COLUMNS = 64 * 1024 * 1024, 64
"""Bytes and columns: larger files get estimated numbers of distinct values."""
EXACT_AT_ONCE, COLUMNS_AT_ONCE = 16, 128
PREVIEW_ROWS = 8
SAMPLE_ROWS = 2000
SAMPLES = 3
SAMPLE_LENGTH = 200
_LIKE_A_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d|\d{1,2}[- ][A-Za-z]{3}|[A-Za-z]{3} \d|\d{8}([ T]|$)", re.ASCII)
DATED_PART = 0.5  # of a sample must look like dates for the column to be taken for one of dates
TRIED_PART = 0.1  # of it must be read by a format for that format to be tried on the whole column


def inspect(
    path: Path, work: Path, guards: Guards, *, memory: int, part: str = "", wish: Wish | None = None
) -> FileFacts:
    """What is in the file at `path`, or in `part` of it where it has several; written as a person says where they do.

    Writes only below `work`. A file that cannot be used comes back with a problem.
    """
    box = Box()
    try:
        box = look(path, part, guards)
        taken = take(path, box, work / "taken_0.csv", guards)
        written = how_written(taken.path, work, guards, _wished(wish, taken, box))
        written = written._replace(dialect=msgspec.structs.replace(written.dialect, box=box))
        if written.agreeing < AGREEING:
            whole = as_utf8(taken.path, written.dialect.encoding, written.dialect.newline, work / "whole.csv")
            check_that_one(whole, written.dialect, guards)
        header = columns_of(written)
        file = plain_of(taken, written.dialect, work, 0, guards, keep=path)
        if file.path == file.original:
            written = written._replace(dialect=file.dialect)
        with connect(path.parent, work, memory=memory, spill=work) as connection:
            return _facts(connection, file, written, header, guards)
    except FileRefused as refusal:
        return FileFacts(dialect=Dialect(box=box), problem=refusal.problem, hint=refusal.hint)
    except duckdb.Error as error:
        reference = secrets.token_hex(4)
        log.error("a file could not be inspected, reference %s", reference, exc_info=error)
        return FileFacts(
            dialect=Dialect(box=box),
            problem="The reader cannot cope with this file.",
            hint="Export it again, with fewer columns if it has many. Whoever runs this server finds more in the log "
            f"under {reference}.",
        )
    finally:
        for copy in work.glob("*.csv"):
            copy.unlink()


def _wished(wish: Wish | None, taken: Taken, box: Box) -> Wish:
    """What need not be found out: what a person said, and how boxes write the rows that they hold."""
    wish = wish or Wish()
    if not taken.delimiter:
        return wish
    wish = msgspec.structs.replace(wish, encoding="utf-8", delimiter=taken.delimiter, quote='"')
    return wish if box.kind is Kind.WORKBOOK else msgspec.structs.replace(wish, preamble=0, header=1)


def columns_of(written: Written) -> tuple[str, ...]:
    """The names of the columns. Raises FileRefused where the file is no table that a header describes."""
    dialect, header = written.dialect, written.header
    if written.agreeing < AGREEING:
        raise FileRefused(
            "This is not a table: its lines have no delimiter in common.",
            "Export the data as CSV: a header line, then one row for each step, with the same columns in each; "
            "or choose the delimiter.",
        )
    if header and len(header[-1]) != dialect.width:
        raise FileRefused(
            f"The header, in line {dialect.preamble + dialect.header:,}, has {len(header[-1]):,} columns, "
            f"most rows have {dialect.width:,}.",
            "Correct the header where the file comes from, or choose in which line it is.",
        )
    return names_of(header, dialect.width)


def _facts(
    connection: duckdb.DuckDBPyConnection,
    file: Plain,
    written: Written,
    header: tuple[str, ...],
    guards: Guards,
) -> FileFacts:
    exact = file.path.stat().st_size < EXACT_BELOW and len(header) <= EXACT_COLUMNS
    columns: list[ColumnFacts] = []
    preview: list[list[str | None]] = []
    taken = 0
    # Noting each row that is refused takes DuckDB kilobytes of memory.
    refused = "" if file.n_records is not None else "refused"
    # Values take memory, and exact numbers of different ones some megabytes each: wide files are read more than once.
    at_once = EXACT_AT_ONCE if exact else COLUMNS_AT_ONCE
    for start in range(0, len(header), at_once):
        part = range(start, min(start + at_once, len(header)))
        values = ", ".join(f"{file.cleaned(number)} AS {column(number)}" for number in part)
        read = rows(file.path, file.dialect, len(header), guards, rejects="" if columns else refused)
        sampled = f"SELECT {values} FROM {rows(file.path, file.dialect, len(header), guards)} LIMIT {SAMPLE_ROWS}"
        first = [list(found) for found in zip(*connection.execute(sampled).fetchall(), strict=True)]
        if not first:
            connection.execute(f"SELECT count(*) FROM {read}").fetchall()  # for the rows that it refuses
            break
        wanted = [_Wanted(connection, column(number), found, exact) for number, found in zip(part, first, strict=True)]
        try:
            taken, counts = _counted(connection, file, len(header), part, wanted)
        except Unlike:
            taken, counts = _counted_strictly(connection, file, part, wanted, read)
        columns += [one.facts(header[number], counts) for number, one in zip(part, wanted, strict=True)]
        preview += [found[:PREVIEW_ROWS] for found in first]
    if file.n_records is not None:
        unreadable = max(0, file.n_records - file.dialect.header) - taken
    else:
        unreadable = sum(1 for _ in refused_rows(connection, "refused"))
    unreadable += len(file.aside)
    if taken == 0 and unreadable == 0:
        raise FileRefused("The file has a header but no rows.", "Export it again, with the rows.")
    if taken == 0:
        raise FileRefused(
            "None of the rows fits the header.",
            "Check that the header line has as many columns as the rows below it.",
        )
    orderly = unreadable > 0 and file.dialect.orderly
    dialect = written.dialect
    counted = Mend(what=COUNTED, rows=taken, line=dialect.preamble + dialect.header)
    return FileFacts(
        dialect=dialect,
        evidence=written.evidence,
        mends=((counted,) if written.counting else ()) + file.mends,
        rows=taken + unreadable,
        unreadable=unreadable,
        another=another_table(file.path, file.dialect, guards, len(header)) if orderly else None,
        columns=tuple(columns),
        preview=tuple(tuple(value and value[:SAMPLE_LENGTH] for value in row) for row in zip(*preview, strict=True)),
    )


def _counted(
    connection: duckdb.DuckDBPyConnection, file: Plain, n_columns: int, part: range, wanted: list["_Wanted"]
) -> tuple[int, Iterator[int]]:
    """The number of rows, and what is counted in them of each column. Raises Unlike."""
    tally, unlike = Tally(), False
    names = {column(number): number for number in part}

    def parsed() -> Iterator[pa.RecordBatch]:
        nonlocal unlike
        try:
            yield from batches(file, n_columns, names, tally=tally)
        except Unlike:
            unlike = True  # what DuckDB would make an error of its own

    schema = pa.schema([(name, pa.string()) for name in names])
    connection.register("given", pa.RecordBatchReader.from_batches(schema, parsed()))
    measures = ", ".join(measure for one in wanted for measure in one.measures)
    ((taken, *counts),) = connection.execute(f"SELECT count(*), {measures} FROM given").fetchall()
    connection.unregister("given")
    if unlike:
        raise Unlike
    answer = iter(counts)
    told = [[*islice(answer, len(one.measures)), tally.nulls[one.name], tally.trimmed[one.name]] for one in wanted]
    return taken, chain.from_iterable(told)


def _counted_strictly(
    connection: duckdb.DuckDBPyConnection, file: Plain, part: range, wanted: list["_Wanted"], read: str
) -> tuple[int, Iterator[int]]:
    """The same by the strict reader, with `read` for its SQL."""
    values = ", ".join(f"{file.cleaned(number)} AS {column(number)}" for number in part)
    given = ", ".join(f"{column(number)} AS {_given(column(number))}" for number in part)
    measures = ", ".join(measure for one in wanted for measure in (*one.measures, *one.changes))
    # The refused rows are known only once the whole answer is fetched.
    ((taken, *counts),) = connection.execute(
        f"SELECT count(*), {measures} FROM (SELECT {values}, {given} FROM {read})"
    ).fetchall()
    return taken, iter(counts)


class _Wanted:
    """What is to be counted in a column, after a look at its first values."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str, first: list[str | None], exact: bool) -> None:
        self.name = name
        self._first, self._exact = first, exact
        self._formats = _plausible(connection, first)
        self._phases = tuple(Phase) if tells_phases(first) else ()
        self.measures = [
            f"count({name})",
            f"count(DISTINCT {name})" if exact else f"approx_count_distinct({name})",
            *(f"count(*) FILTER ({is_plausible(moment(name, one))})" for one in self._formats),
            *(f"count(*) FILTER ({in_phase(name, one)})" for one in self._phases),
        ]
        self.changes = [
            f"count(*) FILTER ({name} IS NULL AND {_given(name)} <> '')",
            f"count(*) FILTER (strlen({name}) <> strlen({_given(name)}))",
        ]

    def facts(self, name: str, counts: Iterator[int]) -> ColumnFacts:
        """The column's facts, from the next of `counts`, one for each of its measures and changes."""
        return ColumnFacts(
            name=name,
            filled=next(counts),
            distinct=next(counts),
            hedge="" if self._exact else "about",
            samples=_samples(self._first),
            formats={one: count for one in self._formats if (count := next(counts))},
            phases={one: count for one in self._phases if (count := next(counts))},
            nulls=next(counts),
            trimmed=next(counts),
            first=first_rows(self._first),
            looks_like=personal.looks_like(self._first),
        )


def _given(name: str) -> str:
    """What a column is called as it stands in the file, beside its clean values."""
    return f"{name}_given"


def _samples(values: list[str | None]) -> tuple[str, ...]:
    seen = dict.fromkeys(value[:SAMPLE_LENGTH] for value in values if value is not None)
    return tuple(seen)[:SAMPLES]


def _plausible(connection: duckdb.DuckDBPyConnection, values: list[str | None]) -> list[str]:
    """The date formats that read a good part of the sample."""
    known = list(dict.fromkeys(value for value in values if value is not None))
    if sum(_LIKE_A_DATE.match(value) is not None for value in known) < DATED_PART * len(known) or not known:
        return []
    counts = ", ".join(f"count({parsed_date('value', one)})" for one in dates.FORMATS)
    (answer,) = connection.execute(f"SELECT {counts} FROM unnest(?) AS sample(value)", [known]).fetchall()
    return [one for one, count in zip(dates.FORMATS, answer, strict=True) if count >= TRIED_PART * len(known)]
