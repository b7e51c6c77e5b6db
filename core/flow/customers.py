"""Who calls again: repeat calls, first-contact resolution, and how long it takes until the next call."""

from typing import Final

import numpy as np
import pandas as pd

from core.flow.contacts import DAY, IMPLAUSIBLE, NEVER, Contacts, contacts
from core.flow.filter import ALL, Filter
from core.flow.grouping import INTENT, Grouping
from core.flow.intents import most_first
from core.flow.intervals import ratio, wilson
from core.flow.singles import chosen, path_of, ranks
from core.tables.arrays import Counts, Ints, Mask
from core.tables.calllog import CallLog

DAYS: Final = 7
_MOST_SPANS: Final = 14


def repeat_calls(
    log: CallLog, where: Filter = ALL, *, days: int = DAYS, by: str = INTENT, implausible: float = IMPLAUSIBLE
) -> pd.DataFrame:
    """Calls whose customer had called within `days` days before, by intent, leaf, variant or all; most calls first.

    Columns: group, label, n_calls (that pass), n_known (of them, with a known customer and a date), n_repeat, share
    (of n_known) and its 95 % interval low, high; and n_whole, n_repeat_whole, share_whole: the same without the calls
    of the log's first `days` days, of which nobody knows who had called before. median_before is the median of the
    seconds since the call before, of repeat calls.
    """
    found = contacts(log)
    frame = _shares(log, where, found, found.before, found.since, days, by, implausible)
    return frame.rename(columns={"n_hit": "n_repeat", "n_hit_whole": "n_repeat_whole", "median": "median_before"})


def first_contact(
    log: CallLog, where: Filter = ALL, *, days: int = DAYS, by: str = INTENT, implausible: float = IMPLAUSIBLE
) -> pd.DataFrame:
    """First-contact resolution: calls not followed by another of the same customer within `days` days.

    Columns: group, label, n_calls (that pass), n_known (of them, with a known customer and a date), n_again
    (followed), resolution (1 - n_again / n_known) and its 95 % interval low, high; n_whole, n_again_whole,
    resolution_whole: the same without the calls of the log's last `days` days, whose next call may lie behind its end;
    median_next: the median of the seconds until the next call, of those followed. Most calls first.
    """
    found = contacts(log)
    frame = _shares(log, where, found, found.after, found.left, days, by, implausible)
    return pd.DataFrame(
        {
            **{name: frame[name] for name in ("group", "label", "n_calls", "n_known")},
            "n_again": frame["n_hit"],
            "resolution": 1 - frame["share"],
            "low": 1 - frame["high"],
            "high": 1 - frame["low"],
            "n_whole": frame["n_whole"],
            "n_again_whole": frame["n_hit_whole"],
            "resolution_whole": 1 - frame["share_whole"],
            "median_next": frame["median"],
        }
    )


def next_calls(
    log: CallLog, where: Filter = ALL, *, days: int = DAYS, implausible: float = IMPLAUSIBLE
) -> pd.DataFrame:
    """How long it takes until the next call: first_day, last_day, n_calls of each span of days, up to `days`.

    Days count from 1, the 24 hours behind a call; n_calls are followed by another of the customer in that span.
    """
    found = contacts(log)
    calls = chosen(log, where)
    gaps = found.after[calls[found.known(implausible)[calls]]]
    gaps = gaps[(gaps != NEVER) & (gaps <= days * DAY)]
    width = -(-days // _MOST_SPANS)
    n = np.bincount(np.maximum(gaps - 1, 0) // (width * DAY), minlength=-(-days // width))
    first = np.arange(len(n)) * width + 1
    return pd.DataFrame({"first_day": first, "last_day": np.minimum(first + width - 1, days), "n_calls": n})


def _shares(
    log: CallLog, where: Filter, found: Contacts, gaps: Ints, room: Ints, days: int, by: str, implausible: float
) -> pd.DataFrame:
    """group, label, n_calls, n_known, n_hit, share, low, high, n_whole, n_hit_whole, share_whole, median.

    Hit are calls with a gap of at most `days` days; whole are those with that much room in the log.
    """
    grouping = Grouping(log, by)
    calls = chosen(log, where)
    group = grouping.of_path[path_of(log)[calls]]
    known = found.known(implausible)[calls]
    hit = known & _is_hit(gaps[calls], days)
    whole = known & (room[calls] >= days * DAY)

    def count(mask: Mask | None = None) -> Counts:
        return np.bincount(group if mask is None else group[mask], minlength=grouping.size)

    n_calls = count()
    taken = most_first(n_calls)
    n_known, n_hit, n_whole, n_hit_whole = (count(mask)[taken] for mask in (known, hit, whole, hit & whole))
    low, high = wilson(n_hit, n_known)
    return grouping.named(
        taken,
        n_calls=n_calls[taken],
        n_known=n_known,
        n_hit=n_hit,
        share=ratio(n_hit, n_known),
        low=low,
        high=high,
        n_whole=n_whole,
        n_hit_whole=n_hit_whole,
        share_whole=ratio(n_hit_whole, n_whole),
        median=ranks(group[hit], gaps[calls][hit], 50, grouping.size)[taken],
    )


def _is_hit(gaps: Ints, days: int) -> Mask:
    found: Mask = (gaps != NEVER) & (gaps <= days * DAY)
    return found
