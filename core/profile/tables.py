"""The typed rows of a file, opened for reading: pages of them, in the file's order or sorted by a column."""

from pathlib import Path

import pandas as pd

from core.engine import files, identifier
from core.errors import ViewError
from core.ingest.load import column
from core.profile.schema import Profile, parts, read_profile
from core.reader import Reader

DEEPEST = 100_000
"""Rows: as far from either end a sorted page may lie, for all before it are held to find it."""


class Rows(Reader):
    """The rows of one file, as the view `rows`, whose columns are those of the file.

    Raises NotReady where the rows are not there.
    """

    def __init__(self, folder: Path) -> None:
        self.profile: Profile = read_profile(folder)
        super().__init__(folder)
        self.names = tuple(one.name for one in self.profile.columns)
        self._parts = [(files(path), part) for path, part in parts(folder, len(self.names))]
        named = ", ".join(f"{column(number)} AS {identifier(name)}" for number, name in enumerate(self.names))
        sources = " POSITIONAL JOIN ".join(f"read_parquet({path})" for path, _ in self._parts)
        self._connection.execute(f"CREATE VIEW rows AS SELECT {named} FROM {sources}")

    def page(self, first: int, n: int, *, sort: str = "", descending: bool = False) -> pd.DataFrame:
        """The `n` rows from place `first`, from 0, with the file's columns, indexed by their number in it, from 1.

        In the file's order, or in that of the column `sort`, missing values last and ties in the file's order. Raises
        ViewError where there is no such column, or where a sorted page is further than DEEPEST from either end.
        """
        numbers = list(range(first, min(first + n, self.profile.rows)))
        if sort:
            numbers = self._sorted(numbers, sort, descending)
        if not numbers:
            return pd.DataFrame(columns=list(self.names))
        # A span finds the parts of the file that hold it, and leaves the others unread.
        where = f"IN ({', '.join(map(str, numbers))})" if sort else f"BETWEEN {numbers[0]} AND {numbers[-1]}"
        found = [
            self.frame(f"FROM {_numbered(path)} WHERE file_row_number {where}").set_index("file_row_number")
            for path, _ in self._parts
        ]
        page = pd.concat(found, axis="columns").loc[numbers].set_axis(list(self.names), axis="columns")
        return page.set_axis([number + 1 for number in numbers])

    def _sorted(self, places: list[int], sort: str, descending: bool) -> list[int]:
        """The numbers of the rows at these places of the order of a column."""
        if sort not in self.names:
            raise ViewError("There is no such column to sort by.", "Choose one of the columns of the file.")
        if not places:
            return []
        first, after, total = places[0], places[-1] + 1, self.profile.rows
        from_end = total - after < first
        near = total - after if from_end else first
        if near > DEEPEST:
            raise ViewError(
                "A sorted page this far from either end is not shown.",
                "Sort the other way round, or look at the rows in the file's order.",
            )
        number = self.names.index(sort)
        path = next(path for path, part in self._parts if number in part)
        way = "DESC" if descending != from_end else "ASC"
        nulls, ties = ("FIRST", "DESC") if from_end else ("LAST", "ASC")
        found = self.frame(
            f"SELECT file_row_number FROM {_numbered(path)} "
            f"ORDER BY {column(number)} {way} NULLS {nulls}, file_row_number {ties} LIMIT {len(places)} OFFSET {near}"
        )["file_row_number"].tolist()
        return found[::-1] if from_end else found


def _numbered(path: str) -> str:
    """SQL for the rows of a Parquet file with their numbers, from 0."""
    return f"read_parquet({path}, file_row_number = true)"
