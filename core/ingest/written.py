"""How an upload is written: found out once, when it is looked at, and kept for all who read it."""

from pathlib import Path
from typing import NamedTuple

import msgspec

from core.ingest import decode, guard
from core.ingest.facts import Dialect, Evidence, Wish
from core.ingest.sniff import sniff
from core.settings import Guards


class Written(NamedTuple):
    """The dialect of an upload, what speaks for its encoding, the cells of its header rows, and the share of its first
    rows that agree on the number of columns, 0 where that is one. `counting` as in header.Layout."""

    dialect: Dialect
    evidence: Evidence
    header: tuple[tuple[str, ...], ...]
    agreeing: float
    counting: bool


def how_written(path: Path, work: Path, guards: Guards, wish: Wish | None = None) -> Written:
    """Look at the upload at `path`, with a copy in `work` where it is no UTF-8. Raises FileRefused."""
    wish = wish or Wish()
    found = (wish.encoding, Evidence(kind="chosen")) if wish.encoding else decode.detect(path)
    encoding, evidence = found
    utf8 = decode.as_utf8(path, encoding, "\n", work / "looked_at.csv")
    sniffed = sniff(utf8, guards, wish)
    scanned = guard.scan(utf8, sniffed.dialect, guards)
    if scanned.foreign is not None and not wish.encoding:
        encoding, evidence = decode.detect(path, scanned.foreign)
        if encoding != found[0]:
            return how_written(path, work, guards, msgspec.structs.replace(wish, encoding=encoding))._replace(
                evidence=evidence
            )
    damaged = scanned.foreign is not None or _has_quotes_before(utf8, sniffed.dialect)
    dialect = msgspec.structs.replace(sniffed.dialect, encoding=encoding, newline=scanned.newline, damaged=damaged)
    return Written(dialect, evidence, sniffed.header, sniffed.agreeing, sniffed.counting)


def _has_quotes_before(path: Path, dialect: Dialect) -> bool:
    """Whether there are quotes above the last line of the header: the reader would not skip just these lines."""
    quote, lines = dialect.quote.encode(), dialect.preamble + dialect.header - 1
    with path.open("rb") as file:
        return bool(quote) and any(quote in file.readline() for _ in range(lines))
