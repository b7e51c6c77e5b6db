"""What a person should know of a column before they trust it, in words."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from core.ingest import dates
from core.ingest.numbers import Notation
from core.profile.measures import FENCE, QUANTILES
from core.profile.schema import ColumnProfile
from core.profile.types import ColumnType
from core.text import isolate, number, percent, plural

MOSTLY_MISSING, ONE_VALUE, FEW_NEGATIVE = 0.5, 0.95, 0.01
FEWEST, LONGEST_NAME, SPARSE = 20, 64, 10
"""Of fewer values it says little that they differ. Longer texts are prose; whole numbers that lie further apart on
average are amounts."""
_FILLERS = ("1900-01-01", "1970-01-01", "9999-12-31")


class Matter(StrEnum):
    """What a remark is about, in a word or two."""

    EMPTY = "all missing"
    CONSTANT = "constant"
    ONE_VALUE = "nearly constant"
    MISSING = "mostly missing"
    IDENTIFIER = "all different"
    MIXED = "mixed types"
    STAND_INS = "words for missing"
    OUTLIERS = "outliers"
    NEGATIVE = "few negative"
    CASE = "upper and lower case"
    PERSONAL = "personal data"
    DATES = "day or month first"
    FILLERS = "dates that stand for none"


class Remark(NamedTuple):
    matter: Matter
    words: str


def remarks(column: ColumnProfile, n_rows: int) -> list[Remark]:
    """What is to be said of a column of a table with `n_rows` rows; data in the words is isolated."""
    return [Remark(matter, words) for matter, words in _remarks(column, n_rows)]


def _remarks(column: ColumnProfile, n_rows: int) -> Iterator[tuple[Matter, str]]:
    filled = n_rows - column.missing
    if not filled:
        yield Matter.EMPTY, "Every value is missing."
        return
    if column.distinct == 1 and filled > 1 and column.top:
        yield Matter.CONSTANT, f"Every value that is there is the same: {isolate(column.top[0][0])}."
    elif column.top and column.top[0][1] >= ONE_VALUE * filled and filled > 1:
        text, n = column.top[0]
        yield (
            Matter.ONE_VALUE,
            f"{isolate(text)} is {percent(n / filled)} of the values, {_of(n, filled)}.",
        )
    if column.missing >= MOSTLY_MISSING * n_rows:
        yield (
            Matter.MISSING,
            f"{percent(column.missing / n_rows)} of the values are missing, {_of(column.missing, n_rows)}.",
        )
    if column.stand_ins:
        words = ", ".join(f"{isolate(word)} {plural(n, 'time')}" for word, n in column.stand_ins.items())
        yield Matter.STAND_INS, f"Taken for missing: {words}."
    if column.distinct == filled >= FEWEST and not column.hedge and _tells_rows_apart(column, filled):
        yield Matter.IDENTIFIER, f"No value comes twice, so it is likely an identifier: {plural(filled, 'value')}."
    if column.nearly:
        near = column.nearly
        others = ", ".join(map(isolate, near.others))
        yield (
            Matter.MIXED,
            (
                f"It is text, but {_of(near.n, near.of)} values that were tried are of the type {near.type}. "
                f"Others are: {others}."
            ),
        )
    if column.personal:
        yield Matter.PERSONAL, f"It may tell of single persons: {column.personal}."
    if column.folded:
        yield Matter.CASE, (f"{plural(column.folded, 'value')} would be another one but for upper and lower case.")
    yield from _of_numbers(column, filled)
    yield from _of_dates(column)


def _tells_rows_apart(column: ColumnProfile, filled: int) -> bool:
    """Whether values that are all different are more likely names or numbers of rows than texts or measures."""
    if column.lengths:
        return column.lengths.most <= LONGEST_NAME
    if column.type is not ColumnType.WHOLE or column.numbers is None:
        return False
    return int(column.numbers.most) - int(column.numbers.least) < SPARSE * filled and not column.numbers.n_negative


def _of_numbers(column: ColumnProfile, filled: int) -> Iterator[tuple[Matter, str]]:
    found = column.numbers
    if found is None:
        return
    low, high = (found.quantiles[QUANTILES.index(share)] for share in (0.25, 0.75))
    reach = FENCE * (high - low)
    if found.outliers:
        yield (
            Matter.OUTLIERS,
            f"Far outside the others lie {_of(found.outliers, filled)} values: below {figure(low - reach)} or above "
            f"{figure(high + reach)}, three times the width of the middle half away from it.",
        )
    if 0 < found.n_negative <= FEW_NEGATIVE * filled:
        yield Matter.NEGATIVE, f"{plural(found.n_negative, 'value')} of {number(filled)} are negative."


def _of_dates(column: ColumnProfile) -> Iterator[tuple[Matter, str]]:
    if column.ties and column.days:
        others = " or ".join(dates.in_words(one) for one in column.ties)
        yield (
            Matter.DATES,
            (
                f"Read as {dates.in_words(column.format)}; read as {others} they would be dates as well. Which it is "
                "can be chosen in Files & columns, where it is marked as the date."
            ),
        )
    fillers = [(text, n) for text, n in column.top if text[:10] in _FILLERS] if column.days else []
    for text, n in fillers:
        yield Matter.FILLERS, f"{text[:10]} comes {plural(n, 'time')}; it may stand for a date that is not known."


def because(column: ColumnProfile, n_rows: int) -> str:
    """Why the column has its type, in a sentence."""
    filled = n_rows - column.missing
    if not filled:
        return "No value tells what it is."
    if column.type is ColumnType.TEXT:
        return "Text as it stands in the file, without its outer blanks."
    every = "The only value reads" if filled == 1 else f"All {number(filled)} values read"
    if column.type is ColumnType.WHOLE:
        return f"{every} as a whole number, written in the one way that gives the same text back."
    if column.type is ColumnType.NUMBER:
        return f"{every} as numbers like {Notation(column.format).value}."
    if column.type is ColumnType.BOOLEAN:
        return f"{every} as one of two words."
    if column.type is ColumnType.TIME:
        return f"{every} as a time of day."
    return f"{every} as {dates.in_words(column.format)}."


def figure(value: float) -> str:
    """A number as it is shown: with all of its digits where it is whole, else with six that count."""
    if float(value).is_integer() and abs(value) < 1e15:
        return number(value)
    digits = max(0, 5 - int(f"{abs(value):e}".rsplit("e", 1)[1]))
    return number(value, min(digits, 12)).rstrip("0").rstrip(".") if digits else number(value)


def _of(n: int, m: int) -> str:
    return f"{number(n)} of {number(m)}"
