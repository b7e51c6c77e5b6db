"""An upload as the one kind of file that the reader takes: UTF-8, rows that read strictly, quotes in order."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from core.ingest import decode, lines, load
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

    `aside` are the rows of the upload that were left out of it.
    """

    path: Path
    dialect: Dialect
    aside: tuple[Aside, ...] = ()

    def locate(
        self, taken: Collection[int], refused: Collection[int]
    ) -> tuple[dict[int, Place], dict[int, Place], int]:
        """The places of rows in the upload, as `lines.locate` has them: `taken` by number, `refused` by byte offset."""
        return lines.locate(self.path, self.dialect, taken, refused)


def plain(path: Path, dialect: Dialect, work: Path, number: int, guards: Guards) -> Plain:
    """The upload at `path`, written in `dialect`, as a file to read; `number` tells its copies in `work` from others.

    Raises FileRefused where the bytes are not in the dialect's encoding, or where quotes leave no row to begin at.
    """
    utf8 = decode.as_utf8(path, dialect.encoding, dialect.newline, work / f"utf8_{number}.csv")
    whole, spoiled = lines.mended(utf8, dialect, work / f"plain_{number}.csv", guards)
    if whole != utf8 != path:
        utf8.unlink()
    return Plain(whole, dialect, tuple(Aside(*place, load.SPOILED) for place in spoiled))
