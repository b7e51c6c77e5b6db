"""The rows of all files as one table of clean values, and an account of those that are no steps."""

from functools import partial
from pathlib import Path
from typing import NamedTuple

from core.engine import files, identifier
from core.ingest import dates, decode, load
from core.ingest.facts import Dialect
from core.ingest.lines import Place, locate, mended
from core.ingest.mapping import ColumnMapping, Role
from core.settings import Guards
from core.tables.bench import Bench, Watcher

TEXT_ROLES = {Role.OUTCOME: "outcome", Role.CUSTOMER: "customer", Role.AGENT: "agent", Role.ERROR: "error"}
SECONDS_ROLES = {Role.QUEUE_WAIT: "queue_wait", Role.HANDLE_TIME: "handle_time"}


class Source(NamedTuple):
    """A file to import: where it is, what it is called, how it is written, what its columns are, its size in rows."""

    path: Path
    name: str
    dialect: Dialect
    mapping: ColumnMapping
    rows: int = 0


class Reject(NamedTuple):
    """A row that is no step, as in schema.TABLES; line and text are missing where they are not known for sure."""

    file: int
    line: int | None
    kind: str
    reason: str
    text: str | None


class RawRows:
    """Reads `sources` into the view `raw`: row, file, the text of each role, attributes, at, hour, unread, in_menu.

    `row` numbers go on from file to file. `rows` counts all rows of each file below its header, taken or not.
    """

    def __init__(self, bench: Bench, sources: list[Source], guards: Guards) -> None:
        self._bench, self._sources, self._guards = bench, sources, guards
        self._taken = 0
        names: dict[str, str] = {}  # to SQL, names that differ in case alone are one
        for name in (name for one in sources for name in one.mapping.all(Role.ATTRIBUTE)):
            names.setdefault(name.lower(), name)
        self.attributes = tuple(names.values())
        self.rejects: list[Reject] = []
        self.rows: list[int] = []

    def read(self, watcher: Watcher) -> None:
        """Each file into Parquet, one after the other."""
        expected = sum(source.rows for source in self._sources)
        watcher.stage(0, total=expected, unit="rows")
        for number, source in enumerate(self._sources):
            watcher.meter = partial(self._done, self._taken, source.rows, expected)
            self._read(number, source)
            watcher.advance(self._taken)
        every = files(self._bench.work, "raw_*.parquet")
        self._bench.run(f"CREATE VIEW raw AS SELECT * FROM read_parquet({every}, union_by_name = true)")

    def _done(self, before: int, rows: int, total: int) -> tuple[int, int]:
        return before + rows * self._bench.percent() // 100, total

    def _read(self, number: int, source: Source) -> None:
        dialect, work = source.dialect, self._bench.work
        utf8 = decode.as_utf8(source.path, dialect.encoding, dialect.newline, work / f"utf8_{number}.csv")
        whole, spoiled = mended(utf8, dialect, work / f"mended_{number}.csv", self._guards)
        table = f"refused_{number}"
        read = load.rows(whole, dialect, len(source.mapping.columns), self._guards, rejects=table)
        taken = self._bench.write(self._select(source, number, read), work / f"raw_{number}.parquet")
        refused = load.refused_rows(self._bench.run, table)
        self.rejects += [Reject(number, place.line, "rejected", load.SPOILED, place.text) for place in spoiled]
        self._reject(number, whole, dialect, taken, refused)
        self.rows.append(taken + len(refused) + len(spoiled))
        self._taken += taken

    def _select(self, source: Source, number: int, read: str) -> str:
        """SQL for the rows of a file as the build needs them; each level uses what the one below worked out once."""
        roles = source.mapping
        texts = {role.value: roles.column(role) for role in (Role.CALL, Role.NODE, Role.PARENT, Role.LABEL, Role.URL)}
        texts |= {name: roles.column(role) for role, name in (TEXT_ROLES | SECONDS_ROLES).items()}
        own = {name.lower(): name for name in roles.all(Role.ATTRIBUTE)}
        texts |= {f"attribute.{name}": own.get(name.lower()) for name in self.attributes}
        texts["date"] = roles.column(Role.TIMESTAMP)
        clean = ", ".join(f"{_text(source, column)} AS {identifier(name)}" for name, column in texts.items())
        seconds = [identifier(name) for name in SECONDS_ROLES.values()]
        parsed = ", ".join(f"try_cast({name} AS DOUBLE) AS {name}" for name in seconds)
        kept = ", ".join(f"CASE WHEN {name} >= 0 AND isfinite({name}) THEN {name} END AS {name}" for name in seconds)
        date_format = roles.date_format
        at = load.parsed_date("date", date_format) if date_format else "NULL::TIMESTAMP"
        hour = 'hour("at")' if date_format and dates.has_time(date_format) else "NULL::BIGINT"
        return f"""
            SELECT * EXCLUDE (date) REPLACE ({kept}), {hour} AS hour, date IS NOT NULL AND "at" IS NULL AS unread,
                   {"true" if roles.column(Role.PARENT) else "false"} AS in_menu, {number} AS file
            FROM (SELECT * REPLACE ({parsed}), {at} AS "at"
                  FROM (SELECT row_number() OVER () - 1 + {self._taken} AS row, {clean} FROM {read}))
            """

    def _reject(self, number: int, path: Path, dialect: Dialect, n_taken: int, refused: list[tuple[int, str]]) -> None:
        """Note the rows that the reader refused, and those it took that lack a call id or a node id."""
        raw = files(self._bench.work / f"raw_{number}.parquet")
        odd = self._bench.run(
            f'SELECT row - {self._taken}, "call" IS NULL, node IS NULL FROM read_parquet({raw}) '
            'WHERE "call" IS NULL OR node IS NULL ORDER BY row'
        )
        if not odd and not refused:
            return
        rows, strays, counted = locate(path, dialect, [row for row, _, _ in odd], [offset for offset, _ in refused])
        for row, no_call, no_node in odd:
            kind, reason = _verdict(no_call, no_node)
            self._note(number, rows.get(row) if counted == n_taken else None, kind, reason)
        for offset, reason in refused:
            self._note(number, strays.get(offset), "rejected", reason)

    def _note(self, number: int, place: Place | None, kind: str, reason: str) -> None:
        self.rejects.append(Reject(number, place and place.line, kind, reason, place and place.text))


def _verdict(no_call: bool, no_node: bool) -> tuple[str, str]:
    """Kind and reason of a row without a call id, a node id or both."""
    if not no_node:
        return "declaration", "has no call id, so it only declares its node"
    return "rejected", "has no call id and no node id" if no_call else "has no node id"


def _text(source: Source, column: str | None) -> str:
    """SQL for the clean text of a column, NULL where no column has the role."""
    if column is None:
        return "NULL::VARCHAR"
    return load.cleaned(load.column(source.mapping.columns.index(column)))
