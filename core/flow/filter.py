"""Which calls count: one frozen value, with one rendering for addresses and one set of conditions for the tables."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final, NamedTuple

from core.engine import identifier
from core.errors import ViewError
from core.flow.ids import join_ids, split_ids
from core.flow.spans import Span
from core.tables.calllog import CallLog

MISSING = ""
"""Stands for "no value" among the values of a column: a value that is there is never empty."""
_COLUMN = "a."
_NUMBERS = {"weekdays": "weekday", "hours": "hour"}
_IDS = {
    "files": "file",
    "intents": "intent",
    "via": "via",
    "starts": "start",
    "ends": "end",
    "links": "link",
    "begins": "begins",
    "errors": "error",
}
_DAYS = {"first": "from", "last": "to"}
_LENGTHS = {"shortest": "min", "longest": "max"}
_SPANS = {"lasts": "lasts", "waits": "wait"}
_LONGEST = 2**31
PARAMETERS: Final = (
    *_DAYS.values(), *_NUMBERS.values(), *_IDS.values(), "next", *_LENGTHS.values(), *_SPANS.values(),
    "outcome", "agent",
)  # fmt: skip
"""What an address calls the parts of a filter; "a.<column>" are the values of another column."""


class Condition(NamedTuple):
    """On a column of `calls` (or the weekday): a value from `low` to `high`, or one of `members`; None is missing."""

    column: str
    low: Any = None
    high: Any = None
    members: tuple[Any, ...] = ()

    def sql(self) -> tuple[str, list[Any]]:
        """The condition in SQL, and the values that it binds."""
        name = "isodow(date)" if self.column == "weekday" else identifier(self.column)
        if self.members:
            known = [one for one in self.members if one is not None]
            missing = f" OR {name} IS NULL" if len(known) < len(self.members) else ""
            return f"(list_contains(?, {name}){missing})", [known]
        bounds = [(word, bound) for word, bound in ((">=", self.low), ("<=", self.high)) if bound is not None]
        return " AND ".join(f"{name} {word} ?" for word, _ in bounds), [bound for _, bound in bounds]


class Asked(NamedTuple):
    """A condition on more than a column of `calls`: SQL over `calls`, and the values that it binds."""

    text: str
    bound: tuple[Any, ...] = ()

    def sql(self) -> tuple[str, list[Any]]:
        return self.text, list(self.bound)


@dataclass(frozen=True)
class Filter:
    """The calls that count. What is empty, or None, lets all calls pass; all parts have to hold.

    Calls on the days `first` to `last`, on ISO `weekdays`, begun in `hours`, of `files` (ids), for `intents`, that
    begin on one of `starts` and end on one of `ends`, touch every node of `via` and a node with one of `links` (URLs),
    take every one of `transitions` (source, target), begin with the steps `begins`, have `shortest` to `longest` steps,
    and have one of the `values` (column, values; MISSING for none) of each column: "outcome", "agent", or an attribute.
    `lasts` is how long they last, `waits` how long in the queue; `errors`, as `erring` makes it, names a node on which
    they have an error.
    """

    first: date | None = None
    last: date | None = None
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    files: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    transitions: tuple[tuple[str, str], ...] = ()
    links: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    shortest: int | None = None
    longest: int | None = None
    lasts: Span | None = None
    waits: Span | None = None
    errors: tuple[str, ...] = ()
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        return self != ALL

    def without(self, part: str) -> "Filter":
        """The filter without the field `part`, or, where `part` is a column, without the values of that."""
        if part in _DEFAULTS:
            return Filter(**{**vars(self), part: _DEFAULTS[part]})
        return replace(self, values=tuple(one for one in self.values if one[0] != part))

    def with_values(self, column: str, wanted: Iterable[str]) -> "Filter":
        """The filter with these values of a column instead of those before; none lifts it."""
        kept = tuple(one for one in self.values if one[0] != column)
        wanted = tuple(sorted(set(wanted)))
        return replace(self, values=tuple(sorted((*kept, (column, wanted)))) if wanted else kept)

    def passing(self, node: str) -> "Filter":
        """The filter that also asks to touch a node."""
        return self if node in self.via else replace(self, via=(*self.via, node))

    def erring(self, node: str, fine: Iterable[str]) -> "Filter":
        """The filter that also asks for an error on a node, on any where it is ""; `fine` are values that are none."""
        return replace(self, errors=(node, *(fine or ("",))))

    def values_of(self, column: str) -> tuple[str, ...]:
        return next((wanted for name, wanted in self.values if name == column), ())

    def as_query(self) -> dict[str, str]:
        """The filter as parameters of an address; nothing for what is not filtered."""
        given: dict[str, str] = {}
        for field, name in _DAYS.items():
            given[name] = getattr(self, field).isoformat() if getattr(self, field) else ""
        for field, name in _NUMBERS.items():
            given[name] = ",".join(map(str, getattr(self, field)))
        for field, name in _IDS.items():
            given[name] = join_ids(getattr(self, field))
        for field, name in _LENGTHS.items():
            given[name] = "" if getattr(self, field) is None else str(getattr(self, field))
        for field, name in _SPANS.items():
            given[name] = getattr(self, field).write() if getattr(self, field) else ""
        given["next"] = join_ids(tuple(one for pair in self.transitions for one in pair))
        for column, wanted in self.values:
            given[_parameter(column)] = join_ids(wanted if wanted != (MISSING,) else (MISSING, MISSING))
        return {name: value for name, value in given.items() if value}

    @staticmethod
    def is_parameter(name: str) -> bool:
        """Whether a parameter of an address belongs to the filter."""
        return name in PARAMETERS or name.startswith(_COLUMN)

    @staticmethod
    def from_query(query: Mapping[str, str]) -> "Filter":
        """The filter in an address. Raises ViewError, naming the part that cannot be read."""
        given: dict[str, Any] = {}
        for field, (name, read) in _READERS.items():
            try:
                given[field] = read(query.get(name, ""))
            except ValueError:
                raise ViewError(
                    f"The filter {name}={query[name][:40]!r} cannot be read.", "Clear the filter and set it again."
                ) from None
        columns = [name for name in query if name in ("outcome", "agent") or name.startswith(_COLUMN)]
        found = Filter(**given)
        for name in columns:
            found = found.with_values(name.removeprefix(_COLUMN), split_ids(query[name]))
        return found

    def conditions(self, log: CallLog) -> list[Condition | Asked]:
        """What has to hold of a call itself, beside its path. Raises ViewError for a column that is not there."""
        found: list[Condition | Asked] = []
        if self.first or self.last:
            found.append(Condition("date", self.first, self.last))
        if self.weekdays:
            found.append(Condition("weekday", members=self.weekdays))
        if self.hours:
            found.append(Condition("hour", members=self.hours))
        if self.files:
            places = {name: place for place, name in enumerate(log.files)}
            found.append(Condition("file", members=tuple(places.get(one, -1) for one in self.files)))
        for column, wanted in self.values:
            members = tuple(one if one != MISSING else None for one in wanted)
            if members:
                found.append(Condition(column_of(log, column), members=members))
        if self.lasts:
            found.append(_within(self.lasts, """hour IS NOT NULL AND (epoch_us(until) - epoch_us("at")) // 1000"""))
        if self.waits:
            found.append(_within(self.waits, "queue_wait < 1e12 AND CAST(floor(queue_wait * 1000) AS BIGINT)"))
        if self.errors:
            found.append(_failing(self.errors[0], self.errors[1:]))
        return found


ALL = Filter()
_DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Filter)}


def column_of(log: CallLog, column: str) -> str:
    """What `calls` names a column by whose values calls can be filtered. Raises ViewError where there is none."""
    if column in ("outcome", "agent") and column in log.about.roles:
        return column
    if column in log.about.attributes:
        return f"attribute.{column}"
    raise ViewError(
        f"This session has no column {column[:80]!r} to filter by.", "Clear the filter, or map the column and process."
    )


def _within(span: Span, ms: str) -> Asked:
    """Milliseconds within a span; `ms` is SQL, and may begin with what has to hold for there to be some."""
    if span.high is None:
        return Asked(f"{ms} >= ?", (span.low,))
    return Asked(f"{ms} BETWEEN ? AND ?", (span.low, span.high - 1))


def _failing(node: str, fine: tuple[str, ...]) -> Asked:
    there = "node = (SELECT node FROM nodes WHERE id = ?) AND " if node else ""
    steps = f'SELECT "call" FROM steps WHERE {there}error IS NOT NULL AND NOT list_contains(?, error)'
    return Asked(f'"call" IN ({steps})', (*((node,) if node else ()), list(fine)))


def _parameter(column: str) -> str:
    return column if column in ("outcome", "agent") else f"{_COLUMN}{column}"


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _numbers(least: int, most: int) -> Callable[[str], tuple[int, ...]]:
    def read(text: str) -> tuple[int, ...]:
        numbers = tuple(sorted({int(one) for one in text.split(",") if one}))
        if any(not least <= number <= most for number in numbers):
            raise ValueError(text)
        return numbers

    return read


def _length(text: str) -> int | None:
    if text and not 1 <= int(text) <= _LONGEST:
        raise ValueError(text)
    return int(text) if text else None


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    ids = split_ids(text)
    return tuple(zip(ids[::2], ids[1::2], strict=True))


_READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    **{field: (name, _day) for field, name in _DAYS.items()},
    "weekdays": ("weekday", _numbers(1, 7)),
    "hours": ("hour", _numbers(0, 23)),
    **{field: (name, split_ids) for field, name in _IDS.items()},
    **{field: (name, _length) for field, name in _LENGTHS.items()},
    **{field: (name, Span.read) for field, name in _SPANS.items()},
    "transitions": ("next", _pairs),
}
"""Field -> the parameter that it has in an address, and what reads that."""
