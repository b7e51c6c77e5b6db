"""What the figures say, in a sentence with its numbers."""

from typing import NamedTuple

import pandas as pd

from core.flow import summary
from core.flow.filter import ALL, Filter
from core.flow.paths import path_counts, path_explorer
from core.tables.calllog import CallLog
from core.text import isolate, number, percent, plural, share_of


class Finding(NamedTuple):
    """Plain text, with the data's own words in isolates; `alarming` where calls are lost."""

    headline: str
    evidence: str
    alarming: bool = False


def of_summary(log: CallLog, where: Filter = ALL) -> Finding:
    """How many calls end in the middle of the menu; where there is no menu, how few paths carry most calls."""
    figures = summary.summary(log, where).iloc[0]
    n_calls = int(figures["n_calls"])
    if n_calls == 0:
        return Finding("No call passes this filter", "Widen it or clear it to see calls again.")
    ends = summary.mid_menu_ends(log, where)
    if ends.empty:
        return _concentration(log, where, n_calls)
    n = int(ends["n_calls"].sum())
    half = int((ends["n_calls"].cumsum() < n / 2).sum()) + 1
    items = plural(len(ends), "such item")
    tail = f" {number(half)} of {items} account for half of them." if half < len(ends) else ""
    return Finding(
        f"{percent(n / n_calls, 0)} of calls end in the middle of the menu",
        f"{share_of(n, n_calls)} calls end on a menu item that still has options below it.{tail}",
        alarming=True,
    )


def _concentration(log: CallLog, where: Filter, n_calls: int) -> Finding:
    counts = path_counts(log, where)["cumulative"]
    few = int((counts < 0.8 * n_calls).sum()) + 1
    paths = plural(len(counts), "path")
    return Finding(
        f"{number(few)} of {paths} carry {percent(counts.iloc[few - 1] / n_calls, 0)} of the calls",
        f"{share_of(int(counts.iloc[few - 1]), n_calls)} calls take one of them.",
    )


def of_path_explorer(log: CallLog, where: Filter, prefix: tuple[str, ...]) -> Finding:
    """Where most calls go on to from here, and how many end."""
    steps = path_explorer(log, where, prefix)
    total = int(steps["n_calls"].sum())
    if total == 0:
        return Finding("No call comes this way", "Go back a step, or widen the filter.")
    onward = steps[steps["node"].notna()]
    ended = total - int(onward["n_calls"].sum())
    here = isolate(log.labels[prefix[-1]]) if prefix else ""
    if onward.empty:
        return Finding(f"All {plural(total, 'call')} that get to {here} end there", "Nobody goes on from here.")
    best = onward.iloc[0]
    label, n, share = isolate(str(best["label"])), int(best["n_calls"]), percent(float(best["share"]), 0)
    n_all = int(path_explorer(log, where)["n_calls"].sum())
    if not prefix:
        if len(onward) == 1:
            return Finding(
                f"Every call begins with {label}",
                f"{share_of(n, n_all)} calls. Click it to see where they go.",
            )
        return Finding(
            f"{share} of calls begin with {label}",
            f"{share_of(n, n_all)} calls; {len(onward)} ways to begin.",
        )
    ends = f" {number(ended)} end here, {percent(ended / total, 0)}." if ended else " None end here."
    return Finding(
        f"From {here}, {share} go on to {label}",
        f"{number(n)} of the {plural(total, 'call')} that get here.{ends} "
        f"{number(total)} of all {plural(n_all, 'call')} come this way.",
    )


def of_weekdays(weekdays: pd.DataFrame, names: dict[int, str]) -> str:
    """ "Tuesday is busiest with 92 calls a day, Saturday quietest with 21", "" where there is nothing to compare."""
    dated = weekdays[weekdays["weekday"].notna()]
    if len(dated) < 2:
        return ""
    by_rate = dated.sort_values("calls_per_day", kind="stable")
    busiest, quietest = by_rate.iloc[-1], by_rate.iloc[0]
    return (
        f"{names[int(busiest['weekday'])]} is busiest with {number(round(busiest['calls_per_day']))} calls a day, "
        f"{names[int(quietest['weekday'])]} quietest with {number(round(quietest['calls_per_day']))}"
    )


def of_depths(depths: pd.DataFrame) -> str:
    """On which step most calls end in the middle of the menu."""
    if depths.empty or int(depths["ends_mid_menu"].sum()) == 0:
        return ""
    worst = depths.iloc[int(depths["ends_mid_menu"].argmax())]
    step, n_here, lost = (int(worst[name]) for name in ("depth", "goes_on", "ends_mid_menu"))
    return f"The largest mid-menu loss is on step {step}: {number(lost)} of the {plural(n_here, 'call')} that get there"
