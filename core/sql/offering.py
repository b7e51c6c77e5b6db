"""What can be asked: the tables of a session, and questions to begin with."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa

from core.errors import NotReady
from core.profile.schema import parts, read_profile
from core.sessions import Session
from core.sessions.shelf import PROFILES
from core.sql.tables import Part, Table, schema_of

ORDER = ("calls", "steps", "paths", "variants", "nodes", "menu", "files", "rejects")
"""The tables of the calls as they are offered: what most questions are about first."""

_OF_CALLS = {
    "Calls by day": "SELECT date, count(*) AS calls, avg(n_steps) AS steps\nFROM calls GROUP BY date ORDER BY date",
    "Paths with their labels": (
        "SELECT list_transform(nodes, lambda n: labels[n]) AS path, n_calls\n"
        "FROM paths\n"
        "JOIN (SELECT path, sum(n) AS n_calls FROM variants GROUP BY path) USING (path),\n"
        "     (SELECT map_from_entries(list((node, label))) AS labels FROM nodes)\n"
        "ORDER BY n_calls DESC LIMIT 20"
    ),
    "Moves between items": (
        "SELECT here.label AS source, there.label AS target, count(*) AS n\n"
        "FROM steps s JOIN steps t ON t.call = s.call AND t.position = s.position + 1\n"
        "JOIN nodes here ON here.node = s.node JOIN nodes there ON there.node = t.node\n"
        "GROUP BY ALL ORDER BY n DESC LIMIT 20"
    ),
    "Rejected rows by reason": "SELECT kind, reason, count(*) AS n\nFROM rejects GROUP BY ALL ORDER BY n DESC",
}
"""Questions that every session with calls can answer, by what they are about."""


def examples_of(tables: Mapping[str, Table]) -> dict[str, str]:
    """Questions to begin with, by what they are about, that these tables can answer."""
    if "calls" in tables:
        return _OF_CALLS
    first = next(iter(tables), "")
    if not first:
        return {}
    return {
        "The first rows": f"SELECT * FROM {first} LIMIT 20",
        "Number of rows": f"SELECT count(*) AS n FROM {first}",
        "Rows that come again": f"SELECT *, count(*) AS times\nFROM {first} GROUP BY ALL HAVING count(*) > 1",
        "Each column in figures": f"SUMMARIZE {first}",
    }


def offered(session: Session, folder: Path) -> dict[str, Table]:
    """What the session in `folder` offers, by name: the tables of its calls in ORDER, and the rows of its files.

    The rows are `rows`, or `rows_1`, `rows_2`, … where there are several files, once their columns were looked at.
    """
    tables: dict[str, Table] = {}
    if session.tables:
        generation = folder / "tables" / session.tables
        tables = {name: (Part(str(generation / f"{name}.parquet")),) for name in ORDER}
    profiled = [(number, file.profile) for number, file in enumerate(session.files, 1) if file.profile]
    for number, profile in profiled:
        try:
            names = [one.name for one in read_profile(folder / PROFILES / profile).columns]
        except NotReady:
            continue
        name = "rows" if len(session.files) == 1 else f"rows_{number}"
        found = parts(folder / PROFILES / profile, len(names))
        tables[name] = tuple(Part(str(path), tuple(names[one] for one in span)) for path, span in found)
    return tables


def columns_of(table: Table) -> pd.DataFrame:
    """column, type of a table; the types in words."""
    found = schema_of(table)
    return pd.DataFrame({"column": list(found), "type": [_in_words(kind) for kind in found.values()]})


def _in_words(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"list of {_in_words(kind.value_type)}"
    for is_one, words in _WORDS:
        if is_one(kind):
            return words
    return str(kind)


_WORDS = (
    (pa.types.is_string, "text"),
    (pa.types.is_boolean, "yes or no"),
    (pa.types.is_integer, "whole number"),
    (pa.types.is_floating, "number"),
    (pa.types.is_decimal, "number"),
    (pa.types.is_date, "day"),
    (pa.types.is_timestamp, "moment"),
    (pa.types.is_time, "time of day"),
)
