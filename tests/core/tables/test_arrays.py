"""Paths, transitions and counted calls as arrays, by hand and against plain loops."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tables.arrays import NO_DAY, Cells, Paths, summed, weekday_of

WALKS = st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=6), max_size=8)
# 0 1 2 · 1 · 0 0 1 0
SMALL = [[0, 1, 2], [1], [0, 0, 1, 0]]


def of(walks: list[list[int]]) -> Paths:
    nodes = pa.array(walks, pa.list_(pa.int32()))
    return Paths.of(pa.table({"nodes": nodes, "intent": pa.array([walk[0] for walk in walks], pa.int32())}))


def test_paths_lie_end_to_end() -> None:
    paths = of(SMALL)
    assert len(paths) == 3
    assert paths.nodes.tolist() == [0, 1, 2, 1, 0, 0, 1, 0]
    assert paths.at.tolist() == [0, 3, 4, 8]
    assert paths.lengths.tolist() == [3, 1, 4]
    assert (paths.first.tolist(), paths.leaf.tolist()) == ([0, 1, 0], [2, 1, 0])
    assert paths.of_step.tolist() == [0, 0, 0, 1, 2, 2, 2, 2]


def test_a_step_goes_on_or_is_the_last_and_touches_its_node_first_or_again() -> None:
    paths = of(SMALL)
    assert paths.onward.tolist() == [True, True, False, False, True, True, True, False]
    assert paths.is_first_touch.tolist() == [True, True, True, True, True, False, True, False]


def test_transitions_do_not_lead_from_one_path_into_the_next() -> None:
    pairs = of(SMALL).pairs
    assert list(zip(pairs.source.tolist(), pairs.target.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 0), (1, 2)]
    assert len(pairs) == 4
    assert pairs.steps.tolist() == [0, 1, 4, 5, 6]
    assert pairs.of_step.tolist() == [1, 3, 0, 1, 2]


def test_paths_that_touch_take_and_begin() -> None:
    paths = of(SMALL)
    assert paths.touching([2, 9]).tolist() == [True, False, False]
    assert paths.touching([]).tolist() == [False, False, False]
    assert paths.taking(1, 0).tolist() == [False, False, True]
    assert paths.taking(2, 1).tolist() == [False, False, False]
    assert paths.beginning([0]).tolist() == [True, False, True]
    assert paths.beginning([0, 1, 2, 1]).tolist() == [False, False, False]
    assert paths.beginning([]).tolist() == [True, True, True]


@pytest.mark.parametrize("walks", [[], [[3]]])
def test_few_paths_or_none_have_arrays_of_their_length(walks: list[list[int]]) -> None:
    paths = of(walks)
    assert len(paths) == len(paths.first) == len(paths.leaf) == len(walks)
    assert paths.onward.tolist() == [False] * len(walks)
    assert (len(paths.pairs), len(paths.pairs.steps)) == (0, 0)
    assert paths.touching([3]).tolist() == paths.beginning([3]).tolist() == [True] * len(walks)
    assert paths.taking(3, 3).tolist() == [False] * len(walks)


@given(WALKS, st.lists(st.integers(-1, 4), max_size=3), st.integers(-1, 4), st.integers(-1, 4))
def test_paths_equal_plain_loops(walks: list[list[int]], some: list[int], source: int, target: int) -> None:
    paths = of(walks)
    assert paths.is_first_touch.tolist() == [node not in walk[:at] for walk in walks for at, node in enumerate(walk)]
    moves = [list(pairwise(walk)) for walk in walks]
    pairs = paths.pairs
    distinct = list(zip(pairs.source.tolist(), pairs.target.tolist(), strict=True))
    assert distinct == sorted({pair for walk in moves for pair in walk})
    assert [distinct[one] for one in pairs.of_step] == [pair for walk in moves for pair in walk]
    assert paths.touching(some).tolist() == [any(node in walk for node in some) for walk in walks]
    assert paths.taking(source, target).tolist() == [(source, target) in walk for walk in moves]
    assert paths.beginning(some).tolist() == [walk[: len(some)] == some for walk in walks]


@given(st.lists(st.lists(st.none() | st.integers(0, 3), min_size=1, max_size=5), max_size=6))
def test_the_first_of_each_code_in_a_path_equals_plain_loops(walks: list[list[int | None]]) -> None:
    paths = of([[0] * len(walk) for walk in walks])
    codes = np.array([-1 if code is None else code for walk in walks for code in walk], np.int64)
    found = paths.first_of(codes + 1).tolist()
    assert found == [code not in walk[:at] for walk in walks for at, code in enumerate(walk)]


def test_cells_spell_out_days_and_values_and_what_is_missing() -> None:
    table = pa.table(
        {
            "path": pa.array([0, 1, 0], pa.int32()),
            "file": pa.array([0, 0, 1], pa.int32()),
            "date": pa.array([date(1970, 1, 2), None, date(1969, 12, 31)], pa.date32()),
            "hour": pa.array([9, None, 10], pa.int32()),
            "attribute.city": pa.array(["Haifa", None, "Haifa"]),
            "n": pa.array([2, 3, 4], pa.int64()),
        }
    )
    cells = Cells.of(table, ("hour", "attribute.city"))
    assert cells.day.tolist() == [1, NO_DAY, -1]
    assert cells.values == {"hour": ("9", "10"), "attribute.city": ("Haifa",)}
    assert cells.columns["hour"].tolist() == [0, 2, 1]
    assert cells.columns["attribute.city"].tolist() == [0, 1, 0]
    some = cells.where(np.array([False, True, True]))
    assert (some.path.tolist(), some.file.tolist(), some.n.tolist()) == ([1, 0], [0, 1], [3, 4])
    assert (some.day.tolist(), some.columns["hour"].tolist()) == ([NO_DAY, -1], [2, 1])
    assert some.values == cells.values


def test_cells_without_a_row_have_empty_arrays() -> None:
    names = {"path": pa.int32(), "file": pa.int32(), "date": pa.date32(), "hour": pa.int32(), "n": pa.int64()}
    cells = Cells.of(pa.table({name: pa.array([], kind) for name, kind in names.items()}), ("hour",))
    assert (len(cells.n), len(cells.day), len(cells.columns["hour"]), cells.values["hour"]) == (0, 0, 0, ())


@given(st.dates())
def test_weekdays_are_those_of_the_calendar(day: date) -> None:
    days = np.array([(day - date(1970, 1, 1)).days, NO_DAY])
    assert weekday_of(days).tolist() == [day.isoweekday(), 0]
    assert date(1970, 1, 1) + timedelta(days=int(days[0])) == day


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2**45)), max_size=20))
def test_counts_are_summed_exactly(counts: list[tuple[int, int]]) -> None:
    codes, n = (np.array([pair[side] for pair in counts], np.int64) for side in (0, 1))
    assert summed(codes, n, 6).tolist() == [sum(n for code, n in counts if code == one) for one in range(6)]
