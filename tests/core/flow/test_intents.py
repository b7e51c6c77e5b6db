import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow.filter import Filter
from core.flow.intents import intent_of, leaf_frequency, top_intents
from tests import naive_views
from tests.logs import HEADER, Opener, assert_same, rows

# Calls A: 1 5 9, B: 1, C: 5 9, and the menu 1 > 5 > 9.
SMALL = HEADER + "A,,1,0,Main,\nA,,5,1,Pay,\nA,,9,5,Cash,\nB,,1,0,Main,\nC,,5,1,Pay,\nC,,9,5,Cash,\n"


def test_the_intent_is_the_step_behind_a_menu_root(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(top_intents(log)) == [("5", "Pay", 2, 2 / 3), ("1", "Main", 1, 1 / 3)]


@pytest.mark.parametrize(("path", "intent"), [(("1", "5", "9"), "5"), (("1",), "1"), (("5", "9"), "5"), (("9",), "9")])
def test_the_intent_of_one_path_is_found_in_the_same_way(log_of: Opener, path: tuple[str, ...], intent: str) -> None:
    log = log_of(SMALL)
    assert intent_of(log, path) == intent


def test_without_a_parent_column_there_is_no_root_and_the_intent_is_the_first_step(log_of: Opener) -> None:
    log = log_of("call,node\nA,1\nA,5\nB,5\n")
    assert rows(top_intents(log)) == [("1", "1", 1, 0.5), ("5", "5", 1, 0.5)]


def test_a_node_that_is_only_named_as_a_parent_is_a_root(log_of: Opener) -> None:
    log = log_of("call,node,parent\nA,9,0\nA,5,1\nB,1,\nB,5,1\n")
    assert rows(top_intents(log)) == [("5", "5", 2, 1.0)]


def test_where_a_call_ends_is_its_last_step_in_the_order_of_time(log_of: Opener) -> None:
    log = log_of("call,node,time\nA,late,2025-01-02 09:00\nA,early,2025-01-02 08:00\n")
    assert rows(leaf_frequency(log)) == [("late", "late", 1, 1.0)]


def test_ties_stand_in_the_order_of_the_nodes(log_of: Opener) -> None:
    log = log_of("call,node\n1,b\n2,10\n3,9\n4,a\n5,007\n6,7\n")
    assert [row[0] for row in rows(leaf_frequency(log))] == ["007", "7", "9", "10", "a", "b"]


def test_shares_are_of_the_calls_that_pass(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(leaf_frequency(log, Filter(intents=("5",)))) == [("9", "Cash", 2, 1.0)]
    assert rows(leaf_frequency(log, Filter(intents=("9",)))) == []


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_intents_and_leaves_equal_plain_loops(samples: st.SearchStrategy, data: st.DataObject) -> None:
    log, expected, where, calls = data.draw(samples)
    assert_same(top_intents(log, where), naive_views.top_intents(expected, calls))
    assert_same(leaf_frequency(log, where), naive_views.leaf_frequency(expected, calls))
    for call in calls[:3]:
        assert intent_of(log, call.path) == expected.intent(call)
