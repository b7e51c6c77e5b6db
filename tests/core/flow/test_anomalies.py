import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow.anomalies import anomalies, transitions
from core.flow.filter import Filter
from tests import naive_views
from tests.logs import HEADER, Opener, assert_same

PARENTS = {"1": "0", "2": "1", "3": "2", "4": "1", "5": "4"}
WALKS = ("1 2 3", "1 4 5", "2 3", "1 2 2 2", "1 2 3 2", "1 2 4 2", "3 2", "3 1", "3 5", "1 3")


def menu_log(*paths: str, more: str = "") -> str:
    """A log of the menu 1 > 2 > 3 and 1 > 4 > 5; a call is its path, as in "1 2 3"."""
    steps = [f"c{number},,{node},{PARENTS[node]}," for number, path in enumerate(paths) for node in path.split()]
    menu = [f",,{node},{parent},Item {node},\n" for node, parent in PARENTS.items()]
    return HEADER + "".join(f"{step},\n" for step in steps) + "".join(menu) + more


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("1 2 3", []),
        ("1 4 5", []),
        ("2 3", []),
        ("1 2 2 2", [("2", "2", 2, "repeat")]),
        ("1 2 3 2", [("3", "2", 1, "back")]),
        ("1 2 4 2", [("2", "4", 1, "jump"), ("4", "2", 1, "back")]),
        ("3 2", [("3", "2", 1, "up")]),
        ("3 1", [("3", "1", 1, "up")]),
        ("3 5", [("3", "5", 1, "jump")]),
        ("1 3", [("1", "3", 1, "jump")]),
    ],
)
def test_a_move_that_the_menu_does_not_have_repeats_goes_back_or_up_or_jumps(
    log_of: Opener, path: str, found: list[tuple[str, str, int, str]]
) -> None:
    nodes = tuple(path.split())
    rows = anomalies(log_of(menu_log(*WALKS)), Filter(begins=nodes, longest=len(nodes)))
    assert_same(rows[["source", "target", "n", "kind"]], found)


def test_the_kind_is_that_of_most_times_and_of_two_as_frequent_the_first(log_of: Opener) -> None:
    log = log_of(menu_log("3 2", "3 2", "2 3 2", "4 4 1 2 3 2"))
    assert_same(
        anomalies(log, Filter(longest=3))[["source", "target", "n", "kind"]],
        [("3", "2", 3, "up")],
    )
    assert list(anomalies(log, Filter(ends=("2",)))["kind"]) == ["back", "up", "repeat"]
    assert list(anomalies(log, Filter(starts=("2",)))["kind"]) == ["back"]


def test_the_most_frequent_come_first_and_ties_by_source_and_target(log_of: Opener) -> None:
    found = anomalies(log_of(menu_log("3 5", "5 3", "3 4", "4 4 4")))
    assert_same(
        found,
        [
            ("4", "Item 4", "4", "Item 4", 2, "repeat"),
            ("3", "Item 3", "4", "Item 4", 1, "jump"),
            ("3", "Item 3", "5", "Item 5", 1, "jump"),
            ("5", "Item 5", "3", "Item 3", 1, "jump"),
        ],
    )


def test_a_node_has_above_it_every_parent_that_a_row_names(log_of: Opener) -> None:
    # 3 stands below 4 too, as a later row says: so 3 > 4 leads up, and 4 > 3 is a move of the menu.
    found = transitions(log_of(menu_log("3 4", "4 3", more=",,3,4,,\n")))
    assert_same(found[["source", "target", "kind"]], [("3", "4", "up"), ("4", "3", "menu")])


def test_a_menu_that_goes_in_circles_is_not_followed_for_ever(log_of: Opener) -> None:
    # 1 > 2 > 1, and 3 below 2: both are above 3, and 9 is nowhere.
    rows = "A,,3,2,,\nA,,1,2,,\nB,,3,2,,\nB,,9,,,\nC,,2,1,,\nC,,2,1,,\n"
    found = anomalies(log_of(HEADER + rows))
    assert_same(found[["source", "target", "kind"]], [("2", "2", "repeat"), ("3", "1", "up"), ("3", "9", "jump")])


def test_a_node_that_is_its_own_parent_may_be_repeated(log_of: Opener) -> None:
    found = transitions(log_of(HEADER + "A,,1,0,,\nA,,2,2,,\nA,,2,2,,\n"))
    assert_same(found[["source", "target", "kind"]], [("1", "2", "jump"), ("2", "2", "menu")])


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_transitions_equal_plain_loops(samples: st.SearchStrategy, data: st.DataObject) -> None:
    log, expected, where, calls = data.draw(samples)
    assert_same(transitions(log, where), naive_views.flow_map(expected, calls))
    assert_same(anomalies(log, where), naive_views.anomalies(expected, calls))
