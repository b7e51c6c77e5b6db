"""Which ways calls take: their paths, and where they go from a point in the menu."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from core.flow.filter import ALL, Filter
from core.flow.ids import join_ids
from core.flow.intents import most_first
from core.flow.selection import Selection, codes_of, select
from core.tables.arrays import Counts, Paths, summed
from core.tables.calllog import CallLog

ENDED_HERE = "Ended here"
PATH_COLUMNS = ("rank", "nodes", "labels", "n_calls", "share", "cumulative_share")


def top_paths(log: CallLog, where: Filter = ALL, *, limit: int | None = None) -> pd.DataFrame:
    """Distinct paths, the most frequent first: rank, nodes (ids), labels, n_calls, share, cumulative_share.

    Shares are of all calls that pass, also where `limit` cuts the rows.
    """
    found = select(log, where)
    order = most_first(found.weights)
    shown = order if limit is None else order[:limit]
    n_calls = found.weights[shown]
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(shown) + 1),
            "nodes": _walks(log, shown, log.ids),
            "labels": _walks(log, shown, log.names),
            "n_calls": n_calls,
            "share": n_calls / max(found.n_calls, 1),
            "cumulative_share": n_calls.cumsum() / max(found.n_calls, 1),
        }
    )


def _walks(log: CallLog, paths: Counts, words: NDArray[Any]) -> pd.arrays.ArrowExtensionArray:
    """What each step of these paths is called, a list a path; as Arrow, for there may be many thousands."""
    lengths, begin = log.paths.lengths[paths], log.paths.at[:-1][paths]
    at = np.concatenate([[0], lengths.cumsum()])
    steps = np.repeat(begin - at[:-1], lengths) + np.arange(at[-1])
    named = pa.DictionaryArray.from_arrays(log.paths.nodes[steps], words)
    return pd.arrays.ArrowExtensionArray(pa.ListArray.from_arrays(pa.array(at, pa.int32()), named))


def path_counts(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """Calls of each distinct path, the most frequent first: n_calls, cumulative."""
    weights = select(log, where).weights
    counts = weights[most_first(weights)]
    return pd.DataFrame({"n_calls": counts, "cumulative": counts.cumsum()})


def path_explorer(log: CallLog, where: Filter = ALL, prefix: tuple[str, ...] = ()) -> pd.DataFrame:
    """Calls whose path begins with `prefix`, by their next node: node, label, n_calls, share, n_ended; most first.

    share is of the calls whose path begins with `prefix`; n_ended of n_calls end on that node. The calls that end on
    the prefix itself are the last row, with no node. Raises ViewError where `prefix` names a node that is not known.
    """
    found, paths, taken = _beginning(log, where, prefix)
    lengths, weights = paths.lengths[taken], found.weights[taken]
    onward = lengths > len(prefix)
    following = paths.nodes[paths.at[:-1][taken][onward] + len(prefix)]
    n_calls = found.by_node(following, weights[onward])
    last = lengths[onward] == len(prefix) + 1
    n_ended = found.by_node(following[last], weights[onward][last])
    total, here = int(weights.sum()), int(weights[~onward].sum())
    nodes = most_first(n_calls)
    steps = log.named(nodes, n_calls=n_calls[nodes], share=n_calls[nodes] / max(total, 1), n_ended=n_ended[nodes])
    if not here:
        return steps
    row = {"node": None, "label": ENDED_HERE, "n_calls": here, "share": here / total, "n_ended": here}
    ended = pd.DataFrame([row]).astype({"node": steps["node"].dtype, "label": steps["label"].dtype})
    return pd.concat([steps, ended], ignore_index=True) if len(steps) else ended


def tree(log: CallLog, where: Filter = ALL, prefix: tuple[str, ...] = (), *, steps: int = 4) -> pd.DataFrame:
    """The next `steps` steps behind `prefix`: step, key, parent, node, label, n_calls, kind.

    step is the position in the call from 1, key the joined node ids behind the prefix, parent the key of the row
    before ("" at the first step). kind is "step", or, with no node, how calls ended on the parent: "stop" where the
    menu goes on there, "destination" where it does not. Ordered by step, then by parent, then the most calls first.
    """
    found, paths, taken = _beginning(log, where, prefix)
    known = {
        int(node): (str(log.ids[node]), str(log.names[node]), int(log.n_children[node]) > 0)
        for node in range(len(log.ids))
    }
    counts: dict[tuple[int, ...], int] = {}
    ended: dict[tuple[int, ...], int] = {}
    skip = len(prefix)
    for path, n in zip(taken, found.weights[taken], strict=True):
        begin, end = int(paths.at[path]) + skip, int(paths.at[path + 1])
        behind = tuple(paths.nodes[begin : min(begin + steps, end)].tolist())
        for length in range(1, len(behind) + 1):
            counts[behind[:length]] = counts.get(behind[:length], 0) + int(n)
        if end - begin < steps:
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


def links(log: CallLog, where: Filter = ALL, *, steps: int = 6) -> pd.DataFrame:
    """The moves of the first `steps` steps, step by step: step, source, source_label, target, target_label, n, kind.

    step is the position of the source, from 1. Where calls end on the source there is no target, and kind is "stop"
    where the menu goes on from it, else "destination"; otherwise kind is "step". Ordered by step, the most first.
    """
    found, paths = select(log, where), log.paths
    pieces = []
    for step in range(1, steps + 1):
        taken = np.flatnonzero((paths.lengths >= step) & (found.weights > 0))
        source = paths.nodes[paths.at[:-1][taken] + step - 1].astype(np.int64)
        goes_on = paths.lengths[taken] > step
        target = np.full(len(taken), -1, np.int64)
        target[goes_on] = paths.nodes[paths.at[:-1][taken][goes_on] + step]
        if step == steps:
            source, target, taken = source[~goes_on], target[~goes_on], taken[~goes_on]
        keys, places = np.unique(source * (len(log.ids) + 1) + target + 1, return_inverse=True)
        pieces.append((np.full(len(keys), step), keys, summed(places, found.weights[taken], len(keys))))
    step_of, keys, n = (np.concatenate(one) for one in zip(*pieces, strict=True))
    source, target = keys // (len(log.ids) + 1), keys % (len(log.ids) + 1) - 1
    ended = np.where(log.n_children[source] > 0, "stop", "destination").astype(object)
    frame = pd.DataFrame(
        {
            "step": step_of,
            "source": log.id_column(source),
            "source_label": log.label_column(source),
            "target": pd.Series(log.id_column(target)).where(target >= 0),
            "target_label": pd.Series(log.label_column(target)).where(target >= 0),
            "n": n,
            "kind": np.where(target >= 0, "step", ended),
        }
    )
    return frame.sort_values(["step", "n"], ascending=[True, False], kind="stable", ignore_index=True)


def ends_mid_menu(log: CallLog, prefix: tuple[str, ...]) -> bool:
    """Whether a call that ends on the last node of `prefix` leaves options below it."""
    return bool(prefix) and prefix[-1] in log.codes and int(log.n_children[log.codes[prefix[-1]]]) > 0


def _beginning(log: CallLog, where: Filter, prefix: tuple[str, ...]) -> tuple[Selection, Paths, Counts]:
    """The selected calls, all paths, and the numbers of those that begin with `prefix` and that calls take."""
    found = select(log, where)
    taken = found.weights > 0
    if prefix:
        taken &= log.paths.beginning(codes_of(log, prefix))
    return found, log.paths, np.flatnonzero(taken)
