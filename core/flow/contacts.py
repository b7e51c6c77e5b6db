"""Who called when: each call's customer, how long since their call before, how long until their next one.

The next call of a customer is looked for among all calls of the session, whatever the filter, for a call that is not
asked about was made all the same.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from core.flow.filter import ALL, Filter
from core.flow.singles import chosen, texts_of, values_of
from core.ingest.unknown import are_unknown
from core.tables.arrays import Counts, Ints, Mask
from core.tables.calllog import CallLog

DAY: Final = 86_400
NEVER: Final = np.int32(-1)
"""Where a customer has no call before, or no next one, or the call has no date."""
IMPLAUSIBLE: Final = 5
"""Percent of the calls with a customer: an id on more of them is a stand-in, if it is FAR_ABOVE the usual one too."""
FAR_ABOVE: Final = 10
"""Times the calls of the median customer."""
WORD, TOO_MANY = "a word for unknown", "on too many calls"


@dataclass(frozen=True, eq=False)
class Contacts:
    """Of each call of a log, all whole seconds rounded up, NEVER where there is none:

    `customer`, the place of its id in `ids`, and the last place without one; `before`, since the call before of that
    customer; `after`, until the next; `since`, from the first call of the log; `left`, until the last. The same call in
    two files (one id, customer and time) is one contact: `twins` counts the calls that are another's repetition.
    `n_long` are calls that last longer than a day, whose id may have been given to several.
    """

    ids: pa.Array
    customer: Ints
    before: Ints
    after: Ints
    since: Ints
    left: Ints
    twins: int
    n_long: int

    @cached_property
    def n_calls(self) -> Counts:
        """How many calls each of `ids` has."""
        return np.bincount(self.customer, minlength=len(self.ids) + 1)[:-1]

    @cached_property
    def are_words(self) -> Mask:
        """Which of `ids` name nobody."""
        return np.asarray(are_unknown(self.ids).to_numpy(zero_copy_only=False), np.bool_)

    def nobody(self, implausible: float = IMPLAUSIBLE) -> Mask:
        """Which of `ids` stand for unknown: by their word, or on more than `implausible` percent of the calls."""
        people: Counts = self.n_calls[~self.are_words]
        usual = float(np.median(people)) if len(people) else 0.0
        most = max(implausible / 100 * int(people.sum()), FAR_ABOVE * usual)
        return np.asarray(self.are_words | (self.n_calls > most), np.bool_)

    def known(self, implausible: float = IMPLAUSIBLE) -> Mask:
        """Which calls have a customer who is somebody, and a date by which they stand among that customer's calls."""
        somebody = np.append(~self.nobody(implausible), False)
        return np.asarray(somebody[self.customer] & (self.left != NEVER), np.bool_)


def contacts(log: CallLog) -> Contacts:
    """The contacts of a log; worked out once."""
    return log.once("contacts", lambda: _contacts(log))


def stand_ins(log: CallLog, where: Filter = ALL, *, implausible: float = IMPLAUSIBLE) -> pd.DataFrame:
    """The ids that stand for an unknown customer: customer, n_calls, reason; most calls first.

    n_calls are those that pass `where`; which ids they are is found in the whole log.
    """
    found = contacts(log)
    n = np.bincount(found.customer[chosen(log, where)], minlength=len(found.ids) + 1)
    places = np.flatnonzero(found.nobody(implausible))
    places = places[np.argsort(-n[places], kind="stable")]
    reasons = np.where(found.are_words[places], WORD, TOO_MANY)
    named = found.ids.take(pa.array(places)).to_pylist()
    return pd.DataFrame({"customer": pd.array(named, "str"), "n_calls": n[places], "reason": pd.array(reasons, "str")})


def _contacts(log: CallLog) -> Contacts:
    coded = texts_of(log, "customer")
    at = values_of(log, """coalesce(epoch_us("at"), -9223372036854775807)""")
    dated = at != np.iinfo(np.int64).min + 1
    n = len(at)
    before, after, since, left = (np.full(n, NEVER) for _ in range(4))
    if dated.any():
        since[dated], left[dated] = _seconds(at[dated] - at[dated].min()), _seconds(at[dated].max() - at[dated])
    calls = np.flatnonzero(dated & (coded.codes != coded.missing))
    order, twin = _ordered(log, calls, coded.codes, at)
    contact = np.cumsum(~twin) - 1
    first = order[~twin]
    same = coded.codes[first[1:]] == coded.codes[first[:-1]]
    gaps = np.where(same, _seconds(at[first[1:]] - at[first[:-1]]), NEVER) if len(first) else np.zeros(0, np.int32)
    before[order] = np.concatenate([[NEVER], gaps])[contact] if len(first) else NEVER
    after[order] = np.concatenate([gaps, [NEVER]])[contact] if len(first) else NEVER
    (n_long,) = log.row("""SELECT count(*) FROM calls WHERE until - "at" > INTERVAL 1 DAY""")
    return Contacts(coded.words, coded.codes, before, after, since, left, int(twin.sum()), n_long)


def _ordered(log: CallLog, calls: Counts, customer: Ints, at: Counts) -> tuple[Counts, Mask]:
    """The calls by customer and time, those of one time as in the files; and which repeat the one before them."""
    order = calls[np.lexsort((at[calls], customer[calls]))]
    twin = np.zeros(len(order), np.bool_)
    if len(log.files) < 2 or len(order) < 2:
        return order, twin
    # That two ids of one customer at one time have the same hash by chance is beyond what will ever be.
    ids = values_of(log, "hash(call_id)")
    order = calls[np.lexsort((calls, ids[calls], at[calls], customer[calls]))]
    one, next_one = order[:-1], order[1:]
    twin[1:] = (customer[one] == customer[next_one]) & (at[one] == at[next_one]) & (ids[one] == ids[next_one])
    # Back into the files' order, each call behind the first of its twins.
    lead = order[np.maximum.accumulate(np.where(twin, 0, np.arange(len(order))))]
    again = np.lexsort((order, lead, at[order], customer[order]))
    return order[again], twin[again]


def _seconds(microseconds: Counts) -> Ints:
    """Whole seconds, rounded up, so that "at most N days" is asked of them as of the exact time."""
    return np.minimum(-(-microseconds // 1_000_000), 2**31 - 1).astype(np.int32)
