"""An upload as the one kind of file that the reader takes: UTF-8, rows that read strictly, quotes in order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from core.ingest import decode, lines, load
from core.ingest.boxes import Taken, row_of, take
from core.ingest.facts import Dialect
from core.ingest.lines import Place
from core.settings import Guards


class Aside(NamedTuple):
    """A row that is not read: its line in the upload, its text, and why."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True)
class Plain:
    """`path` is UTF-8 that DuckDB reads strictly, written in `dialect`: the upload itself where it already is that.

    `aside` are the rows of the upload that were left out of it; `rest` as in boxes.Taken.
    """

    path: Path
    dialect: Dialect
    aside: tuple[Aside, ...] = ()
    rest: Sequence[int] = ()

    def locate(
        self, taken: Collection[int], refused: Collection[int]
    ) -> tuple[dict[int, Place], dict[int, Place], int]:
        """The places of rows in the upload, as `lines.locate` has them: `taken` by number, `refused` by byte offset."""
        rows, strays, counted = lines.locate(self.path, self.dialect, taken, refused)
        if self.rest:
            rows, strays = ({key: self._in_upload(place) for key, place in one.items()} for one in (rows, strays))
        return rows, strays, counted

    def _in_upload(self, place: Place) -> Place:
        return place._replace(line=row_of(place.line, self.rest))


def plain(path: Path, dialect: Dialect, work: Path, number: int, guards: Guards) -> Plain:
    """The upload at `path`, written in `dialect`, as a file to read; `number` tells its copies in `work` from others.

    Raises FileRefused where it cannot be taken out of its box, where the bytes are not in the dialect's encoding, or
    where quotes leave no row to begin at.
    """
    taken = take(path, dialect.box, work / f"taken_{number}.csv", guards)
    return plain_of(taken, dialect, work, number, guards, keep=path)


def plain_of(taken: Taken, dialect: Dialect, work: Path, number: int, guards: Guards, *, keep: Path) -> Plain:
    """`plain` for what was taken out of its box already; `keep` is the upload itself, which stays in any case."""
    utf8 = decode.as_utf8(taken.path, dialect.encoding, dialect.newline, work / f"utf8_{number}.csv")
    whole, spoiled = lines.mended(utf8, dialect, work / f"plain_{number}.csv", guards)
    for copy in {taken.path, utf8} - {whole, keep}:
        copy.unlink()
    return Plain(whole, dialect, tuple(Aside(*place, load.SPOILED) for place in spoiled), taken.rest)
