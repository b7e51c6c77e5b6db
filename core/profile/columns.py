"""What is in each column of the typed rows: counted, not estimated, unless it says so."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.engine import files
from core.ingest.load import column
from core.profile import days
from core.profile.measures import MOST_FREQUENT, mean_and_std, numbers, runs
from core.profile.schema import ColumnProfile, Lengths, TypedColumn
from core.profile.types import DATED, ColumnType
from core.tables.bench import Bench

MOST_HELD = 12_000_000
"""Values of a column that are held in memory at once, for all that needs them sorted; more are estimated."""
FEW = 50_000
"""Different texts that are counted one by one; of more, what tells them apart is their hash of 64 bits."""
TEXT_LENGTH = 200


class Columns:
    """Profiles columns of the Parquet file `path`, which holds `n_rows` rows."""

    def __init__(self, bench: Bench, path: Path, n_rows: int) -> None:
        self._bench, self._rows, self._n_rows = bench, f"read_parquet({files(path)})", n_rows

    def profile(self, number: int, typed: TypedColumn) -> ColumnProfile:
        """What is in column `number`."""
        name, filled = column(number), self._n_rows - typed.missing
        found = ColumnProfile(**msgspec.structs.asdict(typed))
        if not filled:
            return found
        if typed.type in (ColumnType.TEXT, ColumnType.BOOLEAN):
            return self._of_texts(name, filled, found)
        if filled > MOST_HELD:
            return self._estimated(name, found)
        if typed.type is ColumnType.TIME:
            values = self._values(f"epoch_us({name})", name, filled)
            values.sort()
            return _with_top(msgspec.structs.replace(found, clocks=days.hours(values)), values, days.clock)
        if typed.type in DATED:
            values = self._values(f"epoch_us(CAST({name} AS TIMESTAMP))", name, filled)
            values.sort()
            with_time = typed.type is ColumnType.MOMENT
            told = msgspec.structs.replace(found, days=days.days(values, with_time=with_time))
            return _with_top(told, values, lambda value: days.moment(value, with_time=with_time))
        return self._of_numbers(name, filled, found)

    def _of_numbers(self, name: str, filled: int, found: ColumnProfile) -> ColumnProfile:
        if found.type is ColumnType.WHOLE and not found.missing:
            values: NDArray[Any] = self._bench.array(f"SELECT {name} FROM {self._rows}", filled, np.dtype(np.int64))
        else:
            whole = f"SELECT coalesce({name}, 'nan'::DOUBLE) FROM {self._rows}"
            values = self._bench.array(whole, self._n_rows, np.dtype(np.float64))
        mean, std = mean_and_std(values, filled)
        values.sort()  # what is missing comes last
        values = values[:filled]
        told = msgspec.structs.replace(found, numbers=numbers(values, mean, std))
        return _with_top(told, values, lambda value: _written(value, found.type))

    def _values(self, value: str, name: str, filled: int) -> NDArray[np.int64]:
        query = f"SELECT {value} FROM {self._rows} WHERE {name} IS NOT NULL"
        return self._bench.array(query, filled, np.dtype(np.int64))

    def _of_texts(self, name: str, filled: int, found: ColumnProfile) -> ColumnProfile:
        text = f"CAST({name} AS VARCHAR)"
        least, most, mean, about = self._bench.one(
            f"SELECT min(length({text})), max(length({text})), avg(length({text})), approx_count_distinct({name}) "
            f"FROM {self._rows}"
        )
        if found.type is ColumnType.TEXT:
            found = msgspec.structs.replace(found, lengths=Lengths(least, float(mean), most))
        if about <= FEW or filled <= FEW:
            distinct, top, folded = self._counted(name)
            found = msgspec.structs.replace(found, folded=folded)
        elif filled <= MOST_HELD:
            distinct, top = self._hashed(name, filled)
        else:
            return msgspec.structs.replace(found, distinct=about, hedge="about")
        return msgspec.structs.replace(found, distinct=distinct, top=tuple(top))

    def _counted(self, name: str) -> tuple[int, list[tuple[str, int]], int]:
        counts = f"(SELECT {name} AS value, count(*) AS n FROM {self._rows} WHERE {name} IS NOT NULL GROUP BY {name})"
        text = "CAST(value AS VARCHAR)"
        distinct, folded = self._bench.one(f"SELECT count(*), count(*) - count(DISTINCT lower({text})) FROM {counts}")
        top = self._bench.run(
            f"SELECT left({text}, {TEXT_LENGTH}), n FROM {counts} ORDER BY n DESC, value LIMIT {MOST_FREQUENT}"
        )
        return distinct, [(text, n) for text, n in top], folded

    def _hashed(self, name: str, filled: int) -> tuple[int, list[tuple[str, int]]]:
        query = f"SELECT hash({name}) FROM {self._rows} WHERE {name} IS NOT NULL"
        hashes = self._bench.array(query, filled, np.dtype(np.uint64))
        hashes.sort()
        distinct, top = runs(hashes)
        if top[0][1] == 1:  # all are different, and none is more frequent than another
            return distinct, []
        wanted = ", ".join(f"{value}::UBIGINT" for value, _ in top)
        found = self._bench.run(
            f"SELECT left(any_value({name}), {TEXT_LENGTH}), count(*) AS n FROM {self._rows} "
            f"WHERE hash({name}) IN ({wanted}) GROUP BY {name} ORDER BY n DESC, 1"
        )
        return distinct, [(text, n) for text, n in found]

    def _estimated(self, name: str, found: ColumnProfile) -> ColumnProfile:
        (about,) = self._bench.one(f"SELECT approx_count_distinct({name}) FROM {self._rows}")
        return msgspec.structs.replace(found, distinct=about, hedge="about")


def _with_top(found: ColumnProfile, values: NDArray[Any], written: Callable[[Any], str]) -> ColumnProfile:
    distinct, top = runs(values)
    shown = () if top[0][1] == 1 and distinct > MOST_FREQUENT else top
    return msgspec.structs.replace(found, distinct=distinct, top=tuple((written(value), n) for value, n in shown))


def _written(value: Any, kind: ColumnType) -> str:
    """A number as text: the whole number, or the shortest that is this number and no other."""
    return str(int(value)) if kind is ColumnType.WHOLE else repr(float(value))
