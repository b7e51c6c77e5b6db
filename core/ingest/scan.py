"""A file looked at as bytes, a block at a time: whether its quotes are in order, and where its rows stand."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.ingest.facts import Dialect
from core.settings import Guards

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]

_BOM = b"\xef\xbb\xbf"
_FEED, _RETURN, _BLANK = b"\n"[0], b"\r"[0], b" "[0]
AT_ONCE = 1 << 18  # bytes: what is made of them stays in the processor's cache
_EDGE, _SPACE, _FOREIGN = 1, 2, 4
_FEW = 500  # places are looked at one by one, more all at once
_BLANKS_OF_THREE = [*range(0xE28080, 0xE2808B), 0xE19A80, 0xE280A8, 0xE280A9, 0xE280AF, 0xE2819F, 0xE38080, 0xEFBBBF]
_BLANKS_OF_TWO = [0xC285, 0xC2A0]


class Block(NamedTuple):
    """Whole lines of a file: the byte at which they begin, and their bytes."""

    offset: int
    data: bytes


class Look(NamedTuple):
    """`orderly`: every quoted value ends where it should, so that rows can be told apart a block at a time.

    `padded` are the places, from 0, of the columns in which values may have outer blanks, None where all may.
    `regular`: any strict reader reads the same in it, for besides, quotes open right behind delimiters and carriage
    returns stand at line ends alone. `n_records` counts rows and header lines of an orderly file, not blank lines.
    """

    orderly: bool
    padded: frozenset[int] | None
    regular: bool = False
    n_records: int = 0


def blocks(path: Path, dialect: Dialect, size: int = AT_ONCE) -> Iterator[Block]:
    """The lines below the dialect's preamble, in blocks of about `size` bytes, without a mark of the byte order."""
    offset, rest = 0, b""
    with path.open("rb") as file:
        for _ in range(dialect.preamble):
            offset += len(file.readline())
        if offset == 0 and file.read(len(_BOM)) == _BOM:
            offset = len(_BOM)
        file.seek(offset)
        while chunk := file.read(size):
            end = chunk.rfind(b"\n") + 1
            if not end:
                rest += chunk
                continue
            data, rest = rest + chunk[:end], chunk[end:]
            yield Block(offset, data)
            offset += len(data)
    if rest:
        yield Block(offset, rest)


def look(path: Path, dialect: Dialect, guards: Guards) -> Look:
    """What can be said of all values of a UTF-8 file. Values of more lines than a row may be long are out of order."""
    if dialect.escape != dialect.quote or len(dialect.quote.encode()) > 1 or len(dialect.delimiter.encode()) > 1:
        return Look(orderly=False, padded=None)  # bytes and their neighbours do not tell
    marks = _Marks(dialect)
    inside, length, n_records = False, 0, 0
    regular = dialect.delimiter != " "  # the strict reader leaves out blanks around quotes
    padded: set[int] | None = set()
    for block in blocks(path, dialect, _size(guards)):
        quotes = marks.quotes(block.data, inside)
        length = length + len(block.data) if inside else 0
        if quotes is None or length > guards.line_bytes // 2:
            return Look(orderly=False, padded=None)
        if padded is not None:
            more = marks.padded(block.data, quotes, inside)
            padded = None if more is None else padded | more
        regular = regular and marks.are_regular(block.data, quotes, inside)
        n_records += marks.n_records(block.data, quotes, inside)
        inside ^= bool(len(quotes) % 2)
    return Look(not inside, None if padded is None else frozenset(padded), regular and not inside, n_records)


class Rows(NamedTuple):
    """A few records of a file, blank lines left out: the byte and the line at which each begins in the file.

    Their bytes are those of `data`, record n from `at[n]` to `at[n + 1]`.
    """

    starts: Places
    lines: Places
    data: bytes
    at: Places

    def text(self, number: int) -> bytes:
        """All of a record, with its line end and perhaps blank lines behind it."""
        return self.data[self.at[number] : self.at[number + 1]]


def records(path: Path, dialect: Dialect, guards: Guards) -> Iterator[Rows]:
    """The records of an orderly file below its header."""
    marks = _Marks(dialect)
    line, rest, header = dialect.preamble + 1, b"", dialect.header
    for block in blocks(path, dialect, _size(guards)):
        found, offset = rest + block.data, block.offset - len(rest)
        quotes = marks.quotes(found, inside=False)
        assert quotes is not None, "the file is orderly"
        data = np.frombuffer(found, np.uint8)
        feeds = np.flatnonzero(data == _FEED)
        begins = np.concatenate([[0], feeds + 1])  # of lines
        kept = np.searchsorted(quotes, begins) % 2 == 0
        end = len(data)
        if len(quotes) % 2:
            end = int(begins[kept][-1])
        rest = found[end:]
        kept &= begins < end
        numbers, starts = np.flatnonzero(kept), begins[kept]
        filled = _filled(data, starts)
        numbers, at = numbers[filled][header:] + line, np.append(starts[filled], end)[header:]
        yield Rows(at[:-1] + offset, numbers, found, at)
        header = 0 if filled.any() else header
        line += int(np.searchsorted(feeds, end))


class Misfits(NamedTuple):
    """Of some records those that do not have as many values as there are columns: the byte, the values, the place
    among these records and the line of each."""

    n_records: int
    starts: Places
    n_values: Places
    numbers: Places
    lines: Places


def misfits(path: Path, dialect: Dialect, guards: Guards, n_columns: int) -> Iterator[Misfits]:
    """The records of an orderly file that do not fit its columns. Empty values too many at the end are nothing."""
    marks = _Marks(dialect)
    spare = spare_value(dialect)
    for rows in records(path, dialect, guards):
        n_values = marks.n_values(rows)
        odd = np.flatnonzero(n_values != n_columns)
        kept = [
            number
            for number, more in zip(odd.tolist(), (n_values[odd] - n_columns).tolist(), strict=True)
            if more < 0 or not re.search(f"(?:{spare}){{{more}}}[\r\n]*$".encode(), rows.text(number))
        ]
        yield Misfits(len(rows.starts), rows.starts[kept], n_values[kept], np.array(kept, np.int64), rows.lines[kept])


def spare_value(dialect: Dialect) -> str:
    """A regular expression for an empty value and the delimiter before it, which at the end of a row is nothing."""
    return re.escape(dialect.delimiter) + f"(?:{re.escape(dialect.quote * 2)})?"


def _filled(data: Bytes, begins: Places) -> NDArray[np.bool_]:
    """Which of the lines that begin at these places are not blank."""
    first, second = data[begins], data.take(begins + 1, mode="clip")
    filled: NDArray[np.bool_] = (first != _FEED) & ~(
        (first == _RETURN) & ((second == _FEED) | (begins + 1 == len(data)))
    )
    return filled


def _size(guards: Guards) -> int:
    return min(AT_ONCE, guards.line_bytes // 4)


class _Marks:
    """What the bytes of a dialect mean."""

    def __init__(self, dialect: Dialect) -> None:
        # Where values are never in quotes, a byte stands for them that no text has.
        self._quote, self._delimiter = (dialect.quote or "\0").encode()[0], dialect.delimiter.encode()[0]
        kinds = np.zeros(256, np.uint8)
        kinds[[0xC2, 0xE1, 0xE2, 0xE3, 0xEF]] = _FOREIGN
        kinds[list(b" \t\v\f")] = _SPACE
        kinds[[_FEED, _RETURN, self._delimiter]] = _EDGE
        self._kinds = kinds.tobytes()
        self._is_edge = kinds == _EDGE
        self._is_edge[self._quote] = True
        self._is_space = kinds == _SPACE
        self._is_space[[_FEED, _RETURN]] = True  # within quotes

    def quotes(self, block: bytes, inside: bool) -> Places | None:
        """The quotes that open and close values in a block that begins `inside` one or not; None without order.

        Doubled quotes count as a close and an open. Quotes in values that are not quoted are left out.
        """
        if self._quote not in block:
            return np.zeros(0, np.int64)
        data = np.frombuffer(block, np.uint8)
        found = np.flatnonzero(data == self._quote)
        if self._in_order(data, found, inside):
            return found
        return None if inside else self._without_bare(data, found)

    def _in_order(self, data: Bytes, quotes: Places, inside: bool) -> bool:
        opening, closing = quotes[int(inside) :: 2], quotes[1 - int(inside) :: 2]
        after = data[np.minimum(closing + 1, len(data) - 1)]
        further = data[np.minimum(closing + 2, len(data) - 1)]
        ends = (after == self._delimiter) | (after == _FEED) | (after == self._quote) | (closing + 1 == len(data))
        ends |= (after == _RETURN) & ((further == _FEED) | (closing + 2 == len(data)))
        doubled = (opening > 0) & (data[opening - 1] == self._quote)
        return bool(np.all(ends) and np.all(doubled | self._begins(data, opening)))

    def _begins(self, data: Bytes, places: Places) -> NDArray[np.bool_]:
        """Whether a quote at each place would open a value: it stands first, or one blank behind that."""
        before, further = data[np.maximum(places - 1, 0)], data[np.maximum(places - 2, 0)]
        edge = (before == self._delimiter) | (before == _FEED) | (places == 0)
        early = (further == self._delimiter) | (further == _FEED) | (places == 1)
        begins: NDArray[np.bool_] = edge | ((before == _BLANK) & early & (places > 0))
        return begins

    def _without_bare(self, data: Bytes, quotes: Places) -> Places | None:
        """The quotes of lines that open values, where all of those end in their lines: the others mean nothing."""
        line = np.searchsorted(np.flatnonzero(data == _FEED), quotes)
        opens = np.bincount(line, self._begins(data, quotes))[line] > 0
        found = quotes[opens]
        whole = bool(np.all(np.bincount(line[opens]) % 2 == 0))
        return found if whole and self._in_order(data, found, False) else None

    def are_regular(self, block: bytes, quotes: Places, inside: bool) -> bool:
        """Whether each quote that opens a value stands right behind a delimiter, and each return before a feed."""
        if _RETURN in block and block.count(b"\r") != block.count(b"\r\n"):
            return False
        opening = quotes[int(inside) :: 2]
        if not len(opening):
            return True
        before = np.frombuffer(block, np.uint8)[np.maximum(opening - 1, 0)]
        return bool(np.all(self._is_edge[before] | (opening == 0)))

    def n_records(self, block: bytes, quotes: Places, inside: bool) -> int:
        """How many records begin in the block: lines outside of quotes that are not blank."""
        data = np.frombuffer(block, np.uint8)
        begins = np.flatnonzero(data == _FEED) + 1
        begins = np.concatenate([[0], begins[:-1] if block.endswith(b"\n") else begins])
        filled = _filled(data, begins)
        if len(quotes) or inside:
            filled &= (np.searchsorted(quotes, begins) + inside) % 2 == 0
        return int(np.count_nonzero(filled))

    def padded(self, block: bytes, quotes: Places, inside: bool) -> set[int] | None:
        """The columns of values that may have outer blanks; None where the block alone does not tell which."""
        data = np.frombuffer(block, np.uint8)
        kinds = np.frombuffer(block.translate(self._kinds), np.uint8)
        pairs = np.flatnonzero(kinds[:-1] + kinds[1:] == _EDGE + _SPACE)
        edges = pairs + (kinds[pairs] != _EDGE)
        outside = (np.searchsorted(quotes, edges) + inside) % 2 == 0
        found = [(pairs + (kinds[pairs] == _EDGE))[outside], self._padded_quotes(data, quotes, inside)]
        ends = [place for place in (0, len(data) - 1) if kinds[place] == _SPACE]
        if ends:
            found.append(np.array(ends))
        if not block.isascii():
            found.append(self._foreign(data, np.flatnonzero(kinds == _FOREIGN)))
        places = np.concatenate(found)
        if not len(places):
            return set()
        few = self._columns_of_few if len(places) < _FEW else self._columns_of_many
        return few(block, data, quotes, inside, places)

    def _columns_of_few(
        self, block: bytes, data: Bytes, quotes: Places, inside: bool, places: Places
    ) -> set[int] | None:
        """The columns in which the bytes at `places` stand."""
        found = set()
        for place in places.tolist():
            start = block.rfind(b"\n", 0, place) + 1
            first, last = np.searchsorted(quotes, [start, place]) if len(quotes) else (0, 0)
            if (first + inside) % 2:  # a value of several lines
                return None
            if first == last:
                found.add(block.count(self._delimiter, start, place))
            else:
                own = quotes[first:last] - start
                found.add(len(self._outside(data[start:place], self._delimiter, own, inside=False)))
        return found

    def _columns_of_many(self, _: bytes, data: Bytes, quotes: Places, inside: bool, places: Places) -> set[int] | None:
        feeds, delimiters = (self._outside(data, one, quotes, inside) for one in (_FEED, self._delimiter))
        rows = np.searchsorted(feeds, places)
        if inside and np.any(rows == 0):
            return None
        begun = np.concatenate([[0], np.searchsorted(delimiters, feeds)])
        return set((np.searchsorted(delimiters, places) - begun[rows]).tolist())

    def n_values(self, rows: "Rows") -> Places:
        """How many values each record has."""
        quotes = self.quotes(rows.data, inside=False)
        assert quotes is not None, "the file is orderly"
        delimiters = self._outside(np.frombuffer(rows.data, np.uint8), self._delimiter, quotes, inside=False)
        return np.diff(np.searchsorted(delimiters, rows.at)) + 1

    def _outside(self, data: Bytes, byte: int, quotes: Places, inside: bool) -> Places:
        found = np.flatnonzero(data == byte)
        return found[(np.searchsorted(quotes, found) + inside) % 2 == 0] if len(quotes) or inside else found

    def _padded_quotes(self, data: Bytes, quotes: Places, inside: bool) -> Places:
        """The quotes that begin or end a value with outer blanks."""
        opening, closing = quotes[int(inside) :: 2], quotes[1 - int(inside) :: 2]
        behind = self._is_space[data[np.minimum(opening + 1, len(data) - 1)]]
        before = self._is_space[data[closing - 1]] | (closing == 0)  # a block begins behind a line end
        own = (opening == 0) | (data[opening - 1] != self._quote)
        last = (closing + 1 == len(data)) | (data[np.minimum(closing + 1, len(data) - 1)] != self._quote)
        return np.concatenate([opening[behind & own], closing[before & last]])

    def _foreign(self, data: Bytes, places: Places) -> Places:
        """Those of `places` where a blank of several bytes begins that stands at the edge of a value."""
        if not len(places):
            return places
        one, two, three = (data.take(places + shift, mode="clip").astype(np.uint32) for shift in range(3))
        of_two = np.isin(one << 8 | two, _BLANKS_OF_TWO)
        of_three = np.isin(one << 16 | two << 8 | three, _BLANKS_OF_THREE)
        ends = places + np.where(of_two, 2, 3)
        before = (places == 0) | self._is_edge[data[places - 1]]
        after = (ends == len(data)) | self._is_edge[data.take(ends, mode="clip")]
        found: Places = places[(of_two | of_three) & (before | after)]
        return found
