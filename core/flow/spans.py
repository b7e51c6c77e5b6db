"""Spans of time that calls last or wait, as a filter asks for them."""

import re
from typing import NamedTuple

from core.text import briefly

_TEXT = re.compile(r"(\d{1,12})(?:\.(\d{1,3}))?", re.ASCII)


class Span(NamedTuple):
    """From `low` milliseconds up to, not including, `high`; None is no end."""

    low: int
    high: int | None = None

    @staticmethod
    def over(seconds: int) -> "Span":
        """Whatever is longer than so many seconds."""
        return Span(seconds * 1000 + 1)

    @staticmethod
    def read(text: str) -> "Span | None":
        """The span that `60-90` or `60.001-` writes in seconds, None for no text. Raises ValueError."""
        if not text:
            return None
        low, _, high = text.partition("-")
        return Span(_ms(low), _ms(high) if high else None)

    def write(self) -> str:
        """The text that `read` reads as this span."""
        return f"{_seconds(self.low)}-{'' if self.high is None else _seconds(self.high)}"

    def in_words(self) -> str:
        """ "1 min to 2 min", "over 1 min"."""
        if self.high is None and self.low % 1000 == 1:
            return f"over {briefly(self.low // 1000)}"
        if self.high is None:
            return f"{briefly(self.low / 1000)} or more"
        if self.high <= 1000 and not self.low:
            return "less than 1 s"
        return f"{briefly(self.low / 1000)} to {briefly(self.high / 1000)}"


def _ms(text: str) -> int:
    found = _TEXT.fullmatch(text)
    if not found:
        raise ValueError(text)
    return int(found[1]) * 1000 + int((found[2] or "").ljust(3, "0"))


def _seconds(ms: int) -> str:
    return f"{ms // 1000}.{ms % 1000:03}".rstrip("0").removesuffix(".")
