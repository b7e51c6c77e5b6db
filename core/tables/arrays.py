"""The tables that every view is computed from, as NumPy arrays: distinct paths, nodes, and counted calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]

NO_DAY = np.int32(-(2**31))
"""The day of a call without a date."""


class Paths:
    """The distinct paths. A path's number is its place in every array of a path; `nodes` holds all of them, end to end.

    `at` is where each path begins in `nodes`, and one more for the end. The arrays of a step have the length of
    `nodes`.
    """

    def __init__(self, nodes: Ints, at: Counts, intent: Ints) -> None:
        self.nodes, self.at, self.intent = nodes, at, intent
        self.lengths: Counts = np.diff(at)

    @staticmethod
    def of(table: pa.Table) -> "Paths":
        """From the columns nodes and intent of the table `paths`, in the order of path."""
        lists = table["nodes"].combine_chunks()
        nodes = lists.flatten().to_numpy()
        at = np.zeros(len(lists) + 1, np.int64)
        np.cumsum(pc.list_value_length(lists).to_numpy(zero_copy_only=False), out=at[1:])
        return Paths(nodes.astype(np.int32, copy=False), at, table["intent"].to_numpy())

    def __len__(self) -> int:
        return len(self.lengths)

    @cached_property
    def first(self) -> Ints:
        return self.nodes[self.at[:-1]]

    @cached_property
    def leaf(self) -> Ints:
        return self.nodes[self.at[1:] - 1]

    @cached_property
    def of_step(self) -> Ints:
        """The path of each step."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.lengths)

    @cached_property
    def onward(self) -> Mask:
        """Whether a step has a next one."""
        found = np.ones(len(self.nodes), np.bool_)
        found[self.at[1:] - 1] = False
        return found

    @cached_property
    def is_first_touch(self) -> Mask:
        """Whether a step is the first on its node in its path."""
        return self.first_of(self.nodes)

    def first_of(self, codes: NDArray[np.integer]) -> Mask:
        """Whether a step is the first in its path with its code, `codes` being numbers from 0 of each step."""
        key = self.of_step.astype(np.int64) * (int(codes.max(initial=0)) + 1) + codes
        found = np.zeros(len(codes), np.bool_)
        found[np.unique(key, return_index=True)[1]] = True
        return found

    @cached_property
    def pairs(self) -> "Pairs":
        return Pairs(self)

    def touching(self, nodes: list[int]) -> Mask:
        """Which paths touch at least one of the nodes."""
        return self._any(np.isin(self.nodes, nodes))

    def taking(self, source: int, target: int) -> Mask:
        """Which paths take the transition."""
        steps = np.zeros(len(self.nodes), np.bool_)
        steps[:-1] = (self.nodes[:-1] == source) & (self.nodes[1:] == target) & self.onward[:-1]
        return self._any(steps)

    def beginning(self, prefix: list[int]) -> Mask:
        """Which paths begin with these nodes."""
        found = self.lengths >= len(prefix)
        for place, node in enumerate(prefix):
            found[found] = self.nodes[self.at[:-1][found] + place] == node
        return found

    def _any(self, steps: Mask) -> Mask:
        found = np.zeros(len(self), np.bool_)
        found[self.of_step[steps]] = True
        return found


class Pairs:
    """The distinct transitions, ordered by source and target. `of_step` is that of each step with a next one."""

    def __init__(self, paths: Paths) -> None:
        steps = np.flatnonzero(paths.onward)
        width = int(paths.nodes.max(initial=0)) + 1
        keys = paths.nodes[steps].astype(np.int64) * width + paths.nodes[steps + 1]
        unique, self.of_step = np.unique(keys, return_inverse=True)
        self.steps = steps
        self.source: Ints = (unique // width).astype(np.int32)
        self.target: Ints = (unique % width).astype(np.int32)

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, eq=False)
class Cells:
    """Counted calls: `n` calls each of a path, a file and a day (days since 1970, NO_DAY without a date).

    `columns` are codes of further columns, which `values` spells out: a code is a place in the column's values, and
    the last place is that of calls without a value. Where they are `is_single`, each cell is one call.
    """

    path: Ints
    file: Ints
    day: Ints
    n: Counts
    columns: Mapping[str, Ints]
    values: Mapping[str, tuple[str, ...]]
    is_single: bool = False

    @staticmethod
    def of(table: pa.Table, carried: tuple[str, ...] = ()) -> "Cells":
        """From the table `variants`, or calls counted in the same way."""
        columns, values = {}, {}
        for name in carried:
            column = table[name].combine_chunks().cast(pa.string()).dictionary_encode()
            words = column.dictionary.to_pylist()
            columns[name] = column.indices.fill_null(len(words)).to_numpy(zero_copy_only=False).astype(np.int32)
            values[name] = tuple(words)
        days = table["date"].combine_chunks().cast(pa.date32()).cast(pa.int32()).fill_null(int(NO_DAY))
        return Cells(
            table["path"].to_numpy(),
            table["file"].to_numpy(),
            days.to_numpy(zero_copy_only=False),
            table["n"].to_numpy(),
            columns,
            values,
        )

    def where(self, kept: Mask) -> "Cells":
        """The cells of a mask."""
        # Looking the mask through once and taking by place is several times as fast as each array by mask.
        places = np.flatnonzero(kept)
        columns = {name: codes[places] for name, codes in self.columns.items()}
        n = self.n[: len(places)] if self.is_single else self.n[places]
        return Cells(
            self.path[places], self.file[places], self.day[places], n, columns, self.values, is_single=self.is_single
        )


def weekday_of(days: NDArray[np.integer]) -> Ints:
    """The ISO weekday of days since 1970, which began on a Thursday; 0 without a date."""
    return np.where(days == NO_DAY, 0, (days.astype(np.int64) + 3) % 7 + 1).astype(np.int32)


def summed(codes: NDArray[np.integer], n: Counts, size: int) -> Counts:
    """The sum of `n` for each code from 0 to `size`. Exact: a double holds every count below 2^53."""
    return np.bincount(codes, weights=n, minlength=size).astype(np.int64)
