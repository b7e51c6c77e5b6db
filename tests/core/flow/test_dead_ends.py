from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow.dead_ends import dead_ends, mid_menu_ends
from core.flow.filter import Filter
from tests import naive_views
from tests.logs import HEADER, Opener, assert_same, rows

# Calls A: 1 5 9, B: 1 5 5, C: 1 5, D: 2, E: 1 2. Menu: 1 > 5 > 9, and 2 by itself.
SMALL = (
    HEADER + "A,,1,0,Main,\nA,,5,1,Pay,\nA,,9,5,Cash,\nB,,1,0,Main,\nB,,5,1,Pay,\nB,,5,1,Pay,\n"
    "C,,1,0,Main,\nC,,5,1,Pay,\nD,,2,0,Other,\nE,,1,0,Main,\nE,,2,0,Other,\n"
)


def test_the_rate_is_of_all_times_on_the_node_and_nodes_on_which_none_ends_are_told_too(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(dead_ends(log)) == [
        ("2", "Other", 2, 2, 1.0, False),
        ("5", "Pay", 4, 2, 0.5, True),
        ("9", "Cash", 1, 1, 1.0, False),
        ("1", "Main", 4, 0, 0.0, True),
    ]


def test_calls_that_end_above_other_options_end_mid_menu(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(mid_menu_ends(log)) == [("5", "Pay", 2)]
    assert rows(mid_menu_ends(log, Filter(ends=("9",)))) == []


def test_without_a_menu_no_node_has_children(log_of: Opener) -> None:
    log = log_of("call,node\nA,1\nA,2\n")
    assert rows(dead_ends(log)) == [("2", "2", 1, 1, 1.0, False), ("1", "1", 1, 0, 0.0, False)]


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_ends_equal_plain_loops(samples: st.SearchStrategy, data: st.DataObject) -> None:
    log, expected, where, calls = data.draw(samples)
    assert_same(dead_ends(log, where), naive_views.dead_ends(expected, calls))
    assert_same(mid_menu_ends(log, where), naive_views.mid_menu_ends(expected, calls))
