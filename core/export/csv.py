"""CSV that a spreadsheet opens as it is meant: UTF-8 with its mark, and no text that becomes a formula."""

import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(frame: pd.DataFrame) -> bytes:
    """`frame` as CSV without its index. Text and headers that a spreadsheet would run get a `'` in front."""
    safe = frame.rename(columns=inert).map(inert)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def inert(value: object) -> object:
    """`value`, with a `'` in front where it is text that begins like a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
