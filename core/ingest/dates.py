"""Date formats: which of them read a column, and which one is taken."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

_DAYS = {
    "%Y-%m-%d": "year-month-day",
    "%d/%m/%Y": "day/month/year",
    "%m/%d/%Y": "month/day/year",
    "%Y/%m/%d": "year/month/day",
    "%d.%m.%Y": "day.month.year",
    "%d-%m-%Y": "day-month-year",
    "%m-%d-%Y": "month-day-year",
    "%d/%m/%y": "day/month/year (two digits)",
    "%m/%d/%y": "month/day/year (two digits)",
    "%d.%m.%y": "day.month.year (two digits)",
    "%d %b %Y": "day, month by name, year",
    "%d-%b-%Y": "day-month by name-year",
    "%d-%b-%y": "day-month by name-year (two digits)",
    "%b %d, %Y": "month by name, day, year",
    "%Y%m%d": "year, month, day without a separator",
}
_TIMES = (
    "", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", "T%H:%M:%S", "T%H:%M:%SZ", "T%H:%M:%S.%f", "T%H:%M:%S.%fZ",
    "T%H:%M:%S%z", "T%H:%M:%S.%f%z", " %H:%M:%S%z", "T%H:%M", " %I:%M %p", " %I:%M:%S %p",
)  # fmt: skip

FORMATS = tuple(day + time for day in _DAYS for time in _TIMES)
"""Every format that is tried, in strptime's terms; of two that read a column equally well the earlier is taken."""


def ranked(counts: Mapping[str, int]) -> list[str]:
    """The formats of `counts` (format -> values read), best first."""
    return sorted(counts, key=lambda one: (-counts[one], FORMATS.index(one)))


def chosen(counts: Mapping[str, int]) -> str:
    """The one format for the whole column, "" where none reads it."""
    return next(iter(ranked(counts)), "")


def tied(counts: Mapping[str, int]) -> list[str]:
    """The formats that read the column equally well as the best; more than one is a question for the person."""
    best = max(counts.values(), default=0)
    return [one for one in ranked(counts) if counts[one] == best]


def has_time(date_format: str) -> bool:
    return "%H" in date_format or "%I" in date_format


def has_offset(date_format: str) -> bool:
    """Whether a time says how far it is from UTC."""
    return "%z" in date_format or date_format.endswith("Z")


def in_words(date_format: str) -> str:
    """ "%d/%m/%Y %H:%M" as "day/month/year, with time"."""
    day = max((day for day in _DAYS if date_format.startswith(day)), key=len)
    return _DAYS[day] + (", with time" if has_time(date_format) else "")


def told_apart(date_formats: Collection[str]) -> dict[str, str]:
    """Formats and a few words for each: "Day first" where that is enough to tell them apart, else all of it."""
    first = {"%d": "Day first", "%m": "Month first", "%b": "Month first", "%Y": "Year first"}
    short = {one: first[one[:2]] for one in date_formats}
    return short if len(set(short.values())) == len(short) else {one: in_words(one) for one in date_formats}


def read(value: str, date_format: str) -> date | None:
    """The day that the format reads in `value`, None where it does not."""
    try:
        return datetime.strptime(value, date_format).date()
    except ValueError:
        return None


def telling(values: Iterable[str], formats: Iterable[str]) -> tuple[str, dict[str, date]] | None:
    """The first of `values` that each of the formats reads as another day, and the days; None where there is none."""
    formats = tuple(formats)
    for value in values:
        days = {one: day for one in formats if (day := read(value, one)) is not None}
        if len(set(days.values())) == len(formats) > 1:
            return value, days
    return None
