"""Date formats: which of them read a column, and which one is taken."""

from collections.abc import Mapping

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


def in_words(date_format: str) -> str:
    """ "%d/%m/%Y %H:%M" as "day/month/year, with time"."""
    day = max((day for day in _DAYS if date_format.startswith(day)), key=len)
    return _DAYS[day] + (", with time" if has_time(date_format) else "")
