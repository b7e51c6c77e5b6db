"""The tables of a generation: what a row is, and its columns. Built by `build`, read by `CallLog`."""

from pathlib import Path
from typing import Any

import msgspec

from core.errors import NotReady

SCHEMA = 2
ABOUT = "about.json"

TABLES: dict[str, dict[str, str]] = {
    "files": {"file": "INTEGER", "id": "VARCHAR", "name": "VARCHAR", "rows": "BIGINT"},
    "steps": {
        "call": "INTEGER",
        "position": "INTEGER",
        "node": "INTEGER",
        "at": "TIMESTAMP",
        "until": "TIMESTAMP",
        "error": "VARCHAR",
    },
    "calls": {
        "call": "INTEGER",
        "file": "INTEGER",
        "call_id": "VARCHAR",
        "at": "TIMESTAMP",
        "until": "TIMESTAMP",
        "date": "DATE",
        "hour": "INTEGER",
        "n_steps": "INTEGER",
        "path": "INTEGER",
        "outcome": "VARCHAR",
        "customer": "VARCHAR",
        "agent": "VARCHAR",
        "queue_wait": "DOUBLE",
        "handle_time": "DOUBLE",
    },
    "paths": {
        "path": "INTEGER",
        "nodes": "INTEGER[]",
        "n_steps": "INTEGER",
        "intent": "INTEGER",
        "leaf": "INTEGER",
    },
    "variants": {"path": "INTEGER", "file": "INTEGER", "date": "DATE", "n": "BIGINT"},
    "nodes": {
        "node": "INTEGER",
        "id": "VARCHAR",
        "label": "VARCHAR",
        "labelled": "BOOLEAN",
        "url": "VARCHAR",
        "parent": "INTEGER",
        "depth": "INTEGER",
        "root": "INTEGER",
        "in_menu": "BOOLEAN",
        "n_children": "INTEGER",
        "inconsistencies": "VARCHAR[]",
    },
    "menu": {"parent": "INTEGER", "node": "INTEGER"},
    "rejects": {
        "file": "INTEGER",
        "line": "BIGINT",
        "kind": "VARCHAR",
        "reason": "VARCHAR",
        "text": "VARCHAR",
    },
}
"""Table -> column -> SQL type. `calls` also has an `attribute.<column>` for each column kept as an attribute, and
`variants` has those columns of `calls` that `About.carried` names.

`node` numbers follow the order of the node ids (numbers in numeric order, then text), and `path` numbers that of the
paths' nodes, so sorting by them breaks ties as METRICS asks. `label` is the id where a node has none, and `labelled`
tells. `id` of a file is what filters and addresses call it. A root has depth 0; a node on or below a cycle of parents
has neither depth nor root. `steps` lie in the order of call and position, `calls` in that of call. `until` of a step is
when it ended, where a row or a column of its own tells that. `kind` of a reject is "declaration" (it still declares its
node) or "rejected".
"""


class FileAccount(msgspec.Struct, frozen=True, kw_only=True):
    """The same of one file, by its id: rows = steps + merged + declarations + rejected.

    `seconds` are numbers of seconds that are negative or no number, and so missing.
    """

    id: str
    rows: int
    steps: int = 0
    merged: int = 0
    declarations: int = 0
    rejected: int = 0
    calls: int = 0
    unread_dates: int = 0
    seconds: int = 0
    first_day: str = ""
    last_day: str = ""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The account of an import: n_rows = n_steps + n_merged + n_declarations + n_rejected.

    Merged are the rows that tell more of a step that another row stands for, such as its end. Days are ISO dates, ""
    without dates. `unread_dates` are steps whose date could not be read; `cycles` the ids of nodes on a cycle of
    parents (a few); `unknown_phases` words of a lifecycle column that are not known (a few, cut), on `n_unknown_phases`
    rows, each of which is a step of its own. `refused_seconds` counts, by the column of `calls` that they are missing
    from, values that are no number of seconds, or a negative one.
    """

    n_files: int
    n_rows: int
    n_steps: int
    n_declarations: int
    n_rejected: int
    n_calls: int
    n_nodes: int
    n_paths: int
    n_inconsistent: int
    first_day: str = ""
    last_day: str = ""
    unread_dates: int = 0
    cycles: tuple[str, ...] = ()
    n_merged: int = 0
    n_unknown_phases: int = 0
    unknown_phases: tuple[str, ...] = ()
    refused_seconds: dict[str, int] = {}
    files: tuple[FileAccount, ...] = ()


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What is told beside the tables: which roles had a column, which filters `variants` carries, what was found.

    Where there is a `zone`, dates and hours are those of its clocks, and all times are in UTC; where there is none,
    times are in UTC if they had offsets, else as they stood, and days and hours are theirs.
    """

    schema: int
    roles: tuple[str, ...]
    attributes: tuple[str, ...]
    found: Found
    carried: tuple[str, ...] = ()
    zone: str = ""


def read_about(folder: Path) -> About:
    """What stands beside the tables in `folder`. Raises NotReady where another version of Throughline made them."""
    about = msgspec.json.decode((folder / ABOUT).read_bytes(), type=About)
    if about.schema != SCHEMA:
        raise NotReady(
            "These figures were made by another version of Throughline.", "Process the files again; nothing is lost."
        )
    return about


def as_record(found: Found) -> dict[str, Any]:
    """`found` as plain values, for the session's record."""
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return plain
