"""A table as text: for a person at a terminal, or, as JSON, for another program."""

import json
from typing import Any

import pandas as pd

from core.export.cells import BETWEEN

_WIDEST = 80


def as_json(frame: pd.DataFrame, *, single: bool = False) -> str:
    """The rows as an array of objects, or the row of a `single` table; lists stay lists, what is missing is null."""
    rows = [{str(name): _plain(value) for name, value in row.items()} for row in _objects(frame).to_dict("records")]
    return json.dumps(rows[0] if single else rows, ensure_ascii=False)


def as_text(frame: pd.DataFrame, *, single: bool = False) -> str:
    """The rows below each other, or the figures of a `single` row; text is cut to 80 characters."""
    shown = _objects(frame).map(_told)
    with pd.option_context("display.width", None, "display.max_colwidth", _WIDEST):
        return (shown.T if single else shown).to_string(index=single, header=not single)


def _objects(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with plain Python values; a column may hold lists, whatever they are kept in."""
    return pd.DataFrame({name: pd.Series(frame[name].tolist(), dtype=object) for name in frame.columns})


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return None if pd.isna(value) else value


def _told(value: Any) -> Any:
    if isinstance(value, list):
        return BETWEEN.join(map(str, value))
    return "–" if pd.isna(value) else value
