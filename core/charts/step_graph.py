"""Items on steps and the calls between them, with the small items of a step folded: what the Sankey draws."""

from collections import Counter
from typing import Final, Literal, NamedTuple

import pandas as pd

from core import text

MOST_ITEMS: Final = 9
LEAST_SHARE: Final = 0.0025
Kind = Literal["item", "more", "destination", "stop"]
_ORDER: Final[tuple[Kind, ...]] = ("item", "more", "destination", "stop")
_COLUMNS = ("step", "source", "source_label", "target", "target_label", "n", "kind")


class Place(NamedTuple):
    """A node: `column` from 0, and the id of an item; "" for what is folded, and for calls that ended before."""

    column: int
    kind: Kind
    node: str


class Node(NamedTuple):
    """A place with its words, the calls that pass through it, and how far it is from where calls begin."""

    place: Place
    label: str
    n: int
    depth: int


class Link(NamedTuple):
    """Calls from one node to another, both as their position in the list of nodes."""

    source: int
    target: int
    n: int


def step_graph(links: pd.DataFrame, most_columns: int) -> tuple[list[Node], list[Link]]:
    """The nodes, column by column, the largest first, and the links in the order of their nodes.

    `links` are as for `step_sankey`. A column has its nine largest items, without those that a line thinner than a
    hair would stand for; then "n more", where two or more are left, destinations, and calls that ended although the
    menu goes on. Columns beyond `most_columns` are left out. ValueError: a column of the frame is missing, or calls
    end in another way than those two.
    """
    if missing := [name for name in _COLUMNS if name not in links.columns]:
        raise ValueError(f"the links have no column {', '.join(missing)}")
    flows, labels = _flows(links, most_columns)
    kept = _kept(_sizes(flows))
    folded: dict[int, set[str]] = {}
    merged: Counter[tuple[Place, Place]] = Counter()
    for ends, n in flows.items():
        for place in ends:
            if place.kind == "item" and place not in kept:
                folded.setdefault(place.column, set()).add(place.node)
        source, target = (place if place.kind != "item" or place in kept else _more(place) for place in ends)
        merged[source, target] += n
    sizes = _sizes(merged)
    order = sorted(sizes, key=lambda place: (place.column, _ORDER.index(place.kind), -sizes[place], place.node))
    depths = dict.fromkeys(order, 0)
    for source, target in sorted(merged, key=lambda ends: ends[0].column):
        depths[target] = max(depths[target], depths[source] + 1)
    nodes = [
        Node(place, _words(place, labels, len(folded.get(place.column, ()))), sizes[place], depths[place])
        for place in order
    ]
    at = {place: position for position, place in enumerate(order)}
    return nodes, sorted(Link(at[source], at[target], n) for (source, target), n in merged.items())


def _flows(links: pd.DataFrame, most_columns: int) -> tuple[Counter[tuple[Place, Place]], dict[str, str]]:
    flows: Counter[tuple[Place, Place]] = Counter()
    labels: dict[str, str] = {}
    first = 0 if links.empty else int(links["step"].min())
    columns = zip(*(links[name] for name in _COLUMNS), strict=True)
    for step, source, source_label, target, target_label, n, kind in columns:
        column = int(step) - first
        if column + 1 >= most_columns or not n:
            continue
        labels[str(source)] = str(source_label)
        if pd.isna(target):
            if kind not in ("stop", "destination"):
                raise ValueError(f"calls end as {kind!r}, which is neither stop nor destination")
            there = Place(column + 1, kind, "")
        else:
            labels[str(target)] = str(target_label)
            there = Place(column + 1, "item", str(target))
        flows[Place(column, "item", str(source)), there] += int(n)
    return flows, labels


def _sizes(flows: Counter[tuple[Place, Place]]) -> Counter[Place]:
    """The calls that pass through each place: those that come or those that go, whichever are more."""
    come: Counter[Place] = Counter()
    go: Counter[Place] = Counter()
    for (source, target), n in flows.items():
        go[source] += n
        come[target] += n
    return come | go


def _kept(sizes: Counter[Place]) -> set[Place]:
    least = LEAST_SHARE * sum(n for place, n in sizes.items() if place.column == 0)
    columns: dict[int, list[Place]] = {}
    for place in sorted(sizes, key=lambda place: (-sizes[place], place.node)):
        if place.kind == "item":
            columns.setdefault(place.column, []).append(place)
    kept: set[Place] = set()
    for items in columns.values():
        large = [place for place in items[:MOST_ITEMS] if sizes[place] >= least]
        kept.update(items if len(items) <= len(large) + 1 else large)
    return kept


def _more(place: Place) -> Place:
    return Place(place.column, "more", "")


def _words(place: Place, labels: dict[str, str], n_folded: int) -> str:
    if place.kind == "item":
        return labels[place.node]
    words = {"more": f"{text.number(n_folded)} more", "stop": "Ended here", "destination": "Destination"}
    return words[place.kind]
