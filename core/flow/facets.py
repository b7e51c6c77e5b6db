"""What calls can be filtered by, and how many calls each choice would give."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from core.engine import identifier
from core.flow.chosen_calls import asked
from core.flow.filter import MISSING, Filter, column_of
from core.flow.findings.weekdays import WEEKDAYS
from core.flow.selection import select
from core.flow.urls import url_engagement
from core.tables.arrays import Counts, summed, weekday_of
from core.tables.calllog import CallLog
from core.text import plural

PARTS = ("weekdays", "hours", "files", "intents", "via", "links", "starts", "ends", "lengths")
NO_VALUE = "none"
MOST_VALUES = 300
"""A column with more values is none to choose from."""

Options = list[tuple[Any, str, int]]


def facet(log: CallLog, where: Filter, part: str, *, limit: int | None = None, search: str = "") -> pd.DataFrame:
    """What can be chosen for one of PARTS, or for a column: value, label, n_calls, the most calls first.

    n_calls pass `where` if its part is that value alone; of "via", whose nodes have to be passed all, if the value is
    added. "lengths" are numbers of steps, and n_calls have exactly so many. Weekdays, hours and lengths keep their
    order. `limit` leaves the values with most calls, `search` those with it in their label or id; those that `where`
    has chosen are always there. Raises ViewError for a column that is not there.
    """
    if part not in PARTS:
        return column_facet(log, where, part, limit=limit, search=search)
    if part == "lengths":
        return _told(_lengths(log, where.without("shortest").without("longest")), [], limit, search, ordered=True)
    options = _OPTIONS[part](log, where if part == "via" else where.without(part))
    chosen = [(one, label_of(log, part, one), 0) for one in getattr(where, part)]
    return _told(options, chosen, limit, search, ordered=part in ("weekdays", "hours"))


def column_facet(
    log: CallLog, where: Filter, column: str, *, limit: int | None = None, search: str = ""
) -> pd.DataFrame:
    """`facet` of "outcome", "agent" or an attribute, also of one that is called like a part."""
    chosen, others = where.values_of(column), where.with_values(column, ())
    options = _values(log, others, column_of(log, column), limit, search, chosen)
    return _told(options, [(one, one or NO_VALUE, 0) for one in chosen], limit, search)


def columns(log: CallLog) -> tuple[str, ...]:
    """The columns with few enough values to choose from, in the order in which `facet` is asked for them."""
    return log.once("facet columns", lambda: _columns(log))


def has_times(log: CallLog) -> bool:
    """Whether the log tells the time of day of any call."""
    return log.once("has times", lambda: bool(log.row("SELECT count(hour) FROM calls")[0]))


def label_of(log: CallLog, part: str, value: Any) -> str:
    """What a value of one of PARTS, or of a column, is called."""
    if part == "weekdays":
        return WEEKDAYS[value]
    if part == "hours":
        return f"{value:02}:00–{value:02}:59"
    if part == "lengths":
        return plural(value, "step")
    if part == "files":
        return log.files.get(value, str(value))
    if part in ("intents", "via", "starts", "ends"):
        return str(log.labels.get(value, value))
    return value or NO_VALUE


def _columns(log: CallLog) -> tuple[str, ...]:
    roles = [role for role in ("outcome", "agent") if role in log.about.roles]
    offered = [*roles, *(name for name in log.about.attributes if name not in roles)]
    if not offered:
        return ()
    counts = ", ".join(f"approx_count_distinct({identifier(column_of(log, name))})" for name in offered)
    n_values = log.row(f"SELECT {counts} FROM calls")
    return tuple(name for name, n in zip(offered, n_values, strict=True) if 0 < n <= MOST_VALUES)


def _weekdays(log: CallLog, where: Filter) -> Options:
    cells = select(log, where).cells
    counts = summed(weekday_of(cells.day), cells.n, 8)
    return [(day, WEEKDAYS[day], int(counts[day])) for day in range(1, 8) if counts[day]]


def _hours(log: CallLog, where: Filter) -> Options:
    found = [(int(value), n) for value, _, n in _values(log, where, "hour") if value != MISSING]
    return [(hour, label_of(log, "hours", hour), n) for hour, n in sorted(found)]


def _files(log: CallLog, where: Filter) -> Options:
    cells = select(log, where).cells
    counts = summed(cells.file, cells.n, len(log.files))
    return [(file_id, name, int(n)) for (file_id, name), n in zip(log.files.items(), counts, strict=True)]


def _lengths(log: CallLog, where: Filter) -> Options:
    counts = summed(log.paths.lengths, select(log, where).weights, 1)
    return [(int(steps), label_of(log, "lengths", int(steps)), int(counts[steps])) for steps in np.flatnonzero(counts)]


def _nodes(log: CallLog, counts: Counts) -> Options:
    return [(log.ids[node], log.names[node], int(counts[node])) for node in np.flatnonzero(counts)]


def _intents(log: CallLog, where: Filter) -> Options:
    found = select(log, where)
    return _nodes(log, found.by_node(log.paths.intent, found.weights))


def _starts(log: CallLog, where: Filter) -> Options:
    found = select(log, where)
    return _nodes(log, found.by_node(log.paths.first, found.weights))


def _links(log: CallLog, where: Filter) -> Options:
    found = url_engagement(log, where)
    return sorted((url, url, int(n)) for url, n in zip(found["url"], found["n_calls"], strict=True))


_OPTIONS: dict[str, Callable[[CallLog, Filter], Options]] = {
    "weekdays": _weekdays,
    "hours": _hours,
    "files": _files,
    "intents": _intents,
    "via": lambda log, where: _nodes(log, select(log, where).touched),
    "links": _links,
    "starts": _starts,
    "ends": lambda log, where: _nodes(log, select(log, where).ended),
}


def _values(
    log: CallLog, where: Filter, name: str, limit: int | None = None, search: str = "", chosen: tuple[str, ...] = ()
) -> Options:
    """The values of a column of `calls`, in the order of their text."""
    cells = select(log, where).cells
    if name in cells.columns:
        words = (*cells.values[name], MISSING)
        counts = summed(cells.columns[name], cells.n, len(words))
        return sorted((word, word or NO_VALUE, int(n)) for word, n in zip(words, counts, strict=True) if n)
    found = asked(
        log,
        where,
        f"""
        SELECT value, label, n FROM (
            SELECT coalesce(CAST({identifier(name)} AS VARCHAR), '') AS value,
                   coalesce(CAST({identifier(name)} AS VARCHAR), '{NO_VALUE}') AS label, count(*) AS n
            FROM chosen GROUP BY ALL)
        WHERE contains(lower(label), lower(?)) OR list_contains(?, value)
        QUALIFY row_number() OVER (ORDER BY n DESC, value) <= ? OR list_contains(?, value)
        ORDER BY value
        """,
        [search, list(chosen), 2**31 if limit is None else limit, list(chosen)],
    )
    return list(zip(*(found[column].to_pylist() for column in ("value", "label", "n")), strict=True))


def _told(options: Options, chosen: Options, limit: int | None, search: str, *, ordered: bool = False) -> pd.DataFrame:
    """The options that fit, most calls first unless they are `ordered`, with those that are chosen."""
    wanted = {value for value, _, _ in chosen}
    options = [*options, *(one for one in chosen if one[0] not in {value for value, _, _ in options})]
    found = [one for one in options if one[0] in wanted or _fits(one, search.casefold())]
    ranked = sorted(found, key=lambda one: -one[2])
    if limit is not None:
        ranked = [one for place, one in enumerate(ranked) if place < limit or one[0] in wanted]
    return pd.DataFrame(sorted(ranked) if ordered else ranked, columns=["value", "label", "n_calls"])


def _fits(option: tuple[Any, str, int], search: str) -> bool:
    return search in option[1].casefold() or search in str(option[0]).casefold()
