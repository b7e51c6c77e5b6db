"""What every number should be: loops over plain lists, written from the definitions alone."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

Node = str | None


class File(NamedTuple):
    """The text of a file, the column of each role, and how its dates are written."""

    text: str
    roles: dict[str, str]
    date_format: str = ""
    delimiter: str = ","


class Stray(NamedTuple):
    """A row that is no step."""

    file: int
    line: int
    kind: str
    text: str


class Call(NamedTuple):
    """A call; `file` counts from 1."""

    file: int
    call_id: str
    path: tuple[str, ...]
    day: date | None


@dataclass
class Log:
    calls: list[Call] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    n_rows: int = 0
    n_steps: int = 0
    unread_dates: int = 0
    nodes: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    edges: set[tuple[str, str]] = field(default_factory=set)
    in_menu: set[str] = field(default_factory=set)
    inconsistent: dict[str, set[str]] = field(default_factory=dict)

    def count(self, kind: str) -> int:
        return sum(stray.kind == kind for stray in self.strays)

    def label(self, node: str) -> str:
        return self.labels.get(node, node)

    def is_root(self, node: str) -> bool:
        return node in self.in_menu and self.parents.get(node, "0") == "0"

    def has_children(self, node: str) -> bool:
        return any(parent == node for parent, _ in self.edges)

    def intent(self, call: Call) -> str:
        return call.path[1] if len(call.path) > 1 and self.is_root(call.path[0]) else call.path[0]

    def mid_menu(self, calls: Iterable[Call]) -> list[Call]:
        return [call for call in calls if self.has_children(call.path[-1])]


def known(text: str) -> str | None:
    """The value without its outer blanks, None where it is missing."""
    text = text.strip()
    return None if text.upper() in ("", "NULL") else text


def order(node: str) -> tuple[bool, int, str]:
    """Numbers in numeric order, then text."""
    number = node.isascii() and node.isdecimal()
    return not number, int(node) if number else 0, node


def records(text: str, delimiter: str = ",") -> list[tuple[int, list[str], str]]:
    """Line, values and text of each row, the header first; blank lines are no rows."""
    lines = list(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    reader = csv.reader(iter(lines), delimiter=delimiter)
    found, begin = [], 0
    for values in reader:
        if values:
            found.append((begin + 1, values, "".join(lines[begin : reader.line_num]).rstrip("\r\n")))
        begin = reader.line_num
    return found


def fits(values: Sequence[str], width: int) -> bool:
    """Whether a row has the header's columns; empty ones too many at its end hold nothing and do not count."""
    return len(values) >= width and not any(values[width:])


def read_date(text: str | None, date_format: str) -> datetime | None:
    if text is None or not date_format:
        return None
    try:
        moment = datetime.strptime(text, date_format)
    except ValueError:
        return None
    return moment if 1900 <= moment.year < 2200 else None


def read(*files: File) -> Log:
    log = Log()
    steps: dict[tuple[int, str], list[tuple[str, datetime | None]]] = {}
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for number, file in enumerate(files, 1):
        (_, header, _), *rows = records(file.text, file.delimiter)
        place = {role: header.index(column) for role, column in file.roles.items()}
        for line, values, text in rows:
            log.n_rows += 1
            row = dict.fromkeys(("call", "node", "parent", "label", "url", "timestamp"))
            if fits(values, len(header)):
                row |= {role: known(values[index]) for role, index in place.items()}
            call, node = row["call"], row["node"]
            if node is None:
                log.strays.append(Stray(number, line, "rejected", text))
                continue
            if "parent" in place:
                log.in_menu.add(node)
            for name in ("label", "url", "parent"):
                said[node][name] += [row[name]] if row[name] else []
            if row["parent"] not in (None, "0"):
                log.edges.add((str(row["parent"]), node))
                log.in_menu.add(str(row["parent"]))
                said[str(row["parent"])]
            if call is None:
                log.strays.append(Stray(number, line, "declaration", text))
                continue
            log.n_steps += 1
            moment = read_date(row["timestamp"], file.date_format)
            log.unread_dates += row["timestamp"] is not None and moment is None and bool(file.date_format)
            steps.setdefault((number, call), []).append((node, moment))
    for (number, call), taken in steps.items():
        ordered = by_time(taken)
        moments = [moment for _, moment in ordered if moment]
        log.calls.append(Call(number, call, tuple(node for node, _ in ordered), moments[0].date() if moments else None))
    log.nodes = sorted(said, key=order)
    for node, values in said.items():
        for name, first in (("label", log.labels), ("url", log.urls), ("parent", log.parents)):
            if values[name]:
                first[node] = values[name][0]
        log.inconsistent[node] = {name for name in values if len(set(values[name])) > 1}
    return log


def by_time(steps: Sequence[tuple[str, datetime | None]]) -> list[tuple[str, datetime | None]]:
    """The steps by time; one without a date stays behind the one before it in the file."""
    groups: list[list[tuple[str, datetime | None]]] = [[]]
    for step in steps:
        if step[1] is not None:
            groups.append([])
        groups[-1].append(step)
    dated = sorted(groups[1:], key=lambda group: group[0][1] or datetime.min)
    return [step for group in [groups[0], *dated] for step in group]


def passing(
    log: Log,
    first: date | None = None,
    last: date | None = None,
    weekdays: Sequence[int] = (),
    files: Sequence[int] = (),
    intents: Sequence[str] = (),
) -> list[Call]:
    calls = log.calls
    if first:
        calls = [call for call in calls if call.day and call.day >= first]
    if last:
        calls = [call for call in calls if call.day and call.day <= last]
    if weekdays:
        calls = [call for call in calls if call.day and call.day.isoweekday() in weekdays]
    if files:
        calls = [call for call in calls if call.file in files]
    if intents:
        calls = [call for call in calls if log.intent(call) in intents]
    return calls


def ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    """Most first, ties by node."""
    return sorted(counts.items(), key=lambda item: (-item[1], order(item[0])))


def shares(log: Log, counts: Counter[str]) -> list[tuple[str, str, int, float]]:
    return [(node, log.label(node), n, n / counts.total()) for node, n in ranked(counts)]


def top_intents(log: Log, calls: Sequence[Call]) -> list[tuple[str, str, int, float]]:
    return shares(log, Counter(log.intent(call) for call in calls))


def leaf_frequency(log: Log, calls: Sequence[Call]) -> list[tuple[str, str, int, float]]:
    return shares(log, Counter(call.path[-1] for call in calls))


def mid_menu_ends(log: Log, calls: Sequence[Call]) -> list[tuple[str, str, int]]:
    ends = Counter(call.path[-1] for call in log.mid_menu(calls))
    return [(node, log.label(node), n) for node, n in ranked(ends)]


def nearest_rank(values: Sequence[int], percent: int) -> int:
    """The value at position ceil(percent * n / 100), counted from 1."""
    position = (percent * len(values) + 99) // 100
    return sorted(values)[position - 1]


def summary(log: Log, calls: Sequence[Call]) -> dict[str, object]:
    lengths = [len(call.path) for call in calls]
    days = [call.day for call in calls if call.day]
    return {
        "n_files": len({call.file for call in calls}),
        "n_calls": len(calls),
        "n_steps": sum(lengths),
        "n_nodes": len({node for call in calls for node in call.path}),
        "n_variants": len({call.path for call in calls}),
        "first_day": min(days).isoformat() if days else None,
        "last_day": max(days).isoformat() if days else None,
        "mean_length": sum(lengths) / len(lengths) if lengths else None,
        "median_length": nearest_rank(lengths, 50) if lengths else None,
        "p90_length": nearest_rank(lengths, 90) if lengths else None,
        "p95_length": nearest_rank(lengths, 95) if lengths else None,
        "min_length": min(lengths, default=None),
        "max_length": max(lengths, default=None),
        "n_rejected": log.count("rejected"),
    }


def lengths(calls: Sequence[Call]) -> list[tuple[int, int]]:
    return sorted(Counter(len(call.path) for call in calls).items())


def depths(log: Log, calls: Sequence[Call]) -> list[tuple[int, int, int, int, int]]:
    """Depth, calls with at least so many steps, those that end one step before, mid-menu or not, and here mid-menu."""
    found = []
    for depth in range(1, max((len(call.path) for call in calls), default=0) + 1):
        ended = [call for call in calls if len(call.path) == depth - 1]
        mid = len(log.mid_menu(ended))
        here = len(log.mid_menu(call for call in calls if len(call.path) == depth))
        found.append((depth, sum(len(call.path) >= depth for call in calls), mid, len(ended) - mid, here))
    return found


def days(calls: Sequence[Call]) -> list[date]:
    dated = [call.day for call in calls if call.day]
    if not dated:
        return []
    return [min(dated) + timedelta(days=n) for n in range((max(dated) - min(dated)).days + 1)]


def daily(log: Log, calls: Sequence[Call]) -> list[tuple[date, int, int]]:
    mid = log.mid_menu(calls)
    return [(day, sum(call.day == day for call in calls), sum(call.day == day for call in mid)) for day in days(calls)]


def weekday_trends(calls: Sequence[Call]) -> list[tuple[int | None, int, int | None, float | None]]:
    span = Counter(day.isoweekday() for day in days(calls))
    counts = Counter(call.day.isoweekday() if call.day else None for call in calls)
    rows = [(weekday, counts[weekday], n, counts[weekday] / n) for weekday, n in sorted(span.items())]
    return [*rows, (None, counts[None], None, None)] if counts[None] else [*rows]


def beginning(calls: Sequence[Call], prefix: Sequence[str]) -> list[Call]:
    return [call for call in calls if call.path[: len(prefix)] == tuple(prefix)]


def path_explorer(
    log: Log, calls: Sequence[Call], prefix: Sequence[str] = ()
) -> list[tuple[Node, str, int, float, int]]:
    calls, depth = beginning(calls, prefix), len(prefix)
    onward = Counter(call.path[depth] for call in calls if len(call.path) > depth)
    ends = Counter(call.path[depth] for call in calls if len(call.path) == depth + 1)
    rows: list[tuple[Node, str, int, float, int]] = [
        (node, log.label(node), n, n / len(calls), ends[node]) for node, n in ranked(onward)
    ]
    if here := sum(len(call.path) == depth for call in calls):
        rows.append((None, "Ended here", here, here / len(calls), here))
    return rows


def path_counts(calls: Sequence[Call]) -> list[int]:
    return sorted(Counter(call.path for call in calls).values(), reverse=True)
