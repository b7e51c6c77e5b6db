from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.charts.flow_drawing import drawing
from core.flow.flow_map import simplified
from tests.flow_frames import CALLS, frames

WIDTHS = st.integers(300, 1200)


def drawn(calls, menu=(), width=980, nodes=1, transitions=1, **labels):
    flow = simplified(*frames(calls, menu, labels), share_of_nodes=nodes, share_of_transitions=transitions)
    return flow, drawing(flow, width)


def overlap(one, other):
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


@settings(deadline=None, max_examples=60)
@given(CALLS, WIDTHS)
def test_no_two_boxes_overlap_and_all_are_on_the_page(calls, width):
    flow, picture = drawn(calls, width=width)
    assert [box.node for box in picture.boxes] == list(flow.nodes["node"])
    assert not any(overlap(*pair) for pair in combinations(picture.boxes, 2))
    assert all(box.left >= 0 and box.right <= width and box.bottom <= picture.height for box in picture.boxes)


@settings(deadline=None, max_examples=60)
@given(CALLS, st.floats(0, 1), st.floats(0, 1))
def test_every_transition_is_drawn_once_and_leads_from_its_source_to_its_target(calls, nodes, transitions):
    flow, picture = drawn(calls, nodes=nodes, transitions=transitions)
    named = [(curve.source.node, curve.target.node, curve.n) for curve in picture.curves]
    assert named == list(flow.transitions[["source", "target", "n"]].itertuples(index=False, name=None))
    assert len({curve.own.path for curve in picture.curves}) == len(named)
    trunk_ends = {stretch.end for stretch, _ in picture.trunks}
    for curve in picture.curves:
        start, end = curve.own.points[0], curve.own.end
        assert start in trunk_ends or touches(curve.source, start)
        assert end == curve.tip or touches(curve.source, end)
        assert touches(curve.target, curve.tip, within=6)


def touches(box, point, within=0.01):
    x, y = point
    return (
        box.left - within <= x <= box.right + within
        and box.top - within <= y <= box.bottom + within
        and min(abs(y - box.top), abs(y - box.bottom), abs(x - box.right)) <= within
    )


@settings(deadline=None, max_examples=60)
@given(CALLS)
def test_a_trunk_carries_what_its_transitions_carry(calls):
    _, picture = drawn(calls, width=300)
    for one, n in picture.trunks:
        onward = [curve.n for curve in picture.curves if curve.own.points[0] == one.end]
        further = [more for stretch, more in picture.trunks if stretch.points[0] == one.end]
        assert n == sum(onward) + sum(further)


def test_calls_lead_down_the_page_and_back_up():
    _, picture = drawn(["abcab"] * 5, menu=["ab", "bc"])
    top = {box.node: box.top for box in picture.boxes}
    assert top["a"] < top["b"] < top["c"]
    assert [(curve.source.node, curve.heading) for curve in picture.curves] == [
        ("a", "down"),
        ("b", "down"),
        ("c", "up"),
    ]


def test_a_narrow_page_makes_the_map_higher_not_wider():
    calls = ["a" + child for child in "bcdefghi"]
    wide, narrow = (drawn(calls, width=width)[1] for width in (980, 330))
    assert [len({box.top for box in one.boxes}) for one in (wide, narrow)] == [3, 5]
    assert narrow.height > wide.height


def test_boxes_are_as_wide_as_their_rows_allow():
    few, many = (drawn(["a" + child for child in children])[1] for children in ("bc", "bcdefg"))
    assert few.boxes[0].width > many.boxes[0].width


def test_a_row_is_as_high_as_its_longest_label_takes_lines():
    labels = {"b": "לקביעת תור לרופא ילדים בסניף הקרוב לביתך או לשיחה עם נציג השירות"}
    _, picture = drawn(["ab"], **labels)
    one, two = picture.boxes
    assert (len(one.lines), len(two.lines)) == (1, 2)
    assert two.bottom - two.top == pytest.approx(one.bottom - one.top + 16)
    assert two.lines[1].endswith("…")


def test_the_same_item_again_is_a_loop_at_its_box():
    _, picture = drawn(["aab"])
    loop = next(curve for curve in picture.curves if curve.source is curve.target)
    assert loop.own.points[0][0] == loop.source.right
    assert loop.tip[1] < loop.source.top < loop.tip[1] + 10
