"""Numbers as places write them: which notation reads a whole column, and SQL that reads it so.

A column is one of numbers only where one notation reads all its values. Ids stay text: a value with a leading zero
(`007`), a plus, or more digits than a number keeps is none, and so the column that holds it is none.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from core.engine import quoted

DIGITS = 15
"""A DOUBLE keeps so many digits of every number; a whole number that has more would come out as another one."""
DECIMALS = 40
"""A fraction may have more than is kept: programs write them out to the last digit, and no id looks like one."""


class Notation(StrEnum):
    """How numbers are written, by what twelve hundred and a half looks like; groups of digits may be left out."""

    POINT = "1,234.5"
    COMMA = "1.234,5"
    SPACE = "1 234,5"
    APOSTROPHE = "1'234.5"


_MINUS = "\u2212"


class _Marks(NamedTuple):
    groups: str
    """The characters that may part groups of three digits."""
    decimal: str


_MARKS = {
    Notation.POINT: _Marks(",", "."),
    Notation.COMMA: _Marks(".", ","),
    Notation.SPACE: _Marks(" \u00a0\u2009\u202f", ","),
    Notation.APOSTROPHE: _Marks("'\u2019", "."),
}


def pattern(notation: Notation) -> str:
    """A regular expression, the same to Python and to DuckDB, that a whole value must match to be such a number."""
    marks = _MARKS[notation]
    decimal = re.escape(marks.decimal)
    # A number parts all its groups with the same mark.
    groups = (f"(?:{re.escape(mark)}[0-9]{{3}}){{1,{DIGITS // 3 - 1}}}" for mark in marks.groups)
    grouped = "|".join(f"[1-9][0-9]{{0,2}}{one}" for one in groups)
    whole = f"(?:0|[1-9][0-9]{{0,{DIGITS - 1}}}|{grouped})"
    # An exponent needs a decimal mark or a sign before it is one: 12e5 may be an id.
    part = f"(?:{decimal}[0-9]{{1,{DECIMALS}}}(?:[eE][+-]?[0-9]{{1,3}})?|[eE][+-][0-9]{{1,3}})?"
    return f"[-{_MINUS}]?(?:{whole}{part}|{decimal}[0-9]{{1,{DECIMALS}}})"


_PATTERNS = {notation: re.compile(pattern(notation)) for notation in Notation}


def reading(values: Iterable[str | None]) -> tuple[Notation, ...]:
    """The notations that read all of `values`, None being a missing one: () where the column is no numbers.

    More than one stands there only where they read some value as different numbers, such as 1.234: that is a question
    for the person, and the first is the likeliest.
    """
    known = {value for value in values if value is not None}
    if not known:
        return ()
    found = [one for one in Notation if all(_PATTERNS[one].fullmatch(value) for value in known)]
    told: list[Notation] = []
    for one in found:
        numbers = [number(value, one) for value in known]
        if not any(numbers == [number(value, other) for value in known] for other in told):
            told.append(one)
    return tuple(told)


def number(value: str, notation: Notation) -> float | None:
    """The number that `value` is in `notation`, None where it is none."""
    if not _PATTERNS[notation].fullmatch(value):
        return None
    marks = _MARKS[notation]
    for mark in marks.groups:
        value = value.replace(mark, "")
    return float(value.replace(_MINUS, "-").replace(marks.decimal, "."))


def matches(value: str, notation: Notation) -> str:
    """SQL for whether the text `value` is a number in `notation`."""
    return f"regexp_full_match({value}, {quoted(pattern(notation))})"


def parsed(value: str, notation: Notation) -> str:
    """SQL for the DOUBLE that `value` is in `notation`, NULL where it is none."""
    marks = _MARKS[notation]
    plain = f"translate({value}, {quoted(marks.decimal + _MINUS + marks.groups)}, '.-')"
    return f"CASE WHEN {matches(value, notation)} THEN try_cast({plain} AS DOUBLE) END"
