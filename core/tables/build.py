"""From files and their mappings to the tables: read, number, order, fold, account for every row."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from core.engine import connect, files, identifier
from core.errors import ThroughlineError
from core.files import make_folder, remove_folder, storage_errors, sync_file, sync_folder
from core.ingest import mapping
from core.ingest.batches import Unlike
from core.ingest.pseudonyms import Pseudonyms
from core.settings import Guards
from core.tables import menu, schema
from core.tables.arrays import NO_DAY
from core.tables.bench import Bench, Nobody, Watcher
from core.tables.raw import Source
from core.tables.schema import About, FileAccount, Found
from core.tables.sorting import Sorting
from core.tables.standing import Scattered, Standing

STAGES = (
    "Reading the files",
    "Numbering menu items",
    "Putting steps into calls",
    "Finding distinct paths",
    "Checking the account",
)
CARRIED_VALUES, CARRIED_ROWS = 60, 300_000
"""Most values of a column that `variants` carries, and most rows that it may have for it; `calls` has the rest."""

MOST_WORDS, MOST_LETTERS = 5, 40
"""Of words in a lifecycle column that are not known, so many are told, so much of each."""


def build(
    sources: list[Source],
    target: Path,
    *,
    guards: Guards,
    memory: int,
    watcher: Watcher | None = None,
    pseudonyms: Pseudonyms | None = None,
) -> Found:
    """Build the tables of `sources` in the new folder `target`, which appears whole or not at all.

    Calls are (file, call id); files come in the order of `sources`. `memory` is what DuckDB may take, in bytes.
    `pseudonyms` are needed where a mapping asks for some.
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
        folders = {source.path.parent for source in sources}
        way: Callable[[Bench, list[Source], Guards], Standing | Sorting] | None = Standing
        while way is not None:
            make_folder(part)
            make_folder(work)
            try:
                with connect(*folders, part, work, memory=memory, spill=work) as connection:
                    if pseudonyms is not None:
                        pseudonyms.bind(connection)
                    bench = Bench(connection, work)
                    found = _Build(bench, way(bench, sources, guards), sources, part, watcher).run()
                way = None
            except Unlike:
                way = partial(Standing, strictly=True)
            except Scattered:
                way = Sorting
            finally:
                watcher.meter = None
            if way is not None:
                remove_folder(part)
                remove_folder(work)
        with storage_errors():
            for path in part.iterdir():
                sync_file(path)
            sync_folder(part)
            part.rename(target)
            sync_folder(target.parent)
        return found
    finally:
        remove_folder(part)
        remove_folder(work)


class _Build:
    """The steps of a build, in order; each leaves tables in the bench for the next."""

    def __init__(self, bench: Bench, way: Standing | Sorting, sources: list[Source], part: Path, watcher: Watcher):
        self._bench, self._way, self._sources, self._part, self._watcher = bench, way, sources, part, watcher
        self._carried: tuple[str, ...] = ()

    def run(self) -> Found:
        self._watcher.plan(*STAGES)
        self._way.read(self._watcher)
        self._nodes()
        self._paths()
        return self._account()

    def _nodes(self) -> None:
        """Number the nodes in the order of their ids; gather what the rows say of each."""
        self._begin(1)
        said = self._way.said
        self._bench.run(
            f"""
            CREATE TABLE ids AS
            SELECT CAST(row_number() OVER (
                ORDER BY digits IS NULL, length(digits), digits, id) - 1 AS INTEGER) AS node, id
            FROM (SELECT id, CASE WHEN regexp_full_match(id, '[0-9]+') THEN ltrim(id, '0') END AS digits
            FROM (SELECT node AS id FROM {said} WHERE node IS NOT NULL
                  UNION SELECT parent FROM {said} WHERE node IS NOT NULL AND parent IS NOT NULL AND parent <> '0'))
            """
        )
        self._bench.run(
            f"""
            CREATE TABLE menu AS
            SELECT DISTINCT above.node AS parent, below.node AS node
            FROM {said} said JOIN ids above ON above.id = said.parent JOIN ids below ON below.id = said.node
            WHERE said.parent <> '0' ORDER BY ALL
            """
        )
        rows = self._bench.run(
            f"""
            WITH said AS (
                SELECT node AS id, arg_min(label, row) AS label, arg_min(url, row) AS url,
                       arg_min(parent, row) AS parent, bool_or(in_menu) AS in_menu,
                       [name FOR name IN [
                           CASE WHEN count(DISTINCT label) > 1 THEN 'label' END,
                           CASE WHEN count(DISTINCT parent) > 1 THEN 'parent' END,
                           CASE WHEN count(DISTINCT url) > 1 THEN 'url' END] IF name IS NOT NULL] AS inconsistencies
                FROM {said} WHERE node IS NOT NULL GROUP BY node)
            SELECT ids.node, ids.id, coalesce(said.label, ids.id), said.label IS NOT NULL, said.url, above.node,
                   coalesce(said.in_menu, true) OR EXISTS (SELECT 1 FROM menu WHERE menu.parent = ids.node),
                   CAST((SELECT count(*) FROM menu WHERE menu.parent = ids.node) AS INTEGER),
                   coalesce(said.inconsistencies, [])
            FROM ids LEFT JOIN said USING (id) LEFT JOIN ids above ON above.id = said.parent AND said.parent <> '0'
            ORDER BY ids.node
            """
        )
        places, self._cycles = menu.places({row[0]: row[5] for row in rows})
        self._bench.create("nodes", [(*row[:6], *places[row[0]], *row[6:]) for row in rows])
        self._ids = {row[0]: row[1] for row in rows}

    def _paths(self) -> None:
        """Distinct paths, in the order of their nodes; the calls and variants that refer to them."""
        self._begin(2)
        distinct = self._way.order()
        self._begin(3)
        self._bench.run(
            f"""
            CREATE TABLE paths AS
            SELECT CAST(row_number() OVER (ORDER BY nodes) - 1 AS INTEGER) AS path, nodes,
                   CAST(len(nodes) AS INTEGER) AS n_steps,
                   CASE WHEN len(nodes) > 1 AND first.in_menu AND first.parent IS NULL
                        THEN nodes[2] ELSE nodes[1] END AS intent,
                   nodes[-1] AS leaf
            FROM ({distinct}) JOIN nodes first ON first.node = nodes[1]
            """
        )
        self._write("paths", "FROM paths ORDER BY path")
        self._way.write(self._part)
        self._variants()
        self._write("nodes", "FROM nodes ORDER BY node")
        self._write("menu", "FROM menu ORDER BY ALL")

    def _variants(self) -> None:
        """Calls counted by path, file, date, and by as many columns with few values as keep the table small."""
        calls = f"read_parquet({files(self._part / 'calls.parquet')})"
        offered = ["hour", "outcome", "agent", *(f"attribute.{name}" for name in self._way.raw.attributes)]
        counts = self._bench.one(
            f"SELECT {', '.join(f'approx_count_distinct({identifier(name)})' for name in offered)} FROM {calls}"
        )
        few = [name for n, name in sorted(zip(counts, offered, strict=True)) if 0 < n <= CARRIED_VALUES]
        wider = [", ".join(["path, file, date", *map(identifier, few[: n + 1])]) for n in range(len(few))]
        if few:
            n_rows = self._bench.one(
                f"SELECT {', '.join(f'approx_count_distinct(hash({columns}))' for columns in wider)} FROM {calls}"
            )
            self._carried = tuple(name for name, n in zip(few, n_rows, strict=True) if n <= CARRIED_ROWS)
        columns = ", ".join(["path, file, date", *map(identifier, self._carried)])
        self._write("variants", f"SELECT {columns}, count(*) AS n FROM {calls} GROUP BY ALL ORDER BY ALL")

    def _account(self) -> Found:
        """Write down what became of every row. Raises ThroughlineError where it does not add up."""
        self._begin(4)
        refused, declarations = (self._way.raw.rejects.counts[kind] for kind in ("rejected", "declaration"))
        self._write("rejects", self._way.raw.rejects.query())
        read = [
            (number, source.id or str(number + 1), source.name, self._way.raw.rows[number])
            for number, source in enumerate(self._sources)
        ]
        self._bench.create("files", read)
        self._write("files", "FROM files ORDER BY file")
        counts = self._way.counts
        steps, n_calls = counts.steps, counts.calls
        n_merged = self._way.told.n_merged
        n_rows = sum(self._way.raw.rows)
        if n_rows != steps + n_merged + declarations + refused:
            raise ThroughlineError(
                f"The rows do not add up: {n_rows:,} read, {steps:,} steps, {n_merged:,} merged into them, "
                f"{declarations:,} declarations, {refused:,} rejected.",
                "Nothing was kept of this import. Please report it.",
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
            n_merged=n_merged,
            n_calls=n_calls,
            n_nodes=n_nodes,
            n_paths=n_paths,
            n_inconsistent=inconsistent,
            first_day=_day(counts.first_day),
            last_day=_day(counts.last_day),
            unread_dates=counts.unread,
            refused_seconds=self._way.raw.refused_seconds,
            cycles=tuple(self._ids[node] for node in self._cycles[:20]),
            n_unknown_phases=sum(n for _, n in self._way.told.unknown),
            unknown_phases=tuple(word[:MOST_LETTERS] for word, _ in self._way.told.unknown[:MOST_WORDS]),
            files=self._files_account(read),
        )
        roles = tuple(sorted({role.value for source in self._sources for role in source.mapping.roles.values()}))
        about = About(
            schema=schema.SCHEMA,
            roles=roles,
            attributes=self._way.raw.attributes,
            found=found,
            carried=self._carried,
            zone=self._sources[0].zone,
        )
        (self._part / schema.ABOUT).write_bytes(msgspec.json.encode(about))
        return found

    def _files_account(self, read: Sequence[tuple[int, str, str, int]]) -> tuple[FileAccount, ...]:
        """What became of the rows of each file, `read` being the rows of the table of files."""
        rejects, calls = (f"read_parquet({files(self._part / name)})" for name in ("rejects.parquet", "calls.parquet"))
        steps = self._by_file(
            f"""
            SELECT file, CAST(sum(n_steps) AS BIGINT), count(*), min(date)::VARCHAR, max(date)::VARCHAR
            FROM {calls} GROUP BY file
            """
        )
        told = "count(*) FILTER (kind = 'declaration'), count(*) FILTER (kind = 'rejected')"
        strays = self._by_file(f"SELECT file, {told} FROM {rejects} GROUP BY file")
        accounts = []
        for number, file_id, _, n_rows in read:
            n_steps, n_calls, first, last = steps.get(number, (0, 0, "", ""))
            declarations, rejected = strays.get(number, (0, 0))
            accounts.append(
                FileAccount(
                    id=file_id,
                    rows=n_rows,
                    steps=n_steps,
                    merged=n_rows - n_steps - declarations - rejected,
                    declarations=declarations,
                    rejected=rejected,
                    calls=n_calls,
                    unread_dates=self._way.unread[number],
                    seconds=self._way.raw.spoiled[number],
                    first_day=first or "",
                    last_day=last or "",
                )
            )
        return tuple(accounts)

    def _by_file(self, query: str) -> dict[int, tuple[Any, ...]]:
        """The answer to a query with a row a file, by its first column, the number of the file."""
        return {int(number): tuple(rest) for number, *rest in self._bench.run(query)}

    def _begin(self, stage: int) -> None:
        self._watcher.stage(stage, total=100, unit="%")
        self._watcher.meter = lambda: (self._bench.percent(), 100)

    def _write(self, table: str, query: str) -> None:
        self._bench.write(query, self._part / f"{table}.parquet")


def _day(day: int) -> str:
    return "" if day == NO_DAY else str(np.datetime64(day, "D"))
