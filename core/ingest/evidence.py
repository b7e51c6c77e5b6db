"""What the first rows of a column show: whether its values stand in runs, and what they look like."""

import re
from collections.abc import Sequence
from itertools import groupby

from core.ingest.facts import FirstRows
from core.ingest.lifecycle import phase_of

MOSTLY = 0.9
"""Of a column's values must look alike for the column to be called after them."""
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d{1,18}([.,]\d{1,18})?|[.,]\d{1,18})([eE][+-]?\d{1,3})?", re.ASCII)
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


def first_rows(values: Sequence[str | None]) -> FirstRows:
    """What the values of the first rows show, None being a missing one."""
    known = [value for value in values if value is not None]
    return FirstRows(
        rows=len(values),
        distinct=len(set(known)),
        runs=sum(1 for _ in groupby(values)),
        kind=_kind(known),
        width=round(sum(map(len, known)) / len(known), 1) if known else 0.0,
    )


def tells_phases(values: Sequence[str | None]) -> bool:
    """Whether most of the values that are there are words for a phase of a step."""
    known = [value for value in values if value is not None]
    return bool(known) and sum(phase_of(value) is not None for value in known) >= MOSTLY * len(known)


def _kind(known: Sequence[str]) -> str:
    for kind, pattern in (("whole", _WHOLE), ("decimal", _DECIMAL)):
        if known and sum(pattern.fullmatch(value) is not None for value in known) >= MOSTLY * len(known):
            return kind
    if known and sum(_LINK.match(value) is not None for value in known) >= MOSTLY * len(known):
        return "link"
    return "text"
