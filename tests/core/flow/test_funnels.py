from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow.filter import Filter
from core.flow.funnels import depth_funnel, depths, node_funnel
from tests import naive_views
from tests.logs import HEADER, Opener, assert_same, rows

# Calls A: 1 5 9, B: 1 5, C: 1 5 1, D: 2. Menu: 1 > 5 > 9, and 2 by itself.
SMALL = (
    HEADER + "A,,1,0,Main,\nA,,5,1,Pay,\nA,,9,5,Cash,\nB,,1,0,Main,\nB,,5,1,Pay,\n"
    "C,,1,0,Main,\nC,,5,1,Pay,\nC,,1,0,Main,\nD,,2,0,Other,\n"
)
NOBODY = Filter(files=("9",))


def test_reach_counts_every_time_on_a_node_and_calls_only_once(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(node_funnel(log)) == [
        ("1", "Main", 4, 3, 1, 3),
        ("5", "Pay", 3, 2, 1, 3),
        ("2", "Other", 1, 0, 1, 1),
        ("9", "Cash", 1, 0, 1, 1),
    ]


def test_depths_count_the_calls_that_get_there_and_those_that_ended_before(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(depth_funnel(log)) == [(1, 4, 1.0, 0), (2, 3, 0.75, 1), (3, 2, 0.5, 1)]


def test_how_far_calls_get_and_how_those_ended_that_got_no_further(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(depths(log)) == [(1, 4, 0, 0, 0), (2, 3, 0, 1, 1), (3, 2, 1, 0, 1)]


def test_funnels_are_those_of_the_calls_that_pass(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(depth_funnel(log, Filter(longest=2))) == [(1, 2, 1.0, 0), (2, 1, 0.5, 1)]
    assert rows(node_funnel(log, Filter(starts=("2",)))) == [("2", "Other", 1, 0, 1, 1)]


def test_where_no_call_passes_there_are_no_rows(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(node_funnel(log, NOBODY)) == rows(depth_funnel(log, NOBODY)) == rows(depths(log, NOBODY)) == []


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_funnels_equal_plain_loops(samples: st.SearchStrategy, data: st.DataObject) -> None:
    log, expected, where, calls = data.draw(samples)
    assert_same(node_funnel(log, where), naive_views.node_funnel(expected, calls))
    assert_same(depth_funnel(log, where), naive_views.depth_funnel(expected, calls))
    assert_same(depths(log, where), naive_views.depths(expected, calls))
