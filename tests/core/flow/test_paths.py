import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import ViewError
from core.flow.filter import ALL, Filter
from core.flow.ids import split_ids
from core.flow.paths import ends_mid_menu, links, path_counts, path_explorer, top_paths, tree
from tests import naive, naive_views
from tests.logs import HEADER, Opener, assert_same, rows

# Calls A: 1 5 9, B: 1 5, C: 1 1, D: 2, E: 1 5. Menu: 1 > 5 > 9.
SMALL = (
    HEADER + "A,,1,0,Main,\nA,,5,1,Pay,\nA,,9,5,Cash,\nB,,1,0,Main,\nB,,5,1,Pay,\nC,,1,0,Main,\nC,,1,0,Main,\n"
    "D,,2,0,Other,\nE,,1,0,Main,\nE,,5,1,Pay,\n"
)


def test_paths_stand_by_their_calls_and_ties_by_their_nodes(log_of: Opener) -> None:
    assert_same(
        top_paths(log_of(SMALL)),
        [
            (1, ["1", "5"], ["Main", "Pay"], 2, 0.4, 0.4),
            (2, ["1", "1"], ["Main", "Main"], 1, 0.2, 0.6),
            (3, ["1", "5", "9"], ["Main", "Pay", "Cash"], 1, 0.2, 0.8),
            (4, ["2"], ["Other"], 1, 0.2, 1.0),
        ],
    )


def test_paths_tie_in_the_order_of_numbers_and_the_shorter_one_first(log_of: Opener) -> None:
    taken = ["b", "10 2", "9", "10", "9 b", "9 10", "10 1"]
    text = "call,node\n" + "".join(f"c{n},{node}\n" for n, path in enumerate(taken) for node in path.split())
    found = [" ".join(nodes) for nodes in top_paths(log_of(text))["nodes"]]
    assert found == ["9", "9 10", "9 b", "10", "10 1", "10 2", "b"]


def test_shares_of_a_few_paths_are_of_all_calls(log_of: Opener) -> None:
    found = top_paths(log_of(SMALL), limit=2)
    assert found["cumulative_share"].tolist() == [0.4, 0.6]
    assert rows(top_paths(log_of(SMALL), Filter(starts=("9",)))) == []


def test_the_calls_of_each_path_add_up_to_all(log_of: Opener) -> None:
    assert rows(path_counts(log_of(SMALL))) == [(2, 2), (1, 3), (1, 4), (1, 5)]


def test_the_first_steps_with_the_calls_that_end_there(log_of: Opener) -> None:
    assert rows(path_explorer(log_of(SMALL))) == [("1", "Main", 4, 0.8, 0), ("2", "Other", 1, 0.2, 1)]


def test_behind_a_step_a_repeat_is_a_step_like_any_other(log_of: Opener) -> None:
    found = rows(path_explorer(log_of(SMALL), ALL, ("1",)))
    assert found == [("5", "Pay", 3, 0.75, 2), ("1", "Main", 1, 0.25, 1)]


def test_the_calls_that_end_on_the_prefix_are_the_last_row(log_of: Opener) -> None:
    assert rows(path_explorer(log_of(SMALL), ALL, ("1", "5"))) == [
        ("9", "Cash", 1, 1 / 3, 1),
        (None, "Ended here", 2, 2 / 3, 2),
    ]
    assert rows(path_explorer(log_of(SMALL), ALL, ("2",))) == [(None, "Ended here", 1, 1.0, 1)]


def test_a_prefix_that_no_call_takes_has_no_rows(log_of: Opener) -> None:
    assert rows(path_explorer(log_of(SMALL), ALL, ("9",))) == []


@pytest.mark.parametrize("prefix", [("3",), ("1", "3"), ("",), ("1", "")])
def test_a_prefix_with_an_unknown_node_is_an_error(log_of: Opener, prefix: tuple[str, ...]) -> None:
    with pytest.raises(ViewError, match="no menu item"):
        path_explorer(log_of(SMALL), ALL, prefix)


def test_the_tree_tells_stops_in_the_menu_from_destinations(log_of: Opener) -> None:
    found = tree(log_of(SMALL), ALL, ("1",), steps=2)[["step", "key", "parent", "node", "n_calls", "kind"]]
    assert rows(found) == [
        (2, "5", "", "5", 3, "step"),
        (2, "1", "", "1", 1, "step"),
        (3, "5,9", "5", "9", 1, "step"),
        (3, "5,", "5", None, 2, "stop"),
        (3, "1,", "1", None, 1, "stop"),
    ]


def test_the_moves_of_the_first_steps_and_how_calls_end_on_the_last_of_them(log_of: Opener) -> None:
    found = links(log_of(SMALL), steps=2)[["step", "source", "target", "target_label", "n", "kind"]]
    assert rows(found) == [
        (1, "1", "5", "Pay", 3, "step"),
        (1, "1", "1", "Main", 1, "step"),
        (1, "2", None, None, 1, "destination"),
        (2, "5", None, None, 2, "stop"),
        (2, "1", None, None, 1, "stop"),
    ]


def test_a_call_that_ends_above_other_options_ends_mid_menu(log_of: Opener) -> None:
    log = log_of(SMALL)
    prefixes = ((), ("1",), ("1", "5"), ("1", "5", "9"), ("nowhere",))
    assert [ends_mid_menu(log, prefix) for prefix in prefixes] == [False, True, True, False, False]


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_paths_and_path_explorer_equal_plain_loops(samples: st.SearchStrategy, data: st.DataObject) -> None:
    log, expected, where, calls = data.draw(samples)
    assert_same(top_paths(log, where), naive_views.top_paths(expected, calls))
    assert list(path_counts(log, where)["n_calls"]) == naive_views.path_counts(calls)
    for prefix in ((), data.draw(prefixes(expected))):
        assert_same(path_explorer(log, where, prefix), naive_views.path_explorer(expected, calls, prefix))


def prefixes(log: naive.Log) -> st.SearchStrategy[tuple[str, ...]]:
    taken = {call.path[:length] for call in log.calls for length in range(1, len(call.path) + 1)}
    return st.sampled_from(sorted(taken))


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_every_row_of_the_tree_counts_the_calls_that_come_there(
    samples: st.SearchStrategy, data: st.DataObject
) -> None:
    log, expected, where, passing = data.draw(samples)
    prefix = data.draw(st.just(()) | prefixes(expected).map(lambda path: path[:1]))
    calls = naive_views.beginning(passing, prefix)
    found = tree(log, where, prefix, steps=3)
    keys = set()
    for row in found.itertuples():
        taken = (*prefix, *split_ids(row.parent)) if row.kind != "step" else (*prefix, *split_ids(row.key))
        come = naive_views.beginning(calls, taken)
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


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_the_moves_of_the_first_steps_equal_plain_loops(samples: st.SearchStrategy, data: st.DataObject) -> None:
    log, expected, where, calls = data.draw(samples)
    steps = data.draw(st.integers(1, 4))
    assert_same(links(log, where, steps=steps), naive_views.first_moves(expected, calls, steps))
