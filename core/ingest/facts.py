"""What an inspection finds in a file, as it is kept in the session's record."""

from enum import StrEnum

import msgspec

from core.ingest.lifecycle import Phase


class Kind(StrEnum):
    """What holds the rows."""

    TEXT = "text"
    WORKBOOK = "xlsx"
    PARQUET = "parquet"
    EVENT_LOG = "xes"


class Packing(StrEnum):
    """What is wrapped around that."""

    NONE = ""
    GZIP = "gzip"
    ZIP = "zip"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet of a workbook or a file in a zip; `size` is in bytes, 0 where it says nothing."""

    name: str
    kind: Kind = Kind.TEXT
    size: int = 0


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """What an upload is to be taken out of: `part` of the `parts` that can be chosen, "" where there is no choice.

    `others` counts what else is in it and cannot be chosen.
    """

    kind: Kind = Kind.TEXT
    packing: Packing = Packing.NONE
    part: str = ""
    parts: tuple[Part, ...] = ()
    others: int = 0

    @property
    def is_text(self) -> bool:
        """Whether the rows lie in it as text, so that encoding and delimiter are the file's own."""
        return self.kind is Kind.TEXT


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """How the rows of a file are written, once they are taken out of their `box`.

    `preamble` is the number of lines before the header. `orderly` and `padded` are what `scan.look` found, and say
    nothing where nobody has looked.
    """

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    newline: str = "\n"
    preamble: int = 0
    box: Box = Box()
    orderly: bool = False
    padded: frozenset[int] | None = None

    @property
    def delimiter_name(self) -> str:
        return {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}.get(self.delimiter, self.delimiter)


class FirstRows(msgspec.Struct, frozen=True, kw_only=True):
    """What the first rows show of a column: how many rows, different values, and runs of rows with one value.

    `kind` is "whole" or "decimal" where nearly all values are such numbers, "link" where they are web addresses, else
    "text"; `width` is the mean number of characters.
    """

    rows: int = 0
    distinct: int = 0
    runs: int = 0
    kind: str = "text"
    width: float = 0.0


class ColumnFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`formats` gives, for each date format that reads a part of the column, how many values it reads; `phases` how
    many of its values are words for each phase of a step.

    `looks_like` says what of persons the first values look like ("phone numbers"), "" where they do not.
    `distinct` is the exact number where `hedge` is "", else an estimate ("about") or a lower bound ("at least").
    """

    name: str
    filled: int = 0
    distinct: int = 0
    hedge: str = ""
    samples: tuple[str, ...] = ()
    formats: dict[str, int] = {}
    phases: dict[Phase, int] = {}
    first: FirstRows = FirstRows()
    looks_like: str = ""


class FileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`rows` counts all rows below the header, `unreadable` those of them that do not fit the columns.

    `hidden` are the columns whose values were taken out of `samples` and `preview`, and for what ("pseudonym" or "left
    out"). A file that cannot be used has a `problem` and a `hint`, and of the rest only the dialect's box is to be
    trusted.
    """

    dialect: Dialect = Dialect()
    sure_of_encoding: bool = True
    rows: int = 0
    unreadable: int = 0
    columns: tuple[ColumnFacts, ...] = ()
    preview: tuple[tuple[str | None, ...], ...] = ()
    hidden: dict[str, str] = {}
    problem: str = ""
    hint: str = ""

    @property
    def box(self) -> Box:
        """What the rows are taken out of."""
        return self.dialect.box

    @property
    def usable(self) -> bool:
        return not self.problem

    @property
    def header(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)
