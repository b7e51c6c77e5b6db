"""What is more than chance: tests and intervals from their textbook formulas, in whole numbers where that can be."""

import math
from collections.abc import Sequence
from fractions import Fraction

from tests.naive_people import wilson

Z = 1.959963984540054


def normal(z: float) -> float:
    """Two-sided."""
    return math.erfc(abs(z) / math.sqrt(2))


def fisher(k: int, n: int, other_k: int, other_n: int) -> tuple[float, float]:
    """Fisher's exact p of a split, and the least that any split with these margins could have."""
    both, total = k + other_k, n + other_n
    chances = {
        x: Fraction(math.comb(n, x) * math.comb(other_n, both - x), math.comb(total, both))
        for x in range(max(0, both - other_n), min(both, n) + 1)
    }

    def p(x: int) -> float:
        return float(sum(chance for chance in chances.values() if chance <= chances[x]))

    return p(k), min(map(p, chances))


def proportions(k: int, n: int, other_k: int, other_n: int) -> float | None:
    """The p of one share in two groups; None where nothing could be told from chance."""
    if not n or not other_n:
        return None
    pooled = Fraction(k + other_k, n + other_n)
    if min(n, other_n) * min(pooled, 1 - pooled) >= 5:
        spread = math.sqrt(pooled * (1 - pooled) * (Fraction(1, n) + Fraction(1, other_n)))
        return normal((k / n - other_k / other_n) / spread)
    p, least = fisher(k, n, other_k, other_n)
    return p if least <= 0.05 else None


def newcombe(k: int, n: int, other_k: int, other_n: int) -> tuple[float, float]:
    """The interval of a difference of shares, method 10."""
    one, two = k / n, other_k / other_n
    low, high = (float(end or 0) for end in wilson(k, n))
    other_low, other_high = (float(end or 0) for end in wilson(other_k, other_n))
    return (
        one - two - math.hypot(one - low, other_high - two),
        one - two + math.hypot(high - one, two - other_low),
    )


def welch(times: Sequence[float], others: Sequence[float]) -> float | None:
    """The p of one mean in two groups, on the normal distribution; None where nothing varies."""
    means = [sum(some) / len(some) for some in (times, others)]
    spreads = [
        sum((one - mean) ** 2 for one in some) / (len(some) - 1) / len(some)
        for some, mean in zip((times, others), means, strict=True)
    ]
    return normal((means[0] - means[1]) / math.sqrt(sum(spreads))) if sum(spreads) > 1e-9 else None
