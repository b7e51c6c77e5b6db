"""How sure a share is, how sure a difference, and which of many differences are more than chance."""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Z: Final = 1.959963984540054
"""The 97.5 % point of the normal distribution: intervals hold 95 %."""
LEAST_EXPECTED: Final = 5
"""Calls: with fewer to be expected in a cell of a test the normal distribution is no measure (Cochran's rule)."""
MOST_FALSE: Final = 0.05
"""Of the differences that are shown as such, this share may be chance."""


def wilson(k: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """The 95 % interval (low, high) of the shares `k / n`; NaN where n is 0. Wilson 1927.

    >>> low, high = wilson(8, 10)
    >>> round(float(low), 4), round(float(high), 4)
    (0.4902, 0.9433)
    """
    k, n = np.asarray(k, float), np.asarray(n, float)
    share = ratio(k, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
        half = Z / (1 + Z**2 / n) * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    # At the ends rounding must not leave the share itself out.
    return np.minimum(np.maximum(middle - half, 0.0), share), np.maximum(np.minimum(middle + half, 1.0), share)


def ratio(k: ArrayLike, n: ArrayLike) -> Floats:
    """`k / n`, NaN where n is 0."""
    k, n = np.asarray(k, float), np.asarray(n, float)
    found = np.full(np.broadcast_shapes(k.shape, n.shape), np.nan)
    np.divide(k, n, out=found, where=n > 0)
    return found


def difference(k: ArrayLike, n: ArrayLike, other_k: ArrayLike, other_n: ArrayLike) -> tuple[Floats, Floats]:
    """The 95 % interval (low, high) of `k / n - other_k / other_n`: Newcombe 1998, method 10, from Wilson's."""
    one, two = ratio(k, n), ratio(other_k, other_n)
    (low, high), (other_low, other_high) = wilson(k, n), wilson(other_k, other_n)
    apart = one - two
    return (
        apart - np.sqrt((one - low) ** 2 + (other_high - two) ** 2),
        apart + np.sqrt((high - one) ** 2 + (two - other_low) ** 2),
    )


def two_proportions(k: ArrayLike, n: ArrayLike, other_k: ArrayLike, other_n: ArrayLike) -> Floats:
    """The two-sided p of the test that the shares `k / n` and `other_k / other_n` are one.

    By the normal distribution with a pooled variance; where fewer than LEAST_EXPECTED are to be expected with or
    without what is counted in either group, by Fisher's exact test. NaN where a group is empty, and where even the most
    unequal split of so few would not be told from chance (Tarone 1990): such shares are not tested.
    """
    k, n, other_k, other_n = np.broadcast_arrays(*(np.asarray(one, float) for one in (k, n, other_k, other_n)))
    pooled = ratio(k + other_k, n + other_n)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (ratio(k, n) - ratio(other_k, other_n)) / np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / other_n))
        enough = np.minimum(n, other_n) * np.minimum(pooled, 1 - pooled) >= LEAST_EXPECTED
    found = np.where(enough, two_sided(z), np.nan)
    splits: dict[tuple[int, int, int], tuple[int, Floats]] = {}
    for place in np.flatnonzero(~enough & (n > 0) & (other_n > 0)):
        margins = (int((k + other_k).flat[place]), int(n.flat[place]), int(other_n.flat[place]))
        if margins not in splits:
            splits[margins] = _splits(*margins)
        least, p = splits[margins]
        if p.min() <= MOST_FALSE:
            found.flat[place] = p[int(k.flat[place]) - least]
    return found


def _splits(both: int, n: int, other_n: int) -> tuple[int, Floats]:
    """The least that a group of `n` can have of what `both` have together, and Fisher's p of that and of each more."""
    least, most = max(0, both - other_n), min(both, n)
    x = np.arange(least, most)
    steps = np.log((both - x) * (n - x) / ((x + 1.0) * (other_n - both + x + 1.0)))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    # Splits as likely as the one that is there count too, though the last digits may differ.
    order = np.argsort(chance, kind="stable")
    reached = np.searchsorted(chance[order], chance * (1 + 1e-9), side="right")
    return least, np.minimum(np.cumsum(chance[order])[reached - 1], 1.0)


def two_sided(z: ArrayLike) -> Floats:
    """The p of a normal deviate that is as far from 0 as `z` or farther, on either side."""
    z = np.asarray(z, float)
    return np.array([math.erfc(abs(one) / math.sqrt(2)) for one in z.ravel()], float).reshape(z.shape)


def false_discovery(p: ArrayLike) -> Floats:
    """Each p adjusted for how many there are: where what is at most q is shown, at most a share q of it is chance.

    NaN stays NaN and does not count as a test. Benjamini and Hochberg 1995.

    >>> false_discovery([0.01, 0.04, 0.03, float("nan")]).round(3).tolist()
    [0.03, 0.04, 0.04, nan]
    """
    p = np.asarray(p, float)
    found = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    steps = p[order] * len(order) / np.arange(1, len(order) + 1)
    found[order] = np.minimum.accumulate(steps[::-1])[::-1]
    return found
