"""The calls that pass a filter, one by one: for what the counted cells of `selection` do not know, such as times."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from core.flow.filter import ALL, Filter
from core.flow.selection import path_mask
from core.tables.arrays import Mask
from core.tables.calllog import CallLog


def asked(
    log: CallLog, where: Filter, query: str, values: Sequence[Any] = (), *, search: str = "", **given: pa.Table
) -> pa.Table:
    """The answer to `query`, which may read `chosen`: the rows of `calls` that pass `where` and have `search` in their
    id. `values` are bound to its question marks, `given` are further tables that it may name.

    Raises ViewError for a filter by a column that is not there.
    """
    texts, bound = ["true"], []
    for condition in where.conditions(log):
        text, some = condition.sql()
        texts.append(text)
        bound += some
    paths = path_mask(log, where)
    if paths is not None:
        texts.append("path IN (SELECT path FROM chosen_paths)")
        given["chosen_paths"] = pa.table({"path": np.flatnonzero(paths).astype(np.int32)})
    if search:
        texts.append("contains(lower(call_id), lower(?))")
        bound.append(search)
    chosen = f"SELECT * FROM calls WHERE {' AND '.join(texts)}"
    return log.arrow(f"WITH chosen AS NOT MATERIALIZED ({chosen}) {query}", [*bound, *values], **given)


def mask(log: CallLog, where: Filter = ALL, condition: str = "true") -> Mask:
    """Whether each call, by its number, passes `where` and has `condition`, SQL on the columns of `calls`."""
    found = np.zeros(log.about.found.n_calls, np.bool_)
    found[asked(log, where, f'SELECT "call" FROM chosen WHERE {condition}')["call"].to_numpy()] = True
    return found
