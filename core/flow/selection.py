"""The calls that pass a filter, counted: what every view is computed from, so that all of their figures agree."""

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np

from core.engine import identifier
from core.errors import ViewError
from core.flow.filter import ALL, Asked, Condition, Filter
from core.tables.arrays import NO_DAY, Cells, Counts, Mask, summed, weekday_of
from core.tables.calllog import CallLog

EPOCH = date(1970, 1, 1)
IN_MEMORY = 4_000_000
"""Calls: of as many, the columns of a filter take some 100 MB."""
_COUNTED = frozenset({"date", "weekday", "file"})
"""What every cell knows."""


class Selection:
    """The calls of a log that pass a filter: `cells` of them, and what follows from those."""

    def __init__(self, log: CallLog, cells: Cells) -> None:
        self.log, self.cells = log, cells

    @cached_property
    def weights(self) -> Counts:
        """How many of the calls take each path."""
        return summed(self.cells.path, self.cells.n, len(self.log.paths))

    @cached_property
    def n_calls(self) -> int:
        return int(self.cells.n.sum())

    @cached_property
    def of_step(self) -> Counts:
        """How many of the calls take each step of each path."""
        return np.repeat(self.weights, self.log.paths.lengths)

    @cached_property
    def reach(self) -> Counts:
        """How often the calls are on each node."""
        return self.by_node(self.log.paths.nodes, self.of_step)

    @cached_property
    def touched(self) -> Counts:
        """How many of the calls touch each node."""
        firsts = self.log.paths.is_first_touch
        return self.by_node(self.log.paths.nodes[firsts], self.of_step[firsts])

    @cached_property
    def ended(self) -> Counts:
        """How many of the calls end on each node."""
        return self.by_node(self.log.paths.leaf, self.weights)

    @cached_property
    def transitions(self) -> Counts:
        """How often the calls take each of `log.paths.pairs`."""
        pairs = self.log.paths.pairs
        return summed(pairs.of_step, self.of_step[pairs.steps], len(pairs))

    def by_node(self, nodes: Any, n: Counts) -> Counts:
        """`n` summed by node."""
        return summed(nodes, n, len(self.log.ids))

    @cached_property
    def by_day(self) -> tuple[Counts, Counts]:
        """The days on which calls were made, as days since 1970 in order, and how many; without those of no date."""
        return self._counted(self.cells.day != NO_DAY)

    def days_of(self, kept: Mask) -> tuple[Counts, Counts]:
        """`by_day` of some of the cells."""
        return self._counted(kept & (self.cells.day != NO_DAY))

    def _counted(self, kept: Mask) -> tuple[Counts, Counts]:
        days, n = self.cells.day, self.cells.n
        if not kept.all():
            days, n = days[kept], n[kept]
        if not len(days):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        first = int(days.min())
        counts = summed(days - first, n, 1)
        places = np.flatnonzero(counts)
        return places + first, counts[places]

    @property
    def span(self) -> tuple[date, date] | None:
        """The first and the last day on which one of the calls was made."""
        days, _ = self.by_day
        return (as_date(int(days[0])), as_date(int(days[-1]))) if len(days) else None


def select(log: CallLog, where: Filter = ALL) -> Selection:
    """The calls of `log` that pass `where`. Raises ViewError for a filter by a column that is not there."""
    return log.recall(where, lambda: selection(log, where))


class Source(StrEnum):
    """Where calls are counted from; each gives the same counts."""

    VARIANTS = "variants"
    CALLS = "calls"
    SQL = "sql"


def selection(log: CallLog, where: Filter, source: Source | None = None) -> Selection:
    """The calls counted from `source`, by itself the cheapest that can answer.

    That is `variants` where it carries the filter, else the columns of `calls` that are asked for, which are held as
    long as they are in use, and SQL over `calls` in a log of more than IN_MEMORY calls, and for what is in no column.
    """
    asked = where.conditions(log)
    conditions = [one for one in asked if isinstance(one, Condition)]
    source = source or _source(log, conditions)
    if source is Source.SQL or len(conditions) < len(asked):
        text, values = _sql(asked)
        query = f"SELECT path, file, date, count(*) AS n FROM calls WHERE {text} GROUP BY ALL"
        cells, conditions = Cells.of(log.arrow(query, values)), []
    elif source is Source.CALLS:
        columns = tuple(sorted({one.column for one in conditions} - _COUNTED))
        cells = log.held(columns, lambda: _single(log, columns))
    else:
        cells = log.cells
    masks = [_passing(cells, condition) for condition in conditions]
    paths = path_mask(log, where)
    if paths is not None:
        masks.append(paths[cells.path])
    if cells.is_single:  # what has been asked of the columns need not be taken along
        cells = replace(cells, columns={})
    kept = masks[0] if len(masks) == 1 else np.logical_and.reduce(masks) if masks else None
    return Selection(log, cells if kept is None else cells.where(kept))


def _source(log: CallLog, conditions: list[Condition]) -> Source:
    if {*_COUNTED, *log.about.carried}.issuperset(condition.column for condition in conditions):
        return Source.VARIANTS
    return Source.CALLS if log.about.found.n_calls <= IN_MEMORY else Source.SQL


def _single(log: CallLog, columns: tuple[str, ...]) -> Cells:
    """Each call as a cell of its own, with these columns."""
    names = "".join(f", {identifier(name)}" for name in columns)
    cells = Cells.of(log.arrow(f"SELECT path, file, date, 1::BIGINT AS n{names} FROM calls"), columns)
    return replace(cells, is_single=True)


def path_mask(log: CallLog, where: Filter) -> Mask | None:
    """Which paths `where` lets pass; None where it asks nothing of them."""
    paths, masks = log.paths, []
    for field, nodes in (("intents", paths.intent), ("starts", paths.first), ("ends", paths.leaf)):
        if wanted := getattr(where, field):
            masks.append(np.isin(nodes, [_code(log, one) for one in wanted]))
    masks += [paths.touching([_code(log, one)]) for one in where.via]
    if where.links:
        urls = log.node_table["url"].to_pylist()
        masks.append(paths.touching([node for node, url in enumerate(urls) if url in where.links]))
    masks += [paths.taking(_code(log, source), _code(log, target)) for source, target in where.transitions]
    if where.begins:
        masks.append(paths.beginning([_code(log, one) for one in where.begins]))
    if where.shortest is not None:
        masks.append(paths.lengths >= where.shortest)
    if where.longest is not None:
        masks.append(paths.lengths <= where.longest)
    return np.logical_and.reduce(masks) if masks else None


def codes_of(log: CallLog, ids: tuple[str, ...]) -> list[int]:
    """The numbers of nodes. Raises ViewError for an id that is not known."""
    for one in ids:
        if one not in log.codes:
            raise ViewError(f"There is no menu item with the id {one[:80]!r} in this session.", "Go back to all calls.")
    return [log.codes[one] for one in ids]


def as_date(day: int) -> date:
    return EPOCH + timedelta(days=day)


def _code(log: CallLog, node_id: str) -> int:
    return log.codes.get(node_id, -1)


def _passing(cells: Cells, condition: Condition) -> Mask:
    if condition.column == "date":
        low = (condition.low - EPOCH).days if condition.low else int(NO_DAY) + 1
        high = (condition.high - EPOCH).days if condition.high else 2**31 - 1
        return (cells.day >= low) & (cells.day <= high)
    if condition.column == "weekday":
        return np.isin(weekday_of(cells.day), condition.members)
    if condition.column == "file":
        return np.isin(cells.file, condition.members)
    words = cells.values[condition.column]
    wanted = {None if one is None else str(one) for one in condition.members}
    table = np.array([one in wanted for one in (*words, None)])
    return table[cells.columns[condition.column]]


def _sql(conditions: list[Condition | Asked]) -> tuple[str, list[Any]]:
    rendered = [condition.sql() for condition in conditions]
    return " AND ".join(["true", *(text for text, _ in rendered)]), [value for _, bound in rendered for value in bound]
