"""From files and their mappings to the tables: read, clean, number, order, fold, account for every row."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import duckdb
import msgspec
import pyarrow as pa

from core.engine import connect, files, identifier, quoted
from core.errors import ThroughlineError
from core.files import make_folder, remove_folder, storage_errors, sync_folder
from core.ingest import dates, decode, load, mapping
from core.ingest.facts import Dialect
from core.ingest.lines import Place, locate, mended
from core.ingest.mapping import ColumnMapping, Role
from core.settings import Limits
from core.tables import menu, schema
from core.tables.schema import About, Found

STAGES = (
    "Reading the files",
    "Numbering menu items",
    "Putting steps into calls",
    "Finding distinct paths",
    "Checking the account",
)

_TEXT_ROLES = {Role.OUTCOME: "outcome", Role.CUSTOMER: "customer", Role.AGENT: "agent", Role.ERROR: "error"}
_SECONDS_ROLES = {Role.QUEUE_WAIT: "queue_wait", Role.HANDLE_TIME: "handle_time"}


class Source(NamedTuple):
    """A file to import: where it is, what it is called, how it is written, what its columns are, its size in rows."""

    path: Path
    name: str
    dialect: Dialect
    mapping: ColumnMapping
    rows: int = 0


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


def build(sources: list[Source], target: Path, *, limits: Limits, memory: int, watcher: Watcher | None = None) -> Found:
    """Build the tables of `sources` in the new folder `target`, which appears whole or not at all.

    Calls are (file, call id); files come in the order of `sources`. `memory` is what DuckDB may take, in bytes.
    Raises MappingIncomplete, FileRefused, StorageError, and ThroughlineError where the rows do not add up.
    """
    for source in sources:
        mapping.check(source.mapping)
    part = target.with_name(f".{target.name}.part")
    work = target.with_name(f".{target.name}.work")
    try:
        remove_folder(part)
        remove_folder(work)
        make_folder(part)
        make_folder(work)
        folders = {source.path.parent for source in sources}
        with connect(*folders, part, work, memory=memory, spill=work) as connection:
            found = _Build(connection, sources, part, work, limits, watcher or Nobody()).run()
        with storage_errors():
            for path in part.iterdir():
                _sync(path)
            sync_folder(part)
            part.rename(target)
            sync_folder(target.parent)
        return found
    finally:
        if watcher is not None:
            watcher.meter = None
        remove_folder(part)
        remove_folder(work)


class _Build:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        sources: list[Source],
        part: Path,
        work: Path,
        limits: Limits,
        watcher: Watcher,
    ) -> None:
        self._connection, self._sources, self._part, self._work = connection, sources, part, work
        self._limits, self._watcher = limits, watcher
        self._attributes = tuple(dict.fromkeys(name for one in sources for name in one.mapping.all(Role.ATTRIBUTE)))
        self._rejects: list[tuple[int, int | None, str, str, str | None]] = []
        self._rows: list[int] = []
        self._refused: list[int] = []

    def run(self) -> Found:
        self._watcher.plan(*STAGES)
        self._read()
        self._nodes()
        self._calls()
        self._paths()
        return self._account()

    def _read(self) -> None:
        """Each file into Parquet, cleaned, with row numbers that go on from file to file."""
        expected = sum(source.rows for source in self._sources)
        self._watcher.stage(0, total=expected, unit="rows")
        for number, source in enumerate(self._sources):
            utf8 = decode.as_utf8(
                source.path,
                source.dialect.encoding,
                source.dialect.newline,
                self._work / f"utf8_{number}.csv",
            )
            utf8, spoiled = mended(utf8, source.dialect, self._work / f"mended_{number}.csv", self._limits)
            refused = f"refused_{number}"
            read = load.rows(utf8, source.dialect, len(source.mapping.columns), self._limits, rejects=refused)
            self._watcher.meter = partial(self._rows_done, sum(self._rows), source.rows, expected)
            taken = self._copy(self._select(source, number, read), self._work / f"raw_{number}.parquet")
            strays = load.refused_rows(self._connection, refused)
            self._reject(number, utf8, source.dialect, taken, strays, spoiled)
            self._rows.append(taken)
            self._refused.append(len(strays) + len(spoiled))
            self._watcher.advance(sum(self._rows))
        self._run(
            f"CREATE VIEW raw AS SELECT * FROM read_parquet({files(self._work, 'raw_*.parquet')}, union_by_name = true)"
        )

    def _select(self, source: Source, number: int, read: str) -> str:
        """SQL for the rows of a file as the build needs them; each level uses what the one below worked out once."""
        roles = source.mapping
        texts = {role.value: roles.column(role) for role in (Role.CALL, Role.NODE, Role.PARENT, Role.LABEL, Role.URL)}
        texts |= {name: roles.column(role) for role, name in (_TEXT_ROLES | _SECONDS_ROLES).items()}
        own = set(roles.all(Role.ATTRIBUTE))
        texts |= {f"attribute.{name}": name if name in own else None for name in self._attributes}
        texts["date"] = roles.column(Role.TIMESTAMP)
        clean = ", ".join(f"{self._text(source, column)} AS {identifier(name)}" for name, column in texts.items())
        seconds = [identifier(name) for name in _SECONDS_ROLES.values()]
        parsed = ", ".join(f"try_cast({name} AS DOUBLE) AS {name}" for name in seconds)
        kept = ", ".join(f"CASE WHEN {name} >= 0 AND isfinite({name}) THEN {name} END AS {name}" for name in seconds)
        date_format = roles.date_format
        at = load.parsed_date("date", date_format) if date_format else "NULL::TIMESTAMP"
        hour = 'hour("at")' if date_format and dates.has_time(date_format) else "NULL::BIGINT"
        return f"""
            SELECT * EXCLUDE (date) REPLACE ({kept}), {hour} AS hour, date IS NOT NULL AND "at" IS NULL AS unread,
                   {"true" if roles.column(Role.PARENT) else "false"} AS in_menu, {number} AS file
            FROM (SELECT * REPLACE ({parsed}), {at} AS "at"
                  FROM (SELECT row_number() OVER () - 1 + {sum(self._rows)} AS row, {clean} FROM {read}))
            """

    @staticmethod
    def _text(source: Source, column: str | None) -> str:
        number = None if column is None else source.mapping.columns.index(column)
        return "NULL::VARCHAR" if number is None else load.cleaned(load.column(number))

    def _reject(
        self,
        number: int,
        utf8: Path,
        dialect: Dialect,
        n_taken: int,
        refused: list[tuple[int, str]],
        spoiled: list[Place],
    ) -> None:
        """Note every row of a file that is no step, with its line and text."""
        self._rejects += [(number, place.line, "rejected", load.SPOILED, place.text) for place in spoiled]
        raw = files(self._work / f"raw_{number}.parquet")
        odd = self._connection.execute(
            f'SELECT row - {sum(self._rows)}, "call" IS NULL, node IS NULL FROM read_parquet({raw}) '
            'WHERE "call" IS NULL OR node IS NULL ORDER BY row'
        ).fetchall()
        if not odd and not refused:
            return
        rows, strays, counted = locate(utf8, dialect, [row for row, _, _ in odd], [offset for offset, _ in refused])
        for row, no_call, no_node in odd:
            place = rows.get(row) if counted == n_taken else None
            kind = "rejected" if no_node else "declaration"
            reason = "has no call id and no node id" if no_call and no_node else "has no node id"
            if not no_node:
                reason = "has no call id, so it only declares its node"
            self._rejects.append((number, place and place.line, kind, reason, place and place.text))
        for offset, reason in refused:
            place = strays.get(offset)
            self._rejects.append((number, place and place.line, "rejected", reason, place and place.text))

    def _nodes(self) -> None:
        """Number the nodes in the order of their ids; gather what the rows say of each."""
        self._begin(1)
        self._run(
            """
            CREATE TABLE ids AS
            SELECT CAST(row_number() OVER (
                ORDER BY digits IS NULL, length(digits), digits, id) - 1 AS INTEGER) AS node, id
            FROM (SELECT id, CASE WHEN regexp_full_match(id, '[0-9]+') THEN ltrim(id, '0') END AS digits
            FROM (SELECT node AS id FROM raw WHERE node IS NOT NULL
                  UNION SELECT parent FROM raw WHERE node IS NOT NULL AND parent IS NOT NULL AND parent <> '0'))
            """
        )
        self._run(
            """
            CREATE TABLE menu AS
            SELECT DISTINCT above.node AS parent, below.node AS node
            FROM raw JOIN ids above ON above.id = raw.parent JOIN ids below ON below.id = raw.node
            WHERE raw.parent <> '0' ORDER BY ALL
            """
        )
        rows = self._connection.execute(
            """
            WITH said AS (
                SELECT node AS id, arg_min(label, row) AS label, arg_min(url, row) AS url,
                       arg_min(parent, row) AS parent, bool_or(in_menu) AS in_menu,
                       [name FOR name IN [
                           CASE WHEN count(DISTINCT label) > 1 THEN 'label' END,
                           CASE WHEN count(DISTINCT parent) > 1 THEN 'parent' END,
                           CASE WHEN count(DISTINCT url) > 1 THEN 'url' END] IF name IS NOT NULL] AS inconsistencies
                FROM raw WHERE node IS NOT NULL GROUP BY node)
            SELECT ids.node, ids.id, coalesce(said.label, ids.id), said.url, above.node,
                   coalesce(said.in_menu, true),
                   CAST((SELECT count(*) FROM menu WHERE menu.parent = ids.node) AS INTEGER),
                   coalesce(said.inconsistencies, [])
            FROM ids LEFT JOIN said USING (id) LEFT JOIN ids above ON above.id = said.parent AND said.parent <> '0'
            ORDER BY ids.node
            """
        ).fetchall()
        places, self._cycles = menu.places({row[0]: row[4] for row in rows})
        self._create("nodes", [(*row[:5], *places[row[0]], *row[5:]) for row in rows])
        self._ids = {row[0]: row[1] for row in rows}

    def _calls(self) -> None:
        """Number the calls as they first appear, and put each call's steps in order.

        A step without a readable date keeps its place behind the step before it in the file.
        """
        self._begin(2)
        self._run(
            """
            CREATE TABLE keys AS
            SELECT file, "call" AS call_id, CAST(row_number() OVER (ORDER BY min(row)) - 1 AS INTEGER) AS number
            FROM raw WHERE node IS NOT NULL AND "call" IS NOT NULL GROUP BY ALL
            """
        )
        extra = [
            *_TEXT_ROLES.values(),
            *_SECONDS_ROLES.values(),
            *(f"attribute.{name}" for name in self._attributes),
        ]
        kept = ", ".join(f"raw.{identifier(name)}" for name in extra)
        dated = any(source.mapping.date_format for source in self._sources)
        moment = 'last_value(raw."at" IGNORE NULLS) OVER (PARTITION BY number ORDER BY raw.row)' if dated else "NULL"
        self._run(
            f"""
            CREATE TABLE ordered AS
            SELECT number, file, call_id, ids.node, raw."at", raw.hour, {kept}, raw.unread,
                   CAST(row_number() OVER (
                       PARTITION BY number ORDER BY moment NULLS FIRST, raw.row) AS INTEGER) AS position
            FROM (SELECT raw.*, keys.number, keys.call_id, {moment} AS moment
                  FROM raw JOIN keys ON keys.file = raw.file AND keys.call_id = raw."call"
                  WHERE raw.node IS NOT NULL) raw
            JOIN ids ON ids.id = raw.node
            """
        )
        self._write("steps", 'SELECT number AS "call", position, node, "at", error FROM ordered ORDER BY ALL')
        first = [name for name in extra if name not in ("outcome", "error")]
        firsts = ", ".join(f"arg_min({identifier(name)}, position) AS {identifier(name)}" for name in first)
        self._run(
            f"""
            CREATE TABLE folded AS
            SELECT number AS "call", any_value(file) AS file, any_value(call_id) AS call_id,
                   arg_min("at", position) AS "at", max("at") AS until, arg_min(hour, position) AS hour,
                   CAST(count(*) AS INTEGER) AS n_steps, arg_max(outcome, position) AS outcome, {firsts},
                   list_transform(list_sort(list({{'p': position, 'n': node}})), lambda step: step.n) AS nodes
            FROM ordered GROUP BY number
            """
        )

    def _paths(self) -> None:
        """Distinct paths, the most frequent first; the calls and variants that refer to them."""
        self._begin(3)
        self._run(
            """
            CREATE TABLE paths AS
            SELECT CAST(row_number() OVER (ORDER BY n DESC, nodes) - 1 AS INTEGER) AS path, nodes,
                   CAST(len(nodes) AS INTEGER) AS n_steps,
                   CASE WHEN len(nodes) > 1 AND first.in_menu AND first.parent IS NULL
                        THEN nodes[2] ELSE nodes[1] END AS intent,
                   nodes[-1] AS leaf
            FROM (SELECT nodes, count(*) AS n FROM folded GROUP BY nodes) JOIN nodes first ON first.node = nodes[1]
            """
        )
        attributes = "".join(f", {identifier(f'attribute.{name}')}" for name in self._attributes)
        self._write("paths", "FROM paths ORDER BY path")
        self._write(
            "calls",
            f"""
            SELECT "call", file, call_id, "at", until, CAST("at" AS DATE) AS date, CAST(hour AS INTEGER) AS hour,
                   folded.n_steps, path, outcome, customer, agent, queue_wait, handle_time {attributes}
            FROM folded JOIN paths ON paths.nodes = folded.nodes ORDER BY "call"
            """,
        )
        calls = files(self._part / "calls.parquet")
        self._write(
            "variants",
            f"SELECT path, file, date, count(*) AS n FROM read_parquet({calls}) GROUP BY ALL ORDER BY ALL",
        )
        self._write("nodes", "FROM nodes ORDER BY node")
        self._write("menu", "FROM menu ORDER BY ALL")

    def _account(self) -> Found:
        """Write down what became of every row. Raises ThroughlineError where it does not add up."""
        self._begin(4)
        refused = sum(1 for _, _, kind, _, _ in self._rejects if kind == "rejected")
        declarations = len(self._rejects) - refused
        self._create("rejects", self._rejects)
        self._write("rejects", "FROM rejects ORDER BY file, line NULLS LAST")
        files = [
            (number, source.name, self._rows[number] + self._refused[number])
            for number, source in enumerate(self._sources)
        ]
        self._create("files", files)
        self._write("files", "FROM files ORDER BY file")
        steps, unread = self._one("SELECT count(*), count(*) FILTER (unread) FROM ordered")
        n_rows = sum(rows for _, _, rows in files)
        if n_rows != steps + declarations + refused:
            raise ThroughlineError(
                f"The rows do not add up: {n_rows:,} read, {steps:,} steps, {declarations:,} declarations, "
                f"{refused:,} rejected.",
                "Nothing was kept of this import. Please report it.",
            )
        n_calls, first, last = self._one(
            'SELECT count(*), min("at")::DATE::VARCHAR, max("at")::DATE::VARCHAR FROM folded'
        )
        (n_paths,) = self._one("SELECT count(*) FROM paths")
        n_nodes, inconsistent = self._one("SELECT count(*), count(*) FILTER (len(inconsistencies) > 0) FROM nodes")
        if n_calls == 0:
            raise ThroughlineError(
                "No row has both a call id and a node id, so there are no calls.",
                "Check which column is the call and which is the step.",
            )
        found = Found(
            n_files=len(files),
            n_rows=n_rows,
            n_steps=steps,
            n_declarations=declarations,
            n_rejected=refused,
            n_calls=n_calls,
            n_nodes=n_nodes,
            n_paths=n_paths,
            n_inconsistent=inconsistent,
            first_day=first or "",
            last_day=last or "",
            unread_dates=unread,
            cycles=tuple(self._ids[node] for node in self._cycles[:20]),
        )
        roles = tuple(sorted({role.value for source in self._sources for role in source.mapping.roles.values()}))
        about = About(schema=schema.SCHEMA, roles=roles, attributes=self._attributes, found=found)
        (self._part / schema.ABOUT).write_bytes(msgspec.json.encode(about))
        return found

    def _begin(self, stage: int) -> None:
        self._watcher.stage(stage, total=100, unit="%")
        self._watcher.meter = lambda: (self._percent(), 100)

    def _percent(self) -> int:
        """How far DuckDB is with the query under way, as far as it knows."""
        return max(0, int(self._connection.query_progress()))

    def _rows_done(self, before: int, rows: int, total: int) -> tuple[int, int]:
        return before + rows * self._percent() // 100, total

    def _create(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        """Make a table of schema.TABLES from Python rows."""
        columns = schema.TABLES[table]
        data = {name: [row[number] for row in rows] for number, name in enumerate(columns)}
        casts = ", ".join(f"CAST({identifier(name)} AS {kind}) AS {identifier(name)}" for name, kind in columns.items())
        self._connection.register("given", pa.table(data))
        self._run(f"CREATE TABLE {table} AS SELECT {casts} FROM given")
        self._connection.unregister("given")

    def _write(self, table: str, query: str) -> None:
        self._copy(query, self._part / f"{table}.parquet")

    def _copy(self, query: str, path: Path) -> int:
        """Write the rows of `query` to a Parquet file; how many there were."""
        answer = self._connection.execute(f"COPY ({query}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)")
        return int(answer.fetchall()[0][0])

    def _run(self, query: str) -> None:
        self._connection.execute(query)

    def _one(self, query: str) -> tuple[Any, ...]:
        row = self._connection.execute(query).fetchone()
        assert row is not None
        return tuple(row)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
