from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow.calendar import weekday_trends
from core.flow.filter import Filter
from tests import naive_views
from tests.logs import Opener, assert_same, rows

# Monday 3, Monday 10 and Tuesday 11 March 2025.
SMALL = "call,node,date\nA,1,2025-03-03\nB,1,2025-03-10\nC,1,2025-03-10\nD,1,2025-03-11\nE,1,\n"


def test_calls_are_counted_by_weekday_and_by_how_often_it_lies_in_the_span(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(weekday_trends(log)) == [
        (1, 3, 2, 1.5),
        (2, 1, 2, 0.5),
        (3, 0, 1, 0.0),
        (4, 0, 1, 0.0),
        (5, 0, 1, 0.0),
        (6, 0, 1, 0.0),
        (7, 0, 1, 0.0),
        (None, 1, None, None),
    ]


def test_the_span_is_that_of_the_calls_that_pass(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(weekday_trends(log, Filter(first=date(2025, 3, 10)))) == [(1, 2, 1, 2.0), (2, 1, 1, 1.0)]


def test_days_before_1970_have_their_weekdays(log_of: Opener) -> None:
    log = log_of("call,node,date\nA,1,1969-12-28\nB,1,1969-12-29\nC,1,1970-01-01\n")
    found = rows(weekday_trends(log))
    assert [row[:3] for row in found] == [(1, 1, 1), (2, 0, 1), (3, 0, 1), (4, 1, 1), (7, 1, 1)]


def test_a_log_without_dates_has_one_row(log_of: Opener) -> None:
    log = log_of("call,node\nA,1\nB,2\n")
    assert rows(weekday_trends(log)) == [(None, 2, None, None)]


def test_where_no_call_passes_there_is_no_row(log_of: Opener) -> None:
    log = log_of(SMALL)
    assert rows(weekday_trends(log, Filter(files=("9",)))) == []


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_weekdays_equal_plain_loops(samples: st.SearchStrategy, data: st.DataObject) -> None:
    log, expected, where, calls = data.draw(samples)
    assert_same(weekday_trends(log, where), naive_views.weekday_trends(expected, calls))
