from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow import summary
from core.flow.filter import Filter
from tests import naive
from tests.logs import HEADER, LOGS, both, filters, opened, passing, rows

# Calls A: 1 5 9, B: 1 5, C: 1 5, D: 2. Menu: 1 > 5 > 9, and 2 by itself.
SMALL = (
    HEADER + "A,3/3/2025,1,0,Main,\nA,3/3/2025,5,1,Pay,\nA,3/3/2025,9,5,Cash,\n"
    "B,3/3/2025,1,0,Main,\nB,3/3/2025,5,1,Pay,\nC,3/25/2025,1,0,Main,\nC,3/25/2025,5,1,Pay,\nD,,2,0,Other,\n"
    "E,3/26/2025,,5,No node,\n"
)


def test_the_figures_of_a_small_log() -> None:
    with opened(SMALL) as log:
        assert summary.summary(log).to_dict("records") == [
            {
                "n_files": 1,
                "n_calls": 4,
                "n_steps": 8,
                "n_nodes": 4,
                "n_variants": 3,
                "first_day": "2025-03-03",
                "last_day": "2025-03-25",
                "mean_length": 2.0,
                "median_length": 2,
                "p90_length": 3,
                "p95_length": 3,
                "min_length": 1,
                "max_length": 3,
                "n_rejected": 1,
            }
        ]


def test_where_no_call_passes_there_are_no_lengths_but_still_the_rejected_rows() -> None:
    with opened(SMALL) as log:
        (row,) = summary.summary(log, Filter(first=date(2030, 1, 1))).to_dict("records")
    assert (row["n_calls"], row["n_steps"], row["n_nodes"], row["n_files"]) == (0, 0, 0, 0)
    assert row["mean_length"] is None and row["p95_length"] is None and row["first_day"] is None
    assert row["n_rejected"] == 1


def test_calls_that_end_above_other_options_end_mid_menu() -> None:
    with opened(SMALL) as log:
        assert rows(summary.mid_menu_ends(log)) == [("5", "Pay", 2)]


def test_each_day_of_the_span_is_there_also_without_calls() -> None:
    with opened(SMALL) as log:
        found = rows(summary.daily(log))
    assert len(found) == 23
    assert found[0] == (date(2025, 3, 3), 2, 1) and found[1] == (date(2025, 3, 4), 0, 0)
    assert found[-1] == (date(2025, 3, 25), 1, 1)


def test_how_far_calls_get_and_how_those_ended_that_got_no_further() -> None:
    with opened(SMALL) as log:
        assert rows(summary.depths(log)) == [(1, 4, 0, 0, 0), (2, 3, 0, 1, 2), (3, 1, 2, 0, 0)]


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_summary_and_lengths_and_days_equal_plain_loops(data: st.DataObject) -> None:
    with both(*data.draw(LOGS)) as (log, expected):
        for where in (Filter(), data.draw(filters(expected)), data.draw(filters(expected))):
            calls = passing(expected, where)
            (found,) = rows(summary.summary(log, where))
            assert dict(zip(summary.SUMMARY_COLUMNS, found, strict=True)) == naive.summary(expected, calls)
            assert rows(summary.lengths(log, where)) == naive.lengths(calls)
            assert rows(summary.mid_menu_ends(log, where)) == naive.mid_menu_ends(expected, calls)
            assert rows(summary.daily(log, where)) == naive.daily(expected, calls)
            assert rows(summary.depths(log, where)) == naive.depths(expected, calls)


@given(st.lists(st.integers(1, 30), min_size=1), st.sampled_from([1, 50, 90, 95, 100]))
def test_a_percentile_is_the_value_at_its_rank(values: list[int], percent: int) -> None:
    steps, weights = np.unique(np.array(values, dtype=np.int64), return_counts=True)
    assert summary.nearest_rank(steps, weights, percent) == naive.nearest_rank(values, percent)


def test_a_percentile_of_ten_values_is_no_mean_of_two() -> None:
    tens, once = np.arange(10, 110, 10), np.ones(10, dtype=np.int64)
    assert [summary.nearest_rank(tens, once, percent) for percent in (50, 90, 95)] == [50, 90, 100]
