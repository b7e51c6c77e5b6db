"""From a number to the calls behind it: which calls pass a filter, and what each of them did, step by step."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from core.engine import identifier
from core.errors import ViewError
from core.flow.chosen_calls import asked
from core.flow.filter import ALL, Filter
from core.flow.selection import select
from core.tables.calllog import CallLog

ROLE_COLUMNS = ("outcome", "customer", "agent", "queue_wait", "handle_time")
CALL_COLUMNS = ("call", "call_id", "file", "at", "n_steps", "intent", "last_step", *ROLE_COLUMNS)
STEP_COLUMNS = ("position", "node", "label", "at", "seconds", "visit", "url")
ORDERS = {
    "log": '"call"',
    "newest": '"at" DESC NULLS LAST, "call"',
    "oldest": '"at" NULLS LAST, "call"',
    "longest": 'n_steps DESC, "call"',
    "shortest": 'n_steps, "call"',
}
"""How calls can be ordered: as they first appear in the files, by their time, or by their number of steps."""
BATCH = 50_000


def n_calls(log: CallLog, where: Filter = ALL, search: str = "") -> int:
    """How many calls `calls` has; without a search it is the figure that every view shows."""
    if not search:
        return select(log, where).n_calls
    found: int = asked(log, where, "SELECT count(*) FROM chosen", search=search)[0][0].as_py()
    return found


def calls(
    log: CallLog,
    where: Filter = ALL,
    *,
    limit: int | None = None,
    offset: int = 0,
    order: str = "log",
    search: str = "",
) -> pd.DataFrame:
    """The calls that pass, a row each: CALL_COLUMNS, then `attribute.<column>` for each column kept with the call.

    call is the number of the call in the tables, file the file's name, at when its first dated step was by the clocks
    that times are told by (missing without), intent and last_step are labels, queue_wait and handle_time seconds.
    `search` is looked for in the call ids, in any case of letters. Raises ViewError for an `order` that is not one of
    ORDERS.
    """
    return _rows(log, _numbers(log, where, order, search, limit, offset))


def all_calls(
    log: CallLog, where: Filter = ALL, *, order: str = "log", search: str = "", batch: int = BATCH
) -> Iterator[pd.DataFrame]:
    """The rows of `calls`, all of them, a frame of at most `batch` at a time; one empty frame where no call passes."""
    numbers = _numbers(log, where, order, search)
    for begin in range(0, max(len(numbers), 1), batch):
        yield _rows(log, numbers[begin : begin + batch])


def call_steps(log: CallLog, call: int) -> pd.DataFrame:
    """What the call of that number did, a row a step: STEP_COLUMNS.

    position counts from 1, node is an id, seconds are those since the step before (missing where one of the two has no
    time of day), visit says the how manieth time the call is on the node, url is the node's link.
    """
    steps = log.arrow(
        f"""
        SELECT position, node, {log.local(identifier("at"))} AS "at",
               CASE WHEN (SELECT hour FROM calls WHERE "call" = $1) IS NOT NULL
                    THEN epoch(steps."at" - lag(steps."at") OVER (ORDER BY position)) END AS seconds
        FROM steps WHERE "call" = $1 ORDER BY position
        """,
        [call],
    )
    nodes = steps["node"].to_numpy()
    found = log.named(nodes, **steps.drop_columns(["node"]).to_pandas())
    found["visit"] = found.groupby("node").cumcount() + 1
    found["url"] = log.node_table["url"].take(pa.array(nodes)).to_pylist()
    return found[list(STEP_COLUMNS)]


class Neighbours(NamedTuple):
    """Where a call stands among those that pass: its place from 1, of how many, and the calls beside it by number."""

    place: int
    of: int
    before: int | None
    after: int | None


def neighbours(
    log: CallLog, call: int, where: Filter = ALL, *, order: str = "log", search: str = ""
) -> Neighbours | None:
    """The calls beside the call of that number in the rows of `calls`; None where it is none of them."""
    numbers = _numbers(log, where, order, search)
    found = np.flatnonzero(numbers == call)
    if not len(found):
        return None
    place = int(found[0])
    before = int(numbers[place - 1]) if place > 0 else None
    after = int(numbers[place + 1]) if place + 1 < len(numbers) else None
    return Neighbours(place + 1, len(numbers), before, after)


def known_roles(log: CallLog) -> tuple[str, ...]:
    """Those of ROLE_COLUMNS that a column of the files has."""
    return tuple(name for name in ROLE_COLUMNS if name.replace("_", " ") in log.about.roles)


def row_of(log: CallLog, call: int) -> "pd.Series[Any]":
    """The row of `calls` of the call of that number."""
    return _rows(log, np.array([call], np.int32)).iloc[0]


def name_of(log: CallLog, call: int) -> tuple[str, str]:
    """By which file's id and which call id `number_of` knows the call of that number."""
    file, call_id = log.row('SELECT file, call_id FROM calls WHERE "call" = ?', [call])
    return list(log.files)[file], call_id


def number_of(log: CallLog, file_id: str, call_id: str) -> int:
    """The number of a call. Raises ViewError where the file has no such call."""
    files = list(log.files)
    if file_id in files:
        found = log.rows('SELECT "call" FROM calls WHERE call_id = ? AND file = ?', [call_id, files.index(file_id)])
        if found:
            return int(found[0][0])
    raise ViewError(f"There is no call with the id {call_id[:80]!r} in this session.", "Go back to all calls.")


def _numbers(
    log: CallLog, where: Filter, order: str, search: str, limit: int | None = None, offset: int = 0
) -> NDArray[np.int32]:
    """The numbers of the calls that pass, in order. Sorting these alone keeps a large log within its memory."""
    if order not in ORDERS:
        raise ViewError(f"Calls cannot be ordered by {order[:40]!r}.", f"They can by: {', '.join(ORDERS)}.")
    query = f'SELECT "call" FROM chosen ORDER BY {ORDERS[order]} LIMIT ? OFFSET ?'
    return np.asarray(asked(log, where, query, [limit, offset], search=search)["call"].to_numpy())


def _rows(log: CallLog, numbers: NDArray[np.int32]) -> pd.DataFrame:
    """The rows of these calls, in this order."""
    attributes = "".join(f", {identifier(f'attribute.{name}')}" for name in log.about.attributes)
    at = log.local(identifier("at"))
    rows = log.arrow(
        f"""
        SELECT "call", call_id, files.name AS file, {at} AS "at", n_steps, path, {", ".join(ROLE_COLUMNS)} {attributes}
        FROM calls JOIN files USING (file)
        WHERE "call" BETWEEN ? AND ? AND "call" IN (SELECT "call" FROM wanted) ORDER BY "call"
        """,
        [int(numbers.min(initial=0)), int(numbers.max(initial=-1))],
        wanted=pa.table({"call": numbers}),
    ).take(pa.array(np.argsort(np.argsort(numbers))))
    path = rows["path"].to_numpy()
    found: pd.DataFrame = rows.to_pandas()
    found["intent"] = log.names[log.paths.intent[path]]
    found["last_step"] = log.names[log.paths.leaf[path]]
    return found[[*CALL_COLUMNS, *(f"attribute.{name}" for name in log.about.attributes)]]
