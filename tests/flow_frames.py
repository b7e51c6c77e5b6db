"""Frames for the flow map, counted from calls one step after another."""

from collections import Counter
from collections.abc import Collection, Sequence

import pandas as pd
from hypothesis import strategies as st

NODES = ["node", "label", "n_calls", "reach", "starts", "ends", "has_children"]
TRANSITIONS = ["source", "target", "n", "kind"]
Frames = tuple[pd.DataFrame, pd.DataFrame]

CALLS = st.lists(st.text("abcdefghijkl", min_size=1, max_size=8), min_size=1, max_size=40)


def frames(calls: Sequence[str], menu: Collection[str] = (), labels: dict[str, str] | None = None) -> Frames:
    """Of calls, strings of one-letter nodes, and menu edges, pairs of letters; without a menu every move is in it."""
    moves = Counter(call[n : n + 2] for call in calls for n in range(len(call) - 1))
    nodes = [
        (
            node,
            (labels or {}).get(node, f"Item {node}"),
            sum(node in call for call in calls),
            sum(call.count(node) for call in calls),
            sum(call[0] == node for call in calls),
            sum(call[-1] == node for call in calls),
            any(edge[0] == node for edge in menu),
        )
        for node in sorted(set("".join(calls)))
    ]
    transitions = [(move[0], move[1], n, _kind(move, menu, calls)) for move, n in sorted(moves.items())]
    return pd.DataFrame(nodes, columns=NODES), pd.DataFrame(transitions, columns=TRANSITIONS)


def _kind(move: str, menu: Collection[str], calls: Sequence[str]) -> str:
    if not menu or move in menu:
        return "menu"
    if move[0] == move[1]:
        return "repeat"
    return "back" if any(move[1] in call[: call.find(move) + 1] for call in calls if move in call) else "jump"
