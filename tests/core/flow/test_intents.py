from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow import intents
from core.flow.filter import Filter
from tests import naive
from tests.logs import HEADER, LOGS, both, filters, opened, passing, rows


def test_the_intent_is_the_step_behind_a_menu_root() -> None:
    with opened(HEADER + "A,,1,0,Main,\nA,,5,1,Pay,\nA,,9,5,Cash,\nB,,1,0,Main,\nC,,5,1,Pay,\nC,,9,5,Cash,\n") as log:
        assert rows(intents.top_intents(log)) == [("5", "Pay", 2, 2 / 3), ("1", "Main", 1, 1 / 3)]


def test_without_a_parent_column_there_is_no_root_and_the_intent_is_the_first_step() -> None:
    with opened("call,node\nA,1\nA,5\nB,5\n") as log:
        assert rows(intents.top_intents(log)) == [("1", "1", 1, 0.5), ("5", "5", 1, 0.5)]


def test_where_a_call_ends_is_its_last_step_in_the_order_of_time() -> None:
    with opened("call,node,time\nA,late,2025-01-02 09:00\nA,early,2025-01-02 08:00\n") as log:
        assert rows(intents.leaf_frequency(log)) == [("late", "late", 1, 1.0)]


def test_ties_stand_in_the_order_of_the_nodes() -> None:
    with opened("call,node\n1,b\n2,10\n3,9\n4,a\n5,007\n6,7\n") as log:
        assert [row[0] for row in rows(intents.leaf_frequency(log))] == ["007", "7", "9", "10", "a", "b"]


@settings(deadline=None, max_examples=35)
@given(st.data())
def test_intents_and_leaves_equal_plain_loops(data: st.DataObject) -> None:
    with both(*data.draw(LOGS)) as (log, expected):
        for where in (Filter(), data.draw(filters(expected)), data.draw(filters(expected))):
            calls = passing(expected, where)
            assert rows(intents.top_intents(log, where)) == naive.top_intents(expected, calls)
            assert rows(intents.leaf_frequency(log, where)) == naive.leaf_frequency(expected, calls)
