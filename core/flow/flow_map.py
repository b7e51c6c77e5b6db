"""The flow map: which nodes and transitions to draw, so that the picture can be read and never falls apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

import pandas as pd

from core.text import plural, share_of

_NODE_COLUMNS = ("node", "label", "n_calls", "reach", "starts", "ends", "has_children")
_TRANSITION_COLUMNS = ("source", "target", "n", "kind")


@dataclass(frozen=True)
class Map:
    """What is drawn, and how much there is in all.

    `nodes` and `transitions` have the columns that `simplified` was given. `n_steps` and `n_moves` are how often
    calls take all nodes and all transitions, `n_calls` how many calls there are.
    """

    nodes: pd.DataFrame
    transitions: pd.DataFrame
    n_nodes: int
    n_transitions: int
    n_calls: int
    n_steps: int
    n_moves: int


class _Edge(NamedTuple):
    source: int
    target: int
    n: int


def simplified(
    nodes: pd.DataFrame, transitions: pd.DataFrame, *, share_of_nodes: float, share_of_transitions: float
) -> Map:
    """The most frequent nodes, the most frequent transitions between them, and what holds them together.

    `nodes` has node (id, unique), label, n_calls (calls that touch it), reach (times that calls take it), starts,
    ends (calls that begin and end there) and has_children; `transitions` has source, target, n (times taken) and
    kind ("menu", or "repeat", "back", "up", "jump"). Nodes that no call takes are left out. Both shares lie between
    0 and 1.

    From each node drawn there is a way from a start and to an end: with a node come the nodes on its strongest such
    ways, and as many nodes are taken, by reach, as fit the share with that company, the first of them always. Of the
    transitions between them those on strongest ways, the strongest into and out of each node, and the most frequent
    are drawn. A way is as strong as its weakest transition. Ties keep the order of the frames. Nothing is drawn in
    place of the nodes that are hidden. A larger share of nodes only ever adds nodes, and among the same nodes a larger
    share of transitions only ever adds transitions.

    ValueError: a column is missing, a share is out of its range, or a transition names a node that is not there.
    """
    _check(nodes, transitions, share_of_nodes, share_of_transitions)
    taken = nodes[nodes["reach"] > 0]
    places = {node: place for place, node in enumerate(taken["node"])}
    edges = _edges(transitions, places)
    kept = _kept_nodes(taken, edges, share_of_nodes)
    drawn = _kept_edges(taken, edges, kept, share_of_transitions)
    return Map(
        nodes=taken.iloc[sorted(kept)].reset_index(drop=True),
        transitions=transitions.iloc[sorted(drawn)].reset_index(drop=True),
        n_nodes=len(taken),
        n_transitions=len(transitions),
        n_calls=int(taken["starts"].sum()),
        n_steps=int(taken["reach"].sum()),
        n_moves=int(transitions["n"].sum()),
    )


def left_out(flow: Map) -> str:
    """What is drawn, and how many steps, moves from step to step and ends of calls are not; a few sentences."""
    if len(flow.nodes) == flow.n_nodes and len(flow.transitions) == flow.n_transitions:
        return f"All {plural(flow.n_nodes, 'item')} and all {plural(flow.n_transitions, 'transition')} are drawn."
    steps = flow.n_steps - int(flow.nodes["reach"].sum())
    moves = flow.n_moves - int(flow.transitions["n"].sum())
    ends = flow.n_calls - int(flow.nodes["ends"].sum())
    items = share_of(len(flow.nodes), flow.n_nodes)
    transitions = share_of(len(flow.transitions), flow.n_transitions)
    said = f"{items} items and {transitions} transitions are drawn."
    hidden = [f"{share_of(steps, flow.n_steps)} steps"] * (steps > 0)
    hidden += [f"{share_of(moves, flow.n_moves)} moves from step to step"] * (moves > 0)
    if hidden:
        said += f" Not shown: {' and '.join(hidden)}."
    if ends > 0:
        said += f" {share_of(ends, flow.n_calls)} calls end on an item that is not drawn."
    return said


def _check(nodes: pd.DataFrame, transitions: pd.DataFrame, *shares: float) -> None:
    for name, frame, columns in (("nodes", nodes, _NODE_COLUMNS), ("transitions", transitions, _TRANSITION_COLUMNS)):
        if missing := [column for column in columns if column not in frame.columns]:
            raise ValueError(f"{name} has no column {', '.join(missing)}")
    if not all(0 <= share <= 1 for share in shares):
        raise ValueError(f"a share lies between 0 and 1, not {shares}")


def _edges(transitions: pd.DataFrame, places: dict[str, int]) -> list[_Edge]:
    columns = (transitions[name] for name in ("source", "target", "n"))
    try:
        return [_Edge(places[source], places[target], int(n)) for source, target, n in zip(*columns, strict=True)]
    except KeyError as unknown:
        raise ValueError(f"a transition names {unknown}, which is no node that calls take") from unknown


def _kept_nodes(nodes: pd.DataFrame, edges: Sequence[_Edge], share: float) -> set[int]:
    starts, ends, reach = (nodes[name].tolist() for name in ("starts", "ends", "reach"))
    entering = _ways(starts, edges)
    leaving = _ways(ends, [_reverse(edge) for edge in edges])
    room = round(share * len(nodes))
    kept: set[int] = set()
    for node in sorted(range(len(nodes)), key=lambda one: -reach[one]):
        company = {node}
        company.update(edges[edge].source for edge in _back(node, entering, edges))
        company.update(edges[edge].target for edge in _on(node, leaving, edges))
        if kept and len(kept | company) > room:
            break
        kept |= company
    return kept


def _kept_edges(nodes: pd.DataFrame, edges: Sequence[_Edge], kept: set[int], share: float) -> set[int]:
    inside = [number for number, edge in enumerate(edges) if edge.source in kept and edge.target in kept]
    between = [edges[number] for number in inside]
    drawn: set[int] = set()
    for ends, directed in (
        (nodes["starts"].tolist(), between),
        (nodes["ends"].tolist(), [_reverse(edge) for edge in between]),
    ):
        drawn.update(edge for edge in _ways(ends, directed) if edge is not None)
        drawn.update(_strongest_into(ends, directed))
    by_n = sorted(range(len(between)), key=lambda number: -between[number].n)
    drawn.update(by_n[: round(share * len(by_n))])
    return {inside[number] for number in drawn}


def _reverse(edge: _Edge) -> _Edge:
    return _Edge(edge.target, edge.source, edge.n)


def _ways(starts: Sequence[int], edges: Sequence[_Edge]) -> list[int | None]:
    """For each node the last edge of its strongest way from a start; None at a start, and where no way leads.

    Growing what is reached by the strongest edge that leaves it makes every way's weakest edge as strong as can be.
    """
    onward: list[list[int]] = [[] for _ in starts]
    for number, edge in enumerate(edges):
        onward[edge.source].append(number)
    entered: list[int | None] = [None] * len(starts)
    reached = [False] * len(starts)
    queue: list[tuple[int, int, int]] = []
    for node, n in enumerate(starts):
        if n > 0:
            heappush(queue, (-n, -1, node))
    while queue:
        _, number, node = heappop(queue)
        if reached[node]:
            continue
        reached[node] = True
        entered[node] = number if number >= 0 else None
        for following in onward[node]:
            heappush(queue, (-edges[following].n, following, edges[following].target))
    return entered


def _strongest_into(starts: Sequence[int], edges: Sequence[_Edge]) -> set[int]:
    """For each node the edge that most calls come in by, where more do so than start there."""
    best: dict[int, int] = {}
    for number, edge in enumerate(edges):
        if edge.source != edge.target and edge.n > starts[edge.target]:
            known = best.setdefault(edge.target, number)
            if edge.n > edges[known].n:
                best[edge.target] = number
    return set(best.values())


def _back(node: int, entering: Sequence[int | None], edges: Sequence[_Edge]) -> Iterator[int]:
    while (number := entering[node]) is not None:
        yield number
        node = edges[number].source


def _on(node: int, leaving: Sequence[int | None], edges: Sequence[_Edge]) -> Iterator[int]:
    while (number := leaving[node]) is not None:
        yield number
        node = edges[number].target
