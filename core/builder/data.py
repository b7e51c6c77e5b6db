"""From a draft to the few rows that its chart is drawn from: the engine adds up, the page gets the sums.

Columns of words, and those that part a chart, keep their most frequent values; the others stand together. Numbers with
many values fall into ranges of one width, moments into hours, days, months or years, as their span asks.
"""

import math
from typing import Any, NamedTuple

import pandas as pd

from core.builder.draft import Draft, Field, Sort, check
from core.engine import identifier
from core.sql.tables import Tables

MOST_WORDS, MOST_PARTS = 20, 5
"""Values of a column that stand by themselves: along the chart, and as colours or facets."""
MOST_NUMBERS, RANGES = 24, 20
"""Different numbers that stand by themselves, and about how many ranges there are otherwise."""
OTHERS, MISSING = 0, -1
"""The places of the values that stand together, and of the rows without a value."""
HOUR, DAY, MONTH, YEAR = "hour", "day", "month", "year"
_FIGURES = {
    "rows": "count(*)",
    "distinct": "count(DISTINCT y)",
    "sum": "sum(y)::DOUBLE",
    "mean": "avg(y)::DOUBLE",
    "median": "(avg(y) FILTER (place IN ((n_filled + 1) // 2, n_filled // 2 + 1)))::DOUBLE",
    "min": "min(y)::DOUBLE",
    "max": "max(y)::DOUBLE",
}
_PLACED = (
    "SELECT *, row_number() OVER (PARTITION BY x, colour, facet ORDER BY y NULLS LAST) AS place, "
    "count(y) OVER (PARTITION BY x, colour, facet) AS n_filled FROM"
)
"""What a median needs: the place of each value in its group. The engine's own holds all values in memory at once, where
this goes by way of the disk."""


class Axis(NamedTuple):
    """How a column is divided: by `values` in that order, else by ranges `width` wide, else by `unit` of time."""

    sql: str
    sort: Sort = Sort.WORDS
    values: tuple[Any, ...] | None = None
    width: float = 0.0
    unit: str = ""


class Drawn(NamedTuple):
    """`rows` has x, colour, facet, value, n (rows of the table).

    x is a number or a moment, the beginning of its range; or the place of one of the axis's values from 1, OTHERS or
    MISSING, as colour and facet are of theirs. `n_missing` rows have no x that is a number or a moment: not shown.
    """

    rows: pd.DataFrame
    x: Axis
    colours: tuple[Any, ...]
    facets: tuple[Any, ...]
    n_rows: int
    n_missing: int


def data(tables: Tables, draft: Draft, known: dict[str, Field]) -> Drawn:
    """What the chart shows. Raises ViewError where the draft does not fit the table."""
    check(draft, known)
    x = _axis(tables, draft.table, known[draft.x])
    colours = _parts(tables, draft.table, draft.colour)
    facets = _parts(tables, draft.table, draft.facet)
    values: list[Any] = []
    columns = [
        f"{_place(x.sql, x.values, values) if x.values is not None else x.sql} AS x",
        f"{_place(_text(draft.colour), colours, values)} AS colour",
        f"{_place(_text(draft.facet), facets, values)} AS facet",
        f"{identifier(draft.y) if draft.y else 'NULL'} AS y",
    ]
    found = f"(SELECT {', '.join(columns)} FROM {identifier(draft.table)})"
    placed = f"({_PLACED} {found})" if draft.how == "median" else found
    rows = tables.frame(
        f"SELECT x, colour, facet, {_FIGURES[draft.how]} AS value, count(*) AS n FROM {placed} "
        "GROUP BY ALL ORDER BY ALL",
        values,
    )
    n_rows = int(rows["n"].sum())
    shown = rows[rows["x"].notna()].reset_index(drop=True)
    return Drawn(shown, x, colours, facets, n_rows, n_rows - int(shown["n"].sum()))


def _axis(tables: Tables, table: str, field: Field) -> Axis:
    name = identifier(field.name)
    if field.sort is Sort.WORDS:
        return Axis(_text(field.name), values=_most_frequent(tables, table, _text(field.name), MOST_WORDS))
    if field.sort is Sort.TIME:
        unit = _unit(*_ends(tables, table, name), has_clock=field.has_clock)
        return Axis(f"date_trunc('{unit}', {name})::TIMESTAMP", Sort.TIME, unit=unit)
    of = f"FROM {identifier(table)} WHERE {name} IS NOT NULL"
    few = tables.frame(f"SELECT DISTINCT {name} {of} LIMIT {MOST_NUMBERS + 1}")
    if len(few) <= MOST_NUMBERS:
        return Axis(f"{name}::DOUBLE", Sort.NUMBER)
    finite = f"CASE WHEN isfinite({name}::DOUBLE) THEN {name}::DOUBLE END"
    least, most = _ends(tables, table, finite)
    width = nice((most - least) / RANGES)
    return Axis(f"floor(({finite}) / {width!r}) * {width!r}", Sort.NUMBER, width=width)


def _ends(tables: Tables, table: str, value: str) -> tuple[Any, Any]:
    row = tables.frame(f"SELECT min({value}) AS least, max({value}) AS most FROM {identifier(table)}").iloc[0]
    return row["least"], row["most"]


def _unit(first: Any, last: Any, *, has_clock: bool) -> str:
    days = 0 if pd.isna(first) else (pd.Timestamp(last) - pd.Timestamp(first)).days
    if days <= 3 and has_clock:
        return HOUR
    return DAY if days <= 120 else MONTH if days <= 3650 else YEAR


def nice(width: float) -> float:
    """The least of 1, 2, 2.5 and 5 times a power of ten that is at least `width`; 1 for none."""
    if not width > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(width))
    return next((step * power for step in (1, 2, 2.5, 5) if step * power >= width * (1 - 1e-9)), 10 * power)


def _parts(tables: Tables, table: str, column: str) -> tuple[Any, ...]:
    return _most_frequent(tables, table, _text(column), MOST_PARTS) if column else ()


def _most_frequent(tables: Tables, table: str, value: str, most: int) -> tuple[Any, ...]:
    of = f"FROM {identifier(table)} WHERE {value} IS NOT NULL"
    found = tables.frame(f"SELECT {value} AS found {of} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {most}")
    return tuple(found["found"])


def _text(column: str) -> str:
    return f"{identifier(column)}::VARCHAR" if column else "NULL::VARCHAR"


def _place(sql: str, values: tuple[Any, ...], bound: list[Any]) -> str:
    """SQL for the place of a value among `values`, which are bound."""
    bound.append(list(values))
    return f"CASE WHEN {sql} IS NULL THEN {MISSING} ELSE coalesce(list_position(?::VARCHAR[], {sql}), {OTHERS}) END"
