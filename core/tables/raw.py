"""The rows of all files as one table of clean values, and an account of those that are no steps."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.engine import files, identifier
from core.errors import FileRefused
from core.ingest import batches, dates, load, scan, zones
from core.ingest.facts import Dialect
from core.ingest.mapping import ColumnMapping, Role
from core.ingest.plain import Plain, plain
from core.ingest.pseudonyms import Pseudonyms
from core.settings import Guards
from core.tables.bench import Bench, Watcher
from core.tables.rejects import Odd, Refused, Rejects

TEXT_ROLES = {Role.OUTCOME: "outcome", Role.CUSTOMER: "customer", Role.AGENT: "agent"}
SECONDS_ROLES = {Role.QUEUE_WAIT: "queue_wait", Role.HANDLE_TIME: "handle_time"}
KEPT_ROLES = TEXT_ROLES | SECONDS_ROLES
"""Role -> the column of `calls` that keeps it."""
WIDTH = 48
"""Columns kept with a call that are read at once: wider rows would fill the memory, so the file is read again."""
AT_ONCE = 50_000
"""Rows of a batch."""
TOGETHER = 8
"""Batches whose times are worked out at once."""
CODED = ("node", "parent", "label", "url")
"""Columns with few words."""


class Source(NamedTuple):
    """A file to import: where it is, what it is called, how it is written, what its columns are, its size in rows.

    `id` is what filters and addresses call it; without one it is called by its place, from 1. `zone` is the time zone
    in which days and hours are told, and in which a time without an offset is; the same for all files, "" for none.
    """

    path: Path
    name: str
    dialect: Dialect
    mapping: ColumnMapping
    rows: int = 0
    id: str = ""
    zone: str = ""


class RawRows:
    """Reads `sources` into the view `raw`: row, file, the text of each role, attributes, at, hour, unread, in_menu.

    `row` numbers go on from file to file. `rows` counts all rows of each file below its header, taken or not. Where a
    file `tells_phases` of steps, `raw` has lifecycle and instance too, error where one `tells_errors`, and until, the
    end of a step, where one `tells_ends`. `refused_seconds` counts, by column, what is given as a number of seconds and
    is none, or a negative one, and ends that are no times or lie before their steps, and `spoiled` the same for each
    file. Unless they are to be read `strictly`, regular files are parsed by Arrow.
    """

    def __init__(self, bench: Bench, sources: list[Source], guards: Guards, *, strictly: bool = True) -> None:
        self._bench, self._sources, self._guards, self._strictly = bench, sources, guards, strictly
        self._taken = 0
        names: dict[str, str] = {}  # to SQL, names that differ in case alone are one
        for name in (name for one in sources for name in one.mapping.all(Role.ATTRIBUTE)):
            names.setdefault(name.lower(), name)
        self.attributes = tuple(names.values())
        self.tells_phases = self._has(Role.LIFECYCLE)
        self.tells_errors = self._has(Role.ERROR)
        self.tells_ends = self._has(Role.END)
        self.refused_seconds = {name: 0 for role, name in SECONDS_ROLES.items() if self._has(role)}
        if self.tells_ends:
            self.refused_seconds["until"] = 0
        kept = [name for role, name in KEPT_ROLES.items() if self._has(role)]
        kept += [f"attribute.{name}" for name in self.attributes]
        self._parts = [tuple(kept[start : start + WIDTH]) for start in range(0, max(len(kept), 1), WIDTH)]
        self.rejects = Rejects(bench)
        self.rows: list[int] = []
        self.spoiled: list[int] = []

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

    def batches(self, watcher: Watcher) -> Iterator[tuple[int, int, pa.RecordBatch]]:
        """The rows of all files in their order, some at once: the file, the number of the first row, and the rows.

        They have the text of each role, attributes, at and unread, and where a time zone is chosen `local`, which is
        `at` as its clocks show it; one file is done with before the next begins.
        Raises Unlike where a file may have to be read strictly.
        """
        expected = sum(source.rows for source in self._sources)
        watcher.stage(0, total=expected, unit="rows")
        watcher.meter = lambda: (self._taken, expected)
        for number, source in enumerate(self._sources):
            first, odd = self._taken, [Odd.of(0, np.zeros(0, np.bool_), np.zeros(0, np.bool_))]
            file = plain(source.path, source.dialect, self._bench.work, number, self._guards)
            table = "" if file.dialect.orderly else f"refused_{number}"
            for batch in self._parsed(source, number, file, table):
                missing = (batch.column(name).is_null().to_numpy(zero_copy_only=False) for name in ("call", "node"))
                odd.append(Odd.of(self._taken - first, *missing))
                for name in self.refused_seconds:
                    self.refused_seconds[name] += pc.sum(batch.column(_spoiled(name)), min_count=0).as_py()
                yield number, self._taken, batch.drop_columns(list(map(_spoiled, self.refused_seconds)))
                self._taken += batch.num_rows
            together = Odd(*map(np.concatenate, zip(*odd, strict=True)))
            self._account(number, source, file, together, table, self._taken - first)

    def _parsed(self, source: Source, number: int, file: Plain, table: str) -> Iterator[pa.RecordBatch]:
        """The rows of a file, some at once; those that it refuses are listed in `table` where that is named."""
        columns = source.mapping.columns
        if self._strictly or not batches.takes(file, len(columns)) or source.mapping.pseudonyms:
            read = load.rows(file.path, file.dialect, len(columns), self._guards, rejects=table)
            yield from self._bench.stream(self._select(source, number, file, read, alone=True), AT_ONCE)
            return
        texts = self._columns(source)
        measured = [name for name in ("date", "ended", *self.refused_seconds) if name in texts]
        wanted = {name: columns.index(column) for name, column in texts.items() if column is not None}
        given = ", ".join(identifier(name) for name in measured)
        query = self._worked_out(source, number, f"SELECT {given} FROM given", alone=True)
        parsed = batches.batches(file, len(columns), wanted, coded=CODED)
        while some := list(islice(parsed, TOGETHER)):
            void = {name: [pa.nulls(len(batch), pa.string()) for batch in some] for name in texts if name not in wanted}
            named = {name: [batch.column(name) for batch in some] for name in wanted} | void
            told = self._bench.asked(query, pa.table({name: pa.chunked_array(named[name]) for name in measured}))
            at = 0
            for place, batch in enumerate(some):
                own = {name: named[name][place] for name in texts if name not in measured}
                new = {name: told[name].chunk(0).slice(at, len(batch)) for name in told.schema.names}
                yield pa.RecordBatch.from_pydict({**own, **new})
                at += len(batch)

    def tells_parents(self, number: int) -> bool:
        """Whether a file has a column of parents."""
        return self._sources[number].mapping.column(Role.PARENT) is not None

    @property
    def kept(self) -> list[tuple[str, tuple[str, ...]]]:
        """SQL for rows, numbered by `row`, and the names of those of their columns that are kept with a call."""
        others = range(1, len(self._parts))
        read = (files(self._bench.work, f"part_{number}_*.parquet") for number in others)
        sources = ["raw", *(f"read_parquet({one}, union_by_name = true)" for one in read)]
        return list(zip(sources, self._parts, strict=True))

    def _has(self, role: Role) -> bool:
        return any(one.mapping.column(role) for one in self._sources)

    def _done(self, before: int, rows: int, total: int) -> tuple[int, int]:
        return before + rows * self._bench.percent() // 100, total

    def _read(self, number: int, source: Source) -> None:
        work = self._bench.work
        file = plain(source.path, source.dialect, work, number, self._guards)
        table = "" if file.dialect.orderly else f"refused_{number}"
        read = load.rows(file.path, file.dialect, len(source.mapping.columns), self._guards, rejects=table)
        taken = self._bench.write(self._select(source, number, file, read), work / f"raw_{number}.parquet")
        raw = files(work / f"raw_{number}.parquet")
        for name in self.refused_seconds:
            self.refused_seconds[name] += self._bench.one(
                f"SELECT count(*) FILTER ({_spoiled(name)}) FROM read_parquet({raw})"
            )[0]
        again = load.rows(file.path, file.dialect, len(source.mapping.columns), self._guards)
        for part, names in enumerate(self._parts[1:], 1):
            query = f"SELECT {self._number()}, {_texts(source, file, self._kept_of(source, names))} FROM {again}"
            if self._bench.write(query, work / f"part_{part}_{number}.parquet") != taken:
                raise FileRefused(
                    f"{source.name} was not read twice in the same way.", "Try again, with fewer columns."
                )
        self._account(number, source, file, self._odd(number), table, taken)
        self._taken += taken

    def _account(self, number: int, source: Source, file: Plain, odd: Odd, table: str, taken: int) -> None:
        """Note what became of the rows of a file, of which the reader took some and listed the others in `table`."""
        refused = self._refused(number, source, file, table, taken)
        self.rejects.add(number, file, source.mapping, odd, refused, taken)
        self.rows.append(taken + len(refused) + len(file.aside))
        self.spoiled.append(sum(self.refused_seconds.values()) - sum(self.spoiled))

    def _refused(self, number: int, source: Source, file: Plain, table: str, taken: int) -> Refused:
        """The rows of a file that the reader refused: as it has listed them, or as they are seen in an orderly file."""
        refused = Refused()
        n_columns = len(source.mapping.columns)
        if not table:
            if taken + len(file.aside) == source.rows:  # as many as when the file was looked at
                return refused
            n_records = 0
            for some in scan.misfits(file.path, file.dialect, self._guards, n_columns):
                n_records += some.n_records
                for offset, n_values in zip(some.starts.tolist(), some.n_values.tolist(), strict=True):
                    refused.add(offset, load.misfit(n_values, n_columns))
            if n_records == taken + len(refused):
                return refused
            refused, table = Refused(), f"refused_{number}"
            read = load.rows(file.path, file.dialect, n_columns, self._guards, rejects=table)
            self._bench.run(f"SELECT count(*) FROM {read}")
        for offset, reason in self._bench.refused(table):
            refused.add(offset, reason)
        return refused

    def _select(self, source: Source, number: int, file: Plain, read: str, *, alone: bool = False) -> str:
        """SQL for the rows of a file as the build needs them; each level uses what the one below worked out once.

        Rows that are read `alone` do not say where they stand among those of other files.
        """
        texts = _texts(source, file, self._columns(source))
        return self._worked_out(
            source, number, f"SELECT {'' if alone else f'{self._number()}, '}{texts} FROM {read}", alone=alone
        )

    def _columns(self, source: Source) -> dict[str, str | None]:
        """What the build needs of each row as a text -> the column of the source that has it, None where none has."""
        wanted = [Role.CALL, Role.NODE, Role.PARENT, Role.LABEL, Role.URL]
        wanted += [Role.LIFECYCLE, Role.INSTANCE] if self.tells_phases else []
        wanted += [Role.ERROR] if self.tells_errors else []
        roles = source.mapping
        texts = {role.value: roles.column(role) for role in wanted} | self._kept_of(source, self._parts[0])
        ends = {"ended": roles.column(Role.END)} if self.tells_ends else {}
        return {**texts, **ends, "date": roles.column(Role.TIMESTAMP)}

    def _worked_out(self, source: Source, number: int, given: str, *, alone: bool) -> str:
        """SQL for the rows of the query `given` with times and seconds in place of their texts."""
        date_format = source.mapping.date_format
        seconds = [name for name in SECONDS_ROLES.values() if name in self._parts[0]]
        spoiled = "".join(f", {name} IS NOT NULL AS {_spoiled(name)}" for name in seconds)
        parsed = [f"try_cast({name} AS DOUBLE) AS {name}" for name in seconds]
        odd = [f"{_spoiled(name)} AND NOT coalesce({name} >= 0 AND isfinite({name}), false)" for name in seconds]
        kept = [f"CASE WHEN {name} >= 0 AND isfinite({name}) THEN {name} END AS {name}" for name in seconds]
        kept += [f"{one} AS {_spoiled(name)}" for name, one in zip(seconds, odd, strict=True)]
        at = load.moment("date", date_format) if date_format else "NULL::TIMESTAMP"
        told_in = "" if dates.has_offset(date_format) else source.zone
        bounded = [f'{zones.utc(load.plausible(identifier("at")), told_in)} AS "at"']
        used = "date"
        if self.tells_ends:
            until, flag = load.moment("ended", date_format) if date_format else "NULL::TIMESTAMP", _spoiled("until")
            spoiled += f", {until} AS until, ended IS NOT NULL AS {flag}"
            bounded.append(f"{zones.utc(load.plausible('until'), told_in)} AS until")
            kept.append('CASE WHEN until >= "at" THEN until END AS until')
            kept.append(f'{flag} AND NOT coalesce(until >= "at", false) AS {flag}')
            used = "date, ended"
        local = zones.local(identifier("at"), source.zone)
        hour = f"hour({local})" if date_format and dates.has_time(date_format) else "NULL::BIGINT"
        in_menu = "true" if self.tells_parents(number) else "false"
        where = f", {hour} AS hour, {in_menu} AS in_menu, {number} AS file"
        if alone:
            where = f", {local} AS local" if source.zone else ""
        return f"""
            SELECT * EXCLUDE ({used}) {_replacing(kept)}, date IS NOT NULL AND "at" IS NULL AS unread {where}
            FROM (SELECT * {_replacing(bounded)}
                  FROM (SELECT * {_replacing(parsed)}{spoiled}, {at} AS "at" FROM ({given})))
            """

    def _number(self) -> str:
        return f"row_number() OVER () - 1 + {self._taken} AS row"

    def _kept_of(self, source: Source, names: tuple[str, ...]) -> dict[str, str | None]:
        """The column of the source behind each of these columns that are kept with a call, None where it has none."""
        own = {f"attribute.{name.lower()}": name for name in source.mapping.all(Role.ATTRIBUTE)}
        of_roles = {name: source.mapping.column(role) for role, name in KEPT_ROLES.items()}
        return {name: of_roles.get(name) or own.get(name.lower()) for name in names}

    def _odd(self, number: int) -> Odd:
        """The rows of a file that the reader took and that lack a call id or a node id."""
        raw = files(self._bench.work / f"raw_{number}.parquet")
        found = self._bench.numbers(
            f'SELECT row - {self._taken} AS row, "call" IS NULL AS no_call, node IS NULL AS no_node '
            f'FROM read_parquet({raw}) WHERE "call" IS NULL OR node IS NULL ORDER BY row'
        )
        return Odd(found["row"], found["no_call"], found["no_node"])


def _spoiled(name: str) -> str:
    """The column that tells where a number of seconds is given and is none, or a negative one."""
    return f"{name}_refused"


def _replacing(columns: list[str]) -> str:
    return f"REPLACE ({', '.join(columns)})" if columns else ""


def _texts(source: Source, file: Plain, columns: Mapping[str, str | None]) -> str:
    """SQL for clean texts, `columns` being the name of each -> its column in the source."""
    return ", ".join(f"{_text(source, file, column)} AS {identifier(name)}" for name, column in columns.items())


def _text(source: Source, file: Plain, column: str | None) -> str:
    """SQL for the clean text of a column, or the pseudonym that stands for it; NULL where no column has the role."""
    if column is None:
        return "NULL::VARCHAR"
    clean = file.cleaned(source.mapping.columns.index(column))
    return Pseudonyms.sql(clean) if column in source.mapping.pseudonyms else clean
