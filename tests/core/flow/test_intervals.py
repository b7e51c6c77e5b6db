"""Intervals and tests against figures worked out elsewhere: published examples and exact arithmetic."""

from math import comb

import numpy as np
import pytest

from core.flow.intervals import difference, false_discovery, ratio, two_proportions, wilson


def test_wilsons_interval_is_that_of_the_published_examples() -> None:
    # Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3.
    low, high = wilson([81, 15, 0, 1], [263, 148, 20, 29])
    assert low.round(4).tolist() == [0.2553, 0.0624, 0.0, 0.0061]
    assert high.round(4).tolist() == [0.3662, 0.1605, 0.1611, 0.1718]


def test_newcombes_interval_of_a_difference_is_that_of_the_published_examples() -> None:
    # Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10.
    low, high = difference([56, 9, 10], [70, 10, 10], [48, 3, 0], [80, 10, 10])
    assert low.round(4).tolist() == [0.0524, 0.1705, 0.6075]
    assert high.round(4).tolist() == [0.3339, 0.8090, 1.0]


def test_a_share_of_nothing_has_no_interval_and_no_test() -> None:
    assert np.isnan(ratio(0, 0)) and np.isnan(wilson(0, 0)[0]) and np.isnan(wilson(0, 0)[1])
    assert np.isnan(two_proportions(0, 0, 5, 10))


def test_the_test_of_two_proportions_is_worked_out_by_hand() -> None:
    # 45 of 100 against 30 of 100: pooled 0.375, z = 0.15 / sqrt(0.375 * 0.625 * 2 / 100) = 2.19089, two-sided 0.028460.
    assert float(two_proportions(45, 100, 30, 100)) == pytest.approx(0.02846, abs=1e-5)
    assert float(two_proportions(30, 100, 30, 100)) == 1.0


def test_few_expected_calls_are_tested_exactly() -> None:
    # Fisher's tea: 3 of 4 against 1 of 4: (16 + 16 + 1 + 1) / 70.
    assert float(two_proportions(3, 4, 1, 4)) == pytest.approx(34 / 70)
    for k, n, other_k, other_n in ((8, 8, 1, 6), (9, 9, 20, 200), (0, 30, 6, 40), (39, 110, 31, 9890)):
        assert float(two_proportions(k, n, other_k, other_n)) == pytest.approx(fisher(k, n, other_k, other_n))


def fisher(k: int, n: int, other_k: int, other_n: int) -> float:
    """The chance of this split and of all that are no likelier, counted one by one."""
    both = k + other_k
    ways = {x: comb(n, x) * comb(other_n, both - x) for x in range(max(0, both - other_n), min(both, n) + 1)}
    return sum(one for one in ways.values() if one <= ways[k]) / sum(ways.values())


def test_what_could_never_be_told_from_chance_is_not_tested() -> None:
    assert np.isnan(two_proportions(2, 50, 0, 50))  # the most unequal split of two has p = 0.49
    assert two_proportions([0, 3], [4, 4], [4, 1], [4, 4]).round(6).tolist() == [0.028571, 0.485714]


def test_what_is_found_among_many_tests_is_adjusted() -> None:
    # Benjamini and Hochberg 1995, the example of their section 3.2: the four smallest of 15 pass at 5 %.
    p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0,
    ]  # fmt: skip
    q = false_discovery(p)
    assert (q <= 0.05).tolist() == [True] * 4 + [False] * 11
    assert q[:4].round(6).tolist() == [0.0015, 0.003, 0.0095, 0.035625]
    assert np.array_equal(false_discovery(p[::-1])[::-1], q)
    assert false_discovery([]).tolist() == []
