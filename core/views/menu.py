"""The views of “Is the menu sound?”."""

import pandas as pd

from core.flow import anomalies, findings, menu_audit
from core.flow.filter import Filter
from core.ingest.mapping import Role
from core.tables.calllog import CallLog
from core.view import View

SECTION = "Is the menu sound?"


def _duplicates(log: CallLog, where: Filter) -> pd.DataFrame:
    return menu_audit.duplicates(log)


VIEWS: tuple[View, ...] = (
    View(
        key="anomalies",
        title="Off-menu Moves",
        section=SECTION,
        icon=":material/alt_route:",
        question="Which moves does the menu not have?",
        definition="Transitions that are no edge of the menu. Repeat: the same item again. Back: an item met earlier "
        "in the same call. Up: an item above it in the menu, not met before. Jump: elsewhere. A transition has the "
        "kind of most of its n occurrences.",
        columns=("source", "source_label", "target", "target_label", "n", "kind"),
        compute=anomalies.anomalies,
        tell=findings.of_anomalies,
        needs=frozenset({Role.PARENT}),
    ),
    View(
        key="unreachable",
        title="Unreached Items",
        section=SECTION,
        icon=":material/visibility_off:",
        question="Which menu items does no call touch?",
        definition="Items of the menu (declared by a parent, or as one) that none of the calls that pass the filter "
        "touches. A log alone names only what was called: a file of the whole menu gives this view its meaning.",
        columns=("node", "label"),
        compute=menu_audit.unreachable,
        tell=findings.of_unreachable,
        needs=frozenset({Role.PARENT}),
    ),
    View(
        key="duplicates",
        title="Same Labels",
        section=SECTION,
        icon=":material/content_copy:",
        question="Which labels do several menu items share?",
        definition="Labels that more than one menu item has: compared without outer blanks and upper or lower case, "
        "in Unicode's composed form (NFC). The whole menu is looked at, whatever the filter.",
        columns=("label", "nodes", "n_nodes"),
        compute=_duplicates,
        tell=findings.of_duplicates,
    ),
)
