"""What the rows of a file say of menu items, gathered while they stream by: each different saying once."""

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

MOST = 200_000
"""Different sayings that are held in memory."""
NONE = -1


class TooMany(Exception):
    """More different sayings than are held in memory."""


class Items:
    """Gives each node a code, in the order in which they appear, and keeps what is said of them."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._said: dict[tuple[str | None, ...], tuple[int, bool]] = {}

    def take(self, batch: pa.RecordBatch, row: int, *, in_menu: bool) -> NDArray[np.int32]:
        """The codes of the column node, NONE where there is none. The first row of the batch has the number `row`.

        Takes note of the different rows of node, parent, label and url. Raises TooMany.
        """
        words: list[list[str | None]] = []
        columns: list[NDArray[np.int32]] = []
        key = np.zeros(batch.num_rows, np.int64)
        for name in ("node", "parent", "label", "url"):
            column = batch.column(name)
            if not isinstance(column, pa.DictionaryArray):
                column = column.dictionary_encode()
            words.append([*column.dictionary.to_pylist(), None])
            columns.append(column.indices.fill_null(len(words[-1]) - 1).to_numpy())
            key = key * len(words[-1]) + columns[-1]
        for place in np.flatnonzero(~pd.Series(key).duplicated().to_numpy()).tolist():
            said = tuple(known[codes[place]] for known, codes in zip(words, columns, strict=True))
            first, was_in_menu = self._said.get(said, (row + place, False))
            if said[0] is not None:
                self._said[said] = first, was_in_menu or in_menu
        if len(self._said) > MOST:
            raise TooMany
        codes = [NONE if word is None else self._codes.setdefault(word, len(self._codes)) for word in words[0]]
        return np.array(codes, np.int32)[columns[0]]

    def table(self) -> pa.Table:
        """What was said: node, parent, label, url, the first row that says so, and whether one tells parents."""
        said = [*zip(*self._said, strict=True)] or [()] * 4
        first, in_menu = [*zip(*self._said.values(), strict=True)] or [()] * 2
        names = ("node", "parent", "label", "url")
        texts = {name: pa.array(values, pa.string()) for name, values in zip(names, said, strict=True)}
        return pa.table({**texts, "row": pa.array(first, pa.int64()), "in_menu": pa.array(in_menu, pa.bool_())})

    def renumbered(self, ids: list[str]) -> NDArray[np.int32]:
        """For each code the place of its node in `ids`."""
        places = {one: place for place, one in enumerate(ids)}
        return np.array([places[one] for one in self._codes], np.int32)
