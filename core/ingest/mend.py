"""A file whose rows are in disorder, written anew so that a strict reader takes them, and an account of what was done.

The new file has the lines of the old one, so that a row keeps its line number: what is set aside leaves its line blank.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from core.errors import FileRefused
from core.ingest import cut
from core.ingest.facts import Dialect, Mend
from core.ingest.lines import BOM, Quotes, quotes_after, shown
from core.settings import Guards

REREAD = 8
"""Times a file's size may be read again in search of the ends of its quotes."""
STEPS, BYTES_A_STEP = 100_000, 20
"""What may be spent on rows whose quotes are in disorder: a row takes some tens of steps, of some microseconds each."""
STRAY = "has a stray quote, which was read as a part of its value"
COUNTED = "has a value more than the header has names, and the first counts the rows"
SPOILED = "has a quote that is not closed, or text behind a closing quote"
NO_TEXT = "holds bytes that are no text"


class Aside(NamedTuple):
    """A row that is not read: its line in the upload, its text, and why."""

    line: int
    text: str
    reason: str


class Mended(NamedTuple):
    """What was left out of a mended file, what was done to rows that are in it, and whether there was a `preamble` that
    is left blank."""

    aside: tuple[Aside, ...] = ()
    mends: tuple[Mend, ...] = ()
    preamble: bool = False

    def __bool__(self) -> bool:
        """Whether anything was done to the file."""
        return bool(self.aside or self.mends or self.preamble)


class Record(NamedTuple):
    """A row as it stands in a file: its first line and its bytes, of one line or more.

    `values` are those of a row that had to be mended, `reason` is why one cannot be read; else it reads strictly.
    """

    line: int
    raw: bytes
    values: list[str] | None = None
    reason: str = ""


def mended(path: Path, dialect: Dialect, target: Path, guards: Guards) -> Mended:
    """Write the UTF-8 file at `path` to `target`, in order. Raises FileRefused where its header cannot be read."""
    aside: list[Aside] = []
    mends: dict[str, Mend] = {}
    with path.open("rb") as file, target.open("wb") as copy:
        for record in records(file, dialect, guards, size=path.stat().st_size):
            body = record.raw.rstrip(b"\r\n")
            if record.reason:
                if dialect.header and record.line <= dialect.preamble + dialect.header:
                    raise FileRefused(
                        f"The header, in line {record.line:,}, {record.reason}.",
                        "Correct it where the file comes from.",
                    )
                aside.append(Aside(record.line, shown(record.raw), record.reason))
                copy.write(record.raw[len(body) :])
            elif record.values is not None:
                first = mends.get(STRAY) or Mend(
                    what=STRAY, rows=0, line=record.line, text=shown(record.raw), values=tuple(record.values)
                )
                mends[STRAY] = Mend(
                    what=STRAY, rows=first.rows + 1, line=first.line, text=first.text, values=first.values
                )
                copy.write(written(record.values, dialect).encode() + record.raw[len(body) :])
            else:
                copy.write(record.raw)
    return Mended(tuple(aside), tuple(mends.values()), dialect.preamble > 0)


def written(values: list[str], dialect: Dialect) -> str:
    """A row of the dialect that reads strictly as these values, without a line end."""
    quote, escape = dialect.quote, dialect.escape
    return dialect.delimiter.join(
        quote + value.replace(escape, escape * 2).replace(quote, escape + quote) + quote
        if escape != quote
        else quote + value.replace(quote, quote * 2) + quote
        for value in values
    )


def records(file: io.BufferedIOBase, dialect: Dialect, guards: Guards, *, size: int) -> Iterator[Record]:
    """The rows of a UTF-8 file of `size` bytes, header included, blank lines and those of the preamble too.

    Raises FileRefused where so many quotes are in disorder that it would take for ever.
    """
    after = quotes_after(dialect)
    lenient = cut.Lenient(dialect, STEPS + size // BYTES_A_STEP)
    patience = REREAD * size
    quote = dialect.quote.encode()
    number = 0
    while line := file.readline():
        number += 1
        if number <= dialect.preamble:
            yield Record(number, line[len(line.rstrip(b"\r\n")) :])
            continue
        bom = line[: len(BOM)] if number == 1 and line.startswith(BOM) else b""
        start = line.removeprefix(bom)
        if not _is_text(line):
            yield Record(number, line, reason=NO_TEXT)
            continue
        if not quote or quote not in line or (state := after(start, False)) is Quotes.CLOSED:
            yield Record(number, line)
            continue
        if state is Quotes.OPEN:
            place, parts, length = file.tell(), [line], len(line)
            while state is Quotes.OPEN and length <= guards.line_bytes and (more := file.readline()):
                state = after(more, True) if _is_text(more) else Quotes.SPOILED
                parts.append(more)
                length += len(more)
            if state is Quotes.CLOSED and _fits([start, *parts[1:]], dialect, lenient):
                yield Record(number, b"".join(parts))
                number += len(parts) - 1
                continue
            patience -= length - len(line)
            if patience < 0:
                raise FileRefused(
                    f"The quotes of this file are not in order, from line {number:,} on.",
                    "Export it again with each value that holds a quote in quotes, and its quotes doubled.",
                )
            file.seek(place)
        values = lenient.cut(start.rstrip(b"\r\n").decode())
        yield Record(number, line, values, "" if values is not None else SPOILED)


def _fits(parts: list[bytes], dialect: Dialect, lenient: cut.Lenient) -> bool:
    """Whether several lines make one row: not where that does not fit the columns, and each line by itself does."""
    texts = [part.rstrip(b"\r\n").decode() for part in parts]
    values = cut.strictly(b"".join(parts).rstrip(b"\r\n").decode(), dialect)
    if not dialect.width or (values is not None and len(values) == dialect.width):
        return True
    if any(len(next(cut.roughly(text, dialect), [])) != dialect.width for text in texts[1:]):
        return True
    return lenient.cut(texts[0]) is None


def _is_text(line: bytes) -> bool:
    if line.isascii():
        return True
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
