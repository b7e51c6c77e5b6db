"""What the views of "Where do they leave?" say."""

import pandas as pd

from core.flow.filter import Filter
from core.flow.findings.words import Finding, named
from core.tables.calllog import CallLog
from core.text import number, percent, plural, share_of


def of_leaves(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """The most frequent last step, and on how few items half of the calls end."""
    best, total = rows.iloc[0], int(rows["n_calls"].sum())
    half = int((rows["n_calls"].cumsum() < total / 2).sum()) + 1
    tail = f" Half of all calls end on {number(half)} of {plural(len(rows), 'item')}." if half < len(rows) else ""
    return Finding(
        f"{percent(float(best['share']), 0)} of calls end on {named(best)}",
        f"{share_of(int(best['n_calls']), total)} calls.{tail}",
    )


def of_dead_ends(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """The item on which most calls end although the menu goes on."""
    lost = rows[rows["has_children"] & (rows["terminations"] > 0)]
    if lost.empty:
        words = "The menu goes on from none of the items on which calls end."
        if "parent" not in log.about.roles:
            words = "Without a column that tells the parent of an item, no item is known to go on."
        return Finding("No call ends in the middle of the menu", words)
    worst, n = lost.iloc[0], int(lost["terminations"].sum())
    return Finding(
        f"{named(worst)} ends {percent(float(worst['termination_rate']), 0)} of the visits it gets",
        f"{share_of(int(worst['terminations']), int(worst['reach']))} visits end there, though the menu goes on. "
        f"{plural(n, 'call')} end on one of {plural(len(lost), 'such item')}.",
        alarming=True,
    )


def of_node_funnel(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """Of the items from which some go on, the one that loses most."""
    steps, going = int(rows["reach"].sum()), int(rows["transitions"].sum())
    passed = rows[rows["transitions"] > 0]
    if passed.empty or int(passed["drop_off"].max()) == 0:
        return Finding("No item that calls go on from loses any", f"{share_of(going, steps)} steps have a next one.")
    worst = passed.iloc[int(passed["drop_off"].to_numpy().argmax())]
    return Finding(
        f"{named(worst)} loses most: {number(int(worst['drop_off']))} of {number(int(worst['reach']))}",
        f"{percent(int(worst['drop_off']) / int(worst['reach']), 0)} of its visits are a call's last step. Of all "
        f"{number(steps)} steps, {percent(going / steps, 0)} have a next one.",
        alarming=True,
    )


def of_depth_funnel(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """By which step half of the calls have ended, and after which most do."""
    n_calls = rows["n_calls"].astype(int)
    total = int(n_calls.iloc[0])
    half = int((n_calls > total / 2).sum())
    ended = (n_calls - n_calls.shift(-1, fill_value=0)).astype(int)
    worst = int(ended.argmax())
    return Finding(
        f"Half of the calls end by step {number(half)}",
        f"Most end on step {worst + 1}: {number(int(ended.iloc[worst]))} of the "
        f"{plural(int(n_calls.iloc[worst]), 'call')} that get there. The longest has {plural(len(rows), 'step')}.",
    )


def of_depths(depths: pd.DataFrame) -> str:
    """On which step most calls end in the middle of the menu."""
    if depths.empty or int(depths["ends_mid_menu"].sum()) == 0:
        return ""
    worst = depths.iloc[int(depths["ends_mid_menu"].argmax())]
    step, n_here, lost = (int(worst[name]) for name in ("depth", "goes_on", "ends_mid_menu"))
    return f"The largest mid-menu loss is on step {step}: {number(lost)} of the {plural(n_here, 'call')} that get there"
