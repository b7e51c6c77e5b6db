"""Logs opened once for all tests of the views, for opening one is what takes time."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import NamedTuple

import pytest
from hypothesis import strategies as st

from core.flow.filter import Filter
from core.tables.calllog import CallLog
from tests import naive
from tests.logs import LOGS, both, drawn, filters, opened

N_LOGS = 20


class Sample(NamedTuple):
    """A log as the program and as the naive implementation reads it, a filter, and the calls that pass it."""

    log: CallLog
    expected: naive.Log
    where: Filter
    calls: list[naive.Call]

    def __repr__(self) -> str:
        return f"{self.where} on {[call.path for call in self.expected.calls]}"


@pytest.fixture(scope="session")
def samples() -> Iterator[st.SearchStrategy[Sample]]:
    """Random filters on random logs."""
    with ExitStack() as stack:
        logs = [stack.enter_context(both(*files)) for files in drawn(LOGS, N_LOGS)]

        @st.composite
        def sample(draw: st.DrawFn) -> Sample:
            log, expected = logs[draw(st.integers(0, len(logs) - 1))]
            where = draw(filters(expected))
            return Sample(log, expected, where, naive.passing(expected, where))

        yield sample()


@pytest.fixture(scope="session")
def log_of() -> Iterator[Callable[..., CallLog]]:
    """The log of files with these contents, whose columns map themselves; the same one for the same contents."""
    with ExitStack() as stack:
        yield cache(lambda *contents: stack.enter_context(opened(*contents)))
