"""One record cut into its values: strictly, or, where its quotes are in disorder, in the way that disturbs it least."""

import csv
import heapq
import io
import re
from collections.abc import Iterator
from functools import lru_cache

from core.errors import FileRefused
from core.ingest.facts import Dialect

STEPS, LONGEST = 2000, 10_000
"""Steps after which the search for a way to cut a record is given up, and characters above which it is not begun."""

# What each way to read a value costs; a way that leaves a quote standing alone is the last that is tried.
_STRICT, _DOUBLED_OPENING, _QUOTES_WITHIN, _QUOTE_AS_TEXT, _NO_DELIMITER = 0, 1, 2, 3, 3


class _Marks:
    """The patterns of a dialect, from any position of a record."""

    def __init__(self, dialect: Dialect) -> None:
        self.delimiter, self.quote = dialect.delimiter, dialect.quote
        if not dialect.quote:
            return  # nothing more is asked of it then
        delimiter, quote, escape = map(re.escape, (dialect.delimiter, dialect.quote, dialect.escape))
        inner = f"[^{quote}]|{quote}{quote}" if dialect.escape == dialect.quote else f"[^{quote}{escape}]|{escape}."
        self.quoted = re.compile(f" ?{quote}((?:{inner})*+){quote}", re.DOTALL)
        self.escaped = re.compile(f"(?:{escape}|{quote})({quote})" + (f"|{escape}(.)" if escape != quote else ""), re.S)
        self.end = re.compile(f" *(?:{delimiter}|$)")
        self.closing = re.compile(f"{quote}{self.end.pattern}")

    def plain(self, value: str) -> str:
        """A quoted value as it is meant."""
        return self.escaped.sub(lambda found: found[1] or found[found.lastindex or 0], value)


@lru_cache(maxsize=32)
def _marks(dialect: Dialect) -> _Marks:
    return _Marks(dialect)


def strictly(text: str, dialect: Dialect) -> list[str] | None:
    """The values of a record without its line end, None where its quotes are not in order."""
    marks = _marks(dialect)
    if not marks.quote or marks.quote not in text:
        return text.split(marks.delimiter)
    values, position = [], 0
    while True:
        quoted = marks.quoted.match(text, position)
        if quoted is not None:
            behind = marks.end.match(text, quoted.end())
            if behind is None:
                return None
            values.append(marks.plain(quoted[1]))
            position = behind.end()
            if not behind[0].strip(" ") or not behind[0].endswith(marks.delimiter):
                return values
            continue
        if text.startswith((marks.quote, f" {marks.quote}"), position):
            return None
        end = text.find(marks.delimiter, position)
        if end < 0:
            return [*values, text[position:]]
        values.append(text[position:end])
        position = end + len(marks.delimiter)


def roughly(text: str, dialect: Dialect) -> Iterator[list[str]]:
    """The rows of a text, whatever is in it, blank lines left out: to compare dialects, and for rows that fit none."""
    delimiter = dialect.delimiter
    if len(delimiter) > 1:  # the csv module knows delimiters of one character
        text, delimiter = text.replace(delimiter, "\x1e"), "\x1e"
    quote = dialect.quote or None
    try:
        yield from filter(
            None,
            csv.reader(
                io.StringIO(text, newline=""),
                delimiter=delimiter,
                quotechar=quote,
                quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
            ),
        )
    except csv.Error:
        return  # a value too large for the csv module: the rows before it tell enough


class Lenient:
    """Cuts records whose quotes are in disorder, as long as that takes no more than `steps` in all."""

    def __init__(self, dialect: Dialect, steps: int) -> None:
        self._dialect, self._marks, self._left = dialect, _marks(dialect), steps

    def cut(self, text: str) -> list[str] | None:
        """The values of a record, if it can be read as one of the dialect's width.

        Of all the ways to do so the one that asks for the least is taken; None where there is none, or where two ask
        for the same and differ. Raises FileRefused where too many records are in disorder.
        """
        if not self._dialect.quote or len(text) > LONGEST:
            return None
        if self._left <= 0:
            raise FileRefused(
                "The quotes of this file are not in order, in too many of its rows.",
                "Export it again with each value that holds a quote in quotes, and its quotes doubled; "
                "or choose another quote, or none.",
            )
        values, steps = _leniently(text, self._marks, self._dialect.width)
        self._left -= steps
        return values


def _leniently(text: str, marks: _Marks, width: int) -> tuple[list[str] | None, int]:
    """The values, None where there is no way or no best one, and how many steps it took to find them."""
    queue: list[tuple[int, int, int, tuple[str, ...]]] = [(0, 0, 0, ())]
    best: tuple[str, ...] | None = None
    limit, steps = None, 0
    while queue:
        cost, order, position, values = heapq.heappop(queue)
        if limit is not None and cost > limit:
            break
        if position < 0:
            if len(values) == width:
                if best is not None and values != best:
                    return None, steps
                best, limit = values, cost
            continue
        if len(values) >= width:
            continue
        for more, value, after in _ways(text, position, marks):
            steps += 1
            heapq.heappush(queue, (cost + more, order - 1, after, (*values, value)))
        if steps > STEPS:
            return None, steps
    return (None if best is None else list(best)), steps


def _ways(text: str, start: int, marks: _Marks) -> Iterator[tuple[int, str, int]]:
    """Each way to read the value that begins at `start`: its cost, the value, where the next begins, -1 for nowhere."""

    def next_value(end: re.Match[str]) -> int:
        return end.end() if end[0].endswith(marks.delimiter) else -1

    quote = marks.quote
    position = start + 1 if text.startswith(f" {quote}", start) else start
    end = text.find(marks.delimiter, start)
    unquoted = (text[start:], -1) if end < 0 else (text[start:end], end + len(marks.delimiter))
    if not text.startswith(quote, position):
        yield _STRICT, *unquoted
        opening = unquoted[0].find(quote)
        if opening > 0:  # text and right behind it a quoted value
            quoted = marks.quoted.match(text, start + opening)
            if quoted is not None and marks.end.match(text, quoted.end()):
                yield _NO_DELIMITER, unquoted[0][:opening], start + opening
        return
    quoted = marks.quoted.match(text, position)
    if quoted is not None:
        behind = marks.end.match(text, quoted.end())
        if behind is not None:
            yield _STRICT, marks.plain(quoted[1]), next_value(behind)
        else:
            yield _NO_DELIMITER, marks.plain(quoted[1]), quoted.end()
    if text.startswith(quote, position + 1):
        second = marks.quoted.match(text, position + 1)
        behind = second and marks.end.match(text, second.end())
        if second is not None and behind:
            yield _DOUBLED_OPENING, quote + marks.plain(second[1]), next_value(behind)
    for closing in marks.closing.finditer(text, position + 1):
        yield _QUOTES_WITHIN, marks.plain(text[position + 1 : closing.start()]), next_value(closing)
    yield _QUOTE_AS_TEXT, *unquoted
