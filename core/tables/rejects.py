"""The rows that are no steps, written down as they are found, for there may be millions of them."""

from array import array
from collections import Counter
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.engine import files
from core.ingest.mapping import ColumnMapping, Content
from core.ingest.plain import Plain
from core.ingest.scan import Places
from core.tables.bench import Bench

AT_ONCE = 10_000
_COLUMNS = pa.schema(
    [
        ("file", pa.int32()),
        ("line", pa.int64()),
        ("kind", pa.dictionary(pa.int32(), pa.string())),
        ("reason", pa.dictionary(pa.int32(), pa.string())),
        ("text", pa.string()),
        ("counted", pa.bool_()),
    ]
)


class Odd(NamedTuple):
    """Rows, by their numbers in a file in order, without a call id, a node id or both."""

    rows: Places
    no_call: NDArray[np.bool_]
    no_node: NDArray[np.bool_]

    @staticmethod
    def of(first: int, no_call: NDArray[np.bool_], no_node: NDArray[np.bool_]) -> "Odd":
        """Those of some rows, `first` being the number of the first of them."""
        places = np.flatnonzero(no_call | no_node)
        return Odd(places + first, no_call[places], no_node[places])


class Refused:
    """The rows that the reader refused: the byte offset of each, in order, and the reason in words."""

    def __init__(self) -> None:
        self._offsets, self._which = array("q"), array("i")
        self._reasons: dict[str, int] = {}

    def add(self, offset: int, reason: str) -> None:
        self._offsets.append(offset)
        self._which.append(self._reasons.setdefault(reason, len(self._reasons)))

    @property
    def offsets(self) -> Places:
        return np.array(self._offsets, np.int64)

    def reasons(self) -> list[str]:
        """The reason of each; the texts are shared."""
        words = list(self._reasons)
        return [words[one] for one in self._which]

    def __len__(self) -> int:
        return len(self._offsets)


class Rejects:
    """Writes the rows of all files that are no steps to a file of the bench; `counts` how many are of each kind."""

    def __init__(self, bench: Bench) -> None:
        self._path = bench.work / "rejects.parquet"
        self._writer = pq.ParquetWriter(self._path, _COLUMNS, compression="zstd")
        self._rows: list[tuple[object, ...]] = []
        self._astray: list[int] = []
        self._wordless: list[int] = []
        self.counts: Counter[str] = Counter()

    def add(self, number: int, file: Plain, mapping: ColumnMapping, odd: Odd, refused: Refused, n_taken: int) -> None:
        """Write those of a file, the reader of which took `n_taken` rows.

        Where a part of the file is not to be kept, nobody knows for sure which part of a rejected row that is, so
        that the text of none is kept.
        """
        if mapping.hidden:
            self._wordless.append(number)
        for row in file.aside:
            self._add(number, row.line, "rejected", row.reason, row.text)
        if not len(odd.rows) and not len(refused):
            return
        verdicts = [_verdict(mapping.content, *one) for one in ((True, False), (False, True), (True, True))]
        which = np.where(odd.no_node, np.where(odd.no_call, 2, 1), 0)
        reasons = refused.reasons()
        located = file.locate(odd.rows, refused.offsets)
        found = [0, 0]
        for one in located:
            kind, reason = ("rejected", reasons[one.number]) if one.refused else verdicts[which[one.number]]
            self._add(number, one.place.line, kind, reason, one.place.text, counted=not one.refused)
            found[one.refused] += 1
        if located.counted not in (n_taken, None):
            self._astray.append(number)
        for kind, reason in [verdicts[one] for one in which[found[0] :]]:
            self._add(number, None, kind, reason, None)
        for reason in reasons[found[1] :]:
            self._add(number, None, "rejected", reason, None)

    def _add(
        self, file: int, line: int | None, kind: str, reason: str, text: str | None, *, counted: bool = False
    ) -> None:
        self.counts[kind] += 1
        self._rows.append((file, line, kind, reason, text, counted))
        if len(self._rows) == AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        columns = zip(*self._rows, strict=True) if self._rows else [()] * len(_COLUMNS)
        arrays = [pa.array(values, one.type) for values, one in zip(columns, _COLUMNS, strict=True)]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=_COLUMNS))
        self._rows.clear()

    def query(self) -> str:
        """SQL for the table of rejects, once all are written."""
        self._flush()
        self._writer.close()
        known = f"(NOT counted OR file NOT IN ({_listed(self._astray)}))"
        kept = f"{known} AND file NOT IN ({_listed(self._wordless)})"
        return f"""
            SELECT file, CASE WHEN {known} THEN line END AS line, CAST(kind AS VARCHAR) AS kind,
                   CAST(reason AS VARCHAR) AS reason, CASE WHEN {kept} THEN text END AS text
            FROM read_parquet({files(self._path)}) ORDER BY file, line NULLS LAST
            """


def _listed(files: list[int]) -> str:
    return ", ".join(map(str, [-1, *files]))


def _verdict(content: Content, no_call: bool, no_node: bool) -> tuple[str, str]:
    """Kind and reason of a row without a call id, a node id or both."""
    if content is Content.MENU:
        return ("rejected", "has no node id") if no_node else ("declaration", "describes the menu")
    if not no_node:
        return "declaration", "has no call id, so it only declares its node"
    return "rejected", "has no call id and no node id" if no_call else "has no node id"
