"""Two profiles side by side: which columns both have, and what is different in them."""

import pandas as pd

from core.profile.measures import QUANTILES
from core.profile.remarks import figure
from core.profile.schema import ColumnProfile, Profile
from core.text import percent

COLUMNS = ("column", "difference", "types", "missing", "distinct", "middle", "range")
NOTABLE = 0.05
"""A share of missing values, or of a middle, that differs by more is told."""


def compared(one: Profile, other: Profile) -> pd.DataFrame:
    """COLUMNS of every column that either has, those of `one` first; a column is the same where its name is.

    `difference` says in words what differs, "" for nothing notable; the others hold both figures, as in "3 → 5".
    """
    after = {column.name: column for column in other.columns}
    before = {column.name: column for column in one.columns}
    rows = []
    for name in {**before, **after}:
        pair = before.get(name), after.get(name)
        parts = [_told(column, rows_of) for column, rows_of in zip(pair, (one.rows, other.rows), strict=True)]
        told = [_beside(*both) for both in zip(*parts, strict=True)]
        rows.append((name, _difference(pair[0], pair[1], one.rows, other.rows), *told))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _told(column: ColumnProfile | None, n_rows: int) -> tuple[str, str, str, str, str]:
    """Type, missing share, different values, middle and range of a column, in words."""
    if column is None:
        return "–", "–", "–", "–", "–"
    middle, span = column.top[0][0] if column.top else "–", "–"
    if column.numbers:
        middle = figure(_median(column))
        span = f"{figure(column.numbers.least)} to {figure(column.numbers.most)}"
    elif column.days:
        span = f"{column.days.first[:10]} to {column.days.last[:10]}"
    missing = percent(column.missing / n_rows) if n_rows else "–"
    return column.type.value, missing, f"{column.hedge} {column.distinct:,}".strip(), middle, span


def _beside(one: str, other: str) -> str:
    return one if one == other else f"{one} → {other}"


def _median(column: ColumnProfile) -> float:
    assert column.numbers is not None
    return column.numbers.quantiles[QUANTILES.index(0.5)]


def _difference(one: ColumnProfile | None, other: ColumnProfile | None, rows: int, rows_after: int) -> str:
    if one is None or other is None:
        return "only in the second" if one is None else "only in the first"
    found = []
    if one.type is not other.type:
        found.append("another type")
    if abs(one.missing / max(rows, 1) - other.missing / max(rows_after, 1)) > NOTABLE:
        found.append("missing values")
    if one.numbers and other.numbers:
        width = one.numbers.most - one.numbers.least or abs(one.numbers.most) or 1.0
        if abs(_median(one) - _median(other)) > NOTABLE * width:
            found.append("another middle")
        if other.numbers.least < one.numbers.least or other.numbers.most > one.numbers.most:
            found.append("a wider range")
    elif one.top and other.top and one.top[0][0] != other.top[0][0] and not one.days:
        found.append("another most frequent value")
    if one.days and other.days and (one.days.last < other.days.first or other.days.last < one.days.first):
        found.append("days that do not meet")
    return ", ".join(found)
