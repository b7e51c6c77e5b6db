from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from core.charts.placing import Box, Dot, placed

AREA = Box(0, 0, 300, 200)
DOTS = st.lists(
    st.builds(
        Dot,
        st.floats(0, 300),
        st.floats(0, 200),
        st.floats(1, 13),
        st.one_of(st.just(()), st.tuples(st.floats(60, 150), st.floats(20, 60))),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(DOTS)
def test_labels_stay_in_the_area_and_off_each_other_and_off_all_dots_but_for_the_first(dots):
    places = placed(dots, AREA, 18)
    found = [place.box for place in places if place]
    assert all(AREA.holds(box) for box in found)
    assert not any(one.shared_with(other) for one, other in combinations(found, 2))
    assert not any(box.shared_with(dot.box) for box in found[1:] for dot in dots)


@settings(deadline=None)
@given(DOTS)
def test_the_first_that_wants_a_label_always_has_one(dots):
    wanting = [place for dot, place in zip(dots, placed(dots, AREA, 18), strict=True) if dot.widths]
    assert not wanting or wanting[0] is not None


def test_a_label_stands_on_the_right_if_it_can_then_left_above_below():
    alone = Dot(100, 100, 5, (50,))
    right, left = Dot(115, 100, 5), Dot(85, 100, 5)
    above = Dot(100, 85, 5)
    crowds = ([], [right], [right, left], [right, left, above])
    assert [placed([alone, *crowd], AREA, 18)[0].side for crowd in crowds] == ["right", "left", "above", "below"]


def test_a_label_is_cut_shorter_before_it_is_dropped():
    walled = [Dot(x, y, 12) for x in (40, 160) for y in range(0, 201, 20)]
    between = [Dot(100, y, 5) for y in (80, 120)]
    place = placed([Dot(100, 100, 5, (90, 30)), *walled, *between], AREA, 18)[0]
    assert (place.side, place.choice) == ("right", 1)


def test_above_a_dot_at_the_edge_the_label_slides_inwards():
    corner = Dot(295, 100, 5, (80,))
    place = placed([corner, Dot(270, 100, 12)], AREA, 18)[0]
    assert place.side == "above" and place.box.right == 300


def test_a_label_without_any_place_is_dropped():
    assert placed([Dot(10, 10, 2, (400,))], AREA, 18) == [None]
