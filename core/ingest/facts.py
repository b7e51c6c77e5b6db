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

    `quote` is "" where values are never in quotes. `preamble` is the number of lines before the header, `header` how
    many lines that takes, and `width` the number of columns, 0 where nobody has looked. `newline` is a carriage return
    where line ends are of several kinds. `damaged` is a file that is not to be read as it is, though its quotes may be
    `orderly`. That, `padded` and `regular` are what `scan.look` found, and say nothing where nobody has looked.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    encoding: str = "utf-8"
    newline: str = "\n"
    preamble: int = 0
    header: int = 1
    width: int = 0
    damaged: bool = False
    box: Box = Box()
    orderly: bool = False
    padded: frozenset[int] | None = None
    regular: bool = False

    @property
    def delimiter_name(self) -> str:
        return DELIMITER_NAMES.get(self.delimiter, self.delimiter)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of how a file is written; "" and None where they leave it to the guess."""

    encoding: str = ""
    delimiter: str = ""
    quote: str | None = None
    preamble: int | None = None
    header: int | None = None


DELIMITER_NAMES = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "vertical bar",
    " ": "space",
    ":": "colon",
    "^": "caret",
    "~": "tilde",
    "||": "two vertical bars",
    ", ": "comma and space",
}


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What speaks for the encoding of a file.

    `kind` is "mark" for a byte order mark, "bytes" where all bytes are valid in it and in nothing else that is likely,
    "ascii" where no character asks for one, "chosen" where a person said so, else "guess". A guess has the `language`
    it makes the text, where that is known, and the share of its foreign characters that are then `letters`, 0 to 1.
    """

    kind: str = "bytes"
    language: str = ""
    letters: float = 0.0

    @property
    def sure(self) -> bool:
        return self.kind != "guess"


class Mend(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to `rows` rows so that they could be read; `line`, `text` and `values` are of the first of them."""

    what: str
    rows: int
    line: int
    text: str = ""
    values: tuple[str, ...] = ()


class Another(msgspec.Struct, frozen=True, kw_only=True):
    """What seems to be another table below the first: the line of its header, its rows and columns."""

    line: int
    rows: int
    columns: int


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

    `nulls` counts values that were taken for missing although something stands there, such as NULL; `trimmed` those
    that lost outer blanks. `looks_like` says what of persons the first values look like ("phone numbers"), "" where
    they do not. `distinct` is the exact number where `hedge` is "", else an estimate ("about") or a lower bound ("at
    least").
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
    nulls: int = 0
    trimmed: int = 0


class FileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`rows` counts all rows below the header, `unreadable` those of them that do not fit the columns.
    `mends` are those that do only because something was done to them. `another` are those of them that seem to be
    another table.

    `hidden` are the columns whose values were taken out of `samples` and `preview`, and for what ("pseudonym" or "left
    out"). A file that cannot be used has a `problem` and a `hint`, and of the rest only the dialect's box is to be
    trusted.
    """

    dialect: Dialect = Dialect()
    evidence: Evidence = Evidence()
    mends: tuple[Mend, ...] = ()
    rows: int = 0
    unreadable: int = 0
    another: Another | None = None
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
