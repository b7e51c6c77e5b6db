"""What a finding is, and the words that several of them share."""

from typing import Any, NamedTuple

import pandas as pd

from core.text import cut, isolate

HEADLINE_PX, HEADLINE_FONT_PX = 460, 23


class Finding(NamedTuple):
    """Plain text, with the data's own words in isolates; `alarming` where calls are lost."""

    headline: str
    evidence: str
    alarming: bool = False


def nobody() -> Finding:
    """Where no call passes."""
    return Finding("No call passes this filter", "Widen it or clear it to see calls again.")


def named(row: "pd.Series[Any]", column: str = "label") -> str:
    """The row's label as a headline has room for it, isolated."""
    return isolate(cut(str(row[column]), HEADLINE_PX, HEADLINE_FONT_PX))
