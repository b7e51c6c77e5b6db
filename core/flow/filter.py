"""Which calls count: one frozen value, with one rendering for SQL and one for addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.errors import ViewError
from core.tables.calllog import CallLog


@dataclass(frozen=True)
class Filter:
    """Calls on the days `first` to `last`, on ISO `weekdays`, from `files`, for `intents`; empty means all.

    `files` are numbers from 1 in the order in which the files were added, `intents` are node ids.
    """

    first: date | None = None
    last: date | None = None
    weekdays: tuple[int, ...] = ()
    files: tuple[int, ...] = ()
    intents: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != ALL

    def as_query(self) -> dict[str, str]:
        """The filter as parameters of an address; nothing for what is not filtered."""
        given = {
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
            "weekday": ",".join(map(str, self.weekdays)),
            "file": ",".join(map(str, self.files)),
            "intent": join_ids(self.intents),
        }
        return {name: value for name, value in given.items() if value}

    @staticmethod
    def from_query(query: Mapping[str, str]) -> "Filter":
        """The filter in an address. Raises ViewError, naming the part that cannot be read."""
        try:
            return Filter(
                first=_day(query.get("from", "")),
                last=_day(query.get("to", "")),
                weekdays=_numbers(query.get("weekday", ""), most=7),
                files=_numbers(query.get("file", "")),
                intents=split_ids(query.get("intent", "")),
            )
        except ValueError:
            raise ViewError(
                "The filter in this address cannot be read.", "Clear the filter and set it again."
            ) from None

    def sql(self, log: CallLog) -> tuple[str, list[Any]]:
        """The condition on `variants v` joined with `paths p`, and the values it binds."""
        conditions = ["true"]
        values: list[Any] = []
        if self.first:
            conditions.append("v.date >= ?")
            values.append(self.first)
        if self.last:
            conditions.append("v.date <= ?")
            values.append(self.last)
        if self.weekdays:
            conditions.append("list_contains(?, isodow(v.date))")
            values.append(list(self.weekdays))
        if self.files:
            conditions.append("list_contains(?, v.file + 1)")
            values.append(list(self.files))
        if self.intents:
            conditions.append("list_contains(?, p.intent)")
            values.append([log.codes.get(intent, -1) for intent in self.intents])
        return " AND ".join(conditions), values


ALL = Filter()


def selected(log: CallLog, where: Filter) -> tuple[str, list[Any]]:
    """SQL for the variants that pass: path, file, date, n, and the path's nodes, n_steps, intent, leaf."""
    condition, values = where.sql(log)
    return (
        "(SELECT v.path, v.file, v.date, v.n, p.nodes, p.n_steps, p.intent, p.leaf "
        f"FROM variants v JOIN paths p USING (path) WHERE {condition})",
        values,
    )


def join_ids(ids: tuple[str, ...]) -> str:
    r"""Node ids as one text: joined with commas, a comma or backslash inside an id behind a backslash.

    >>> join_ids(("1", "a,b"))
    '1,a\\,b'
    """
    return ",".join(one.replace("\\", "\\\\").replace(",", "\\,") for one in ids)


def split_ids(text: str) -> tuple[str, ...]:
    r"""The ids that `join_ids` joined.

    >>> split_ids("1,a\\,b")
    ('1', 'a,b')
    """
    if not text:
        return ()
    ids, letters = [""], iter(text)
    for letter in letters:
        if letter == "\\":
            ids[-1] += next(letters, "")
        elif letter == ",":
            ids.append("")
        else:
            ids[-1] += letter
    return tuple(ids)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _numbers(text: str, most: int = 10_000) -> tuple[int, ...]:
    numbers = tuple(sorted({int(one) for one in text.split(",") if one}))
    if any(not 1 <= number <= most for number in numbers):
        raise ValueError(text)
    return numbers
