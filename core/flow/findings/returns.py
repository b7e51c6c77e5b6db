"""What the views of ways back say."""

import pandas as pd

from core.flow.filter import Filter
from core.flow.findings.words import Finding, named
from core.flow.returns import returning
from core.flow.selection import select
from core.tables.calllog import CallLog
from core.text import number, percent, plural, share_of


def of_returns(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """How many calls return, with and without repeats of one node, and where most often."""
    found, n_calls = returning(log, where), select(log, where).n_calls
    if not found.n:
        return Finding("No call returns to a step it met before", f"{share_of(0, n_calls)} calls do.")
    best = rows.iloc[0]
    strict = f", {number(found.n_calls_back)} of them from another step" if found.n_calls_back < found.n_calls else ""
    way = (
        f"on {named(best, 'source_label')} again"
        if best["kind"] == "repeat"
        else f"from {named(best, 'source_label')} back to {named(best, 'target_label')}"
    )
    return Finding(
        f"{percent(found.n_calls / n_calls, 0)} of calls return to a step they met before",
        f"{share_of(found.n_calls, n_calls)} calls{strict}, {plural(found.n, 'time')} in all. Most often {way}: "
        f"{plural(int(best['n']), 'time')} in {plural(int(best['n_calls']), 'call')}.",
    )


def of_branches(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """From which node most calls try several ways."""
    if not len(rows) or not int(rows["n_several"].iloc[0]):
        return Finding(
            "No call takes several ways on from one step", "Each goes on to one other step from every step it is on."
        )
    best = rows.iloc[0]
    return Finding(
        f"{percent(float(best['share']), 0)} of the calls that go on from {named(best)} try several ways",
        f"{share_of(int(best['n_several']), int(best['n_calls']))} calls go on from it to more than one other step. "
        f"{plural(int((rows['n_several'] > 0).sum()), 'step')} of {number(len(rows))} "
        f"{'has' if int((rows['n_several'] > 0).sum()) == 1 else 'have'} such calls.",
    )
