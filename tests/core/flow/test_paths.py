import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ViewError
from core.flow.filter import ALL, Filter, split_ids
from core.flow.paths import path_counts, path_explorer, tree
from tests import naive
from tests.logs import HEADER, LOGS, both, filters, opened, passing, rows

# Calls A: 1 5 9, B: 1 5, C: 1 1, D: 2. Menu: 1 > 5 > 9.
SMALL = (
    HEADER + "A,,1,0,Main,\nA,,5,1,Pay,\nA,,9,5,Cash,\nB,,1,0,Main,\nB,,5,1,Pay,\nC,,1,0,Main,\nC,,1,0,Main,\n"
    "D,,2,0,Other,\n"
)


def test_the_first_steps_with_the_calls_that_end_there() -> None:
    with opened(SMALL) as log:
        assert rows(path_explorer(log)) == [("1", "Main", 3, 0.75, 0), ("2", "Other", 1, 0.25, 1)]


def test_behind_a_step_a_repeat_is_a_step_like_any_other() -> None:
    with opened(SMALL) as log:
        assert rows(path_explorer(log, ALL, ("1",))) == [("5", "Pay", 2, 2 / 3, 1), ("1", "Main", 1, 1 / 3, 1)]


def test_the_calls_that_end_on_the_prefix_are_the_last_row() -> None:
    with opened(SMALL) as log:
        assert rows(path_explorer(log, ALL, ("1", "5"))) == [
            ("9", "Cash", 1, 0.5, 1),
            (None, "Ended here", 1, 0.5, 1),
        ]


def test_a_prefix_that_no_call_takes_has_no_rows() -> None:
    with opened(SMALL) as log:
        assert rows(path_explorer(log, ALL, ("9",))) == []


@pytest.mark.parametrize("prefix", [("3",), ("1", "3"), ("",), ("1", "")])
def test_a_prefix_with_an_unknown_node_is_an_error(prefix: tuple[str, ...]) -> None:
    with opened(SMALL) as log, pytest.raises(ViewError, match="no menu item"):
        path_explorer(log, ALL, prefix)


def test_the_tree_tells_stops_in_the_menu_from_destinations() -> None:
    with opened(SMALL) as log:
        found = rows(tree(log, ALL, ("1",), steps=2)[["step", "key", "parent", "node", "n_calls", "kind"]])
    assert found == [
        (2, "5", "", "5", 2, "step"),
        (2, "1", "", "1", 1, "step"),
        (3, "5,9", "5", "9", 1, "step"),
        (3, "5,", "5", None, 1, "stop"),
        (3, "1,", "1", None, 1, "stop"),
    ]


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_path_explorer_and_path_counts_equal_plain_loops(data: st.DataObject) -> None:
    with both(*data.draw(LOGS)) as (log, expected):
        for where in (Filter(), data.draw(filters(expected)), data.draw(filters(expected))):
            calls = passing(expected, where)
            taken = [(), *(call.path[:length] for call in expected.calls for length in range(1, len(call.path) + 1))]
            for prefix in (data.draw(st.sampled_from(taken)), data.draw(st.sampled_from(taken))):
                found = rows(path_explorer(log, where, prefix))
                assert found == naive.path_explorer(expected, calls, prefix)
            counts = path_counts(log, where)
            assert list(counts["n_calls"]) == naive.path_counts(calls)
            assert list(counts["cumulative"])[-1:] == ([len(calls)] if calls else [])


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_every_row_of_the_tree_counts_the_calls_that_come_there(data: st.DataObject) -> None:
    with both(*data.draw(LOGS)) as (log, expected):
        where = data.draw(filters(expected))
        prefix = data.draw(st.sampled_from([call.path[:1] for call in expected.calls]) | st.just(()))
        calls = naive.beginning(passing(expected, where), prefix)
        found = tree(log, where, prefix, steps=3)
        keys = set()
        for row in found.itertuples():
            taken = (*prefix, *split_ids(row.parent)) if row.kind != "step" else (*prefix, *split_ids(row.key))
            come = naive.beginning(calls, taken)
            if row.kind == "step":
                assert (row.n_calls, row.step, row.node) == (len(come), len(taken), taken[-1])
                assert row.label == expected.label(taken[-1])
            else:
                assert row.n_calls == sum(call.path == taken for call in come)
                assert row.kind == ("stop" if expected.has_children(taken[-1]) else "destination")
            keys.add((row.key, row.kind))
        steps = {call.path[: len(prefix) + n] for call in calls for n in (1, 2, 3) if len(call.path) >= len(prefix) + n}
        ended = {call.path for call in calls if len(call.path) < len(prefix) + 3}
        assert len(keys) == len(found) == len(steps) + len(ended)
