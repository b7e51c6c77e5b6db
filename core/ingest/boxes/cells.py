"""What a cell of a workbook says, as text: numbers as they are, dates as ISO, by the format that the cell has."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

DAY = 86_400
_FIRST = date(1899, 12, 30).toordinal()
"""Day 0 of a workbook, from its 61st day on: before that it counts a 29 February 1900 that never was."""
_FIRST_1904 = date(1904, 1, 1).toordinal()
_LAST = date.max.toordinal()
_BUILT_IN = {
    14: "d/m/y", 15: "d-mmm-y", 16: "d-mmm", 17: "mmm-y", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss",
    22: "d/m/y h:mm", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    **dict.fromkeys((*range(27, 32), 36, *range(50, 55), 57, 58), "d/m/y"),
    **dict.fromkeys((*range(32, 36), 55, 56), "h:mm"),
}  # fmt: skip
_SPOKEN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Reading = Callable[[str], str]
"""Makes text of the number that a cell holds."""


def reading(number_format: int, custom: str | None, *, since_1904: bool) -> Reading:
    """How the numbers of cells with this format are read: `custom` is its code, None for one that is built in."""
    code = _BUILT_IN.get(number_format, "") if custom is None else custom
    code = _SPOKEN.sub("", code.split(";")[0]).lower()
    if re.fullmatch(r"0{2,}", code):
        return lambda value: _padded(value, len(code))
    if "general" in code or not re.search(r"[dyhs]|m", code):
        return plain_number
    first = _FIRST_1904 if since_1904 else _FIRST
    has_day = re.search(r"[dy]", code) is not None or not re.search(r"[hs]", code)
    has_time = re.search(r"[hs]", code) is not None
    digits = min(len(found[1]), 3) if (found := re.search(r"s\]?\.(0+)", code)) else 0
    if not has_day:
        return lambda value: _time(value, digits)
    return lambda value: _moment(value, first, has_time, digits)


def plain_number(value: str) -> str:
    """The number as a person writes it: no exponent, no ".0", no binary tail; whole numbers keep all their digits."""
    if value.lstrip("-").isdecimal() and value.isascii():
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    if not abs(number) < 1e21:
        return value
    text = f"{Decimal(f'{number:.15g}'):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _padded(value: str, width: int) -> str:
    text = plain_number(value)
    return text.zfill(width) if text.isdecimal() else text


def _moment(value: str, first: int, has_time: bool, digits: int) -> str:
    """Days since `first` as a date, with the time of day where the format or the value has one."""
    found = _split(value, digits)
    if found is None:
        return plain_number(value)
    days, seconds, fraction = found
    if first == _FIRST and days < 61:
        days += 1
    if not 1 <= first + days <= _LAST:
        return plain_number(value)
    day = date.fromordinal(first + days).isoformat()
    return f"{day} {_clock(seconds, fraction, digits)}" if has_time or seconds else day


def _time(value: str, digits: int) -> str:
    """A part of a day, or some days, as hours, minutes and seconds."""
    found = _split(value, digits)
    return _clock(found[0] * DAY + found[1], found[2], digits) if found else plain_number(value)


def _split(value: str, digits: int) -> tuple[int, int, int] | None:
    """Days, seconds and fractions of a second of that many `digits`; None for what no date can be."""
    try:
        number = float(value)
    except ValueError:
        return None
    if not 0 <= number < 10_000_000:
        return None
    unit: int = 10**digits
    seconds, fraction = divmod(round(number * DAY * unit), unit)
    return seconds // DAY, seconds % DAY, fraction


def _clock(seconds: int, fraction: int, digits: int) -> str:
    text = f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
    return f"{text}.{fraction:0{digits}}" if digits else text


def plain_text(text: str) -> str:
    """A text of a workbook with its own way of writing control characters undone, and with plain line ends."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: _character(int(found[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _character(code: int) -> str:
    return chr(code) if code and not 0xD800 <= code < 0xE000 else ""


def place(reference: str) -> tuple[int, int]:
    """The column from 0 and the row from 1 of a cell such as "AB12". Raises ValueError."""
    column = 0
    for n_letters, letter in enumerate(reference):
        if not "A" <= letter <= "Z":
            return column - 1, int(reference[n_letters:])
        column = column * 26 + ord(letter) - 64
    raise ValueError(reference)
