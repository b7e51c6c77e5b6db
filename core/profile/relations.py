"""How the columns of a table go together: numbers by correlation, categories by association, each with its n."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.profile.schema import ColumnProfile, Relation
from core.profile.types import NUMERIC, ColumnType

MOST_COLUMNS = 30
"""Of each kind, the first so many: of all pairs there are half the square of that."""
MOST_VALUES = 50
"""A column with more different values is no category."""
LEAST = 3
"""Rows in which both columns have a value, for a relation to be told."""


def related(columns: Sequence[ColumnProfile]) -> tuple[list[int], list[int]]:
    """The numbers of the columns that are numbers, and of those that are categories; constant ones are neither."""
    several = [(number, one) for number, one in enumerate(columns) if one.distinct > 1]
    numeric = [number for number, one in several if one.type in NUMERIC]
    categories = [
        number
        for number, one in several
        if one.type in (ColumnType.TEXT, ColumnType.BOOLEAN) and one.distinct <= MOST_VALUES
    ]
    return numeric[:MOST_COLUMNS], categories[:MOST_COLUMNS]


def relations(rows: pd.DataFrame, numeric: Sequence[int], categories: Sequence[int]) -> tuple[Relation, ...]:
    """Every pair of the numeric and of the category columns of `rows`, whose columns are called by number.

    Pearson's and Spearman's correlation are over the rows in which both have a value, the latter of their ranks among
    all values of each column. Cramér's V is corrected for its bias (Bergsma 2013, "A bias-correction for Cramér's V and
    Tschuprow's T"), so that unrelated columns come out near 0 however many values they have.
    """
    found: list[Relation] = []
    numbers = rows[list(numeric)]
    pearson, spearman = (frame.corr(min_periods=LEAST).to_numpy() for frame in (numbers, numbers.rank()))
    there = numbers.notna().to_numpy().astype(np.int64)
    together = there.T @ there
    for at, one in enumerate(numeric):
        for before, other in enumerate(numeric[:at]):
            value, ranked = pearson[before, at], spearman[before, at]
            if np.isfinite(value):
                n = int(together[before, at])
                found.append(Relation(other, one, n, pearson=float(value), spearman=float(ranked)))
    codes = {number: pd.factorize(rows[number])[0] for number in categories}
    for at, one in enumerate(categories):
        for other in categories[:at]:
            value, n = cramers_v(codes[other], codes[one])
            if np.isfinite(value):
                found.append(Relation(other, one, n, cramers_v=value))
    return tuple(sorted(found, key=lambda one: -one.strength))


def cramers_v(one: NDArray[np.integer], other: NDArray[np.integer]) -> tuple[float, int]:
    """The corrected V of two columns of codes, -1 for missing, and of how many rows; NaN where it cannot be told."""
    both = (one >= 0) & (other >= 0)
    n = int(both.sum())
    if n < LEAST:
        return float("nan"), n
    width = int(other.max()) + 1
    table = np.bincount(one[both].astype(np.int64) * width + other[both], minlength=(int(one.max()) + 1) * width)
    counts = table.reshape(-1, width)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    r, k = counts.shape
    if min(r, k) < 2:
        return float("nan"), n
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / n
    phi2 = float(((counts - expected) ** 2 / expected).sum()) / n
    corrected = max(0.0, phi2 - (k - 1) * (r - 1) / (n - 1))
    rows, columns = r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)
    most = min(rows, columns) - 1
    return (float(np.sqrt(min(corrected / most, 1.0))), n) if most > 0 else (float("nan"), n)
