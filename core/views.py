"""The one registry of views: what each is called, asks, means, needs and computes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from core.errors import ViewError
from core.flow import paths, summary
from core.flow.filter import ALL, Filter, split_ids
from core.ingest.mapping import Role
from core.tables.calllog import CallLog


class Compute(Protocol):
    def __call__(self, log: CallLog, where: Filter, /, **given: str) -> pd.DataFrame: ...


@dataclass(frozen=True)
class View:
    """A question about the calls, with one table as its answer.

    `key` names it on the command line and, as its address, in the browser; `section` is the question under which it
    stands; `definition` says how its numbers are counted, by column; `parameters` are what it takes beside the filter,
    with what each means; `needs` are the roles without which it has no answer; a `single` view has one row.
    """

    key: str
    title: str
    section: str
    icon: str
    question: str
    definition: str
    columns: tuple[str, ...]
    compute: Compute
    parameters: Mapping[str, str] = field(default_factory=dict)
    needs: frozenset[Role] = frozenset()
    single: bool = False

    def frame(self, log: CallLog, where: Filter = ALL, **given: str) -> pd.DataFrame:
        """The view's table. Raises ViewError for a parameter it does not take or a column that it needs."""
        for name in given:
            if name not in self.parameters:
                raise ViewError(
                    f"{self.title} takes no {name!r}.",
                    f"It takes: {', '.join(self.parameters) or 'nothing'}.",
                )
        for role in self.needs:
            if role.value not in log.about.roles:
                raise ViewError(f"{self.title} needs a column that is the {role}.", "Map one and process again.")
        return self.compute(log, where, **given)


def _summary(log: CallLog, where: Filter, /, **given: str) -> pd.DataFrame:
    return summary.summary(log, where)


def _path_explorer(log: CallLog, where: Filter, /, **given: str) -> pd.DataFrame:
    return paths.path_explorer(log, where, split_ids(given.get("prefix", "")))


VIEWS: tuple[View, ...] = (
    View(
        key="summary",
        title="Summary",
        section="Overview",
        icon=":material/space_dashboard:",
        question="What does this log say at a glance?",
        definition="A call is one call id in one file; its path is its steps in order, repeats kept. Lengths are in "
        "steps; a percentile is the value at position ceil(p × n), counted from 1 (nearest rank). A call ends "
        "mid-menu when its last menu item still has options below it. Rejected rows are those of the whole import.",
        columns=summary.SUMMARY_COLUMNS,
        compute=_summary,
        single=True,
    ),
    View(
        key="path-explorer",
        title="Path Explorer",
        section="Where do they go?",
        icon=":material/account_tree:",
        question="Where do calls go from here?",
        definition="Calls whose path begins with the steps above, by their next step. The share is of those calls; "
        "“ended there” are those of them for which that step is the last. Calls that end on the step you are at "
        "are shown as “Ended here”.",
        columns=("node", "label", "n_calls", "share", "n_ended"),
        compute=_path_explorer,
        parameters={"prefix": "ids of the steps that the path begins with, joined with commas"},
    ),
)

BY_KEY: Mapping[str, View] = {view.key: view for view in VIEWS}


def view(key: str) -> View:
    """The view named `key`. Raises ViewError, naming those there are."""
    if key not in BY_KEY:
        raise ViewError(f"There is no view named {key[:40]!r}.", f"There are: {', '.join(BY_KEY)}.")
    return BY_KEY[key]


def sections() -> dict[str, list[View]]:
    """The views by the question under which they stand, in order."""
    grouped: dict[str, list[View]] = {}
    for one in VIEWS:
        grouped.setdefault(one.section, []).append(one)
    return grouped
