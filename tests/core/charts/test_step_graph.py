from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.charts.step_graph import MOST_ITEMS, step_graph

COLUMNS = ["step", "source", "source_label", "target", "target_label", "n", "kind"]


def links_of(paths, menu=("a", "b"), first=1):
    """The links of paths given as strings of one-letter nodes; those in `menu` have options below them."""
    counts = Counter()
    for path in paths:
        for step, source in enumerate(path, start=first):
            target = path[step - first + 1 : step - first + 2]
            counts[step, source, target] += 1
    rows = [
        (
            step,
            source,
            f"Item {source}",
            target or None,
            f"Item {target}" if target else None,
            n,
            "step" if target else "stop" if source in menu else "destination",
        )
        for (step, source, target), n in counts.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


@settings(deadline=None)
@given(st.lists(st.text("abcdefghijklmnop", min_size=1, max_size=5), min_size=1, max_size=120))
def test_folding_loses_no_call_between_any_steps(paths):
    nodes, links = step_graph(links_of(paths), 9)
    taken = Counter()
    for link in links:
        assert nodes[link.target].place.column == nodes[link.source].place.column + 1
        taken[nodes[link.source].place.column] += link.n
    assert taken == Counter(column for path in paths for column in range(len(path)))


@settings(deadline=None)
@given(st.lists(st.text("abcdefghijklmnop", min_size=1, max_size=5), min_size=1, max_size=120))
def test_a_column_is_short_and_its_items_stand_from_the_largest(paths):
    nodes, _ = step_graph(links_of(paths), 9)
    for column in {node.place.column for node in nodes}:
        here = [node for node in nodes if node.place.column == column]
        items = [node.n for node in here if node.place.kind == "item"]
        assert items == sorted(items, reverse=True) and len(items) <= MOST_ITEMS + 1
        order = ["item"] * len(items) + ["more", "destination", "stop"]
        kinds = [node.place.kind for node in here]
        assert kinds == [kind for kind in order if kind in kinds]


def test_where_calls_end_is_told_apart_by_whether_the_menu_goes_on():
    nodes, _ = step_graph(links_of(["a", "ab", "abc", "abc"]), 9)
    ended = {
        (node.place.column, node.place.kind, node.label): node.n
        for node in nodes
        if node.place.kind in ("stop", "destination")
    }
    assert ended == {(1, "stop", "Ended here"): 1, (2, "stop", "Ended here"): 1, (3, "destination", "Destination"): 2}
    assert [node.depth for node in nodes] == [node.place.column for node in nodes]


def test_the_rest_of_a_step_is_one_node_and_one_item_alone_is_never_the_rest():
    many = [f"x{letter}" for letter in "abcdefghijkl"] * 14
    nodes, _ = step_graph(links_of(many), 9)
    (more,) = [node for node in nodes if node.place.kind == "more"]
    assert more.label == "3 more" and more.n == 42
    ten = [f"x{letter}" for letter in "abcdefghij"]
    assert not [node for node in step_graph(links_of(ten), 9)[0] if node.place.kind == "more"]


def test_items_too_thin_to_be_seen_are_folded():
    nodes, _ = step_graph(links_of(["xa"] * 997 + ["xb", "xc", "xd"]), 9)
    assert [node.label for node in nodes if node.place.column == 1] == ["Item a", "3 more"]


def test_columns_beyond_those_with_room_are_left_out():
    nodes, links = step_graph(links_of(["abcd"]), 3)
    assert [node.label for node in nodes] == ["Item a", "Item b", "Item c"]
    assert [tuple(link) for link in links] == [(0, 1, 1), (1, 2, 1)]


def test_steps_may_begin_anywhere():
    nodes, _ = step_graph(links_of(["ab"], first=4), 9)
    assert [node.place.column for node in nodes] == [0, 1, 2]


def test_a_node_that_no_call_comes_to_stands_at_its_step_and_counts_as_a_beginning():
    later = pd.concat([links_of(["ab"]), links_of(["c"], first=2)])
    (node,) = [node for node in step_graph(later, 9)[0] if node.label == "Item c"]
    assert (node.place.column, node.depth) == (1, 0)


def test_no_links_are_nothing_and_broken_ones_are_refused():
    empty = pd.DataFrame(columns=COLUMNS)
    assert step_graph(empty, 9) == ([], [])
    with pytest.raises(ValueError, match="no column n, kind"):
        step_graph(empty.drop(columns=["n", "kind"]), 9)
    with pytest.raises(ValueError, match="neither stop nor destination"):
        step_graph(links_of(["a"]).assign(kind="gone"), 9)
