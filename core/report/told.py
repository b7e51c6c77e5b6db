"""What a report is made of."""

from typing import NamedTuple


class Fact(NamedTuple):
    """A sentence, and where what it tells can be changed, "" where it cannot; both may hold isolated data."""

    words: str
    change: str = ""


class Reason(NamedTuple):
    """Why rows were not taken as steps, how many, the lines of the first, and the text of one where that is kept."""

    reason: str
    kind: str
    n: int
    lines: tuple[int, ...]
    example: str


class FileReport(NamedTuple):
    """`columns` are name, role, what became of the values, and why; `total` is how the rows add up."""

    id: str
    name: str
    total: str
    found: tuple[Fact, ...]
    decided: tuple[Fact, ...]
    columns: tuple[tuple[str, str, str, str], ...]
    changed: tuple[Fact, ...]
    rejected: tuple[Reason, ...]


class Report(NamedTuple):
    """`notes` hold what is not of one file: that something was changed since, files that could not be used."""

    name: str
    headline: str
    total: str
    notes: tuple[Fact, ...]
    files: tuple[FileReport, ...]
