"""What Summary says first."""

from core.flow.dead_ends import mid_menu_ends
from core.flow.filter import ALL, Filter
from core.flow.findings.paths import concentration
from core.flow.findings.words import Finding, nobody
from core.flow.selection import select
from core.tables.calllog import CallLog
from core.text import number, percent, plural, share_of


def of_summary(log: CallLog, where: Filter = ALL) -> Finding:
    """How many calls end in the middle of the menu; where there is no menu, how few paths carry most calls."""
    n_calls = select(log, where).n_calls
    if n_calls == 0:
        return nobody()
    ends = mid_menu_ends(log, where)
    if ends.empty:
        return concentration(log, where)
    n = int(ends["n_calls"].sum())
    half = int((ends["n_calls"].cumsum() < n / 2).sum()) + 1
    items = plural(len(ends), "such item")
    tail = f" {number(half)} of {items} account for half of them." if half < len(ends) else ""
    return Finding(
        f"{percent(n / n_calls, 0)} of calls end in the middle of the menu",
        f"{share_of(n, n_calls)} calls end on a menu item that still has options below it.{tail}",
        alarming=True,
    )
