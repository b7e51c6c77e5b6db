"""Chance that falls the same on every Python.

Only `random.Random.random` and plain arithmetic are used: what else `random` offers, `sum` of floats and the
functions of the C library may give other digits on another version or machine.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A seeded source of choices."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed).random

    def chance(self, probability: float) -> bool:
        """Return whether something of this probability happens."""
        return self.random() < probability

    def between(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self.random() * (high - low + 1))

    def pick(self, options: Sequence[T], weights: Sequence[float]) -> T:
        """Return one of the options, each as likely as its weight says."""
        totals = list(accumulate(weights))
        return options[bisect_right(totals, self.random() * totals[-1], 0, len(totals) - 1)]

    def skewed(self, mean: float) -> int:
        """Return a whole number of this mean: mostly less, now and then up to four times as much."""
        return round(4 * mean * self.random() * self.random())
