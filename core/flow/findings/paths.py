"""What the views of "Where do they go?" say."""

import numpy as np
import pandas as pd

from core.flow.filter import Filter
from core.flow.findings.words import Finding, named
from core.flow.paths import path_counts, path_explorer
from core.flow.selection import select
from core.tables.calllog import CallLog
from core.text import isolate, number, percent, plural, share_of

RARE = 0.01
"""Of the calls: a menu item that fewer of them go on from is no headline."""


def concentration(log: CallLog, where: Filter) -> Finding:
    """How few paths carry most of the calls."""
    n_calls = select(log, where).n_calls
    counts = path_counts(log, where)["cumulative"]
    few = int((counts < 0.8 * n_calls).sum()) + 1
    paths = plural(len(counts), "path")
    return Finding(
        f"{number(few)} of {paths} carry {percent(counts.iloc[few - 1] / n_calls, 0)} of the calls",
        f"{share_of(int(counts.iloc[few - 1]), n_calls)} calls take one of them.",
    )


def of_paths(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """How few paths carry most of the calls, and how many calls have a path to themselves."""
    found = concentration(log, where)
    alone = int((path_counts(log, where)["n_calls"] == 1).sum())
    own = "1 call has a path to itself" if alone == 1 else f"{number(alone)} calls have a path to themselves"
    return found._replace(evidence=f"{found.evidence} {own}." if alone else found.evidence)


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
    label, n, share = named(best), int(best["n_calls"]), percent(float(best["share"]), 0)
    n_all = select(log, where).n_calls
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


def of_entropy(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """Where the next step is hardest to foresee, among the menu items that are not rare."""
    often, least = common(log, where, rows)
    worst = often.iloc[0]
    if worst["entropy_bits"] == 0:
        return Finding(
            "Every next step can be foreseen",
            f"Each of the {plural(len(rows), 'menu item')} with a next step has only one.",
        )
    return Finding(
        f"The next step is hardest to foresee after {named(worst)}: {worst['entropy_bits']:.1f} bits",
        f"{number(int(worst['branching_factor']))} different next steps in {number(int(worst['n']))} moves, as hard to "
        f"foresee as {worst['perplexity']:.1f} equally likely ones. Of the {plural(len(often), 'menu item')} with at "
        f"least {plural(least, 'move')}.",
    )


def common(log: CallLog, where: Filter, rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The rows whose n is not rare, or all where there are none, and how many it has to be."""
    least = max(2, round(RARE * select(log, where).n_calls))
    often = rows[rows["n"] >= least]
    return (often, least) if len(often) else (rows, 1)


def of_coverage(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """How many moves are the most frequent one of where they start, and where the fewest are."""
    n = rows["n"].to_numpy(np.int64)
    first = np.rint(rows["top1_share"].to_numpy(float) * n).astype(np.int64)
    moves, usual = int(n.sum()), int(first.sum())
    least = common(log, where, rows)[0].sort_values("top1_share", kind="stable").iloc[0]
    return Finding(
        f"{percent(usual / moves, 0)} of moves are the most frequent one from where they start",
        f"{share_of(usual, moves)} moves. Least so after {named(least)}, where the most frequent next step is "
        f"{percent(float(least['top1_share']), 0)} of {plural(int(least['n']), 'move')}.",
    )


def of_transitions(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """Which transition is taken most, and how many there are."""
    best = rows.iloc[0]
    moves = int(rows["n"].sum())
    return Finding(
        f"{percent(int(best['n']) / moves, 0)} of moves go from {named(best, 'source_label')} to "
        f"{named(best, 'target_label')}",
        f"{share_of(int(best['n']), moves)} moves; {plural(len(rows), 'different transition')} are taken.",
    )
