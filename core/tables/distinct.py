"""The distinct paths of calls that stream by, told apart by a hash and compared step by step."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Places = NDArray[np.int64]


class Unlucky(Exception):
    """Two paths have the same hash: the next attempt draws other weights."""


class DistinctPaths:
    """Numbers paths in the order in which they first appear.

    The hash of a path is the sum of its codes, each times a weight of its position that is drawn at random, modulo
    2^64 (multilinear hashing; Dietzfelbinger, 1996).
    """

    def __init__(self) -> None:
        self._dice = np.random.default_rng()
        self._weights = np.zeros(0, np.uint64)
        self._hashes, self._numbers = np.zeros(0, np.uint64), np.zeros(0, np.int64)
        self._codes, self._at = _Growing(np.int32), _Growing(np.int64)
        self._at.add(np.zeros(1, np.int64))

    def __len__(self) -> int:
        return len(self._at.array) - 1

    def find(self, codes: Ints, starts: Places, lengths: Places) -> Places:
        """The number of the path of each call, whose `codes` begin at `starts`. Raises Unlucky."""
        position = np.arange(len(codes)) - np.repeat(starts, lengths)
        weights = self._weights_for(int(lengths.max()))
        hashes = np.add.reduceat((codes.astype(np.uint64) + np.uint64(1)) * weights[position], starts)
        self._learn(hashes, codes, starts, lengths)
        paths = self._numbers[np.searchsorted(self._hashes, hashes)]
        begins = self._at.array[paths]
        same = np.array_equal(self._at.array[paths + 1] - begins, lengths)
        if not same or not np.array_equal(self._codes.array[np.repeat(begins, lengths) + position], codes):
            raise Unlucky
        return paths

    def table(self, renumbered: Ints) -> pa.Table:
        """The paths as `nodes`, with other numbers for the codes, and `place`, their numbers here."""
        nodes = pa.LargeListArray.from_arrays(self._at.array, renumbered[self._codes.array])
        return pa.table({"place": np.arange(len(self), dtype=np.int64), "nodes": nodes})

    def _weights_for(self, length: int) -> NDArray[np.uint64]:
        if length > len(self._weights):
            more = self._dice.integers(0, 2**64, 2 * length - len(self._weights), dtype=np.uint64)
            self._weights = np.concatenate([self._weights, more | np.uint64(1)])
        return self._weights

    def _learn(self, hashes: NDArray[np.uint64], codes: Ints, starts: Places, lengths: Places) -> None:
        """Take up the paths whose hashes are new."""
        found = np.searchsorted(self._hashes, hashes)
        known = np.zeros(len(hashes), np.bool_)
        inner = found < len(self._hashes)
        known[inner] = self._hashes[found[inner]] == hashes[inner]
        fresh = np.flatnonzero(~known)
        if not len(fresh):
            return
        unique, first = np.unique(hashes[fresh], return_index=True)
        calls = fresh[first]
        sizes = lengths[calls]
        ends = np.cumsum(sizes)
        places = np.arange(int(ends[-1])) - np.repeat(ends - sizes, sizes) + np.repeat(starts[calls], sizes)
        numbers = len(self) + np.arange(len(unique))
        self._at.add(len(self._codes.array) + ends)
        self._codes.add(codes[places])
        where = np.searchsorted(self._hashes, unique)
        self._hashes = np.insert(self._hashes, where, unique)
        self._numbers = np.insert(self._numbers, where, numbers)


class _Growing:
    """An array that can be added to; it grows in steps."""

    def __init__(self, dtype: type[np.integer]) -> None:
        self._room = np.zeros(1024, dtype)
        self._size = 0

    @property
    def array(self) -> NDArray[np.integer]:
        return self._room[: self._size]

    def add(self, more: NDArray[np.integer]) -> None:
        size = self._size + len(more)
        if size > len(self._room):
            room = np.zeros(max(size, len(self._room) * 3 // 2), self._room.dtype)
            room[: self._size] = self.array
            self._room = room
        self._room[self._size : size] = more
        self._size = size
