"""The calls that pass a filter, one by one."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow.chosen_calls import asked, mask
from core.flow.selection import select
from tests import naive
from tests.logs import LOGS, both, filters


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_calls_are_those_that_every_view_counts(data: st.DataObject) -> None:
    with both(*data.draw(LOGS)) as (log, expected):
        where = data.draw(filters(expected))
        passed = naive.passing(expected, where)
        found = asked(log, where, 'SELECT call_id, n_steps FROM chosen WHERE n_steps > ? ORDER BY "call"', [1])
        assert found.to_pylist() == [
            {"call_id": one.call_id, "n_steps": len(one.path)} for one in passed if len(one.path) > 1
        ]
        assert int(mask(log, where).sum()) == len(passed) == select(log, where).n_calls
        assert int(mask(log, where, "n_steps > 1").sum()) == len(found)
