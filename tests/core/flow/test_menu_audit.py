from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow.filter import Filter
from core.flow.menu_audit import duplicates, places, unreachable
from tests import naive_views
from tests.logs import HEADER, Opener, assert_same, rows

# The menu 1 > 2 > 10 and 1 > 9, of which 9 and 10 are declared alone; the call A takes 1 2, B takes 1.
SMALL = HEADER + "A,,1,0,Main,\nA,,2,1,Pay,\nB,,1,0,Main,\n,,10,2,Cash,\n,,9,1,Card,\n"


def test_what_is_declared_and_not_called_is_not_reached(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(unreachable(log)) == [("9", "Card"), ("10", "Cash")]


def test_what_only_other_calls_touch_is_not_reached_by_those_that_pass(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert [row[0] for row in rows(unreachable(log, Filter(ends=("1",))))] == ["2", "9", "10"]
    assert [row[0] for row in rows(unreachable(log, Filter(files=("9",))))] == ["1", "2", "9", "10"]


def test_a_node_that_is_only_named_as_a_parent_is_in_the_menu(log_of: Opener) -> None:
    log = log_of(HEADER + "A,,2,menu,Pay,\n")
    assert rows(unreachable(log)) == [("menu", "menu")]


def test_a_node_of_a_file_without_a_menu_is_in_it_where_another_file_names_it_as_a_parent(log_of: Opener) -> None:
    log = log_of("call,node,parent\nA,5,m\n", "call,node\nB,m\nB,x\n")
    assert rows(unreachable(log, Filter(files=("1",)))) == [("m", "m")]
    assert rows(unreachable(log, Filter(files=("2",)))) == [("5", "5")]


def test_labels_are_the_same_without_outer_blanks_in_any_case_and_composed_or_not(log_of: Opener) -> None:
    labels = ["Straße ", "  STRASSE", "Caf\u00e9", "CAFE\u0301", "cafe", "strasse"]
    steps = [f'A,,{number},0,"{label}",\n' for number, label in enumerate(labels, 1)]
    log = log_of(HEADER + "".join(steps))
    assert rows(duplicates(log)) == [
        ("Straße", ["1", "2", "6"], 3),
        ("Caf\u00e9", ["3", "4"], 2),
    ]


def test_nodes_without_a_label_share_none_not_even_with_one_that_is_called_like_their_id(log_of: Opener) -> None:
    log = log_of(HEADER + "A,,1,0,,\nA,,2,0,,\nA,,3,0,1,\n")
    assert rows(duplicates(log)) == []


def test_labels_with_as_many_nodes_stand_in_the_order_of_their_first_nodes(log_of: Opener) -> None:
    given = {"9": "b", "11": "b", "10": "a", "2": "c", "30": "a", "12": "c"}
    log = log_of(HEADER + "".join(f"A,,{node},0,{label},\n" for node, label in given.items()))
    assert [row[1] for row in rows(duplicates(log))] == [["2", "12"], ["9", "11"], ["10", "30"]]


def test_the_place_of_a_node_is_its_parent_root_depth_and_the_calls_that_touch_it(log_of: Opener) -> None:
    log = log_of(SMALL + "B,,x,x,Circle,\n")
    assert rows(places(log, Filter(), ("10", "1", "x", "2"))) == [
        ("10", "Cash", "Pay", "Main", 2, 0),
        ("1", "Main", None, "Main", 0, 2),
        ("x", "Circle", "Circle", None, None, 1),
        ("2", "Pay", "Main", "Main", 1, 1),
    ]
    assert rows(places(log, Filter(starts=("9",)), ("1",))) == [("1", "Main", None, "Main", 0, 0)]


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_the_menu_equals_plain_loops(samples: st.SearchStrategy, data: st.DataObject) -> None:
    log, expected, where, calls = data.draw(samples)
    assert_same(unreachable(log, where), naive_views.unreachable(expected, calls))
    assert_same(duplicates(log), naive_views.duplicates(expected, calls))
