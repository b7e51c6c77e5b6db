"""What the files say and which calls pass a filter: loops over plain lists, written from the definitions alone."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.flow.filter import MISSING, Filter
from core.flow.spans import Span

Node = str | None
MORE = ("queue wait", "handle time", "error", "end")
"""Roles by whose values calls are not filtered."""


class File(NamedTuple):
    """The text of a file, the column of each role, how its dates are written, and what is kept with the call.

    `id` is what filters call it; without one it is called by its place. `zone` is the one whose clocks tell its days.
    """

    text: str
    roles: dict[str, str]
    date_format: str = ""
    delimiter: str = ","
    attributes: tuple[str, ...] = ()
    id: str = ""
    zone: str = ""


class Stray(NamedTuple):
    """A row that is no step; its text is kept where all columns are."""

    file: int
    line: int
    kind: str
    text: str | None


class Step(NamedTuple):
    """A step: its node, when it was, what its row says of the call, and when it ended if that is not before."""

    node: str
    moment: datetime | None
    said: dict[str, str | None]
    end: datetime | None = None


class Call(NamedTuple):
    """A call; `file` counts from 1. Its values are those of outcome, agent and the attributes.

    `at` is when its first dated step was, `until` the last of its steps' moments.
    """

    file: int
    call_id: str
    path: tuple[str, ...]
    day: date | None
    hour: int | None = None
    file_id: str = ""
    values: dict[str, str | None] = {}  # noqa: RUF012
    at: datetime | None = None
    until: datetime | None = None
    customer: str | None = None
    handle_time: float | None = None
    steps: tuple[Step, ...] = ()
    zone: str = ""


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
    columns: list[str] = field(default_factory=list)

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

    def links(self, call: Call) -> list[str]:
        """The URLs of the call's nodes, one for each step that has one."""
        return [self.urls[node] for node in call.path if node in self.urls]

    def ancestors(self, node: str) -> set[str]:
        """Whatever the menu's edges lead up to, from parent to parent."""
        found: set[str] = set()
        above = [parent for parent, below in self.edges if below == node]
        while above:
            parent = above.pop()
            if parent not in found:
                found.add(parent)
                above += [higher for higher, below in self.edges if below == parent]
        return found

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


def in_utc(moment: datetime | None, zone: str) -> datetime | None:
    """A time by its offset, or as the clocks of a zone show it, as UTC: of an hour that comes twice the later one."""
    if moment is None or (moment.tzinfo is None and not zone):
        return moment
    if moment.tzinfo is None:
        ways = [moment.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)]
        moment = max(ways)
    return moment.astimezone(UTC).replace(tzinfo=None)


def shown(moment: datetime, zone: str) -> datetime:
    """A time in UTC as the clocks of a zone show it; as it stands without a zone."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) if zone else moment


def read(*files: File) -> Log:
    log = Log()
    steps: dict[tuple[int, str], list[Step]] = {}
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for number, file in enumerate(files, 1):
        (_, header, _), *rows = records(file.text, file.delimiter)
        place = {role: header.index(column) for role, column in file.roles.items()}
        place |= {f"attribute {name}": header.index(name) for name in file.attributes}
        leaves_out = len(place) < len(header)
        for line, values, text in rows:
            log.n_rows += 1
            row = dict.fromkeys(("call", "node", "parent", "label", "url", "timestamp"))
            if fits(values, len(header)):
                row |= {role: known(values[index]) for role, index in place.items()}
            call, node = row["call"], row["node"]
            if node is None:
                log.strays.append(Stray(number, line, "rejected", None if leaves_out else text))
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
                log.strays.append(Stray(number, line, "declaration", None if leaves_out else text))
                continue
            log.n_steps += 1
            moment = in_utc(read_date(row["timestamp"], file.date_format), file.zone)
            end = in_utc(read_date(row.get("end"), file.date_format), file.zone)
            end = end if moment and end and end >= moment else None
            log.unread_dates += row["timestamp"] is not None and moment is None and bool(file.date_format)
            steps.setdefault((number, call), []).append(Step(node, moment, row, end))
    for (number, call), taken in steps.items():
        log.calls.append(read_call(number, files[number - 1], call, by_time(taken)))
    log.nodes = sorted(said, key=order)
    named = {name for file in files for name in (*file.roles, *file.attributes)}
    log.columns = sorted(named - {"call", "node", "parent", "label", "url", "timestamp", "customer", *MORE})
    for node, values in said.items():
        for name, first in (("label", log.labels), ("url", log.urls), ("parent", log.parents)):
            if values[name]:
                first[node] = values[name][0]
        log.inconsistent[node] = {name for name in values if len(set(values[name])) > 1}
    return log


def read_call(number: int, file: File, call_id: str, steps: Sequence[Step]) -> Call:
    """The call of these steps in order: the last outcome counts, and the first of all else."""
    moments = [step.moment for step in steps if step.moment]
    timed = bool(moments) and "%H" in file.date_format
    values: dict[str, str | None] = {}
    for name in ("outcome", "agent", *(f"attribute {name}" for name in file.attributes)):
        known_ones = [value for step in steps if (value := step.said.get(name))]
        if known_ones:
            values[name.removeprefix("attribute ")] = known_ones[-1 if name == "outcome" else 0]
    return Call(
        file=number,
        call_id=call_id,
        path=tuple(step.node for step in steps),
        day=shown(moments[0], file.zone).date() if moments else None,
        hour=shown(moments[0], file.zone).hour if timed else None,
        file_id=file.id or str(number),
        values=values,
        at=moments[0] if moments else None,
        until=max([*moments, *(step.end for step in steps if step.end)], default=None),
        customer=next((step.said["customer"] for step in steps if step.said.get("customer")), None),
        handle_time=next((one for step in steps if (one := seconds(step.said.get("handle time"))) is not None), None),
        steps=tuple(steps),
        zone=file.zone,
    )


def seconds(text: str | None) -> float | None:
    """A number of seconds; one below nothing, or none at all, is missing."""
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if 0 <= found < float("inf") else None


def by_time(steps: Sequence[Step]) -> list[Step]:
    """The steps by time; one without a date stays behind the one before it in the file."""
    groups: list[list[Step]] = [[]]
    for step in steps:
        if step.moment is not None:
            groups.append([])
        groups[-1].append(step)
    dated = sorted(groups[1:], key=lambda group: group[0].moment or datetime.min)
    return [step for group in [groups[0], *dated] for step in group]


def passing(log: Log, where: Filter) -> list[Call]:
    return [call for call in log.calls if passes(log, call, where)]


def passes(log: Log, call: Call, where: Filter) -> bool:
    """Whether a call fulfils every part of a filter."""
    pairs = list(zip(call.path, call.path[1:], strict=False))
    if where.first and not (call.day and call.day >= where.first):
        return False
    if where.last and not (call.day and call.day <= where.last):
        return False
    if where.weekdays and not (call.day and call.day.isoweekday() in where.weekdays):
        return False
    if where.hours and call.hour not in where.hours:
        return False
    if where.files and call.file_id not in where.files:
        return False
    if where.intents and log.intent(call) not in where.intents:
        return False
    if any(node not in call.path for node in where.via):
        return False
    if where.starts and call.path[0] not in where.starts:
        return False
    if where.ends and call.path[-1] not in where.ends:
        return False
    if any(pair not in pairs for pair in where.transitions):
        return False
    if where.links and not any(url in where.links for url in log.links(call)):
        return False
    if call.path[: len(where.begins)] != where.begins:
        return False
    if where.shortest is not None and len(call.path) < where.shortest:
        return False
    if where.longest is not None and len(call.path) > where.longest:
        return False
    if where.lasts and not within(where.lasts, lasting_ms(call)):
        return False
    wait = next((one for step in call.steps if (one := seconds(step.said.get("queue wait"))) is not None), None)
    if where.waits and not within(where.waits, None if wait is None else int(wait * 1000)):
        return False
    if where.errors and not any(
        step.said.get("error") not in (None, *where.errors[1:]) and where.errors[0] in ("", step.node)
        for step in call.steps
    ):
        return False
    return all((call.values.get(column) or MISSING) in wanted for column, wanted in where.values if wanted)


def lasting_ms(call: Call) -> int | None:
    """How long a call lasts, None without times of day."""
    if call.hour is None or call.at is None or call.until is None:
        return None
    return (call.until - call.at) // timedelta(milliseconds=1)


def within(span: Span, ms: int | None) -> bool:
    return ms is not None and ms >= span.low and (span.high is None or ms < span.high)
