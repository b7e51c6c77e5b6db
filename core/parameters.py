"""What a view takes beside the filter: a name, a default, bounds, and how a text is read as one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, urlencode

from core.errors import ViewError
from core.flow.filter import ALL, Filter
from core.flow.ids import join_ids, split_ids
from core.tables.calllog import CallLog

AGAINST: Final = "against"
"""What addresses call the filter of a second group."""
EVERY: Final = "all"
"""How an address says that a second group is all calls."""


class Parameter(Protocol):
    """`name` is what the address and the command line call it, `title` and `help` what a person is told of it."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def help(self) -> str: ...

    def default(self, log: CallLog) -> Any:
        """What it is where nothing is said."""
        ...

    def read(self, text: str) -> Any:
        """What a text says. Raises ViewError where it says nothing that can be used."""
        ...

    def write(self, value: Any) -> str:
        """The text that `read` reads as `value`."""
        ...


@dataclass(frozen=True)
class Number:
    """A whole number from `low` to `high`, a person being told of what: days, seconds, percent; `usual` by default,
    or what that finds in a log."""

    name: str
    title: str
    help: str
    usual: int | Callable[[CallLog], int]
    low: int
    high: int

    def default(self, log: CallLog) -> int:
        return self.usual if isinstance(self.usual, int) else self.usual(log)

    def read(self, text: str) -> int:
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 18 and self.low <= int(text) <= self.high):
            raise ViewError(
                f"{self.title}: {text[:40]!r} cannot be used.",
                f"It is a whole number from {self.low} to {self.high}.",
            )
        return int(text)

    def write(self, value: int) -> str:
        return str(value)


@dataclass(frozen=True)
class Ids:
    """Ids of menu items, in order; none by default."""

    name: str
    title: str
    help: str

    def default(self, log: CallLog) -> tuple[str, ...]:
        return ()

    def read(self, text: str) -> tuple[str, ...]:
        return split_ids(text)

    def write(self, value: tuple[str, ...]) -> str:
        return join_ids(value)


@dataclass(frozen=True)
class Marked:
    """Some of the values of a column of `calls`, as a person marks them; those that `guess` picks until they do.

    Values that no call has may be named, and mark nothing: the link to a view outlives its files. A text of one comma
    marks none.
    """

    name: str
    title: str
    help: str
    values: Callable[[CallLog], tuple[str, ...]]
    guess: Callable[[tuple[str, ...]], tuple[str, ...]]

    def default(self, log: CallLog) -> tuple[str, ...]:
        return self.guess(self.values(log))

    def read(self, text: str) -> tuple[str, ...]:
        return tuple(sorted({one for one in split_ids(text) if one}))

    def write(self, value: tuple[str, ...]) -> str:
        return join_ids(tuple(sorted(value))) or ","


@dataclass(frozen=True)
class Choice:
    """One of a few `options`, (value, what a person is told of it); the first by default."""

    name: str
    title: str
    help: str
    options: tuple[tuple[str, str], ...]

    def default(self, log: CallLog) -> str:
        return self.options[0][0]

    def read(self, text: str) -> str:
        known = [value for value, _ in self.options]
        if text not in known:
            raise ViewError(f"{self.title}: {text[:40]!r} cannot be used.", f"It is one of: {', '.join(known)}.")
        return text

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True)
class OneOf:
    """One of the values of a column of `calls`, or "" for what the view shows by itself."""

    name: str
    title: str
    help: str
    values: Callable[[CallLog], tuple[str, ...]]

    def default(self, log: CallLog) -> str:
        return ""

    def read(self, text: str) -> str:
        return text

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True)
class Group:
    """A second filter, written as the query of an address; None for the group that the view takes by itself."""

    name: str
    title: str
    help: str

    def default(self, log: CallLog) -> Filter | None:
        return None

    def read(self, text: str) -> Filter | None:
        if not text:
            return None
        if text == EVERY:
            return ALL
        return Filter.from_query(dict(parse_qsl(text, keep_blank_values=True)))

    def write(self, value: Filter | None) -> str:
        if value is None:
            return ""
        return urlencode(value.as_query()) or EVERY
