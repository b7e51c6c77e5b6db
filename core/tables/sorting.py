"""Any log put together in SQL: sorted on disk where that is needed, for calls whose steps lie anywhere in the files."""

from collections import Counter
from pathlib import Path

from core.engine import identifier
from core.ingest import zones
from core.settings import Guards
from core.tables import schema
from core.tables.arrays import NO_DAY
from core.tables.bench import Bench, Watcher
from core.tables.fold import Counts
from core.tables.keeping import Kept, joined, keep
from core.tables.ordering import Told, order
from core.tables.raw import KEPT_ROLES, RawRows, Source


class Sorting:
    """The way for all logs that `Standing` leaves."""

    said = "raw"

    def __init__(self, bench: Bench, sources: list[Source], guards: Guards) -> None:
        self.raw = RawRows(bench, sources, guards)
        self.told, self.counts = Told(), Counts()
        self._bench, self._sources = bench, sources
        self._kept: list[Kept] = []
        self.unread: Counter[int] = Counter()

    def read(self, watcher: Watcher) -> None:
        """Make the view `raw` of all rows."""
        self.raw.read(watcher)

    def order(self) -> str:
        """Put the steps into calls and each call's steps in order; SQL for the distinct paths as lists of nodes."""
        dated = any(source.mapping.date_format for source in self._sources)
        self.told = order(self._bench, dated=dated, tells_phases=self.raw.tells_phases, tells_ends=self.raw.tells_ends)
        self._bench.run(
            """
            CREATE TABLE folded AS
            SELECT number, arg_min("at", position) AS "at", greatest(max("at"), max(until)) AS until,
                   arg_min(hour, position) AS hour, CAST(count(*) AS INTEGER) AS n_steps,
                   list_transform(list_sort(list({'p': position, 'n': node})), lambda step: step.n) AS nodes
            FROM ordered GROUP BY number
            """
        )
        steps, unread = self._bench.one("SELECT count(*), count(*) FILTER (unread) FROM ordered")
        query = "SELECT file, count(*) FROM ordered JOIN keys USING (number) WHERE unread GROUP BY file"
        self.unread.update(dict(self._bench.run(query)))
        day = f"{zones.local(identifier('at'), self._sources[0].zone)}::DATE"
        n_calls, *days = self._bench.one(
            f"""
            SELECT count(*), datediff('day', DATE '1970-01-01', min({day})),
                   datediff('day', DATE '1970-01-01', max({day})) FROM folded
            """
        )
        self.counts = Counts(steps, n_calls, unread, *(int(NO_DAY) if day is None else day for day in days))
        self._kept = keep(self._bench, self.raw, n_calls)
        return "SELECT DISTINCT nodes FROM folded"

    def write(self, part: Path) -> None:
        """Write steps and calls, once the paths have their numbers."""
        self._bench.write(self._steps(), part / "steps.parquet")
        core = self._bench.work / "core.parquet"
        local = zones.local(identifier("at"), self._sources[0].zone)
        self._bench.write(
            f"""
            SELECT number AS "call", file, call_id, "at", until, CAST({local} AS DATE) AS date,
                   CAST(hour AS INTEGER) AS hour, folded.n_steps, path
            FROM folded JOIN keys USING (number) JOIN paths ON paths.nodes = folded.nodes ORDER BY number
            """,
            core,
        )
        own = [name for name in schema.TABLES["calls"] if name not in KEPT_ROLES.values()]
        known = {name for one in self._kept for name in one.columns}
        columns = [identifier(name) for name in own]
        columns += [
            identifier(name) if name in known else f"NULL::{schema.TABLES['calls'][name]} AS {name}"
            for name in KEPT_ROLES.values()
        ]
        columns += [identifier(f"attribute.{name}") for name in self.raw.attributes]
        self._bench.write(f"SELECT {', '.join(columns)} FROM ({joined(core, self._kept)})", part / "calls.parquet")

    def _steps(self) -> str:
        told = """
            (SELECT number, turn // 4 AS position, arg_min(error, turn) AS error
             FROM places JOIN raw USING (row) WHERE error IS NOT NULL GROUP BY ALL)
            """
        errors = f"LEFT JOIN {told} errors USING (number, position)" if self.raw.tells_errors else ""
        error = "errors.error" if self.raw.tells_errors else "NULL::VARCHAR"
        return f"""
            SELECT number AS "call", position, node, "at", until, {error} AS error FROM ordered {errors} ORDER BY ALL
            """
