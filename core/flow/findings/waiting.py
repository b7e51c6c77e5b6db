"""What the waits in the queue say."""

import pandas as pd

from core.flow.filter import Filter
from core.flow.findings.words import Finding
from core.flow.selection import select
from core.flow.waiting import waiting_in_all
from core.tables.calllog import CallLog
from core.text import briefly, number, percent, plural, share_of


def of_waiting(log: CallLog, where: Filter, rows: pd.DataFrame, over: int, short: int) -> Finding:
    """How long half of the queued calls wait, how many wait long, and how many end there."""
    found, n_calls = waiting_in_all(log, where, over=over, short=short), select(log, where).n_calls
    if found.median_s is None or found.p90_s is None:
        return Finding("None of these calls was queued", f"{share_of(0, n_calls)} calls have a wait.")
    long = (
        f"{share_of(found.n_over, found.n_queued)} queued calls wait over {briefly(over)}, "
        f"{percent(found.n_over / found.n_queued, 0)}."
    )
    if found.n_left is None or found.n_short is None:
        gone = " Which of them end there, only a column of agents or handle times would tell."
    else:
        strict, queued = found.n_left - found.n_short, found.n_queued - found.n_short
        gone = f" {share_of(strict, queued)} end while they wait" + (
            f", {percent(found.abandonment)}" if found.abandonment is not None else ""
        )
        gone += (
            f"; with {plural(found.n_short, 'short call')} of under {plural(short, 'second')} it would be "
            f"{number(found.n_left)} of {number(found.n_queued)}, {percent(found.raw_abandonment or 0)}."
            if found.n_short
            else "."
        )
    if refused := log.about.found.refused_seconds.get("queue_wait", 0):
        verb = "is" if refused == 1 else "are"
        gone += f" Left out: {plural(refused, 'wait')} of the import that {verb} negative or no number."
    return Finding(
        f"Half of the queued calls wait at most {briefly(found.median_s)}, nine in ten {briefly(found.p90_s)}",
        f"{long}{gone}",
    )
