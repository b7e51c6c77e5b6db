"""An upload as the one kind of file that the reader takes: UTF-8, rows that read strictly, quotes in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from core.ingest import decode, lines, load, scan
from core.ingest.boxes import Taken, row_of, take
from core.ingest.facts import Dialect, Mend
from core.ingest.mend import Aside, Mended, mended
from core.ingest.scan import Places
from core.settings import Guards


@dataclass(frozen=True)
class Plain:
    """`path` is UTF-8 that DuckDB reads strictly, written in `dialect`: the upload itself where it already is that.

    `aside` are the rows of the upload that were left out of it, `mends` what was done to others; `rest` as in
    boxes.Taken. `original` has the same lines as `path`, before anything was done to them. `n_records` is as in
    scan.Look, None where that was looked at before.
    """

    path: Path
    dialect: Dialect
    guards: Guards
    original: Path
    aside: tuple[Aside, ...] = ()
    mends: tuple[Mend, ...] = ()
    rest: Sequence[int] = ()
    n_records: int | None = None

    def cleaned(self, place: int) -> str:
        """SQL for the clean text of the column at `place`, as `load.rows` names it."""
        return load.cleaned(load.column(place), padded=self.padded(place))

    def padded(self, place: int) -> bool:
        """Whether values of the column at `place` may have outer blanks."""
        return self.dialect.padded is None or place in self.dialect.padded

    def locate(self, taken: Places, refused: Places, *, longest: int | None = lines.TEXT_LENGTH) -> lines.Located:
        """Where rows stand in the upload: `taken` by number, `refused` by byte offset, both in order."""
        path, dialect, guards = self.path, self.dialect, self.guards
        return lines.Located(path, dialect, guards, taken, refused, self._in_upload, self.original, longest)

    def _in_upload(self, line: int) -> int:
        return row_of(line, self.rest) if self.rest else line


def plain(path: Path, dialect: Dialect, work: Path, number: int, guards: Guards) -> Plain:
    """The upload at `path`, written in `dialect`, as a file to read; `number` tells its copies in `work` from others.

    Raises FileRefused where it cannot be taken out of its box, where the bytes are not in the dialect's encoding, or
    where quotes leave no row to begin at.
    """
    taken = take(path, dialect.box, work / f"taken_{number}.csv", guards)
    return plain_of(taken, dialect, work, number, guards, keep=path)


def plain_of(taken: Taken, dialect: Dialect, work: Path, number: int, guards: Guards, *, keep: Path) -> Plain:
    """`plain` for what was taken out of its box already; `keep` is the upload itself, which stays in any case."""
    whole = utf8 = decode.as_utf8(taken.path, dialect.encoding, dialect.newline, work / f"utf8_{number}.csv")
    done, anew, n_records = Mended(), work / f"plain_{number}.csv", None
    if dialect.damaged or not dialect.orderly:
        seen = scan.look(utf8, dialect, guards)
        if dialect.damaged or not seen.orderly:
            done = mended(utf8, dialect, anew, guards)
            if done:
                whole, seen = anew, scan.look(anew, dialect, guards)
        dialect = msgspec.structs.replace(dialect, orderly=seen.orderly, padded=seen.padded, regular=seen.regular)
        n_records = seen.n_records if seen.orderly else None
    for copy in {taken.path, anew} - {whole, utf8, keep}:
        copy.unlink(missing_ok=True)
    return Plain(whole, dialect, guards, utf8, done.aside, done.mends, taken.rest, n_records)
