import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow.entropy import coverage, entropy
from core.flow.filter import Filter
from tests import naive_views
from tests.logs import Opener, assert_same, rows


def walks(*paths: str) -> str:
    """A log without a menu; a call is its path, as in "1 2 3"."""
    steps = [f"c{number},{node}\n" for number, path in enumerate(paths) for node in path.split()]
    return "call,node\n" + "".join(steps)


def test_two_choices_as_frequent_are_one_bit_and_one_choice_is_none(log_of: Opener) -> None:
    log = log_of(walks("1 2 5", "1 3"))
    assert rows(entropy(log)) == [("1", "1", 2, 1.0, 2.0, 2), ("2", "2", 1, 0.0, 1.0, 1)]
    assert rows(coverage(log)) == [("1", "1", 2, 0.5, 1.0), ("2", "2", 1, 1.0, 1.0)]


def test_a_half_and_two_quarters_are_a_bit_and_a_half(log_of: Opener) -> None:
    log = log_of(walks("1 2", "1 2", "1 3", "1 4"))
    assert rows(entropy(log)) == [("1", "1", 4, 1.5, 2**1.5, 3)]
    assert rows(coverage(log)) == [("1", "1", 4, 0.5, 0.75)]


def test_a_node_on_which_every_call_ends_has_no_next_step_to_tell_of(log_of: Opener) -> None:
    log = log_of(walks("1", "2"))
    assert rows(entropy(log)) == rows(coverage(log)) == []


def test_a_repeat_is_a_choice_like_any_other_and_every_time_counts(log_of: Opener) -> None:
    log = log_of(walks("1 1 1 2"))
    ((_, _, n, bits, _, branches),) = rows(entropy(log))
    assert (n, branches) == (3, 2)
    assert bits == pytest.approx(math.log2(3) - 2 / 3, abs=1e-15)
    assert rows(coverage(log)) == [("1", "1", 3, 2 / 3, 1.0)]


def test_nodes_with_the_same_shares_tie_whichever_of_their_next_steps_is_the_frequent_one(log_of: Opener) -> None:
    # From 9: 1, 2, 3 are taken 1, 2 and 4 times; from 10: 4, 2 and 1 times; from 8 the same in a third order.
    taken = {"9": (1, 2, 4), "10": (4, 2, 1), "8": (2, 4, 1)}
    paths = [f"{node} {target}" for node, counts in taken.items() for target, n in enumerate(counts) for _ in range(n)]
    log = log_of(walks(*paths))
    assert [row[0] for row in rows(entropy(log))] == ["8", "9", "10"]
    assert [row[0] for row in rows(coverage(log))] == ["8", "9", "10"]


def test_only_the_calls_that_pass_count(log_of: Opener) -> None:
    log = log_of(walks("1 2", "1 3", "1 3 4"))
    assert rows(entropy(log, Filter(ends=("3",)))) == [("1", "1", 1, 0.0, 1.0, 1)]
    assert rows(coverage(log, Filter(ends=("nowhere",)))) == []


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_entropy_and_coverage_equal_plain_loops(samples: st.SearchStrategy, data: st.DataObject) -> None:
    log, expected, where, calls = data.draw(samples)
    assert_same(entropy(log, where), naive_views.entropy(expected, calls))
    assert_same(coverage(log, where), naive_views.coverage(expected, calls))
