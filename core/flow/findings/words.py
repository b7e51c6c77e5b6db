"""What a finding is, and the words that several of them share."""

from typing import Any, NamedTuple, Protocol

import pandas as pd

from core.flow.filter import Filter
from core.tables.calllog import CallLog
from core.text import cut, isolate

HEADLINE_PX, HEADLINE_FONT_PX = 460, 23


class Finding(NamedTuple):
    """Plain text, with the data's own words in isolates; `alarming` where calls are lost."""

    headline: str
    evidence: str
    alarming: bool = False


class Tell(Protocol):
    """Says what a view's frame shows of the calls that pass; the frame is never empty."""

    def __call__(self, log: CallLog, where: Filter, rows: pd.DataFrame, /) -> Finding: ...


def nobody() -> Finding:
    """Where no call passes."""
    return Finding("No call passes this filter", "Widen it or clear it to see calls again.")


def named(row: "pd.Series[Any]", column: str = "label") -> str:
    """The row's label as a headline has room for it, isolated."""
    return isolate(cut(str(row[column]), HEADLINE_PX, HEADLINE_FONT_PX))
