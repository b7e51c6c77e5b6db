"""Where calls go from a point in the menu."""

from typing import Any

import pandas as pd

from core.errors import ViewError
from core.flow.filter import ALL, Filter, join_ids, selected
from core.tables.calllog import CallLog

ENDED_HERE = "Ended here"


def path_explorer(log: CallLog, where: Filter = ALL, prefix: tuple[str, ...] = ()) -> pd.DataFrame:
    """Calls whose path begins with `prefix`, by their next node: node, label, n_calls, share, n_ended; most first.

    share is of the calls whose path begins with `prefix`; n_ended of n_calls end on that node. The calls that end on
    the prefix itself are the last row, with no node. Raises ViewError where `prefix` names a node that is not known.
    """
    begins, values = beginning(log, where, prefix)
    return log.frame(
        f"""
        WITH begun AS (SELECT nodes[{len(prefix) + 1}] AS next, n_steps = {len(prefix) + 1} AS ends, n FROM {begins})
        SELECT nodes.id AS node, coalesce(nodes.label, '{ENDED_HERE}') AS label, sum(n)::BIGINT AS n_calls,
               sum(n) / sum(sum(n)) OVER () AS share,
               CASE WHEN nodes.id IS NULL THEN sum(n) ELSE coalesce(sum(n) FILTER (ends), 0) END::BIGINT AS n_ended
        FROM begun LEFT JOIN nodes ON nodes.node = next
        GROUP BY nodes.node, nodes.id, nodes.label
        ORDER BY nodes.id IS NULL, n_calls DESC, nodes.node
        """,
        values,
    )


def tree(log: CallLog, where: Filter = ALL, prefix: tuple[str, ...] = (), *, steps: int = 4) -> pd.DataFrame:
    """The next `steps` steps behind `prefix`: step, key, parent, node, label, n_calls, kind.

    step is the position in the call from 1, key the joined node ids behind the prefix, parent the key of the row
    before ("" at the first step). kind is "step", or, with no node, how calls ended on the parent: "stop" where the
    menu goes on there, "destination" where it does not. Ordered by step, then by parent, then the most calls first.
    """
    begins, values = beginning(log, where, prefix)
    skip = len(prefix)
    found = log.rows(
        f"SELECT nodes[{skip + 1}:{skip + steps + 1}], n_steps, sum(n) FROM {begins} GROUP BY nodes, n_steps",
        values,
    )
    known = {
        int(node): (str(node_id), str(label), int(children) > 0)
        for node, node_id, label, children in log.rows("SELECT node, id, label, n_children FROM nodes")
    }
    counts: dict[tuple[int, ...], int] = {}
    ended: dict[tuple[int, ...], int] = {}
    for path, n_steps, n in found:
        behind = tuple(path)[:steps]
        for length in range(1, len(behind) + 1):
            counts[behind[:length]] = counts.get(behind[:length], 0) + int(n)
        if n_steps - skip < steps:
            ended[behind] = ended.get(behind, 0) + int(n)
    last = log.codes[prefix[-1]] if prefix else None
    return _tree_rows(counts, ended, known, skip, steps, last)


def _tree_rows(
    counts: dict[tuple[int, ...], int],
    ended: dict[tuple[int, ...], int],
    known: dict[int, tuple[str, str, bool]],
    skip: int,
    steps: int,
    last: int | None,
) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    children: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for path in counts:
        children.setdefault(path[:-1], []).append(path)
    level: list[tuple[int, ...]] = [()]
    for step in range(1, steps + 1):
        following = []
        for parent in level:
            key = join_ids(tuple(known[node][0] for node in parent))
            for path in sorted(children.get(parent, []), key=lambda one: (-counts[one], one)):
                node_id, label, _ = known[path[-1]]
                own = join_ids(tuple(known[node][0] for node in path))
                rows.append(_row(skip + step, own, key, node_id, label, counts[path], "step"))
                following.append(path)
            if n := ended.get(parent, 0):
                on = parent[-1] if parent else last
                kind = "stop" if on is not None and known[on][2] else "destination"
                rows.append(_row(skip + step, f"{key},", key, None, ENDED_HERE, n, kind))
        level = following
    return pd.DataFrame(rows, columns=["step", "key", "parent", "node", "label", "n_calls", "kind"])


def _row(step: int, key: str, parent: str, node: str | None, label: str, n: int, kind: str) -> dict[str, Any]:
    return {
        "step": step,
        "key": key,
        "parent": parent,
        "node": node,
        "label": label,
        "n_calls": n,
        "kind": kind,
    }


def ends_mid_menu(log: CallLog, prefix: tuple[str, ...]) -> bool:
    """Whether a call that ends on the last node of `prefix` leaves options below it."""
    if not prefix:
        return False
    (children,) = log.row("SELECT coalesce(max(n_children), 0) FROM nodes WHERE id = ?", [prefix[-1]])
    return int(children) > 0


def beginning(log: CallLog, where: Filter, prefix: tuple[str, ...]) -> tuple[str, list[Any]]:
    """SQL for the selected variants whose path begins with `prefix`. Raises ViewError for an unknown node."""
    unknown = [one for one in prefix if one not in log.codes]
    if unknown:
        raise ViewError(
            f"There is no menu item with the id {unknown[0][:80]!r} in this session.", "Go back to all calls."
        )
    source, values = selected(log, where)
    if not prefix:
        return source, values
    codes = [log.codes[one] for one in prefix]
    return f"(FROM {source} WHERE nodes[1:{len(codes)}] = ?::INTEGER[])", [*values, codes]


def path_counts(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """Calls of each distinct path, the most frequent first: n_calls, cumulative."""
    source, values = selected(log, where)
    counts = log.frame(
        f"SELECT sum(n)::BIGINT AS n_calls FROM {source} GROUP BY path ORDER BY n_calls DESC, path", values
    )
    return counts.assign(cumulative=counts["n_calls"].cumsum())
