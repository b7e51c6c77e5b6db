from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow.filter import Filter
from core.flow.summary import SUMMARY_COLUMNS, daily, lengths, nearest_rank, summary
from tests import naive_views
from tests.logs import HEADER, Opener, assert_same, rows

# Calls A: 1 5 9, B: 1 5, C: 1 5, D: 2. Menu: 1 > 5 > 9, and 2 by itself.
SMALL = (
    HEADER + "A,3/3/2025,1,0,Main,\nA,3/3/2025,5,1,Pay,\nA,3/3/2025,9,5,Cash,\n"
    "B,3/3/2025,1,0,Main,\nB,3/3/2025,5,1,Pay,\nC,3/25/2025,1,0,Main,\nC,3/25/2025,5,1,Pay,\nD,,2,0,Other,\n"
    "E,3/26/2025,,5,No node,\n"
)


def test_the_figures_of_a_small_log(log_of: Opener) -> None:
    assert summary(log_of(SMALL)).to_dict("records") == [
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


def test_where_no_call_passes_there_are_no_lengths_but_still_the_rejected_rows(log_of: Opener) -> None:
    (row,) = summary(log_of(SMALL), Filter(first=date(2030, 1, 1))).to_dict("records")
    assert [row[name] for name in SUMMARY_COLUMNS] == [0] * 5 + [None] * 8 + [1]


def test_each_day_of_the_span_is_there_also_without_calls(log_of: Opener) -> None:
    found = rows(daily(log_of(SMALL)))
    assert len(found) == 23
    assert found[0] == (date(2025, 3, 3), 2, 1) and found[1] == (date(2025, 3, 4), 0, 0)
    assert found[-1] == (date(2025, 3, 25), 1, 1)


def test_calls_without_a_date_have_no_days(log_of: Opener) -> None:
    assert rows(daily(log_of(SMALL), Filter(starts=("2",)))) == []


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_summary_and_lengths_and_days_equal_plain_loops(samples: st.SearchStrategy, data: st.DataObject) -> None:
    log, expected, where, calls = data.draw(samples)
    assert_same(summary(log, where), naive_views.summary(expected, calls))
    assert_same(lengths(log, where), naive_views.lengths(calls))
    assert_same(daily(log, where), naive_views.daily(expected, calls))


@given(st.lists(st.integers(1, 30), min_size=1), st.sampled_from([1, 50, 90, 95, 100]))
def test_a_percentile_is_the_value_at_its_rank(values: list[int], percent: int) -> None:
    steps, weights = np.unique(np.array(values, dtype=np.int64), return_counts=True)
    assert nearest_rank(steps, weights, percent) == naive_views.nearest_rank(values, percent)


def test_a_percentile_of_ten_values_is_no_mean_of_two() -> None:
    tens, once = np.arange(10, 110, 10), np.ones(10, dtype=np.int64)
    assert [nearest_rank(tens, once, percent) for percent in (50, 90, 95)] == [50, 90, 100]
