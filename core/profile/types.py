"""What a column holds: the type that all of its values agree on, tried on the first rows and held to by every row."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from core.engine import quoted
from core.ingest import dates
from core.ingest.load import parsed_date
from core.ingest.numbers import Notation, parsed


class ColumnType(StrEnum):
    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    BOOLEAN = "yes or no"
    DATE = "date"
    MOMENT = "date and time"
    TIME = "time of day"


SQL_TYPES = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.WHOLE: "BIGINT",
    ColumnType.NUMBER: "DOUBLE",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.MOMENT: "TIMESTAMP",
    ColumnType.TIME: "TIME",
}
NUMERIC = (ColumnType.WHOLE, ColumnType.NUMBER)
DATED = (ColumnType.DATE, ColumnType.MOMENT)

STAND_INS = ("na", "n/a", "#n/a", "nan", "none", "-", "--", ".", "?")
"""What people write where a value is missing. In a column of text it is a value; where every other value has a type,
it is taken for missing."""
_PAIRS = (("true", "false"), ("yes", "no"), ("t", "f"), ("y", "n"), ("ja", "nein"), ("oui", "non"), ("כן", "לא"))
_CLOCKS = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")


class Reading(NamedTuple):
    """A type, and how it is written: the format of dates and clocks, the notation of numbers, words for yes and no."""

    type: ColumnType
    format: str = ""
    words: tuple[str, ...] = ()


TEXT = Reading(ColumnType.TEXT)
WHOLE = Reading(ColumnType.WHOLE)
NUMBERS = tuple(Reading(ColumnType.NUMBER, one.value) for one in Notation)


def typed(value: str, reading: Reading) -> str:
    """SQL for the clean text `value` as its type, NULL where it is none of that type.

    A whole number is written in the one way that gives the same text back, so `007` is none.
    """
    if reading.type is ColumnType.TEXT:
        return value
    if reading.type is ColumnType.WHOLE:
        whole = f"try_cast({value} AS BIGINT)"
        return f"CASE WHEN CAST({whole} AS VARCHAR) = {value} THEN {whole} END"
    if reading.type is ColumnType.NUMBER:
        return parsed(value, Notation(reading.format))
    if reading.type is ColumnType.BOOLEAN:
        yes, no = map(quoted, reading.words)
        return f"CASE lower({value}) WHEN {yes} THEN true WHEN {no} THEN false END"
    if reading.type is ColumnType.TIME:
        return f"CAST(try_strptime({value}, {quoted(reading.format)}) AS TIME)"
    return f"CAST({parsed_date(value, reading.format)} AS {SQL_TYPES[reading.type]})"


def stands_in(value: str) -> str:
    """SQL for whether the clean text `value` is a word for a missing value."""
    return f"lower({value}) IN ({', '.join(map(quoted, STAND_INS))})"


def candidates(first: Sequence[str | None], formats: Mapping[str, int], date_format: str = "") -> list[Reading]:
    """The readings worth trying on a column, the narrowest first; `first` are the clean values of its first rows.

    `formats` are the date formats that read a part of it (format -> values read), of which a person may have chosen
    `date_format`.
    """
    seen = {value.lower() for value in first if value is not None and value.lower() not in STAND_INS}
    if not seen:
        return []
    if date_format := date_format or dates.chosen(formats):
        kind = ColumnType.MOMENT if dates.has_time(date_format) else ColumnType.DATE
        return [Reading(kind, date_format)]
    # One word alone is no answer to yes or no: NO is a country, too.
    pair = next((words for words in _PAIRS if seen == set(words) or seen <= {"true", "false"}), None)
    if pair is not None:
        return [Reading(ColumnType.BOOLEAN, words=pair)]
    if not any(any(map(str.isdecimal, value)) for value in seen):  # no numbers and no clocks among them
        return []
    return [WHOLE, *NUMBERS, *(Reading(ColumnType.TIME, one) for one in _CLOCKS)]
