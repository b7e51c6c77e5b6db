"""The one way to read a table: DuckDB, strictly, every value as text, every refused row kept."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from core.engine import files, identifier, quoted
from core.ingest.facts import Dialect
from core.ingest.mend import NO_TEXT, SPOILED
from core.settings import Guards

BLANKS = " \t\r\n\f\v\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
"""What counts as an outer blank of a value: Unicode's white space, and the mark that stray copies of a BOM leave."""

AT_ONCE = 10_000  # refused rows


def column(number: int) -> str:
    """The name of a file's column inside SQL: its header may be anything, so it is not used there."""
    return f"c{number}"


def rows(path: Path, dialect: Dialect, n_columns: int, guards: Guards, *, rejects: str = "") -> str:
    """SQL that reads the rows of a UTF-8 file below its header as text columns c0, c1, …, in file order.

    Rows that do not fit are left out; where `rejects` is given, DuckDB lists them in the temporary table of that name.
    """
    columns = ", ".join(f"{quoted(column(number))}: 'VARCHAR'" for number in range(n_columns))
    kept = f"store_rejects = true, rejects_table = {quoted(rejects)}, rejects_scan = {quoted(rejects + '_scan')}"
    return (
        f"read_csv({files(path)}, auto_detect = false, columns = {{{columns}}}, "
        f"header = {'true' if dialect.header else 'false'}, skip = {dialect.preamble + max(dialect.header - 1, 0)}, "
        f"delim = {quoted(dialect.delimiter)}, quote = {quoted(dialect.quote)}, escape = {quoted(dialect.escape)}, "
        f" strict_mode = true, null_padding = false, "
        f"max_line_size = {max(2 * guards.line_bytes, 2 * 1024 * 1024)}, {kept if rejects else 'ignore_errors = true'})"
    )


def cleaned(value: str, *, padded: bool = True) -> str:
    """SQL for a text value without its outer blanks, which it has none of unless `padded`; empty and NULL are missing.

    NULL in any case is meant.
    """
    known = f"CASE WHEN upper({value}) NOT IN ('', 'NULL') THEN {value} END"
    bare = f"CASE WHEN strlen({value}) IN (0, 4) THEN {known} ELSE {value} END"
    if not padded:
        return bare
    # Trimming a list of characters is slow, and few values need it.
    trimmed = f"trim({value}, {quoted(BLANKS)})"
    needed = f"regexp_matches({value}, {quoted(f'^[{BLANKS}]|[{BLANKS}]$')})"
    return f"CASE WHEN {needed} THEN CASE WHEN upper({trimmed}) NOT IN ('', 'NULL') THEN {trimmed} END ELSE {bare} END"


def parsed_date(value: str, date_format: str) -> str:
    """SQL for the timestamp that `date_format` reads in `value`, NULL where it does not; an offset becomes UTC."""
    return plausible(moment(value, date_format))


def moment(value: str, date_format: str) -> str:
    """SQL for the timestamp that `date_format` reads in `value`, of any year."""
    parsed = f"try_strptime({value}, {quoted(date_format)})"
    return f"timezone('UTC', {parsed})" if "%z" in date_format else parsed


def plausible(moment: str) -> str:
    """SQL for a timestamp, NULL where its year is none that a log may have."""
    # DuckDB works out `moment` twice; what is not cheap is named first.
    return f"CASE WHEN {is_plausible(moment)} THEN {moment} END"


def is_plausible(moment: str) -> str:
    """SQL for whether the year of a timestamp is one that a log may have."""
    return f"{moment} BETWEEN TIMESTAMP '1900-01-01' AND TIMESTAMP '2199-12-31'"


def refused_rows(connection: duckdb.DuckDBPyConnection, rejects: str) -> Iterator[tuple[int, str]]:
    """The rows that DuckDB refused: byte offset of the row from 0, reason in words; in file order, each row once.

    The query that read them on the connection must have been fetched to its end.
    """
    # DuckDB makes the table with the first row that it refuses.
    if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [rejects]).fetchall():
        return
    found = connection.execute(
        f"SELECT line_byte_position, min_by(error_type, column_idx), min_by(error_message, column_idx) "
        f"FROM {identifier(rejects)} GROUP BY ALL ORDER BY 1"
    )
    while some := found.fetchmany(AT_ONCE):
        for offset, kind, message in some:
            yield int(offset) - 1, _reason(str(kind), str(message))


def misfit(n_values: int, n_columns: int) -> str:
    """Why a row with so many values is refused, in the words for those that DuckDB refuses."""
    return (
        f"has {n_values if n_values < n_columns else f'more than {n_columns}'} columns where {n_columns} were expected"
    )


def _reason(kind: str, message: str) -> str:
    if kind in ("MISSING COLUMNS", "TOO MANY COLUMNS"):
        numbers = [word for word in message.replace("\n", " ").split() if word.isdecimal()]
        if len(numbers) >= 2:
            found = f"more than {numbers[0]}" if kind == "TOO MANY COLUMNS" else numbers[1]
            return f"has {found} columns where {numbers[0]} were expected"
    return {
        "UNQUOTED VALUE": SPOILED,
        "LINE SIZE OVER MAXIMUM": "is longer than a row may be",
        "INVALID ENCODING": NO_TEXT,
        "INVALID STATE": "has a quote in the wrong place",
    }.get(kind, "does not fit the columns")
