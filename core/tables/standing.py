"""Calls whose steps stand together in the file, put together while the rows stream by, in memory that does not grow."""

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.engine import files
from core.ingest import dates
from core.settings import Guards
from core.tables.bench import Bench, Watcher
from core.tables.distinct import Ints, Places, Unlucky
from core.tables.fold import Counts, Fold
from core.tables.items import NONE, Items, TooMany
from core.tables.ordering import Told
from core.tables.raw import RawRows, Source

LONGEST = 1_000_000
"""Steps of a call that are held in memory."""


class Scattered(Exception):
    """The steps of some call do not stand together, or the log is of a kind that has to be put in order in SQL."""


class Standing:
    """The way for most logs: one pass over the rows. Raises Scattered wherever a log is not for it, and Unlike where it
    is only for it when it is read `strictly`."""

    said = "said"

    def __init__(self, bench: Bench, sources: list[Source], guards: Guards, *, strictly: bool = False) -> None:
        self.raw = RawRows(bench, sources, guards, strictly=strictly)
        self.told = Told()
        if self.raw.tells_phases or len(self.raw.kept) > 1:
            raise Scattered
        self._bench, self._sources = bench, sources
        self._items = Items()
        (_, kept) = self.raw.kept[0]
        self._fold = Fold(bench.work, kept, tells_errors=self.raw.tells_errors)
        self._open: tuple[int, pa.Table] | None = None
        self._rising = _Rising()
        self.unread: Counter[int] = Counter()

    @property
    def counts(self) -> Counts:
        return self._fold.counts

    def read(self, watcher: Watcher) -> None:
        """Read all rows, fold them, and make the table `said` of what they say of menu items."""
        try:
            for number, row, batch in self.raw.batches(watcher):
                in_menu = self.raw.tells_parents(number)
                codes = self._items.take(batch, row, in_menu=in_menu)
                self._take(number, batch, codes)
            self._close()
        except (TooMany, Unlucky):
            raise Scattered from None
        self._bench.keep("said", self._items.table())

    def _take(self, number: int, batch: pa.RecordBatch, codes: Ints) -> None:
        columns = {name: batch.column(name) for name in batch.schema.names if name not in ("parent", "label", "url")}
        rows = pa.table({**columns, "node": codes})
        if (codes == NONE).any() or batch.column("call").null_count:
            rows = rows.filter(pc.and_(pa.array(codes != NONE), batch.column("call").is_valid()))
        self.unread[number] += pc.sum(rows["unread"]).as_py() or 0
        if self._open is not None and self._open[0] == number:
            rows = pa.concat_tables([self._open[1], rows]).combine_chunks()
        else:
            self._close()
        if not len(rows):
            self._open = None
            return
        starts = _starts(rows["call"])
        last = int(starts[-1])
        if len(rows) - last > LONGEST:
            raise Scattered
        self._open = number, rows.slice(last)
        if last:
            self._add(number, rows.slice(0, last), starts[:-1])

    def _close(self) -> None:
        """Take the call that was open at the end of a file as whole."""
        if self._open is not None:
            number, rows = self._open
            self._add(number, rows, np.zeros(1, np.int64))
        self._open = None

    def _add(self, number: int, rows: pa.Table, starts: Places) -> None:
        self._rising.add(number, rows["call"].take(starts))
        has_time = dates.has_time(self._sources[number].mapping.date_format)
        self._fold.add(number, rows.combine_chunks(), starts, has_time=has_time)

    def order(self) -> str:
        """SQL for the distinct paths as lists of nodes, once these have their numbers."""
        ids = [one for (one,) in self._bench.run("SELECT id FROM ids ORDER BY node")]
        self._nodes = self._items.renumbered(ids)
        self._bench.keep("found", self._fold.paths.table(self._nodes))
        return "SELECT CAST(nodes AS INTEGER[]) AS nodes FROM found"

    def write(self, part: Path) -> None:
        """Write steps and calls, once the paths have their numbers. Raises Scattered where a call came twice."""
        query = "SELECT path FROM found JOIN paths ON paths.nodes = CAST(found.nodes AS INTEGER[]) ORDER BY place"
        paths = self._bench.numbers(query)["path"]
        self._fold.write(part, self._nodes, paths, self.raw.attributes)
        if self._rising:
            return
        calls = f"read_parquet({files(part / 'calls.parquet')})"
        # Two calls may share a hash: then the other way is taken for nothing, and gives the same tables.
        (n_calls,) = self._bench.one(f"SELECT count(DISTINCT hash(file, call_id)) FROM {calls}")
        if n_calls < self.counts.calls:
            raise Scattered


class _Rising:
    """Whether the calls of each file come in the order of their ids, as they often do: then none comes twice."""

    def __init__(self) -> None:
        self._holds = True
        self._last: tuple[int, str] | None = None

    def add(self, file: int, calls: pa.ChunkedArray) -> None:
        """Take some calls of a file. Raises Scattered where one of them comes twice."""
        whole = calls.combine_chunks()
        rising = pc.all(pc.less(whole[:-1], whole[1:])).as_py()
        if not rising and pc.count_distinct(whole).as_py() < len(whole):
            raise Scattered
        first, last = whole[0].as_py(), whole[-1].as_py()
        follows = self._last is None or self._last[0] != file or self._last[1] < first
        self._holds = self._holds and rising is not False and follows
        self._last = file, last

    def __bool__(self) -> bool:
        return self._holds


def _starts(calls: pa.ChunkedArray) -> Places:
    """The rows that have another call than the row before."""
    whole = calls.combine_chunks()
    changes = pc.not_equal(whole[1:], whole[:-1]).to_numpy(zero_copy_only=False)
    return np.concatenate([np.zeros(1, np.int64), np.flatnonzero(changes) + 1])
