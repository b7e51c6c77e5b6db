"""Spans of time in a filter: how they are written and told, and that a number leads to the calls it counts."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.errors import ViewError
from core.flow.durations import durations, lasting, span_of
from core.flow.errors import error_days, errors, errors_in_all, harmless, words
from core.flow.filter import ALL, Filter
from core.flow.selection import select
from core.flow.spans import Span
from core.flow.waiting import waiting_in_all
from core.tables.calllog import CallLog
from tests.logs import both, filters
from tests.timed_logs import TIMED


def n(log: CallLog, where: Filter, **part: Span) -> int:
    """How many calls pass."""
    return select(log, Filter(**{**vars(where), **part})).n_calls


@settings(deadline=None, max_examples=10, phases=(Phase.explicit, Phase.generate))
@given(st.data())
def test_a_number_of_durations_waits_and_errors_leads_to_exactly_its_calls(data: st.DataObject) -> None:
    with both(*data.draw(TIMED)) as (log, expected):
        longest, over = data.draw(st.sampled_from([1, 24, 25])), data.draw(st.sampled_from([0, 5, 60]))
        fine = harmless(words(log)) if data.draw(st.booleans()) else ()
        for where in (ALL, data.draw(filters(expected))):
            where = where.without("lasts").without("waits").without("errors")
            lasts = durations(log, where, longest=longest)
            for place, n_calls in enumerate(lasts["n_calls"]):
                span = span_of(lasts, place, longest)
                assert n_calls == (n(log, where, lasts=span) if span else lasting(log, where).untimed)
            assert waiting_in_all(log, where, over=over).n_over == n(log, where, waits=Span.over(over))
            for row in errors(log, where, fine=fine).itertuples():
                assert row.n_calls == n(log, where.erring(str(row.node), fine))
            anywhere = where.erring("", fine)
            assert errors_in_all(log, where, fine=fine).n_calls == n(log, anywhere)
            assert errors_in_all(log, anywhere, fine=fine).n_calls == error_days(log, where, fine=fine)["n_with"].sum()


@pytest.mark.parametrize(
    ("text", "span", "told"),
    [
        ("60-90", Span(60_000, 90_000), "1 min to 1 min 30 s"),
        ("60.001-", Span.over(60), "over 1 min"),
        ("86400.001-", Span.over(86_400), "over 1 day"),
        ("0-1", Span(0, 1_000), "less than 1 s"),
        ("0.5-2", Span(500, 2_000), "0.5 s to 2 s"),
        ("30-", Span(30_000), "30 s or more"),
    ],
)
def test_a_span_is_written_in_seconds_and_told_in_words(text: str, span: Span, told: str) -> None:
    assert (Span.read(text), span.write(), span.in_words()) == (span, text, told)


@pytest.mark.parametrize("text", ["x-", "-5", "1-x", "1.2345-", "٣-", "9999999999999-"])
def test_what_is_no_span_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(ViewError, match="The filter wait="):
        Filter.from_query({"wait": text})
