"""What lies beside the typed rows of a file: its columns, their types, and how sure these are."""

import hashlib
from pathlib import Path

import msgspec

from core.errors import NotReady
from core.ingest.facts import ColumnFacts, Dialect
from core.ingest.mapping import Treatment
from core.profile.days import Days
from core.profile.measures import Histogram, Numbers
from core.profile.types import ColumnType

SCHEMA = 3
PROFILE = "profile.json"
WIDTH = 200
"""Columns in one file of rows: wider ones would not fit into memory as they are written."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """All that the typed rows of a file are made of, besides the file.

    `date_formats` are chosen, by column; `hidden` are the columns whose values are not kept as they are.
    """

    file_id: str
    dialect: Dialect
    columns: tuple[ColumnFacts, ...]
    rows: int
    date_formats: dict[str, str] = {}
    hidden: dict[str, Treatment] = {}

    @property
    def folder(self) -> str:
        """The name of the folder that holds them: another one when anything of this is another."""
        columns = [(one.name, one.formats) for one in self.columns]
        told = (SCHEMA, self.dialect, columns, self.date_formats, self.hidden)
        return f"{self.file_id}-{hashlib.blake2b(msgspec.json.encode(told), digest_size=8).hexdigest()}"


class Nearly(msgspec.Struct, frozen=True):
    type: ColumnType
    n: int
    of: int
    others: tuple[str, ...]


class TypedColumn(msgspec.Struct, frozen=True, kw_only=True):
    """`format` tells how its dates, clocks or numbers are written. `stand_ins` are words that were taken for missing
    values, and how many of each; `missing` counts them too. Where a column is text although many of its values are of
    another type, `nearly` says of which, with how many of how many, and a few of the others. `ties` are other formats
    that read its dates as well. `personal` says why it looks as if it told of single persons.
    """

    name: str
    type: ColumnType
    format: str = ""
    missing: int = 0
    stand_ins: dict[str, int] = {}
    nearly: Nearly | None = None
    ties: tuple[str, ...] = ()
    personal: str = ""


class Lengths(msgspec.Struct, frozen=True):
    """Of texts, in characters."""

    least: int
    mean: float
    most: int


class ColumnProfile(TypedColumn, frozen=True, kw_only=True):
    """`distinct` counts the different values, missing aside; with `hedge` "about" it is an estimate, and nothing else
    is told of the values. `top` are the most frequent ones as text, cut, with their counts; none where all differ.
    `folded` is how many fewer different texts there were if upper and lower case were the same.
    """

    distinct: int = 0
    hedge: str = ""
    top: tuple[tuple[str, int], ...] = ()
    numbers: Numbers | None = None
    days: Days | None = None
    clocks: Histogram | None = None
    lengths: Lengths | None = None
    folded: int = 0


class Relation(msgspec.Struct, frozen=True):
    """How columns number `one` and `other` go together in the `n` rows that have both: two correlations of numbers, or
    Cramér's V of categories.
    """

    one: int
    other: int
    n: int
    pearson: float | None = None
    spearman: float | None = None
    cramers_v: float | None = None

    @property
    def strength(self) -> float:
        """From 0 for none to 1 for as strong as can be."""
        return abs(self.pearson) if self.pearson is not None else self.cramers_v or 0.0


class Relations(msgspec.Struct, frozen=True, kw_only=True):
    """The pairs, strongest first, as seen in `rows` rows."""

    rows: int
    pairs: tuple[Relation, ...] = ()


class Repeated(msgspec.Struct, frozen=True, kw_only=True):
    """`rows` are the same in all columns as one before them; the most frequent row comes `most` times."""

    rows: int
    most: int


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Of one file: `rows` are those that fit its columns, `unreadable` those that do not."""

    schema: int
    rows: int
    unreadable: int = 0
    columns: tuple[ColumnProfile, ...]
    relations: Relations = Relations(rows=0)
    repeated: Repeated | None = None


def parts(folder: Path, n_columns: int) -> list[tuple[Path, range]]:
    """The files of the rows in `folder`, and the numbers of the columns in each; their rows stand in the same order."""
    spans = [range(start, min(start + WIDTH, n_columns)) for start in range(0, n_columns, WIDTH)]
    return [(folder / f"rows_{number}.parquet", span) for number, span in enumerate(spans)]


def read_profile(folder: Path) -> Profile:
    """The profile in `folder`. Raises NotReady where there is none, or another version of Throughline made it."""
    try:
        profile = msgspec.json.decode((folder / PROFILE).read_bytes(), type=Profile)
    except (OSError, msgspec.MsgspecError):
        profile = None
    if profile is None or profile.schema != SCHEMA:
        raise NotReady("The columns of this file have not been looked at yet.", "Open Columns again.")
    return profile
