"""What the numbers of one column tell, all of them looked at: exact, in the memory of one sorted column."""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS = 30
MOST_FREQUENT = 10
FENCE = 3.0
"""Times the distance between the quartiles: what lies further outside them is an outlier (Tukey's "far out")."""
_BLOCK = 1 << 20


class Histogram(msgspec.Struct, frozen=True):
    """`counts[i]` values lie from `edges[i]` up to `edges[i + 1]`, which itself belongs to the last bin only.

    `unit` is "" for numbers; for dates "day", "month" or "year" and for clocks "hour", whose bins these are. Edges of
    dates are ISO dates.
    """

    edges: tuple[int | float | str, ...]
    counts: tuple[int, ...]
    unit: str = ""


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """`quantiles` are those of QUANTILES, by linear interpolation between neighbours, as pandas and spreadsheets do it.

    `std` is the sample's (n - 1), None for a single value. `outliers` lie more than FENCE times the distance between
    the quartiles outside them.
    """

    mean: float
    std: float | None
    least: int | float
    most: int | float
    quantiles: tuple[float, ...]
    n_zero: int
    n_negative: int
    outliers: int
    histogram: Histogram


def mean_and_std(values: NDArray[Any], n: int) -> tuple[float, float | None]:
    """Mean and sample standard deviation of a column in file order, NaN where one is missing; `n` are there.

    Added up in the order and with the zeros for missing values that pandas uses, so that both agree to the last digit.
    """
    floats = values.astype(np.float64)
    missing = np.isnan(floats)
    floats[missing] = 0
    mean = floats.sum() / n
    if n < 2:
        return float(mean), None
    floats -= mean
    floats *= floats
    floats[missing] = 0
    return float(mean), float(np.sqrt(floats.sum() / (n - 1)))


def numbers(values: NDArray[Any], mean: float, std: float | None) -> Numbers:
    """The measures of `values`, which are sorted and of which none is missing."""
    quantiles = np.percentile(values, [share * 100 for share in QUANTILES], method="linear")
    low, high = quantiles[QUANTILES.index(0.25)], quantiles[QUANTILES.index(0.75)]
    reach = FENCE * (high - low)
    inside = np.searchsorted(values, high + reach, "right") - np.searchsorted(values, low - reach, "left")
    before, after = np.searchsorted(values, 0, "left"), np.searchsorted(values, 0, "right")
    return Numbers(
        mean=mean,
        std=std,
        least=_plain(values[0]),
        most=_plain(values[-1]),
        quantiles=tuple(map(float, quantiles)),
        n_zero=int(after - before),
        n_negative=int(before),
        outliers=int(values.size - inside) if reach else 0,
        histogram=histogram(values),
    )


def histogram(values: NDArray[Any]) -> Histogram:
    """Equal bins from the least to the most of the sorted `values`; a bin for each where they are few whole numbers."""
    least, most = _plain(values[0]), _plain(values[-1])
    if values.dtype.kind == "i" and 0 < most - least < BINS:
        edges = np.arange(least, most + 2)
    elif least == most:
        return Histogram((least, most), (int(values.size),))
    else:
        edges = np.linspace(float(least), float(most), BINS + 1)
    return Histogram(tuple(map(_plain, edges)), counts_between(values, edges))


def counts_between(values: NDArray[Any], edges: NDArray[Any]) -> tuple[int, ...]:
    """How many of the sorted `values` lie in each bin; the last edge belongs to the last bin."""
    places = np.searchsorted(values, edges, "left")
    places[-1] = values.size
    return tuple(map(int, np.diff(places)))


def runs(values: NDArray[Any]) -> tuple[int, list[tuple[Any, int]]]:
    """How many different values there are among the sorted `values`, and the most frequent with their counts.

    Of equally frequent ones the smaller come first. A piece is looked at at a time, for of ten million different values
    all counts would fill the memory.
    """
    distinct = 0
    best: list[tuple[int, int, Any]] = []
    for piece in _pieces(values):
        starts = np.flatnonzero(np.concatenate(([True], piece[1:] != piece[:-1])))
        counts = np.diff(np.append(starts, piece.size))
        # Of equal counts the first places are the smallest values, so a stable sort keeps them.
        top = np.argsort(-counts, kind="stable")[:MOST_FREQUENT]
        best += [(int(counts[at]), distinct + int(at), piece[starts[at]]) for at in top]
        best = sorted(best, key=lambda one: (-one[0], one[1]))[:MOST_FREQUENT]
        distinct += starts.size
    return distinct, [(value, count) for count, _, value in best]


def _pieces(values: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """The sorted values in pieces, no run of equal ones cut in two."""
    start = 0
    while start < values.size:
        last = min(start + _BLOCK, values.size) - 1
        end = int(np.searchsorted(values, values[last], "right"))
        yield values[start:end]
        start = end


def _plain(value: Any) -> float | int:
    """A NumPy number as Python's own."""
    plain: float | int = value.item()
    return plain
