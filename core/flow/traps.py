"""Calls that the data most likely tells wrong: told with how many they are, counted all the same."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from core.flow.filter import ALL, Filter
from core.flow.gaps import usual_longest
from core.flow.selection import as_date, select
from core.flow.spans import Span
from core.tables.calllog import CallLog
from core.text import day, plural

YEARS = (1900, 1970)
"""With whose beginning systems stand in for a date that they do not know."""
_APART = 366  # days that such dates have to be before all others


class Trap(NamedTuple):
    """What is odd, in words; the filter that leaves those calls, and the one that leaves all others, if one does."""

    words: str
    these: Filter
    others: Filter | None = None


def traps(log: CallLog, where: Filter = ALL) -> list[Trap]:
    """What is odd about the times of the calls that pass: placeholders for dates, and ids that were used again.

    Dates in the years 1900 and 1970 are placeholders where all other calls were made over a year later, and are most.
    An id was likely used again where its call lasts longer than `usual_longest` says that calls do.
    """
    found = []
    days, counts = select(log, where).by_day
    years = days.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    next_day = (days + 1).astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    odd = np.isin(years, YEARS) | np.isin(next_day, YEARS)  # in zones to the west of UTC, 1970 begins in 1969
    rest = where
    if odd.any() and 2 * counts[odd].sum() < counts.sum() and days[~odd].min() - days[odd].max() > _APART:
        first, last = (as_date(int(one)) for one in (days[odd].min(), days[odd].max()))
        rest = replace(where, first=as_date(int(days[~odd].min())))
        n = int(counts[odd].sum())
        which = f"on {day(first)}" if first == last else f"from {day(first)} to {day(last)}"
        found.append(
            Trap(
                f"{plural(n, 'call')} {'is' if n == 1 else 'are'} dated {which}, long before all others: most likely "
                "stand-ins for dates that were not known. Figures by day and weekday count them.",
                replace(where, first=first, last=last),
                rest,
            )
        )
    longest = usual_longest(log)
    these = replace(rest, lasts=Span.over(longest * 3600))
    if n := select(log, these).n_calls:
        found.append(
            Trap(
                f"{plural(n, 'call')} {'lasts' if n == 1 else 'last'} over {plural(longest, 'hour')}: most likely "
                f"{'its id was' if n == 1 else 'their ids were'} used for several calls.",
                these,
            )
        )
    return found
