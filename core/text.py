"""Words and numbers as people read them: right-to-left text, widths, counts, shares, dates.

Text that comes from data is shown through `isolate`, so that neither its direction nor stray control
characters can disturb what stands beside it.
"""

import math
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\N{MINUS SIGN}"
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
UNKNOWN = "\N{EN DASH}"
_FSI, _PDI = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"

_DIRECTION_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Advance widths in em. Latin as in Source Sans; Hebrew as in the widest common fallback face.
_EM_OF_GROUP = {
    " ": 0.22,
    "!',.:;I`ijl|·‘’׳וין": 0.27,
    "()-/[\\]frt{}": 0.34,
    '"*?csvxyz“”׀גזנ': 0.45,
    "0123456789#$+<=>^_~aegkLY–−": 0.51,
    "bdhnopquABCEFJKPRSTVXZבדךכלץצר": 0.57,
    "DGHNOQU&אהחטםמסעףפקשת": 0.66,
    "MWmw%@": 0.82,
    ELLIPSIS: 1.0,
}
_EM = {character: em for group, em in _EM_OF_GROUP.items() for character in group}


def clean(text: str) -> str:
    """The text on one line, without characters that steer the direction of what follows them."""
    return "".join(map(_clean_character, text)).strip()


def _clean_character(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    return "" if unicodedata.bidirectional(character) in _DIRECTION_CONTROLS else character


def is_rtl(text: str) -> bool:
    """Whether the first character with a direction of its own runs right to left."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def move(source: str, target: str) -> str:
    """From one label to another, which stands to its right also where both run right to left."""
    mark = "\N{LEFT-TO-RIGHT MARK}"
    return f"{mark}{source}{mark}  →  {mark}{target}"


def mostly_rtl(texts: Iterable[str]) -> bool:
    """Whether more than half of the texts that have letters run right to left."""
    lettered = [text for text in texts if any(map(str.isalpha, text))]
    return 2 * sum(map(is_rtl, lettered)) > len(lettered)


def isolate(text: str) -> str:
    """The cleaned text between U+2068 and U+2069, so that it keeps its direction to itself."""
    return f"{_FSI}{clean(text)}{_PDI}"


def without_isolates(text: str) -> str:
    """The text without what `isolate` put around data, for where each text stands alone."""
    return text.replace(_FSI, "").replace(_PDI, "")


def text_width(text: str, font_px: float) -> float:
    """Estimated width in pixels of the text set in the page's sans-serif at `font_px`."""
    return sum(map(_em, text)) * font_px


def _em(character: str) -> float:
    known = _EM.get(character)
    if known is not None:
        return known
    category = unicodedata.category(character)
    if category in {"Mn", "Me", "Cc", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.0
    return 0.7 if category in {"Lu", "So"} else 0.64


def cut(text: str, width_px: float, font_px: float) -> str:
    """The cleaned text, shortened with an ellipsis until it fits `width_px`; "" where nothing fits.

    The result still has to be isolated, so that the ellipsis lands on the text's own far side.
    """
    text = clean(text)
    if text_width(text, font_px) <= width_px:
        return text
    room = width_px - text_width(ELLIPSIS, font_px)
    if room < 0:
        return ""
    end = 0
    for character in text:
        room -= text_width(character, font_px)
        if room < 0:
            break
        end += 1
    # A joiner with nothing left to join would swallow the ellipsis.
    return text[:end].rstrip(" \N{ZERO WIDTH JOINER}") + ELLIPSIS


def wrap(text: str, width_px: float, font_px: float, lines: int) -> list[str]:
    """The cleaned text broken at blanks into at most `lines` lines, each cut to `width_px` where it must be.

    Words that no line is left for end in the last line's ellipsis. Nothing of a blank text.
    """
    wrapped: list[str] = []
    words = clean(text).split()
    while words:
        taken = len(words) if len(wrapped) == lines - 1 else 1
        while taken < len(words) and text_width(" ".join(words[: taken + 1]), font_px) <= width_px:
            taken += 1
        wrapped.append(cut(" ".join(words[:taken]), width_px, font_px))
        words = words[taken:]
    return wrapped


def number(n: float, digits: int = 0) -> str:
    """A count with thousands separators, `3,950`; negative numbers carry a true minus."""
    if not math.isfinite(n):
        return UNKNOWN
    text = f"{_rounded(abs(n), digits):,}"
    return MINUS + text if n < 0 and text.strip("0.,") else text


def signed(n: float, digits: int = 0) -> str:
    """A change with its sign, `−564` or `+12`; zero has none."""
    text = number(n, digits)
    return f"+{text}" if n > 0 and text.strip("0.,") and text != UNKNOWN else text


def percent(share: float, digits: int = 1) -> str:
    """A share between 0 and 1 as `45.7%`, or `46%` with `digits=0`.

    Only nothing is 0% and only everything is 100%: what would round to either is `<1%` or `>99%`
    (`<0.1%` and `>99.9%` with one digit). A share of nothing (NaN) is a dash.
    """
    if not math.isfinite(share):
        return UNKNOWN
    if share in (0, 1):
        return "100%" if share else "0%"
    rounded = _rounded(share * 100, digits)
    step = Decimal(1).scaleb(-digits)
    if rounded == 0 and share > 0:
        return f"<{step}%"
    if rounded == 100 and share < 1:
        return f">{100 - step}%"
    return f"{rounded:,}%".replace("-", MINUS)


def _rounded(value: float, digits: int) -> Decimal:
    # Through repr: 12.5 and 0.285 round up as they do on paper, whatever their binary tail.
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def share_of(n: int, m: int) -> str:
    """A part and its whole, `1,804 of 3,950`."""
    return f"{number(n)} of {number(m)}"


def day(date: date) -> str:
    """A date as `1 Jan 2025`."""
    return f"{_day_and_month(date)} {date.year}"


def day_span(first: date, last: date) -> str:
    """Two dates as `1 Jan – 28 Feb 2025`; with both years where they differ, one date where they do not."""
    if (first.year, first.month, first.day) == (last.year, last.month, last.day):
        return day(first)
    start = _day_and_month(first) if first.year == last.year else day(first)
    return f"{start} \N{EN DASH} {day(last)}"


def _day_and_month(date: date) -> str:
    return f"{date.day} {_MONTHS[date.month - 1]}"


def plural(n: int, one: str, many: str | None = None) -> str:
    """A count with its noun, `1 call` or `3,950 calls`; `many` where adding an s is wrong."""
    return f"{number(n)} {one if n == 1 else many or one + 's'}"


def ahead(time: timedelta) -> str:
    """A length of time as a person says it, in its largest unit, rounded down: `12 minutes`, `3 hours`, `89 days`."""
    minutes = int(time.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return plural(minutes, "minute")
    return plural(minutes // 60, "hour") if minutes < 2880 else plural(minutes // 1440, "day")


def ago(time: timedelta) -> str:
    """How long ago something was: `just now`, `12 minutes ago`, `3 hours ago`, `89 days ago`."""
    return "just now" if time < timedelta(minutes=1) else f"{ahead(time)} ago"


def lasting(seconds: float) -> str:
    """A length of time in its two largest units: `48 s`, `1 min 20 s`, `2 h 5 min`, `3 days 4 h`."""
    rest, parts = round(seconds), []
    for unit, size in ((" days", 86_400), (" h", 3_600), (" min", 60), (" s", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{number(count)}{unit if (unit, count) != (' days', 1) else ' day'}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"


def briefly(seconds: float) -> str:
    """A length of time as `lasting` tells it, one of a few seconds with its tenths: `0.4 s`."""
    return f"{number(seconds, 1)} s" if seconds < 10 and seconds != round(seconds) else lasting(seconds)


def ordinal(n: int) -> str:
    """A place in a row: `1st`, `2nd`, `3rd`, `11th`."""
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{number(n)}{ending}"


def file_size(n_bytes: int) -> str:
    """A size as `512 bytes`, `283 KB` or `1.7 MB`, in steps of 1,024."""
    if n_bytes < 1024:
        return plural(n_bytes, "byte")
    size = float(n_bytes)
    for unit in ("KB", "MB", "GB", "TB"):
        size /= 1024
        if size < 1023.5 or unit == "TB":
            break
    digits = 1 if size < 9.95 else 0
    return f"{number(size, digits).removesuffix('.0')} {unit}"
