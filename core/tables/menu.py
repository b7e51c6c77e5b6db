"""Where each node stands in the menu, worked out from its parent without following a cycle for ever."""

from collections.abc import Mapping


def places(parents: Mapping[int, int | None]) -> tuple[dict[int, tuple[int | None, int | None]], list[int]]:
    """(depth, root) of each node of `parents` (node -> its parent, None for a root), and the nodes on cycles.

    A root has depth 0 and is its own root. On a cycle, and below one, there is neither.
    """
    known: dict[int, tuple[int | None, int | None]] = {}
    on_cycle: list[int] = []
    for start in parents:
        trail: list[int] = []
        seen: set[int] = set()
        node: int | None = start
        while node is not None and node not in known and node not in seen:
            trail.append(node)
            seen.add(node)
            node = parents.get(node)
        if node is not None and node in seen:
            on_cycle += trail[trail.index(node) :]
            known.update(dict.fromkeys(trail, (None, None)))
            continue
        depth, root = known[node] if node is not None else (-1, trail[-1])
        for one in reversed(trail):
            depth = None if depth is None else depth + 1
            known[one] = (depth, root)
    return known, sorted(on_cycle)
