"""Which row each node of a directed graph stands in, so that what matters leads down the page.

The first two steps of Sugiyama, Tagawa and Toda (1981): break cycles, give each node a row. What is our own: a row
holds only so many nodes, and what does not fit moves further down, rare things first. So a map grows in height only.
"""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple

_BINDING: Final = 0.1
_FORWARD: Final = 1000


class Edge(NamedTuple):
    """From node to node, as indices, taken `n` times.

    One that is `back` leads back by its nature, so it counts for little where rows are found. `group` is for
    `flow_places`: only edges of one group share a lane.
    """

    source: int
    target: int
    n: int
    back: bool = False
    group: int = 0

    @property
    def weight(self) -> int:
        return self.n if self.back else self.n * _FORWARD


def rows(n_nodes: int, edges: Sequence[Edge], *, most: int) -> list[int]:
    """A row for each node, counted from 0 at the top, with at most `most` nodes in one and none empty.

    An edge leads down, unless it closes a cycle or weighs less than a tenth of the heaviest that leads down to its
    target. A node's heaviest successors are placed first and so stand closest to it.
    """
    after, before = _binding(n_nodes, edges, _acyclic(n_nodes, edges))
    row_of = [0] * n_nodes
    filled: list[int] = []
    for node in _depth_first(after, before, edges):
        row = max((row_of[one] + 1 for one in before[node]), default=0)
        while row < len(filled) and filled[row] >= most:
            row += 1
        if row == len(filled):
            filled.append(0)
        row_of[node] = row
        filled[row] += 1
    return row_of


def _acyclic(n_nodes: int, edges: Sequence[Edge]) -> list[int]:
    """Each node's place in an order that few and light edges run against: the greedy rule of Eades, Lin and Smyth."""
    outgoing: list[list[Edge]] = [[] for _ in range(n_nodes)]
    incoming: list[list[Edge]] = [[] for _ in range(n_nodes)]
    surplus = [0] * n_nodes
    for edge in edges:
        if edge.source != edge.target:
            outgoing[edge.source].append(edge)
            incoming[edge.target].append(edge)
            surplus[edge.source] += edge.weight
            surplus[edge.target] -= edge.weight
    n_out, n_in = [len(one) for one in outgoing], [len(one) for one in incoming]

    def urgency(node: int) -> tuple[int, int, int]:
        return (0 if n_in[node] == 0 else 1 if n_out[node] == 0 else 2, -surplus[node], node)

    queue = [urgency(node) for node in range(n_nodes)]
    heapify(queue)
    upper: list[int] = []
    lower: list[int] = []
    left = [True] * n_nodes
    while queue:
        urgent, _, node = entry = heappop(queue)
        if not left[node] or entry != urgency(node):
            continue
        left[node] = False
        (lower if urgent == 1 else upper).append(node)
        for edge in outgoing[node]:
            n_in[edge.target] -= 1
            surplus[edge.target] += edge.weight
            heappush(queue, urgency(edge.target))
        for edge in incoming[node]:
            n_out[edge.source] -= 1
            surplus[edge.source] -= edge.weight
            heappush(queue, urgency(edge.source))
    place = [0] * n_nodes
    for number, node in enumerate([*upper, *reversed(lower)]):
        place[node] = number
    return place


def _binding(n_nodes: int, edges: Sequence[Edge], place: Sequence[int]) -> tuple[list[list[int]], list[list[int]]]:
    """The edges that must lead down, as each node's successors, the heaviest last, and its predecessors."""
    down = [edge for edge in edges if place[edge.source] < place[edge.target]]
    heaviest = [0] * n_nodes
    for edge in down:
        heaviest[edge.target] = max(heaviest[edge.target], edge.weight)
    after: list[list[int]] = [[] for _ in range(n_nodes)]
    before: list[list[int]] = [[] for _ in range(n_nodes)]
    for edge in sorted(down, key=lambda edge: edge.weight):
        if edge.weight >= _BINDING * heaviest[edge.target]:
            after[edge.source].append(edge.target)
            before[edge.target].append(edge.source)
    return after, before


def _depth_first(after: Sequence[Sequence[int]], before: Sequence[Sequence[int]], edges: Sequence[Edge]) -> list[int]:
    """All nodes, each behind its predecessors and as soon after the last of them as can be, what is heavy first."""
    leaving = [0] * len(after)
    for edge in edges:
        leaving[edge.source] += edge.weight
    roots = [node for node in reversed(range(len(after))) if not before[node]]
    done: list[int] = []
    seen = [False] * len(after)
    for root in sorted(roots, key=leaving.__getitem__):
        stack = [(root, iter(after[root]))]
        while stack:
            following = next((one for one in stack[-1][1] if not seen[one]), None)
            if following is None:
                done.append(stack.pop()[0])
            else:
                seen[following] = True
                stack.append((following, iter(after[following])))
    return done[::-1]
