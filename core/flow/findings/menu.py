"""What the views of "Is the menu sound?" say."""

import numpy as np
import pandas as pd

from core.flow.filter import Filter
from core.flow.findings.words import Finding, named
from core.flow.selection import select
from core.tables.calllog import CallLog
from core.text import number, percent, plural, share_of


def of_anomalies(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """How many moves the menu does not have, and the most frequent of them."""
    moves, off = int(select(log, where).transitions.sum()), int(rows["n"].sum()) if len(rows) else 0
    if not off:
        return Finding("Every move is one that the menu has", f"{share_of(moves, moves)} moves follow its edges.")
    best = rows.iloc[0]
    return Finding(
        f"{number(off)} of {plural(moves, 'move')} {'leaves' if off == 1 else 'leave'} the menu's own ways",
        f"{percent(off / moves)}, in {plural(len(rows), 'transition')}. The most frequent is from "
        f"{named(best, 'source_label')} to {named(best, 'target_label')} ({best['kind']}, {number(int(best['n']))}).",
    )


def of_unreachable(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """How many items of the menu no call touches."""
    in_menu = int(np.count_nonzero(log.node_table["in_menu"].to_numpy(zero_copy_only=False)))
    if not len(rows):
        return Finding("Every item of the menu is touched by a call", f"{share_of(in_menu, in_menu)} items.")
    verb = "is" if len(rows) == 1 else "are"
    return Finding(
        f"{number(len(rows))} of {plural(in_menu, 'menu item')} {verb} touched by no call",
        f"{percent(len(rows) / in_menu)} of the menu, counted in the calls that pass the filter.",
    )


def of_duplicates(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """How many labels several items share."""
    if not len(rows):
        return Finding("No two menu items have the same label", f"{plural(len(log.ids), 'item')} were compared.")
    best = rows.iloc[0]
    one = "label is" if len(rows) == 1 else "labels are"
    return Finding(
        f"{number(len(rows))} {one} shared by several menu items",
        f"{share_of(int(rows['n_nodes'].sum()), len(log.ids))} items. {named(best)} is the label of "
        f"{number(int(best['n_nodes']))} of them.",
    )
