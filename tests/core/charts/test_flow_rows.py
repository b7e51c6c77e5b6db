from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from core.charts.flow_rows import Edge, rows

GRAPHS = st.integers(1, 25).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(
            st.builds(Edge, st.integers(0, n - 1), st.integers(0, n - 1), st.integers(1, 999), st.booleans()),
            max_size=60,
            unique_by=lambda edge: edge[:2],
        ),
    )
)


@settings(deadline=None)
@given(GRAPHS, st.integers(1, 6))
def test_no_row_is_overfull_or_empty(graph, most):
    found = Counter(rows(*graph, most=most))
    assert found.total() == graph[0]
    assert sorted(found) == list(range(len(found)))
    assert max(found.values()) <= most


@settings(deadline=None)
@given(GRAPHS)
def test_without_cycles_what_weighs_something_leads_down(graph):
    n, edges = graph
    down = [Edge(min(edge[:2]), max(edge[:2]), 100) for edge in edges if edge.source != edge.target]
    placed = rows(n, down, most=4)
    assert all(placed[edge.source] < placed[edge.target] for edge in down)


def test_a_cycle_is_broken_where_it_is_weakest():
    ring = [Edge(0, 1, 9), Edge(1, 2, 2), Edge(2, 3, 9), Edge(3, 0, 9)]
    assert rows(4, ring, most=9) == [2, 3, 0, 1]


def test_a_step_back_does_not_decide_which_is_above():
    assert rows(2, [Edge(0, 1, 5), Edge(1, 0, 500, back=True)], most=9) == [0, 1]


def test_a_rare_transition_does_not_push_its_target_down():
    frequent = [Edge(0, 1, 90), Edge(1, 2, 90), Edge(0, 3, 90)]
    assert rows(4, [*frequent, Edge(2, 3, 8)], most=9) == [0, 1, 2, 1]
    assert rows(4, [*frequent, Edge(2, 3, 10)], most=9) == [0, 1, 2, 3]


def test_what_does_not_fit_a_row_moves_down_and_rare_things_first():
    assert rows(6, [Edge(0, child, child) for child in range(1, 6)], most=2) == [0, 3, 2, 2, 1, 1]


def test_a_heavy_branch_is_whole_before_a_light_one_begins():
    assert rows(5, [Edge(0, 1, 1), Edge(0, 2, 9), Edge(1, 3, 1), Edge(2, 4, 9)], most=1) == [0, 3, 1, 4, 2]
