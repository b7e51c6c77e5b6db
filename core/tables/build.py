"""From files and their mappings to the tables: read, number, order, fold, account for every row."""

import os
from pathlib import Path

import msgspec

from core.engine import connect, files, identifier
from core.errors import ThroughlineError
from core.files import make_folder, remove_folder, storage_errors, sync_folder
from core.ingest import mapping
from core.settings import Guards
from core.tables import menu, schema
from core.tables.bench import Bench, Nobody, Watcher
from core.tables.raw import SECONDS_ROLES, TEXT_ROLES, RawRows, Source
from core.tables.schema import About, Found

STAGES = (
    "Reading the files",
    "Numbering menu items",
    "Putting steps into calls",
    "Finding distinct paths",
    "Checking the account",
)


def build(sources: list[Source], target: Path, *, guards: Guards, memory: int, watcher: Watcher | None = None) -> Found:
    """Build the tables of `sources` in the new folder `target`, which appears whole or not at all.

    Calls are (file, call id); files come in the order of `sources`. `memory` is what DuckDB may take, in bytes.
    Raises MappingIncomplete, FileRefused, StorageError, and ThroughlineError where the rows do not add up.
    """
    for source in sources:
        mapping.check(source.mapping)
    part = target.with_name(f".{target.name}.part")
    work = target.with_name(f".{target.name}.work")
    watcher = watcher or Nobody()
    try:
        remove_folder(part)
        remove_folder(work)
        make_folder(part)
        make_folder(work)
        folders = {source.path.parent for source in sources}
        with connect(*folders, part, work, memory=memory, spill=work) as connection:
            found = _Build(Bench(connection, work), sources, part, guards, watcher).run()
            watcher.meter = None
        with storage_errors():
            for path in part.iterdir():
                _sync(path)
            sync_folder(part)
            part.rename(target)
            sync_folder(target.parent)
        return found
    finally:
        remove_folder(part)
        remove_folder(work)


class _Build:
    """The steps of a build, in order; each leaves tables in the bench for the next."""

    def __init__(self, bench: Bench, sources: list[Source], part: Path, guards: Guards, watcher: Watcher) -> None:
        self._bench, self._sources, self._part, self._watcher = bench, sources, part, watcher
        self._raw = RawRows(bench, sources, guards)

    def run(self) -> Found:
        self._watcher.plan(*STAGES)
        self._raw.read(self._watcher)
        self._nodes()
        self._calls()
        self._paths()
        return self._account()

    def _nodes(self) -> None:
        """Number the nodes in the order of their ids; gather what the rows say of each."""
        self._begin(1)
        self._bench.run(
            """
            CREATE TABLE ids AS
            SELECT CAST(row_number() OVER (
                ORDER BY digits IS NULL, length(digits), digits, id) - 1 AS INTEGER) AS node, id
            FROM (SELECT id, CASE WHEN regexp_full_match(id, '[0-9]+') THEN ltrim(id, '0') END AS digits
            FROM (SELECT node AS id FROM raw WHERE node IS NOT NULL
                  UNION SELECT parent FROM raw WHERE node IS NOT NULL AND parent IS NOT NULL AND parent <> '0'))
            """
        )
        self._bench.run(
            """
            CREATE TABLE menu AS
            SELECT DISTINCT above.node AS parent, below.node AS node
            FROM raw JOIN ids above ON above.id = raw.parent JOIN ids below ON below.id = raw.node
            WHERE raw.parent <> '0' ORDER BY ALL
            """
        )
        rows = self._bench.run(
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
        )
        places, self._cycles = menu.places({row[0]: row[4] for row in rows})
        self._bench.create("nodes", [(*row[:5], *places[row[0]], *row[5:]) for row in rows])
        self._ids = {row[0]: row[1] for row in rows}

    def _calls(self) -> None:
        """Number the calls as they first appear, and put each call's steps in order.

        A step without a readable date keeps its place behind the step before it in the file.
        """
        self._begin(2)
        self._bench.run(
            """
            CREATE TABLE keys AS
            SELECT file, "call" AS call_id, CAST(row_number() OVER (ORDER BY min(row)) - 1 AS INTEGER) AS number
            FROM raw WHERE node IS NOT NULL AND "call" IS NOT NULL GROUP BY ALL
            """
        )
        extra = [
            *TEXT_ROLES.values(),
            *SECONDS_ROLES.values(),
            *(f"attribute.{name}" for name in self._raw.attributes),
        ]
        kept = ", ".join(f"raw.{identifier(name)}" for name in extra)
        dated = any(source.mapping.date_format for source in self._sources)
        moment = 'last_value(raw."at" IGNORE NULLS) OVER (PARTITION BY number ORDER BY raw.row)' if dated else "NULL"
        self._bench.run(
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
        self._bench.run(
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
        self._bench.run(
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
        attributes = "".join(f", {identifier(f'attribute.{name}')}" for name in self._raw.attributes)
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
        rejects = self._raw.rejects
        refused = sum(reject.kind == "rejected" for reject in rejects)
        declarations = len(rejects) - refused
        self._bench.create("rejects", [tuple(reject) for reject in rejects])
        self._write("rejects", "FROM rejects ORDER BY file, line NULLS LAST")
        read = [(number, source.name, self._raw.rows[number]) for number, source in enumerate(self._sources)]
        self._bench.create("files", read)
        self._write("files", "FROM files ORDER BY file")
        steps, unread = self._bench.one("SELECT count(*), count(*) FILTER (unread) FROM ordered")
        n_rows = sum(self._raw.rows)
        if n_rows != steps + declarations + refused:
            raise ThroughlineError(
                f"The rows do not add up: {n_rows:,} read, {steps:,} steps, {declarations:,} declarations, "
                f"{refused:,} rejected.",
                "Nothing was kept of this import. Please report it.",
            )
        n_calls, first, last = self._bench.one(
            'SELECT count(*), min("at")::DATE::VARCHAR, max("at")::DATE::VARCHAR FROM folded'
        )
        (n_paths,) = self._bench.one("SELECT count(*) FROM paths")
        n_nodes, inconsistent = self._bench.one(
            "SELECT count(*), count(*) FILTER (len(inconsistencies) > 0) FROM nodes"
        )
        if n_calls == 0:
            raise ThroughlineError(
                "No row has both a call id and a node id, so there are no calls.",
                "Check which column is the call and which is the step.",
            )
        found = Found(
            n_files=len(read),
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
        about = About(schema=schema.SCHEMA, roles=roles, attributes=self._raw.attributes, found=found)
        (self._part / schema.ABOUT).write_bytes(msgspec.json.encode(about))
        return found

    def _begin(self, stage: int) -> None:
        self._watcher.stage(stage, total=100, unit="%")
        self._watcher.meter = lambda: (self._bench.percent(), 100)

    def _write(self, table: str, query: str) -> None:
        self._bench.write(query, self._part / f"{table}.parquet")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
