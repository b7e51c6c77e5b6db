"""Charts to begin with, from what the first rows of a table hold."""

from collections.abc import Mapping

from core.builder.draft import Draft, Field, Sort
from core.engine import identifier
from core.sql.tables import Tables

LOOKED_AT = 20_000
"""Rows that are looked at."""
MOST = 4
_FEW, _MANY = 2, 30
"""Different values that a column to part rows by has."""


def suggestions(tables: Tables, table: str, known: Mapping[str, Field]) -> list[Draft]:
    """A few drafts, the most telling first; none for a table without a column that a chart can be made of."""
    counts = _distinct(tables, table, known)
    times = [name for name, one in known.items() if one.sort is Sort.TIME and counts[name] > 1]
    words = [name for name, one in known.items() if one.sort is Sort.WORDS and _FEW <= counts[name] <= _MANY]
    numbers = [name for name, one in known.items() if one.sort is Sort.NUMBER and counts[name] > _FEW]
    measures = [name for name in numbers if not _is_like_an_id(name)]
    found = []
    if times:
        found.append(Draft(table, times[0]))
    if words and measures:
        found.append(Draft(table, words[0], "mean", measures[0]))
    if times and measures:
        found.append(Draft(table, times[0], "mean", measures[0]))
    found += [Draft(table, name) for name in (*words, *measures)]
    if not found:
        found = [Draft(table, name) for name in known]
    return list(dict.fromkeys(found))[:MOST]


def _distinct(tables: Tables, table: str, known: Mapping[str, Field]) -> dict[str, int]:
    """About how many different values each column has in the first rows."""
    if not known:
        return {}
    counts = ", ".join(f"approx_count_distinct({identifier(name)})" for name in known)
    row = tables.frame(f"SELECT {counts} FROM (FROM {identifier(table)} LIMIT {LOOKED_AT})").iloc[0]
    return dict(zip(known, map(int, row), strict=True))


def _is_like_an_id(name: str) -> bool:
    return name.lower().rstrip("0123456789").replace("_", " ").split()[-1:] in (["id"], ["number"], ["no"], ["nr"])
