from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.charts.flow_places import places
from core.charts.flow_rows import Edge, rows
from tests.core.charts.test_flow_rows import GRAPHS

BOX = 100


@settings(deadline=None)
@given(GRAPHS, st.integers(4 * BOX + 10, 1000))
def test_boxes_stay_on_the_page_and_never_overlap(graph, width):
    row_of = rows(*graph, most=4)
    x = places(row_of, graph[1], width=width, box=BOX).x
    for row in set(row_of):
        standing = sorted(at for at, where in zip(x, row_of, strict=True) if where == row)
        assert standing[0] >= BOX / 2 and standing[-1] <= width - BOX / 2
        assert all(right - left >= BOX - 1e-6 for left, right in pairwise(standing))


@settings(deadline=None)
@given(GRAPHS)
def test_a_long_edge_runs_in_a_lane_that_belongs_to_one_of_its_ends(graph):
    row_of = rows(*graph, most=4)
    placed = places(row_of, graph[1], width=800, box=BOX)
    for edge, number in zip(graph[1], placed.lane_of, strict=True):
        passed = abs(row_of[edge.source] - row_of[edge.target]) - 1
        assert (number is not None) == (passed > 0)
        if number is not None:
            lane = placed.lanes[number]
            owner, other = (edge.source, edge.target) if lane.leaving else (edge.target, edge.source)
            assert lane.owner == owner
            assert (row_of[other] > row_of[owner]) == (lane.step > 0)
            assert len(lane.x) >= passed
            assert all(0 <= x <= 800 for x in lane.x)


def test_a_lane_does_not_run_through_a_box():
    # 0 above 1, 2, 3 above 4; one edge passes the middle row.
    edges = [Edge(0, 1, 1), Edge(0, 2, 1), Edge(0, 3, 1), Edge(2, 4, 1), Edge(0, 4, 1)]
    placed = places([0, 1, 1, 1, 2], edges, width=400, box=BOX)
    ((lane,),) = (lane.x for lane in placed.lanes)
    assert all(abs(lane - placed.x[node]) > BOX / 2 for node in (1, 2, 3))


def test_many_lanes_on_a_narrow_page_squeeze_one_another_and_not_the_boxes():
    # Two boxes a row, and past each of the middle rows run 20 lanes of their own.
    row_of = [node // 2 for node in range(46)]
    edges = [Edge(node, 46 - (46 - node) % 2 - 2, 1, group=node) for node in range(20)]
    placed = places(row_of, edges, width=2 * BOX + 30, box=BOX)
    for left, right in zip(placed.x[::2], placed.x[1::2], strict=True):
        assert abs(left - right) >= BOX
        assert min(left, right) >= BOX / 2 and max(left, right) <= 1.5 * BOX + 30


def test_edges_of_two_groups_share_no_lane():
    chain = [Edge(n, n + 1, 1) for n in range(3)]
    one = places([0, 1, 2, 3], [*chain, Edge(0, 2, 1), Edge(0, 3, 1)], width=400, box=BOX)
    two = places([0, 1, 2, 3], [*chain, Edge(0, 2, 1), Edge(0, 3, 1, group=1)], width=400, box=BOX)
    assert [len(one.lanes), len(two.lanes)] == [1, 2]


def test_many_edges_to_one_node_share_a_lane_as_many_from_one_do():
    fan = [Edge(0, n, 1) for n in range(1, 7)]
    assert len(places(range(7), fan, width=400, box=BOX).lanes) == 1
    assert len(places(range(7), [Edge(n, 6, 1) for n in range(6)], width=400, box=BOX).lanes) == 1


def test_two_trees_side_by_side_do_not_cross():
    edges = [Edge(0, 2, 1), Edge(0, 4, 1), Edge(1, 3, 1), Edge(1, 5, 1)]
    x = places([0, 0, 1, 1, 1, 1], edges, width=900, box=BOX).x
    left, right = sorted(((x[0], x[2], x[4]), (x[1], x[3], x[5])))
    assert max(left[1:]) < min(right[1:])
    assert left[0] == pytest.approx(sum(left[1:]) / 2)


def test_a_row_of_edges_beyond_counting_leaves_the_rest_without_a_lane():
    # 60 boxes a row of one, each with an edge to the one three below: more lanes than a row holds.
    edges = [Edge(n, (n + 30) % 60, 1, group=n) for n in range(60)]
    lanes = places(range(60), edges, width=400, box=BOX).lane_of
    assert None in lanes and any(lane is not None for lane in lanes)
