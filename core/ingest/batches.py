"""The rows of a regular file in order, some at a time, as clean texts: parsed by Arrow, several times as fast as SQL.

Such a file is written so plainly that every strict reader takes it alike: the same rows, with the same values, as
`load.rows` and `load.cleaned` give. Where that turns out to be in doubt, Unlike is raised, and SQL has to read it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
from numpy.typing import NDArray

from core.ingest.load import BLANKS
from core.ingest.plain import Plain
from core.ingest.scan import spare_value

AT_ONCE = 2 * 1024 * 1024  # bytes of the file
_NULL = 4
"""Bytes of the word NULL."""


class Unlike(Exception):
    """Arrow may not read the file as the strict reader does."""


class Tally:
    """How many values of each column, by name, were taken for missing although something stands there, and how many
    lost outer blanks."""

    def __init__(self) -> None:
        self.nulls: Counter[str] = Counter()
        self.trimmed: Counter[str] = Counter()


def takes(file: Plain, n_columns: int) -> bool:
    """Whether a file of so many columns may be read by `batches`, as far as can be said before it is."""
    return file.dialect.regular and n_columns > 1  # a row of one missing value is a blank line


def batches(
    file: Plain, n_columns: int, wanted: Mapping[str, int], *, coded: Collection[str] = (), tally: Tally | None = None
) -> Iterator[pa.RecordBatch]:
    """The rows of a file of `n_columns`: a column of texts for each name of `wanted`, which tells its place.

    Those of `coded` come as dictionaries, whose words may be missing or come twice. Raises Unlike.
    """
    dialect = file.dialect
    if not takes(file, n_columns):
        raise Unlike
    tally = tally or Tally()
    padded = {name: file.padded(place) for name, place in wanted.items()}
    code = pa.dictionary(pa.int32(), pa.string())
    kinds = {str(place): code if name in coded else pa.string() for name, place in wanted.items()}
    try:
        with csv.open_csv(
            file.path,
            read_options=csv.ReadOptions(
                use_threads=False,
                block_size=AT_ONCE,
                skip_rows=dialect.preamble,
                skip_rows_after_names=dialect.header,
                column_names=[str(place) for place in range(n_columns)],
            ),
            parse_options=csv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=dialect.quote or False,
                newlines_in_values=bool(dialect.quote),
                invalid_row_handler=_Refusing(file),
            ),
            convert_options=csv.ConvertOptions(
                check_utf8=False,  # looked at before
                column_types=kinds,
                null_values=[""],
                strings_can_be_null=True,
                include_columns=list(kinds),
            ),
        ) as reader:
            for batch in reader:
                if not len(batch):  # all of a block was refused
                    continue
                columns = [
                    _clean(column, name, padded=padded[name], tally=tally)
                    for name, column in zip(wanted, batch.columns, strict=True)
                ]
                yield pa.RecordBatch.from_arrays(columns, names=list(wanted))
    except pa.ArrowInvalid:  # a row longer than a block, say
        raise Unlike from None


class _Refusing:
    """Leaves out the rows that do not fit the columns."""

    def __init__(self, file: Plain) -> None:
        # The strict reader takes a row whose values too many are empty ones at its end.
        self._ends_empty = re.compile(f"{spare_value(file.dialect)}[\r\n]*$")

    def __call__(self, row: csv.InvalidRow) -> str:
        fits = row.actual_columns > row.expected_columns and self._ends_empty.search(row.text)
        return "error" if fits else "skip"


def _clean(column: pa.Array, name: str, *, padded: bool, tally: Tally) -> pa.Array:
    """The values without outer blanks, NULL in any case and empty ones missing."""
    if not isinstance(column, pa.DictionaryArray):
        return _cleaned(column, np.ones(len(column), np.int64), name, padded=padded, tally=tally)
    words = column.dictionary
    n = np.bincount(column.indices.drop_null().to_numpy(), minlength=len(words))
    cleaned = _cleaned(words, n, name, padded=padded, tally=tally)
    if cleaned is words:
        return column
    places = np.arange(len(words))
    places = pa.array(places, pa.int32(), mask=cleaned.is_null().to_numpy(zero_copy_only=False))
    return pa.DictionaryArray.from_arrays(places.take(column.indices), cleaned)


def _cleaned(values: pa.Array, n: NDArray[np.int64], name: str, *, padded: bool, tally: Tally) -> pa.Array:
    """The clean values, each of which stands `n` times; `values` itself where all of them are."""
    lost: NDArray[np.bool_] | None = None
    if padded:
        trimmed = pc.utf8_trim(values, BLANKS)
        changed = pc.not_equal(pc.binary_length(trimmed), pc.binary_length(values)).fill_null(False)
        if pc.any(changed).as_py():
            lost = changed.to_numpy(zero_copy_only=False)
            values = trimmed
    lengths = np.diff(np.frombuffer(values.buffers()[1], np.int32, len(values) + 1, 4 * values.offset))
    short = (lengths == _NULL) if lost is None else (lengths == _NULL) | (lengths == 0)
    void = _void(values, np.flatnonzero(short))
    if len(void):
        tally.nulls[name] += int(n[void].sum())
        mask = np.zeros(len(values), np.bool_)
        mask[void] = True
        values = pc.if_else(pa.array(mask), None, values)
    if lost is not None:
        lost[void] = False
        tally.trimmed[name] += int(n[lost].sum())
    return values


def _void(values: pa.Array, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the places whose values are there and mean that there is none."""
    texts = values.take(pa.array(places))
    meant = pc.is_in(pc.ascii_upper(texts), pa.array(["", "NULL"]))  # what is missing is in no list
    void: NDArray[np.int64] = places[meant.to_numpy(zero_copy_only=False)]
    return void
