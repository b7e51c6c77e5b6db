"""What a chart shows: a frozen value with one rendering for addresses, and a title in words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import NamedTuple

import pyarrow as pa

from core.errors import ViewError
from core.sql.tables import Table, schema_of
from core.text import isolate

PREFIX = "c."
"""What the parts of a draft begin with in an address."""


class Sort(StrEnum):
    """What can be done with a column."""

    NUMBER = "number"
    TIME = "time"
    WORDS = "words"


class Field(NamedTuple):
    """A column of a table, and of what sort it is; `has_clock` tells a moment from a day."""

    name: str
    sort: Sort
    has_clock: bool = False


HOW = {
    "rows": "Number of rows",
    "distinct": "Different values of",
    "sum": "Sum of",
    "mean": "Mean of",
    "median": "Median of",
    "min": "Least of",
    "max": "Most of",
}
"""How rows become one figure -> in words."""
OF_NUMBERS = ("sum", "mean", "median", "min", "max")
ADDING_UP = ("rows", "sum")
"""Whose parts add up to the whole, so that they may be stacked."""
KINDS = {"": "What fits", "bars": "Bars", "line": "Line", "heat": "Heat map"}


@dataclass(frozen=True)
class Draft:
    """One figure (`how`, of the column `y` unless it is the number of rows) by the column `x` of a table.

    `colour` and `facet` are columns that part it further, "" for none; `kind` is a form, "" for the one that fits.
    """

    table: str
    x: str
    how: str = "rows"
    y: str = ""
    colour: str = ""
    facet: str = ""
    kind: str = ""

    def as_query(self) -> dict[str, str]:
        """The draft as parameters of an address; nothing for what is not said."""
        said = {**asdict(self), "how": "" if self.how == "rows" else self.how}
        return {f"{PREFIX}{name}": value for name, value in said.items() if value}

    @staticmethod
    def from_query(query: Mapping[str, str]) -> "Draft | None":
        """The draft in an address, None where there is none."""
        given = {one.name: query.get(f"{PREFIX}{one.name}", "") for one in fields(Draft)}
        if not given["table"] or not given["x"]:
            return None
        return Draft(**{**given, "how": given["how"] or "rows"})

    @property
    def title(self) -> str:
        """ "Mean of price by city, month and kind"."""
        what = HOW[self.how] if self.how == "rows" else f"{HOW[self.how]} {isolate(self.y)}"
        *first, last = (isolate(one) for one in (self.x, self.colour, self.facet) if one)
        before = f"{', '.join(first)} and " if first else ""
        return f"{what} by {before}{last}"


def fields_of(table: Table) -> dict[str, Field]:
    """The columns of a table that a chart can be made of, by name."""
    found = {}
    for name, kind in schema_of(table).items():
        if pa.types.is_boolean(kind) or pa.types.is_string(kind):
            found[name] = Field(name, Sort.WORDS)
        elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            found[name] = Field(name, Sort.NUMBER)
        elif pa.types.is_date(kind) or pa.types.is_timestamp(kind):
            found[name] = Field(name, Sort.TIME, pa.types.is_timestamp(kind))
    return found


def check(draft: Draft, known: Mapping[str, Field]) -> None:
    """Raise ViewError where the draft asks for what is not there or does not fit; `known` are the table's columns."""
    for name in (draft.x, draft.colour, draft.facet, draft.y):
        if name and name not in known:
            raise ViewError(f"There is no column {name[:60]!r} in this table.", "Choose another one.")
    if draft.how not in HOW or draft.kind not in KINDS:
        raise ViewError("This address asks for a chart that there is not.", "Put it together again.")
    if draft.how != "rows" and not draft.y:
        raise ViewError(f"“{HOW[draft.how]}” needs a column.", "Choose one.")
    if draft.how in OF_NUMBERS and known[draft.y].sort is not Sort.NUMBER:
        raise ViewError(f"“{HOW[draft.how]}” needs a column of numbers.", "Choose another one, or count its values.")
    if draft.kind == "heat" and not draft.colour:
        raise ViewError("A heat map needs two columns to lie between.", "Choose a colour.")
