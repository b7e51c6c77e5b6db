"""How the rows of a file are cut: its delimiter, quote, escape and header, from pieces of it."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from core.errors import FileRefused
from core.ingest import cut
from core.ingest.facts import Dialect, Wish
from core.ingest.header import Row, layout
from core.ingest.mend import Record, records
from core.settings import Guards

DELIMITERS = (",", ";", "\t", "|", "^", "~", "\x1f", "\x01", ":", " ")
"""The delimiters that are tried; of two that do equally well the earlier is taken."""
PAIRS = (", ", "||")
"""Those of two characters: tried in the place of their first where that never stands alone."""
_WEAK = {":": 0.2, " ": 0.2, "^": 0.05, "~": 0.05}
"""What is held against a delimiter that stands in values too."""
_STRAY = 0.5
"""What is held against a way to cut the rows for the share of its values that keep a quote at an end."""
_UNQUOTED = 0.4
"""What is held against reading quotes as a part of values."""
HEAD_BYTES, PIECE_BYTES = 1 << 20, 1 << 17
HEAD_ROWS, PIECE_ROWS = 500, 100
AGREEING = 0.6
"""Of the rows must have the same number of columns for a file to count as a table."""
_SAID = re.compile(r"sep=(.)[^\n]{0,3}\n", re.IGNORECASE)

_CUTTING = re.compile(r"[,;\t|]")
"""What cuts rows in most files: where none of it stands in a file whose rows have one column, it is a table of one."""
_NO_DELIMITER = re.compile(r"\d:\d|://")
"""Colons of times and addresses."""


class _Way(NamedTuple):
    score: float
    agreeing: float
    dialect: Dialect


class Sniffed(NamedTuple):
    """`dialect` without its encoding and line ends, and the cells of each header row; `agreeing` is the share of rows
    with the same number of columns, 0 where that is one and still some rows hold a usual delimiter. `counting` as in
    header.Layout."""

    dialect: Dialect
    header: tuple[tuple[str, ...], ...]
    agreeing: float
    counting: bool


def sniff(path: Path, guards: Guards, wish: Wish | None = None) -> Sniffed:
    """How a UTF-8 file is written, from its beginning, middle and end; what a person wished is not guessed.

    Raises FileRefused for more columns than are allowed, and for endless disorder.
    """
    wish = wish or Wish()
    head, *pieces = _pieces(path)
    said = _SAID.match(head)
    preamble = 1 if said and wish.preamble is None else wish.preamble
    text = "\n".join(head.split("\n")[preamble or 0 :])
    delimiters = [wish.delimiter] if wish.delimiter else [said[1]] if said else _delimiters(text)
    ways = (_way(one, quote, text, pieces) for one in delimiters for quote in _quotes(one, text, wish))
    best = max(ways, key=lambda way: way.score)
    if best.dialect.width > guards.columns:
        raise FileRefused(
            f"The file has {best.dialect.width:,} columns; {guards.columns:,} are allowed.",
            "Export only the columns that are needed, or raise THROUGHLINE_COLUMNS.",
        )
    dialect = _escaped(msgspec.structs.replace(best.dialect, preamble=preamble or 0), head, guards)
    begins = layout(_rows(head, dialect, guards), preamble, wish.header)
    dialect = msgspec.structs.replace(dialect, preamble=begins.preamble, header=begins.header, width=begins.width)
    is_column = best.dialect.width == 1 and not _CUTTING.search(text)
    return Sniffed(dialect, begins.names, 1.0 if is_column else best.agreeing, begins.counting)


def _pieces(path: Path) -> Iterator[str]:
    """Texts of the beginning and, of a longer file, the middle and the end, with whole lines and plain line ends."""
    size = path.stat().st_size
    with path.open("rb") as file:
        yield _text(file.read(HEAD_BYTES), whole=size <= HEAD_BYTES).removeprefix("\ufeff")
        for start in (size // 2, size - PIECE_BYTES) if size > HEAD_BYTES + 2 * PIECE_BYTES else ():
            file.seek(start)
            yield _text(file.read(PIECE_BYTES), whole=False).partition("\n")[2]


def _text(data: bytes, *, whole: bool) -> str:
    text = data.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    return text if whole else text[: text.rfind("\n") + 1] or text


def _delimiters(text: str) -> list[str]:
    doubled = {pair[0]: pair for pair in PAIRS if 0 < text.count(pair[0]) == text.count(pair) * pair.count(pair[0])}
    spared = {":"} if 2 * len(_NO_DELIMITER.findall(text)) > text.count(":") else set()
    return [doubled.get(one, one) for one in DELIMITERS if one not in spared]


def _quotes(delimiter: str, text: str, wish: Wish) -> tuple[str, ...]:
    """The quotes to try, "" being none: an apostrophe where it opens and closes values and the usual one never does."""
    if wish.quote is not None:
        return (wish.quote,)
    cut_at = re.escape(delimiter)

    def opens_and_closes(quote: str) -> tuple[int, int]:
        return len(re.findall(f"(?:^|{cut_at}) ?{quote}", text, re.M)), len(
            re.findall(f"{quote} *(?:{cut_at}|$)", text, re.M)
        )

    opened, closed = opens_and_closes("'")
    return ("'",) if opened == closed >= 2 and opens_and_closes('"') == (0, 0) else ('"', "")


def _way(delimiter: str, quote: str, head: str, pieces: list[str]) -> _Way:
    """How well a delimiter and a quote cut the pieces of a file."""
    dialect = Dialect(delimiter=delimiter, quote=quote, escape=quote)
    rows = list(islice(cut.roughly(head, dialect), HEAD_ROWS))
    for piece in pieces:
        rows += islice(cut.roughly(piece, dialect), PIECE_ROWS)
    if not rows:
        return _Way(0.0, 0.0, dialect)
    width, agreeing = max(Counter(map(len, rows)).items(), key=lambda item: (item[1], item[0]))
    dialect = msgspec.structs.replace(dialect, width=width)
    if width == 1:
        return _Way(0.0, 0.0, dialect)
    share = agreeing / len(rows)
    cells = [cell for row in rows for cell in row if cell]
    stray = sum(cell.startswith(quote) or cell.endswith(quote) for cell in cells) / len(cells) if quote and cells else 0
    score = share + min(width, 100) / 1000 - _WEAK.get(delimiter, 0) - (_STRAY * stray if quote else _UNQUOTED)
    return _Way(score, share, dialect)


def _escaped(dialect: Dialect, head: str, guards: Guards) -> Dialect:
    """The dialect with a backslash as its escape, where it stands before quotes and brings order into them."""
    if not dialect.quote or f"\\{dialect.quote}" not in head:
        return dialect
    other = msgspec.structs.replace(dialect, escape="\\")
    disorder, less = (
        sum(bool(row.values or row.reason) for row in _records(head, one, guards)) for one in (dialect, other)
    )
    return other if less < disorder else dialect


def _records(head: str, dialect: Dialect, guards: Guards) -> Iterator[Record]:
    data = head.encode()
    return islice(records(io.BytesIO(data), dialect, guards, size=len(data)), HEAD_ROWS)


def _rows(head: str, dialect: Dialect, guards: Guards) -> list[Row]:
    """The first rows, blank ones left out; one whose quotes are in disorder is cut as well as it can be."""
    rows = []
    for record in _records(head, dialect, guards):
        text = record.raw.decode(errors="replace").rstrip("\r\n")
        cells = record.values or cut.strictly(text, dialect) or next(cut.roughly(text, dialect), [])
        if any(cell.strip() for cell in cells):
            rows.append(Row(record.line, text.count("\n") + 1, cells))
    return rows
