"""The views of the overview."""

import pandas as pd

from core.flow import findings, summary
from core.flow.filter import Filter
from core.tables.calllog import CallLog
from core.view import View

SECTION = "Overview"


def _of_summary(log: CallLog, where: Filter, rows: pd.DataFrame) -> findings.Finding:
    return findings.of_summary(log, where)


VIEWS: tuple[View, ...] = (
    View(
        key="summary",
        title="Summary",
        section=SECTION,
        icon=":material/space_dashboard:",
        question="What does this log say at a glance?",
        definition="A call is one call id in one file; its path is its steps in order, repeats kept. Lengths are in "
        "steps; a percentile is the value at position ceil(p × n), counted from 1 (nearest rank). A call ends "
        "mid-menu when its last menu item still has options below it. Rejected rows are those of the whole import.",
        columns=summary.SUMMARY_COLUMNS,
        compute=summary.summary,
        tell=_of_summary,
        single=True,
    ),
)
