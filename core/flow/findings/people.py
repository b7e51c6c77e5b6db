"""What the views of "Who, and how did it end?" say."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.flow.agents import usual_outcome
from core.flow.comparing import sides, usual_other
from core.flow.contacts import IMPLAUSIBLE
from core.flow.customers import DAYS, first_contact
from core.flow.filter import Filter
from core.flow.findings.words import Finding, named
from core.flow.grouping import LEAF
from core.flow.intervals import wilson
from core.flow.selection import select
from core.tables.calllog import CallLog
from core.text import isolate, lasting, number, percent, plural, share_of, signed

_UNSEEN = {
    "first": "of which nobody knows all who had called before",
    "last": "which cannot be followed fully",
}
ENOUGH = 20
"""Calls: a group of fewer is none that a sentence is about."""


def of_outcomes(log: CallLog, where: Filter, rows: pd.DataFrame, ending: str = "", **given: Any) -> Finding:
    """The most frequent outcome, and in which groups it is most and least frequent."""
    total = select(log, where).n_calls
    known = rows[rows["outcome"].notna()]
    counts = known.groupby("outcome")["n"].sum()
    if counts.empty:
        return Finding("No call that passes has an outcome", f"{share_of(0, total)} calls.")
    outcome = ending or str(counts.index[int(counts.argmax())])
    n = int(counts[outcome])
    words = f"{share_of(n, total)} calls, {_interval(n, total)}."
    # Groups without the outcome have no row for it, and are the least of all.
    with_it = rows["n"].where(rows["outcome"] == outcome, 0)
    groups = rows.assign(n=with_it).groupby(["group", "label", "n_calls"], sort=False, dropna=False)["n"].sum()
    large = groups.reset_index()
    large = large[large["n_calls"] >= ENOUGH]
    large = large.assign(share=large["n"] / large["n_calls"])
    if len(large) > 1:
        least, most = large.iloc[int(large["share"].argmin())], large.iloc[int(large["share"].argmax())]
        words += (
            f" From {percent(float(least['share']), 0)} of {number(int(least['n_calls']))} ({named(least)}) to "
            f"{percent(float(most['share']), 0)} of {number(int(most['n_calls']))} ({named(most)})."
        )
    if missing := total - int(counts.sum()) if not ending else 0:
        words += f" {plural(missing, 'call')} without an outcome."
    return Finding(f"{percent(n / total, 0)} of calls end as {isolate(outcome)}", words)


def of_containment(
    log: CallLog, where: Filter, rows: pd.DataFrame, selfservice: Sequence[str] = (), again: int = 24, **given: Any
) -> Finding:
    """How many calls stay in self-service, and how many of them truly."""
    if not selfservice:
        return Finding("Say which outcomes are self-service", "None is marked as such yet, so nothing is contained.")
    total, n = int(rows["n_calls"].sum()), int(rows["n_contained"].sum())
    words = f"{share_of(n, total)} calls end in self-service, {_interval(n, total)}."
    if rows["n_back"].isna().all():
        tail = " Who calls again is not known: that needs a column for the customer and one for the date."
        return Finding(f"{percent(n / total)} of calls are contained", words + tail)
    back, unseen = int(rows["n_back"].sum()), int(rows["n_unseen"].sum())
    words += (
        f" After {number(back)} of them the customer called again within {plural(again, 'hour')}. "
        f"Of {number(unseen)} nobody knows: they count as contained."
    )
    return Finding(f"{percent(n / total)} of calls are contained, {percent((n - back) / total)} truly", words)


def of_repeat_calls(log: CallLog, where: Filter, rows: pd.DataFrame, days: int = DAYS, **given: Any) -> Finding:
    """How many calls come from a customer who had called a few days before."""
    known, n = int(rows["n_known"].sum()), int(rows["n_repeat"].sum())
    if not known:
        return _nobody_known(rows)
    whole, n_whole = int(rows["n_whole"].sum()), int(rows["n_repeat_whole"].sum())
    return Finding(
        f"{percent(n / known, 0)} of calls are from a customer who had called within {plural(days, 'day')}",
        f"{share_of(n, known)} calls with a known customer, {_interval(n, known)}. "
        f"{_without('first', days, known - whole, n_whole, whole)}{_unknown(rows)}",
    )


def of_first_contact(
    log: CallLog, where: Filter, rows: pd.DataFrame, days: int = DAYS, implausible: float = IMPLAUSIBLE, **given: Any
) -> Finding:
    """How many calls are not followed by another, and after what customers come back most."""
    known, n = int(rows["n_known"].sum()), int(rows["n_again"].sum())
    if not known:
        return _nobody_known(rows)
    whole, n_whole = int(rows["n_whole"].sum()), int(rows["n_again_whole"].sum())
    words = (
        f"{share_of(known - n, known)} calls with a known customer, {_interval(known - n, known)}. "
        f"{_without('last', days, known - whole, whole - n_whole, whole)}"
    )
    ends = first_contact(log, where, days=days, by=LEAF, implausible=implausible)
    # By the interval's own end: a few calls cannot be called worst by chance.
    worst = ends.iloc[int(ends["high"].fillna(1.0).argmin())]
    if float(worst["high"]) < 1 - n / known:
        words += (
            f" Calls that end on {named(worst)} bring people back most: "
            f"{share_of(int(worst['n_again']), int(worst['n_known']))} are followed, "
            f"{percent(1 - float(worst['resolution']), 0)}."
        )
    return Finding(
        f"{percent(1 - n / known, 0)} of calls are not followed by another within {plural(days, 'day')}",
        words + _unknown(rows),
    )


def of_abandonment(log: CallLog, where: Filter, rows: pd.DataFrame, **given: Any) -> Finding:
    """How many calls end although the menu goes on, and where most surely."""
    total = select(log, where).n_calls
    if rows.empty:
        return Finding("No call ends in the middle of the menu", "The menu goes on from none of the last steps.")
    n = int(rows["n_calls"].sum())
    worst = rows.iloc[int(rows["low"].argmax())]
    after = "" if pd.isna(worst["median_seconds"]) else f" and {lasting(float(worst['median_seconds']))}"
    return Finding(
        f"{percent(n / total, 0)} of calls end in the middle of the menu",
        f"{share_of(n, total)} calls, {_interval(n, total)}. Most surely on {named(worst)}: "
        f"{share_of(int(worst['n_calls']), int(worst['n_touched']))} calls that are on it end there "
        f"({percent(float(worst['share']), 0)}), half of them by step {number(int(worst['median_step']))}{after}.",
        alarming=True,
    )


def of_agents(log: CallLog, where: Filter, rows: pd.DataFrame, ending: str = "", **given: Any) -> Finding:
    """Which agents' calls differ from those of all others by more than chance, and how many are held back."""
    shown, held = rows[rows["agent"].notna()], rows[rows["agent"].isna()]
    n, total = int(rows["n_calls"].sum()), select(log, where).n_calls
    tail = f"{share_of(n, total)} calls have an agent."
    if len(held):
        row = held.iloc[0]
        tail += f" Held back: {row['label']}, {plural(int(row['n_calls']), 'call')} in all."
    if refused := log.about.found.refused_seconds.get("handle_time", 0):
        tail += f" Left out: {plural(refused, 'handle time')} of the import that {'is' if refused == 1 else 'are'} "
        tail += "negative or no number."
    if shown.empty:
        return Finding("No agent has enough calls to be told apart", tail)
    slow = _differing(shown, "handle_differs")
    if len(slow):
        timed = shown[shown["mean_handle"].notna()]
        mean = float(np.average(timed["mean_handle"].astype(float), weights=timed["n_timed"].astype(float)))
        far = slow.iloc[int((slow["mean_handle"] - mean).abs().argmax())]
        than = "longer" if float(far["mean_handle"]) > mean else "shorter"
        return Finding(
            f"{_of(slow, shown)} {'has' if len(slow) == 1 else 'have'} handle times unlike the others'",
            f"{named(far)}: {lasting(float(far['mean_handle']))} on average over {plural(int(far['n_timed']), 'call')} "
            f"(95% interval {number(float(far['handle_low']))}–{number(float(far['handle_high']))} s), {than} than the "
            f"{lasting(mean)} of all. {tail}",
        )
    other = _differing(shown, "share_differs")
    if len(other):
        outcome = isolate(ending or usual_outcome(log, where))
        far = other.iloc[0]
        return Finding(
            f"{_of(other, shown)} {'ends' if len(other) == 1 else 'end'} calls as {outcome} unlike the others",
            f"{named(far)}: {share_of(int(far['n_outcome']), int(far['n_calls']))} calls, "
            f"{percent(float(far['share']), 0)}, {_interval(int(far['n_outcome']), int(far['n_calls']))}. {tail}",
        )
    return Finding(f"None of {plural(len(shown), 'agent')} differs from the others by more than chance", tail)


def of_compare(
    log: CallLog, where: Filter, rows: pd.DataFrame, against: Filter | None = None, of: str = "", **given: Any
) -> Finding:
    """How many shares differ by more than chance, and the one that differs most."""
    two = sides(log, where, usual_other(log, where) if against is None else against)
    if not len(two.first) or not len(two.second):
        return Finding("There is nothing to compare", "One of the two groups has no call. Choose another second group.")
    tested, changed = rows[rows["q"].notna()], _differing(rows, "changed")
    sizes = f"{plural(len(two.first), 'call')} against {number(len(two.second))}."
    if changed.empty:
        return Finding(
            "No share differs by more than chance", f"{number(len(tested))} of {number(len(rows))} were tested. {sizes}"
        )
    far = changed.iloc[0]
    return Finding(
        f"{share_of(len(changed), len(tested))} shares differ by more than chance",
        f"{named(far)} most: {percent(float(far['share_first']))} against {percent(float(far['share_second']))}, "
        f"{points(float(far['difference']))} points (95% interval {points(float(far['low']))} to "
        f"{points(float(far['high']))}). {sizes} At most 5% of those shown as different are chance.",
    )


def points(difference: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    return signed(difference * 100, 1)


def _of(some: pd.DataFrame, shown: pd.DataFrame) -> str:
    return f"{number(len(some))} of {plural(len(shown), 'agent')}"


def _differing(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    return rows[rows[column].fillna(False).astype(bool)]


def _interval(k: int, n: int) -> str:
    low, high = wilson(k, n)
    return f"95% interval {percent(float(low))}–{percent(float(high))}"


def _without(which: str, days: int, cut: int, n: int, whole: int) -> str:
    """The strict figure beside the raw one."""
    span = f"the {which} {plural(days, 'day')}" if days > 1 else f"the {which} day"
    if not whole:
        return f"All of them are of {span} of the log, {_UNSEEN[which]}."
    return f"Without the {plural(cut, 'call')} of {span}, {_UNSEEN[which]}: {percent(n / whole)}."


def _unknown(rows: pd.DataFrame) -> str:
    n = int(rows["n_calls"].sum() - rows["n_known"].sum())
    return f" {plural(n, 'call')} without a known customer or date." if n else ""


def _nobody_known(rows: pd.DataFrame) -> Finding:
    n = int(rows["n_calls"].sum())
    return Finding("No call has a known customer and a date", f"{share_of(0, n)} calls can be followed.")
