"""Steps with a technical error, and the calls that end with one."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from core.flow.chosen_calls import asked
from core.flow.filter import ALL, Filter
from core.flow.selection import as_date, select
from core.tables.arrays import NO_DAY, Counts, summed, weekday_of
from core.tables.calllog import CallLog

NO_ERROR = {"0", "false", "f", "no", "n", "none", "ok", "success", "nein", "nej", "non", "לא", "תקין", "-", "no error"}
"""Words that a column of errors has, in small letters, where there was none."""
MOST_WORDS = 100


class Errors(NamedTuple):
    """How many steps have an error, in how many calls, and how many calls end within one step of one."""

    n_errors: int
    n_calls: int
    n_ended: int


def words(log: CallLog) -> tuple[str, ...]:
    """The values of the column of errors, in order; the most frequent where there are very many."""

    def found() -> tuple[str, ...]:
        query = "SELECT error FROM steps WHERE error IS NOT NULL GROUP BY error ORDER BY count(*) DESC, error LIMIT ?"
        return tuple(sorted(word for (word,) in log.rows(query, [MOST_WORDS])))

    return log.once("words of errors", found)


def harmless(values: Iterable[str]) -> tuple[str, ...]:
    """Those of the values that say that there was no error."""
    return tuple(one for one in values if one.strip().casefold() in NO_ERROR)


def errors(log: CallLog, where: Filter = ALL, *, fine: tuple[str, ...] = ()) -> pd.DataFrame:
    """node, label, n_steps, n_errors, error_rate, n_calls, n_ended of the nodes with an error; most errors first.

    n_steps are all steps on the node; n_calls the calls with an error there, n_ended those of them that end on that
    step or on the next one. `fine` are values that are no error.
    """
    found = _by(log, where, "node", fine)
    order = np.argsort(-found["n_errors"].to_numpy(), kind="stable")
    nodes, n_errors = found["key"].to_numpy()[order], found["n_errors"].to_numpy()[order]
    reach = select(log, where).reach[nodes]
    return log.named(
        nodes,
        n_steps=reach,
        n_errors=n_errors,
        error_rate=n_errors / np.maximum(reach, 1),
        n_calls=found["n_calls"].to_numpy()[order],
        n_ended=found["n_ended"].to_numpy()[order],
    )


def error_days(log: CallLog, where: Filter = ALL, *, fine: tuple[str, ...] = ()) -> pd.DataFrame:
    """day, n_calls, n_steps, n_errors, error_rate, n_with, n_ended of each day with calls; those without one last.

    n_calls begin on the day and have n_steps; n_with of them have an error, n_ended end within one step of one.
    """
    cells = select(log, where).cells
    days, place = np.unique(cells.day, return_inverse=True)
    n_calls = summed(place, cells.n, len(days))
    n_steps = summed(place, cells.n * log.paths.lengths[cells.path], len(days))
    found = _by(log, where, "date", fine)
    keys = found["key"].cast(pa.date32()).cast(pa.int32()).fill_null(int(NO_DAY)).to_numpy()
    at = np.searchsorted(days, keys)

    def spread(name: str) -> Counts:
        counts = np.zeros(len(days), np.int64)
        counts[at] = found[name].to_numpy()
        return counts

    n_errors, order = spread("n_errors"), np.argsort(weekday_of(days) == 0, kind="stable")
    names = [as_date(int(day)).isoformat() if day != NO_DAY else None for day in days[order]]
    return pd.DataFrame(
        {
            "day": pd.array(names, "str"),
            "n_calls": n_calls[order],
            "n_steps": n_steps[order],
            "n_errors": n_errors[order],
            "error_rate": n_errors[order] / np.maximum(n_steps[order], 1),
            "n_with": spread("n_calls")[order],
            "n_ended": spread("n_ended")[order],
        }
    )


def errors_in_all(log: CallLog, where: Filter = ALL, *, fine: tuple[str, ...] = ()) -> Errors:
    """The figures of all calls that pass together."""
    found = _by(log, where, "0", fine)
    if not found.num_rows:
        return Errors(0, 0, 0)
    return Errors(*(int(found[name][0].as_py()) for name in ("n_errors", "n_calls", "n_ended")))


def _by(log: CallLog, where: Filter, key: str, fine: tuple[str, ...]) -> pa.Table:
    """key, n_errors, n_calls, n_ended, ordered by key, which is SQL on `steps` and `chosen`."""
    return asked(
        log,
        where,
        f"""
        SELECT {key} AS key, count(*) AS n_errors, count(DISTINCT chosen."call") AS n_calls,
               count(DISTINCT chosen."call") FILTER (position >= n_steps - 1) AS n_ended
        FROM steps JOIN chosen ON chosen."call" = steps."call"
        WHERE error IS NOT NULL AND NOT list_contains(?, error) GROUP BY ALL ORDER BY key NULLS FIRST
        """,
        [list(fine)],
    )
