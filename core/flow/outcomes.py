"""How calls end: their outcomes, and how many stay in self-service."""

from collections.abc import Collection
from typing import Final

import numpy as np
import pandas as pd

from core.errors import ViewError
from core.flow.contacts import IMPLAUSIBLE, NEVER, contacts
from core.flow.filter import ALL, Filter
from core.flow.grouping import INTENT, Grouping
from core.flow.intents import most_first
from core.flow.intervals import ratio, wilson
from core.flow.singles import chosen, counted, outcomes_of, path_of
from core.ingest.mapping import Role
from core.tables.arrays import Mask
from core.tables.calllog import CallLog

HOURS: Final = 24
_HOUR: Final = 3600
_SELF_SERVICE: Final = frozenset(
    {"self service", "self serve", "self served", "selfservice", "contained", "contained in ivr", "automated"}
    | {"automation", "ivr", "bot", "virtual agent", "שירות עצמי"}
)


def outcomes(log: CallLog, where: Filter = ALL, *, by: str = INTENT, ending: str = "") -> pd.DataFrame:
    """The outcomes of calls by intent, leaf, variant or all: group, label, n_calls, outcome, n, share, low, high.

    n of the group's n_calls have the outcome, which is missing where none is known; share is n / n_calls, with its 95 %
    interval. Groups come by their calls, the outcomes of a group by theirs, the most first; calls without one last.
    With `ending`, the rows are of that outcome alone, one for each group, also where none of its calls has it. Raises
    ViewError for an outcome that no call has.
    """
    if ending:
        return _of_one(log, where, Grouping(log, by), ending)
    grouping, coded = Grouping(log, by), outcomes_of(log)
    words = np.array([*coded.words.to_pylist(), None], object)
    # In the order of their words, so that ties do not depend on the order of the files.
    order = np.argsort(words[:-1], kind="stable")
    rank = np.argsort(np.append(order, coded.missing))
    calls = chosen(log, where)
    groups = grouping.of_path[path_of(log)[calls]].astype(np.int64)
    places, n = counted(groups * len(words) + rank[coded.codes[calls]], grouping.size * len(words))
    n_calls = np.bincount(groups, minlength=grouping.size)
    group, outcome = places // len(words), places % len(words)
    told = np.lexsort((outcome, -n, outcome == coded.missing, group, -n_calls[group]))
    group, outcome, n = group[told], outcome[told], n[told]
    low, high = wilson(n, n_calls[group])
    return grouping.named(
        group,
        n_calls=n_calls[group],
        outcome=pd.array(words[np.append(order, coded.missing)][outcome], "str"),
        n=n,
        share=ratio(n, n_calls[group]),
        low=low,
        high=high,
    )


def _of_one(log: CallLog, where: Filter, grouping: Grouping, ending: str) -> pd.DataFrame:
    code = code_of(log, ending)
    calls = chosen(log, where)
    groups = grouping.of_path[path_of(log)[calls]]
    n_calls = np.bincount(groups, minlength=grouping.size)
    taken = most_first(n_calls)
    n = np.bincount(groups[outcomes_of(log).codes[calls] == code], minlength=grouping.size)[taken]
    low, high = wilson(n, n_calls[taken])
    named = pd.array([ending] * len(taken), "str")
    share = ratio(n, n_calls[taken])
    return grouping.named(taken, n_calls=n_calls[taken], outcome=named, n=n, share=share, low=low, high=high)


def code_of(log: CallLog, outcome: str) -> int:
    """The code of an outcome. Raises ViewError, naming those there are, for one that no call has."""
    words: list[str] = outcomes_of(log).words.to_pylist()
    if outcome not in words:
        raise ViewError(f"No call has the outcome {outcome[:40]!r}.", f"There are: {', '.join(sorted(words)[:20])}.")
    return words.index(outcome)


def outcome_words(log: CallLog) -> tuple[str, ...]:
    """The outcomes that calls have, in the order of their words."""
    return tuple(sorted(outcomes_of(log).words.to_pylist()))


def guessed_self_service(words: Collection[str]) -> tuple[str, ...]:
    """Those of the outcomes whose words say self-service, until the person says which are.

    >>> guessed_self_service(["Self-service", "agent"])
    ('Self-service',)
    """
    plain = {word: " ".join(word.casefold().replace("_", " ").replace("-", " ").split()) for word in words}
    return tuple(word for word in words if plain[word] in _SELF_SERVICE)


def containment(
    log: CallLog,
    where: Filter = ALL,
    *,
    selfservice: Collection[str],
    again: int = HOURS,
    by: str = INTENT,
    implausible: float = IMPLAUSIBLE,
) -> pd.DataFrame:
    """Calls that end in one of the outcomes `selfservice`, by intent, leaf, variant or all; most calls first.

    Columns: group, label, n_calls, n_contained, containment (n_contained / n_calls) and its 95 % interval low, high;
    n_back (contained, and the customer calls again within `again` hours), true_containment ((n_contained - n_back) /
    n_calls) with true_low, true_high; n_unseen (contained, and nobody knows whether they call again: no known customer
    or date, or the log ends within `again` hours). n_back and what follows are missing where the log has no customers
    or no dates.
    """
    grouping, coded = Grouping(log, by), outcomes_of(log)
    calls = chosen(log, where)
    group = grouping.of_path[path_of(log)[calls]]
    marked = np.array([*(word in set(selfservice) for word in coded.words.to_pylist()), False], np.bool_)
    inside = marked[coded.codes[calls]]
    n_calls = np.bincount(group, minlength=grouping.size)
    taken = most_first(n_calls)
    n_contained = np.bincount(group[inside], minlength=grouping.size)[taken]
    low, high = wilson(n_contained, n_calls[taken])
    frame = grouping.named(
        taken,
        n_calls=n_calls[taken],
        n_contained=n_contained,
        containment=ratio(n_contained, n_calls[taken]),
        low=low,
        high=high,
    )
    if not can_follow(log):
        strict = ("n_back", "true_containment", "true_low", "true_high", "n_unseen")
        return frame.assign(**dict.fromkeys(strict, np.nan))
    found = contacts(log)
    known = found.known(implausible)[calls]
    after = found.after[calls]
    back = inside & known & (after != NEVER) & (after <= again * _HOUR)
    unseen = inside & ~back & (~known | (found.left[calls] < again * _HOUR))

    def count(mask: Mask) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.bincount(group[mask], minlength=grouping.size)[taken]

    n_back = count(back)
    true_low, true_high = wilson(n_contained - n_back, n_calls[taken])
    return frame.assign(
        n_back=n_back,
        true_containment=ratio(n_contained - n_back, n_calls[taken]),
        true_low=true_low,
        true_high=true_high,
        n_unseen=count(unseen),
    )


def can_follow(log: CallLog) -> bool:
    """Whether the log says who called and when, so that a customer's next call can be found."""
    return {Role.CUSTOMER.value, Role.TIMESTAMP.value} <= set(log.about.roles)
