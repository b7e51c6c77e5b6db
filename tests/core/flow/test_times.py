"""Times, waits and errors: against plain loops, and on calls worked out by hand."""

from datetime import datetime

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.flow.durations import BREAKS, durations, lasting
from core.flow.errors import error_days, errors, errors_in_all, harmless, words
from core.flow.filter import ALL, Filter
from core.flow.gaps import DAY_HOURS, YEAR_HOURS, gaps, slow_transitions, step_times, usual_longest
from core.flow.hours import hours
from core.flow.load import load, peak
from core.flow.selection import select
from core.flow.waiting import tells_who_left, waiting, waiting_in_all
from core.tables.calllog import CallLog
from core.views import VIEWS
from tests import naive, naive_times
from tests.logs import assert_same, both, filters, rows
from tests.timed_logs import TIMED

PARTS = (Phase.explicit, Phase.generate)
HEADER = "call,timestamp,node,queue wait,agent,error\n"
ROLES = {name: name for name in HEADER.strip().split(",")}
SECONDS = "%Y-%m-%d %H:%M:%S"


@settings(deadline=None, max_examples=25, phases=PARTS)
@given(st.data())
def test_every_figure_of_times_waits_and_errors_equals_plain_loops(data: st.DataObject) -> None:
    with both(*data.draw(TIMED)) as (log, expected):
        longest, often = data.draw(st.sampled_from([1, 24, 25])), data.draw(st.integers(1, 3))
        over, short = data.draw(st.sampled_from([0, 5, 60])), data.draw(st.sampled_from([0, 5]))
        fine = harmless(words(log)) if data.draw(st.booleans()) else ()
        for where in (ALL, *(data.draw(filters(expected)) for _ in range(2))):
            calls = naive.passing(expected, where)
            told = tells_who_left(log)
            found = waiting(log, where, over=over, short=short)
            assert_same(hours(log, where), naive_times.hours(calls))
            assert_same(durations(log, where, longest=longest), naive_times.durations(calls, longest, BREAKS))
            assert_same(step_times(log, where, longest=longest), naive_times.step_times(expected, calls, longest))
            assert_same(
                slow_transitions(log, where, longest=longest, often=often),
                naive_times.slow_transitions(expected, calls, longest, often),
            )
            assert_same(load(log, where, longest=longest), naive_times.load(calls, longest))
            assert_same(found, naive_times.waiting(expected, calls, over, short, told))
            assert_same(errors(log, where, fine=fine), naive_times.errors(expected, calls, fine))
            assert_same(error_days(log, where, fine=fine), naive_times.error_days(calls, fine))
            moves, long, unknown = naive_times.gaps(calls, longest)
            counted = gaps(log, where, longest=longest)
            assert counted[2:] == (len(moves), unknown, 0, len(long), sum(long))
            assert_adds_up(log, where, longest, over, short)


def assert_adds_up(log: CallLog, where: Filter, longest: int, over: int, short: int) -> None:
    """What is told of all calls together is the sum of the rows, and every view counts the same calls."""
    n_calls = select(log, where).n_calls
    for table in (
        hours(log, where),
        durations(log, where, longest=longest),
        load(log, where, longest=longest),
        waiting(log, where, over=over, short=short),
        error_days(log, where),
    ):
        assert int(table["n_calls"].sum()) == n_calls
    by_intent, in_all = waiting(log, where, over=over, short=short), waiting_in_all(log, where, over=over, short=short)
    assert (int(by_intent["n_queued"].sum()), int(by_intent["n_over"].sum())) == (in_all.n_queued, in_all.n_over)
    if in_all.n_left is not None:
        assert (int(by_intent["n_left"].sum()), int(by_intent["n_short"].sum())) == (in_all.n_left, in_all.n_short)
    assert errors_in_all(log, where).n_errors == int(errors(log, where)["n_errors"].sum())
    most = peak(log, where, longest=longest)
    assert most.n == max((n for _, _, n, _ in rows(load(log, where, longest=longest)) if n is not None), default=0)


def made(*lines: str) -> naive.File:
    return naive.File(HEADER + "".join(f"{line}\n" for line in lines), ROLES, SECONDS)


NIGHT = made(
    "a,2025-05-14 23:59:30,1,,,",
    "a,2025-05-15 00:00:10,2,,,",
    "a,2025-05-15 00:00:40,1,30,Noa,",
    "b,2025-05-15 00:00:40,1,,,timeout",
    "b,2025-05-15 00:01:40,2,4,,",
    "c,2025-05-15 09:00:00,1,90,,",
    "d,2025-05-15 09:00:00,1,,,",
    "d,2025-06-20 09:00:00,2,,,",
)
"""a goes over midnight and ends as b begins; c is of one step; d is two calls of one id, 36 days apart."""


def test_a_call_over_midnight_is_in_progress_on_both_days() -> None:
    with both(NIGHT) as (log, _):
        assert rows(load(log)) == [
            ("2025-05-14", 1, 1, "23:59:30"),
            ("2025-05-15", 3, 2, "00:00:40"),
        ]
        assert peak(log) == (2, datetime(2025, 5, 15, 0, 0, 40), 1)
        assert rows(hours(log).query("n_calls > 0")[["weekday", "hour", "n_calls", "n_days"]]) == [
            (3, 23, 1, 1),
            (4, 0, 1, 1),
            (4, 9, 2, 1),
        ]


def test_a_call_id_that_is_used_again_makes_no_time_but_is_counted() -> None:
    with both(NIGHT) as (log, _):
        assert rows(step_times(log)) == [
            ("1", "1", 2, 40.0, 60.0, 100.0, 100 / 130),
            ("2", "2", 1, 30.0, 30.0, 30.0, 30 / 130),
        ]
        found = gaps(log)
        assert (found.long, found.long_ms) == (1, 36 * 86_400_000)
        assert rows(step_times(log, longest=YEAR_HOURS))[0][2:4] == (3, 60.0)
        assert [row[:4] for row in rows(durations(log)) if row[3]] == [
            ("counted", 0, 1, 1),
            ("counted", 60, 90, 2),
            ("too long", None, None, 1),
        ]
        assert (lasting(log).percentile(50), lasting(log).percentile(50, several=True)) == (60.0, 60.0)
        assert usual_longest(log) == YEAR_HOURS, "1 call of 4 lasts longer than a day"


def test_short_calls_in_the_queue_are_neither_queued_nor_lost() -> None:
    with both(NIGHT) as (log, _):
        found = waiting_in_all(log, over=60, short=5)
        assert (found.n_queued, found.median_s, found.p90_s, found.n_over) == (3, 30.0, 90.0, 1)
        assert (found.n_left, found.n_short) == (2, 1)
        assert (found.abandonment, found.raw_abandonment) == (1 / 2, 2 / 3)
        assert waiting_in_all(log, Filter(files=("9",))) == (0, None, None, 0, 0, 0)


def test_a_call_that_ends_one_step_behind_an_error_is_ended_by_it() -> None:
    with both(NIGHT) as (log, _):
        assert rows(errors(log)) == [("1", "1", 5, 1, 1 / 5, 1, 1)]
        assert errors_in_all(log) == (1, 1, 1)
        assert errors_in_all(log, fine=("timeout",)) == (0, 0, 0)


def test_dates_without_a_time_of_day_are_no_times() -> None:
    days = naive.File(
        "call,timestamp,node\na,2025-05-14,1\na,2025-05-15,2\n",
        {n: n for n in ("call", "timestamp", "node")},
        "%Y-%m-%d",
    )
    with both(days, NIGHT) as (log, _):
        assert int(hours(log)["n_calls"].iloc[-1]) == 1
        assert lasting(log).untimed == 1
        assert gaps(log).unknown == 0
    with both(days) as (log, _):
        wanting = {one.key for one in VIEWS if any(need.value == "time of day" for need in one.missing(log))}
        assert wanting >= {"hours", "durations", "step-times", "slow-transitions", "load"}


def test_calls_that_mostly_last_days_may() -> None:
    with both(made("a,2025-05-14 09:00:00,1,,,", "a,2025-05-14 09:00:10,2,,,")) as (log, _):
        assert usual_longest(log) == DAY_HOURS
