"""What a view is: a question about the calls, its table, and what the table says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from core.errors import ViewError
from core.flow.filter import ALL, Filter
from core.flow.findings import Finding, nobody
from core.flow.findings.words import Tell
from core.flow.selection import select
from core.ingest.mapping import Role
from core.tables.calllog import CallLog


class Compute(Protocol):
    def __call__(self, log: CallLog, where: Filter, /, **given: str) -> pd.DataFrame: ...


class Plain(Protocol):
    def __call__(self, log: CallLog, where: Filter, /) -> pd.DataFrame: ...


@dataclass(frozen=True)
class View:
    """A question about the calls, with one table as its answer.

    `key` names it on the command line and, as its address, in the browser; `section` is the question under which it
    stands; `definition` says how its numbers are counted, by column; `parameters` are what it takes beside the filter,
    with what each means; `needs` are the roles without which it has no answer; `tell` puts the answer into a sentence;
    a `single` view has one row.
    """

    key: str
    title: str
    section: str
    icon: str
    question: str
    definition: str
    columns: tuple[str, ...]
    compute: Compute
    tell: Tell
    parameters: Mapping[str, str] = field(default_factory=dict)
    needs: frozenset[Role] = frozenset()
    single: bool = False

    def missing(self, log: CallLog) -> tuple[Role, ...]:
        """The roles that the view needs and that no column of the log has."""
        return tuple(role for role in Role if role in self.needs and role.value not in log.about.roles)

    def frame(self, log: CallLog, where: Filter = ALL, **given: str) -> pd.DataFrame:
        """The view's table. Raises ViewError for a parameter it does not take or a column that it needs."""
        for name in given:
            if name not in self.parameters:
                raise ViewError(
                    f"{self.title} takes no {name!r}.",
                    f"It takes: {', '.join(self.parameters) or 'nothing'}.",
                )
        for role in self.missing(log):
            raise ViewError(f"{self.title} needs a column that is the {role}.", "Map one and process again.")
        return self.compute(log, where, **given)

    def finding(self, log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
        """What `rows`, the view's table under `where`, say."""
        return self.tell(log, where, rows) if select(log, where).n_calls else nobody()


def plain(compute: Plain) -> Compute:
    """A computation that takes nothing beside the filter."""

    def computed(log: CallLog, where: Filter, /, **given: str) -> pd.DataFrame:
        return compute(log, where)

    return computed
