"""What the views of "What do they want?" say."""

import pandas as pd

from core.flow.filter import Filter
from core.flow.findings.words import Finding, named
from core.flow.selection import select
from core.tables.calllog import CallLog
from core.text import number, percent, plural, share_of


def of_intents(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """The most frequent intent, and what the first three carry together."""
    best, total = rows.iloc[0], int(rows["n_calls"].sum())
    if len(rows) == 1:
        return Finding(f"All calls are for {named(best)}", f"{share_of(total, total)} calls.")
    three = int(rows["n_calls"].head(3).sum())
    tail = f" The three most frequent of {number(len(rows))} intents carry {percent(three / total, 0)}."
    return Finding(
        f"{percent(float(best['share']), 0)} of calls are for {named(best)}",
        f"{share_of(int(best['n_calls']), total)} calls.{tail if len(rows) > 3 else ''}",
    )


def of_links(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """The link that most calls pass."""
    best, total = rows.iloc[0], select(log, where).n_calls
    return Finding(
        f"{percent(int(best['n_calls']) / total, 0)} of calls pass {named(best, 'url')}",
        f"{share_of(int(best['n_calls']), total)} calls, more often than any other of the "
        f"{plural(len(rows), 'link')} that are passed at all.",
    )
