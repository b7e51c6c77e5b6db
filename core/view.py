"""What a view is: a question about the calls, its table, and what the table says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.errors import ViewError
from core.flow import needs
from core.flow.filter import ALL, Filter
from core.flow.findings import Finding, nobody
from core.flow.needs import Capability, Need
from core.flow.selection import select
from core.parameters import Parameter
from core.tables.calllog import CallLog

SHARED = ("node", "label", "n_calls", "share")
"""The columns of a view that counts calls by menu item."""


@dataclass(frozen=True)
class View:
    """A question about the calls, with one table as its answer.

    `key` names it on the command line and, as its address, in the browser; `section` is the question under which it
    stands; `definition` says how its numbers are counted, by column; `parameters` are what it takes beside the filter;
    `needs` is what the log has to have for it; a `single` view has one row. `compute` makes the table from the log, the
    filter and each parameter by its name, `tell` puts it into a sentence from the log, the filter, the table and again
    the parameters.
    """

    key: str
    title: str
    section: str
    icon: str
    question: str
    definition: str
    columns: tuple[str, ...]
    compute: Callable[..., pd.DataFrame]
    tell: Callable[..., Finding]
    parameters: tuple[Parameter, ...] = ()
    needs: frozenset[Need] = frozenset()
    single: bool = False

    def missing(self, log: CallLog) -> tuple[Need, ...]:
        """What the view needs and the log does not have."""
        return tuple(need for need in sorted(self.needs) if not needs.is_met(need, log))

    def values(self, log: CallLog, **given: str) -> dict[str, Any]:
        """Each parameter by its name: what a text `given` for it says, else its default. Raises ViewError."""
        known = {one.name: one for one in self.parameters}
        for name in given:
            if name not in known:
                raise ViewError(
                    f"{self.title} takes no {name!r}.",
                    f"It takes: {', '.join(known) or 'nothing'}.",
                )
        return {name: one.read(given[name]) if name in given else one.default(log) for name, one in known.items()}

    def frame(self, log: CallLog, where: Filter = ALL, **given: str) -> pd.DataFrame:
        """The view's table. Raises ViewError for a parameter it does not take or something that it needs."""
        values = self.values(log, **given)
        for need in self.missing(log):
            if isinstance(need, Capability):
                raise ViewError(f"{self.title} needs the {need}.", needs.why_missing(need))
            raise ViewError(f"{self.title} needs a column that is the {need}.", "Map one and process again.")
        return self.compute(log, where, **values)

    def finding(self, log: CallLog, where: Filter, rows: pd.DataFrame, **given: str) -> Finding:
        """What `rows`, the view's table under `where` and `given`, say."""
        if not select(log, where).n_calls:
            return nobody()
        return self.tell(log, where, rows, **self.values(log, **given))
