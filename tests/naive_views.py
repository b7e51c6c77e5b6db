"""What every number of the views should be: loops over plain lists, written from the definitions alone."""

import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from tests.naive import Call, Log, order

Row = tuple[object, ...]
Moves = list[tuple[str, str]]
KINDS = ("repeat", "back", "up", "jump")


def ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Most first, ties by node."""
    return sorted(counts.items(), key=lambda item: (-item[1], order(item[0])))


def shares(log: Log, counts: Counter[str]) -> list[Row]:
    return [(node, log.label(node), n, n / counts.total()) for node, n in ranked(counts)]


def nearest_rank(values: Sequence[int], percent: int) -> int:
    """The value at position ceil(percent * n / 100), counted from 1."""
    position = (percent * len(values) + 99) // 100
    return sorted(values)[position - 1]


def summary(log: Log, calls: Sequence[Call]) -> list[Row]:
    steps = [len(call.path) for call in calls]
    dates = [call.day for call in calls if call.day]
    figures = (
        len({call.file for call in calls}),
        len(calls),
        sum(steps),
        len({node for call in calls for node in call.path}),
        len({call.path for call in calls}),
        min(dates).isoformat() if dates else None,
        max(dates).isoformat() if dates else None,
    )
    if not calls:
        return [(*figures, None, None, None, None, None, None, log.count("rejected"))]
    percentiles = [nearest_rank(steps, percent) for percent in (50, 90, 95)]
    return [(*figures, sum(steps) / len(steps), *percentiles, min(steps), max(steps), log.count("rejected"))]


def top_intents(log: Log, calls: Sequence[Call]) -> list[Row]:
    return shares(log, Counter(log.intent(call) for call in calls))


def leaf_frequency(log: Log, calls: Sequence[Call]) -> list[Row]:
    return shares(log, Counter(call.path[-1] for call in calls))


def beginning(calls: Sequence[Call], prefix: Sequence[str]) -> list[Call]:
    return [call for call in calls if call.path[: len(prefix)] == tuple(prefix)]


def path_explorer(log: Log, calls: Sequence[Call], prefix: Sequence[str] = ()) -> list[Row]:
    calls, depth = beginning(calls, prefix), len(prefix)
    onward = Counter(call.path[depth] for call in calls if len(call.path) > depth)
    ends = Counter(call.path[depth] for call in calls if len(call.path) == depth + 1)
    rows: list[Row] = [(node, log.label(node), n, n / len(calls), ends[node]) for node, n in ranked(onward)]
    if here := sum(len(call.path) == depth for call in calls):
        rows.append((None, "Ended here", here, here / len(calls), here))
    return rows


def top_paths(log: Log, calls: Sequence[Call]) -> list[Row]:
    counts = Counter(call.path for call in calls)
    rows: list[Row] = []
    so_far = 0
    for path, n in sorted(counts.items(), key=lambda item: (-item[1], [order(node) for node in item[0]])):
        so_far += n
        labels = [log.label(node) for node in path]
        rows.append((len(rows) + 1, list(path), labels, n, n / len(calls), so_far / len(calls)))
    return rows


def reach(calls: Sequence[Call]) -> Counter[str]:
    return Counter(node for call in calls for node in call.path)


def moves(calls: Sequence[Call]) -> Moves:
    """Source and target of every transition taken, as often as it is taken."""
    return [pair for call in calls for pair in zip(call.path, call.path[1:], strict=False)]


def onward(calls: Sequence[Call]) -> dict[str, Counter[str]]:
    """Node -> how often each node comes next."""
    found: dict[str, Counter[str]] = {}
    for source, target in moves(calls):
        found.setdefault(source, Counter())[target] += 1
    return found


def node_funnel(log: Log, calls: Sequence[Call]) -> list[Row]:
    going_on = Counter(source for source, _ in moves(calls))
    rows: list[Row] = []
    for node, n in ranked(reach(calls)):
        touching = sum(node in call.path for call in calls)
        rows.append((node, log.label(node), n, going_on[node], n - going_on[node], touching))
    return rows


def depth_funnel(log: Log, calls: Sequence[Call]) -> list[Row]:
    rows: list[Row] = []
    for depth in range(1, max((len(call.path) for call in calls), default=0) + 1):
        n = sum(len(call.path) >= depth for call in calls)
        rows.append((depth, n, n / len(calls), sum(len(call.path) == depth - 1 for call in calls)))
    return rows


def dead_ends(log: Log, calls: Sequence[Call]) -> list[Row]:
    occurrences = reach(calls)
    ends = {node: sum(call.path[-1] == node for call in calls) for node in occurrences}
    return [
        (node, log.label(node), occurrences[node], n, n / occurrences[node], log.has_children(node))
        for node, n in ranked(ends)
    ]


def entropy(log: Log, calls: Sequence[Call]) -> list[Row]:
    found = []
    for node, following in onward(calls).items():
        n = following.total()
        bits = math.fsum(count / n * math.log2(n / count) for count in following.values())
        found.append((node, log.label(node), n, bits, 2**bits, len(following)))
    return [*sorted(found, key=lambda row: (-row[3], order(row[0])))]


def coverage(log: Log, calls: Sequence[Call]) -> list[Row]:
    following = onward(calls)
    rows: list[Row] = []
    for node, n in ranked({node: counts.total() for node, counts in following.items()}):
        top = sorted(following[node].values(), reverse=True)
        rows.append((node, log.label(node), n, top[0] / n, sum(top[:2]) / n))
    return rows


def kind(log: Log, path: Sequence[str], position: int) -> str:
    """What the move to the step at `position` is, as if the menu did not have it."""
    source, target = path[position - 1], path[position]
    if source == target:
        return "repeat"
    if target in path[:position]:
        return "back"
    return "up" if target in log.ancestors(source) else "jump"


def flow_map(log: Log, calls: Sequence[Call]) -> list[Row]:
    """Every transition taken; the kind of one that is no menu edge is that of most of its occurrences."""
    kinds: dict[tuple[str, str], Counter[str]] = {}
    for call in calls:
        for position in range(1, len(call.path)):
            pair = call.path[position - 1], call.path[position]
            known = "menu" if pair in log.edges else kind(log, call.path, position)
            kinds.setdefault(pair, Counter())[known] += 1
    rows = []
    for (source, target), counts in kinds.items():
        major = "menu" if "menu" in counts else max(KINDS, key=lambda one: counts[one])
        rows.append((source, log.label(source), target, log.label(target), counts.total(), major))
    return [*sorted(rows, key=lambda row: (-row[4], order(row[0]), order(row[2])))]


def anomalies(log: Log, calls: Sequence[Call]) -> list[Row]:
    return [row for row in flow_map(log, calls) if row[-1] != "menu"]


def unreachable(log: Log, calls: Sequence[Call]) -> list[Row]:
    touched = {node for call in calls for node in call.path}
    return [(node, log.label(node)) for node in sorted(log.in_menu - touched, key=order)]


def same_label(label: str) -> str:
    return unicodedata.normalize("NFC", label).strip().casefold()


def duplicates(log: Log, calls: Sequence[Call]) -> list[Row]:
    """Whatever the calls; a node without a label of its own shares none."""
    nodes: dict[str, list[str]] = {}
    for node in log.nodes:
        if node in log.labels:
            nodes.setdefault(same_label(log.labels[node]), []).append(node)
    shared = [same for same in nodes.values() if len(same) > 1]
    return [
        (log.labels[same[0]], same, len(same)) for same in sorted(shared, key=lambda same: (-len(same), order(same[0])))
    ]


def days(calls: Sequence[Call]) -> list[date]:
    dated = [call.day for call in calls if call.day]
    if not dated:
        return []
    return [min(dated) + timedelta(days=n) for n in range((max(dated) - min(dated)).days + 1)]


def weekday_trends(log: Log, calls: Sequence[Call]) -> list[Row]:
    span = Counter(day.isoweekday() for day in days(calls))
    counts = Counter(call.day.isoweekday() if call.day else None for call in calls)
    rows: list[Row] = [(weekday, counts[weekday], n, counts[weekday] / n) for weekday, n in sorted(span.items())]
    return [*rows, (None, counts[None], None, None)] if counts[None] else rows


def url_engagement(log: Log, calls: Sequence[Call]) -> list[Row]:
    steps = Counter(url for call in calls for url in log.links(call))
    return [
        (url, n, sum(url in log.links(call) for call in calls))
        for url, n in sorted(steps.items(), key=lambda item: (-item[1], item[0]))
    ]


def ways_back(call: Call) -> Moves:
    """The moves of a call to a node that it met before, as often as it makes them."""
    return [
        (call.path[place], call.path[place + 1])
        for place in range(len(call.path) - 1)
        if call.path[place + 1] in call.path[: place + 1]
    ]


def returns(log: Log, calls: Sequence[Call]) -> list[Row]:
    times = Counter(move for call in calls for move in ways_back(call))
    in_calls = Counter(move for call in calls for move in set(ways_back(call)))
    ordered = sorted(times, key=lambda move: (-times[move], order(move[0]), order(move[1])))
    return [
        (
            source,
            log.label(source),
            target,
            log.label(target),
            times[source, target],
            in_calls[source, target],
            "repeat" if source == target else "back",
        )
        for source, target in ordered
    ]


def branches(log: Log, calls: Sequence[Call]) -> list[Row]:
    going, several = Counter[str](), Counter[str]()
    for call in calls:
        following: dict[str, set[str]] = {}
        for source, target in zip(call.path, call.path[1:], strict=False):
            if source != target:
                following.setdefault(source, set()).add(target)
        going.update(list(following))
        several.update(node for node, nodes in following.items() if len(nodes) > 1)
    ordered = sorted(going, key=lambda node: (-several[node], order(node)))
    return [(node, log.label(node), going[node], several[node], several[node] / going[node]) for node in ordered]


VIEWS: dict[str, Callable[[Log, Sequence[Call]], list[Row]]] = {
    "summary": summary,
    "top-intents": top_intents,
    "leaf-frequency": leaf_frequency,
    "path-explorer": path_explorer,
    "top-paths": top_paths,
    "node-funnel": node_funnel,
    "depth-funnel": depth_funnel,
    "dead-ends": dead_ends,
    "entropy": entropy,
    "coverage": coverage,
    "flow-map": flow_map,
    "anomalies": anomalies,
    "unreachable": unreachable,
    "duplicates": duplicates,
    "weekday-trends": weekday_trends,
    "url-engagement": url_engagement,
    "returns": returns,
    "branches": branches,
}
"""The rows of each view, by its key."""


def mid_menu_ends(log: Log, calls: Sequence[Call]) -> list[Row]:
    ends = Counter(call.path[-1] for call in log.mid_menu(calls))
    return [(node, log.label(node), n) for node, n in ranked(ends)]


def lengths(calls: Sequence[Call]) -> list[Row]:
    return [*sorted(Counter(len(call.path) for call in calls).items())]


def depths(log: Log, calls: Sequence[Call]) -> list[Row]:
    """Depth, calls with at least so many steps, those that end one step before, mid-menu or not, and here mid-menu."""
    found: list[Row] = []
    for depth in range(1, max((len(call.path) for call in calls), default=0) + 1):
        ended = [call for call in calls if len(call.path) == depth - 1]
        mid = len(log.mid_menu(ended))
        here = len(log.mid_menu(call for call in calls if len(call.path) == depth))
        found.append((depth, sum(len(call.path) >= depth for call in calls), mid, len(ended) - mid, here))
    return found


def daily(log: Log, calls: Sequence[Call]) -> list[Row]:
    mid = log.mid_menu(calls)
    return [(day, sum(call.day == day for call in calls), sum(call.day == day for call in mid)) for day in days(calls)]


def path_counts(calls: Sequence[Call]) -> list[int]:
    return sorted(Counter(call.path for call in calls).values(), reverse=True)


def first_moves(log: Log, calls: Sequence[Call], steps: int) -> list[Row]:
    """Step by step the moves to the next one, up to that of number `steps`, and the calls that end before or on it."""
    rows: list[Row] = []
    for step in range(1, steps + 1):
        counts: Counter[tuple[str, str | None]] = Counter()
        for call in calls:
            if len(call.path) == step:
                counts[call.path[-1], None] += 1
            elif len(call.path) > step and step < steps:
                counts[call.path[step - 1], call.path[step]] += 1
        for (source, target), n in sorted(
            counts.items(), key=lambda one: (-one[1], order(one[0][0]), one[0][1] is not None, order(one[0][1] or ""))
        ):
            ending = "stop" if log.has_children(source) else "destination"
            label = None if target is None else log.label(target)
            rows.append((step, source, log.label(source), target, label, n, ending if target is None else "step"))
    return rows
