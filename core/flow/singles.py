"""Calls one by one, as arrays in the order of their numbers: for what counts over calls cannot answer."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.engine import identifier
from core.flow.chosen_calls import mask
from core.flow.filter import ALL, Filter
from core.tables.arrays import Counts, Ints
from core.tables.calllog import CallLog

_MOST_PLACES = 4_000_000
"""Numbers are counted in a table of so many places; where they are spread wider they are sorted instead."""


class Coded(NamedTuple):
    """A column of texts: the code of each call, and what the codes stand for; calls without a value have the last."""

    codes: Ints
    words: pa.Array

    @property
    def missing(self) -> int:
        """The code of calls without a value."""
        return len(self.words)


def chosen(log: CallLog, where: Filter = ALL) -> Counts:
    """The numbers of the calls that pass `where`, in order. Raises ViewError as `select` does."""
    return log.recall(("chosen", where), lambda: np.flatnonzero(mask(log, where)))


def path_of(log: CallLog) -> Ints:
    """The path of each call."""
    return log.once("path of each call", lambda: values_of(log, "path").astype(np.int32))


def values_of(log: CallLog, expression: str) -> NDArray[Any]:
    """The number that an SQL expression over `calls` gives for each call."""
    table = log.arrow(f'SELECT "call", {expression} AS value FROM calls')
    return _placed(table, table["value"].to_numpy())


def texts_of(log: CallLog, column: str) -> Coded:
    """A column of `calls` that holds texts."""
    table = log.arrow(f'SELECT "call", {identifier(column)} AS value FROM calls')
    coded = table["value"].combine_chunks().cast(pa.string()).dictionary_encode()
    codes = coded.indices.fill_null(len(coded.dictionary)).to_numpy(zero_copy_only=False).astype(np.int32)
    return Coded(_placed(table, codes), coded.dictionary)


def outcomes_of(log: CallLog) -> Coded:
    """The outcome of each call."""
    return log.once("outcome of each call", lambda: texts_of(log, "outcome"))


def _placed(table: pa.Table, values: NDArray[Any]) -> NDArray[Any]:
    found = np.empty_like(values)
    found[table["call"].to_numpy()] = values
    return found


def counted(codes: NDArray[np.integer], size: int) -> tuple[Counts, Counts]:
    """The different codes from 0 to `size`, in order, and how often each comes."""
    if size > _MOST_PLACES:
        found, n = np.unique(codes, return_counts=True)
        return found.astype(np.int64), n.astype(np.int64)
    n = np.bincount(codes, minlength=1)
    found = np.flatnonzero(n)
    return found, n[found]


def ranks(groups: NDArray[np.integer], values: NDArray[Any], percent: int, size: int) -> NDArray[np.float64]:
    """For each group from 0 to `size` the value at position ceil(percent * n / 100) of its n; NaN without values."""
    found = np.full(size, np.nan)
    if len(groups):
        n = np.bincount(groups, minlength=size)
        some = n > 0
        places = (np.cumsum(n) - n + np.maximum(-(-percent * n // 100), 1) - 1)[some]
        whole = values.astype(np.int64)
        span = int(whole.max()) + 1
        if (whole == values).all() and int(whole.min()) >= 0 and size * span < 2**62:
            # As one number, group and value are sorted several times as fast.
            found[some] = np.sort(groups * np.int64(span) + whole)[places] % span
        else:
            found[some] = values[np.lexsort((values, groups))][places]
    return found
