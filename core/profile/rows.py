"""The rows of a file as Parquet, each column with the type that all of its values agree on."""

from collections.abc import Sequence
from pathlib import Path

from core.engine import files, quoted
from core.ingest import dates, load, personal
from core.ingest.facts import ColumnFacts
from core.ingest.mapping import Role, Treatment
from core.ingest.plain import Plain
from core.ingest.pseudonyms import Pseudonyms
from core.profile.schema import Nearly, TypedColumn, Wanted, parts
from core.profile.types import NUMBERS, TEXT, WHOLE, Reading, candidates, stands_in, typed
from core.settings import Guards
from core.tables.bench import Bench

SAMPLE_ROWS = 2000
SAMPLED_AT_ONCE = 128
"""Columns: of many, the first rows are held in memory in parts."""
MANY, OTHERS, OTHERS_LENGTH = 0.5, 3, 40
"""A column of text is told to be nearly of a type where as many of its values are; with a few of the others."""
GROUP_ROWS, GROUP_CELLS, LEAST_GROUP = 61_440, 2_000_000, 2048
"""A row group is what is read for a single row, and what is held in memory while it is written."""


def write(
    bench: Bench, source: Plain, wanted: Wanted, target: Path, guards: Guards
) -> tuple[int, tuple[TypedColumn, ...]]:
    """Write the rows of `source` to the folder `target`, with the columns c0, c1, …; how many rows there
    are, and what each column is.

    Nothing, or pseudonyms, stand in the place of values that are to be hidden. The file is read once where the first
    rows tell the types; where a later row contradicts them, or words stand for missing values, those columns are read
    again.
    """
    return _Writing(bench, source, wanted, target, guards).run()


class _Writing:
    def __init__(self, bench: Bench, source: Plain, wanted: Wanted, target: Path, guards: Guards) -> None:
        self._bench, self._source, self._target = bench, source, target
        self._date_formats, self._hidden = wanted.date_formats, wanted.hidden
        self._columns = [
            ColumnFacts(name=one.name) if wanted.hidden.get(one.name) is Treatment.LEFT_OUT else one
            for one in wanted.columns
        ]
        self._nearly: dict[int, Nearly] = {}
        self._read = load.rows(source.path, source.dialect, len(self._columns), guards)

    def run(self) -> tuple[int, tuple[TypedColumn, ...]]:
        readings = self._tried()
        counts = self._write(readings)
        doubtful = [
            number
            for number, (column, count) in enumerate(zip(self._columns, counts, strict=True))
            if count != column.filled
        ]
        missing: dict[int, dict[str, int]] = {}
        settled = list(readings)
        for number in doubtful:
            settled[number], missing[number] = self._settled(number, readings[number])
        if settled != readings:
            self._write(settled)
        ((path, _), *_) = parts(self._target, len(settled))
        (n_rows,) = self._bench.one(f"SELECT count(*) FROM read_parquet({files(path)})")
        return n_rows, tuple(
            self._told(number, column, settled[number], missing.get(number, {}), n_rows)
            for number, column in enumerate(self._columns)
        )

    def _told(
        self, number: int, column: ColumnFacts, reading: Reading, stand_ins: dict[str, int], n_rows: int
    ) -> TypedColumn:
        return TypedColumn(
            name=column.name,
            type=reading.type,
            format=reading.format,
            missing=n_rows - column.filled + sum(stand_ins.values()),
            stand_ins=stand_ins,
            nearly=self._nearly.get(number),
            ties=tuple(one for one in dates.tied(column.formats) if one != reading.format) if reading.format else (),
            personal="" if column.name in self._hidden else personal.hint(column, Role.ATTRIBUTE),
        )

    def _cleaned(self, numbers: Sequence[int]) -> str:
        """SQL for the clean texts of these columns, or what stands in their place."""
        values = (f"{self._clean(number)} AS {load.column(number)}" for number in numbers)
        return f"SELECT {', '.join(values)} FROM {self._read}"

    def _clean(self, number: int) -> str:
        treatment = self._hidden.get(self._columns[number].name, Treatment.KEEP)
        if treatment is Treatment.LEFT_OUT:
            return "NULL::VARCHAR"
        clean = self._source.cleaned(number)
        return Pseudonyms.sql(clean) if treatment is Treatment.PSEUDONYM else clean

    def _tried(self) -> list[Reading]:
        """The reading of each column that all of its first values have, words for missing ones left aside."""
        readings: list[Reading] = []
        for start in range(0, len(self._columns), SAMPLED_AT_ONCE):
            part = range(start, min(start + SAMPLED_AT_ONCE, len(self._columns)))
            self._bench.run(f"CREATE OR REPLACE TEMP TABLE first AS {self._cleaned(part)} LIMIT {SAMPLE_ROWS}")
            rows = self._bench.run("FROM first")
            for number, values in zip(part, zip(*rows, strict=True), strict=True):
                readings.append(self._fitting(number, values))
        self._bench.run("DROP TABLE first")
        return readings

    def _fitting(self, number: int, first: Sequence[str | None]) -> Reading:
        column, name = self._columns[number], load.column(number)
        tried = candidates(first, column.formats, self._date_formats.get(column.name, ""))
        if not tried:
            return TEXT
        counts = ", ".join(f"count({typed(name, reading)})" for reading in tried)
        known = f"{name} IS NOT NULL AND NOT {stands_in(name)}"
        wanted, *found = self._bench.one(f"SELECT count(*) FILTER ({known}), {counts} FROM first")
        fitting = next((reading for reading, count in zip(tried, found, strict=True) if count == wanted), TEXT)
        if fitting == TEXT:
            self._note(number, tried[found.index(max(found))], max(found), wanted, "first")
        return fitting

    def _note(self, number: int, reading: Reading, n: int, of: int, source: str) -> None:
        """Remember that `n` of the values in `source` have a type that others do not have, where they are many."""
        if n < MANY * of:
            return
        name = load.column(number)
        odd = f"{name} IS NOT NULL AND NOT {stands_in(name)} AND {typed(name, reading)} IS NULL"
        others = self._bench.run(
            f"SELECT DISTINCT left({name}, {OTHERS_LENGTH}) FROM {source} WHERE {odd} ORDER BY 1 LIMIT {OTHERS}"
        )
        self._nearly[number] = Nearly(reading.type, n, of, tuple(text for (text,) in others))

    def _settled(self, number: int, reading: Reading) -> tuple[Reading, dict[str, int]]:
        """The reading that all values of a column have, some of which do not have `reading`; its words for missing."""
        name = load.column(number)
        tried = [reading, *NUMBERS] if reading == WHOLE else [reading]
        counts = ", ".join(f"count({typed(name, one)})" for one in tried)
        words, *found = self._bench.one(
            f"SELECT histogram({name}) FILTER ({stands_in(name)}), {counts} FROM ({self._cleaned([number])})"
        )
        stand_ins = dict(words or {})
        wanted = self._columns[number].filled - sum(stand_ins.values())
        for one, count in zip(tried, found, strict=True):
            if count == wanted and count:
                return one, stand_ins
        best = found.index(max(found))
        self._note(number, tried[best], found[best], wanted, f"({self._cleaned([number])})")
        return TEXT, {}

    def _write(self, readings: Sequence[Reading]) -> list[int]:
        """Write the rows with these types; how many values each column has then."""
        told: dict[str, int] = {}
        for path, part in parts(self._target, len(readings)):
            values = ", ".join(f"{typed(load.column(one), readings[one])} AS {load.column(one)}" for one in part)
            group = max(LEAST_GROUP, min(GROUP_ROWS, GROUP_CELLS // len(part)))
            self._bench.run(
                f"COPY (SELECT {values} FROM ({self._cleaned(part)})) TO {quoted(str(path))} "
                f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {group})"
            )
            told |= self._bench.run(
                "SELECT path_in_schema, CAST(sum(num_values - stats_null_count) AS BIGINT) "
                f"FROM parquet_metadata({files(path)}) GROUP BY ALL"
            )
        return [told[load.column(number)] for number in range(len(readings))]
