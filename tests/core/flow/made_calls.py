"""Calls made by a seeded die, as CSV and as plain objects, and which of them pass a filter, in plain loops."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.flow.filter import MISSING, Filter
from core.tables.calllog import CallLog
from tests.logs import opened

HEADER = "call_id,timestamp,rule_id,rule_parent_id,rule_text,popUpURL,outcome,customer,agent,region,ticket,files\n"
MENU = {
    "1": ("0", "Main menu"),
    "2": ("1", "מחיר ביקור"),
    "3": ("1", "Hours, and holidays"),
    "4": ("2", "=Price"),
    "5": ("2", "Hours, and holidays"),
}
LINKS = {"2": "https://example.org/x", "4": "https://example.org/?a=1", "5": "https://example.org/x,y"}


@dataclass
class Made:
    """A call; `file` counts from 1, and what is missing is ""."""

    file: int
    call_id: str
    start: datetime | None
    path: list[str]
    columns: dict[str, str]
    gaps: list[int] = field(default_factory=list)

    @property
    def intent(self) -> str:
        return self.path[1] if len(self.path) > 1 and self.path[0] == "1" else self.path[0]

    def at(self, position: int) -> datetime | None:
        return self.start and self.start + timedelta(seconds=sum(self.gaps[: position + 1]))


def make(n: int = 240, seed: int = 7) -> list[Made]:
    die = random.Random(seed)
    made = []
    for number in range(n):
        start = datetime(2025, 3, 1) + timedelta(minutes=die.randrange(20 * 24 * 60)) if die.random() > 0.1 else None
        path = ["1"] if die.random() > 0.15 else [die.choice("2345")]
        path += [die.choice("12345") for _ in range(die.randrange(5))]
        columns = {
            "outcome": die.choice(["solved", "left", ""]),
            "customer": f"k{die.randrange(90)}",
            "agent": die.choice(["Noa", "Ben, junior", ""]),
            "region": die.choice(["north", "South", "דרום", ""]),
            "ticket": f"T{die.randrange(150)}" if die.random() > 0.2 else "",
            "files": die.choice(["a", "b"]),
        }
        gaps = [0, *(die.randrange(90) for _ in path[1:])]
        made.append(Made(1 + number % 2, f"Call {number // 2 % 100:03}-{number // 200}", start, path, columns, gaps))
    return sorted(made, key=lambda call: call.file)


def as_csv(calls: list[Made], file: int) -> str:
    lines = [HEADER]
    for call in calls:
        if call.file == file:
            for position, node in enumerate(call.path):
                parent, label = MENU[node]
                at = call.at(position)
                cells = [
                    call.call_id,
                    f"{at:%Y-%m-%d %H:%M:%S}" if at else "",
                    node,
                    parent,
                    label,
                    LINKS.get(node, ""),
                ]
                lines.append(",".join(f'"{cell}"' for cell in (*cells, *call.columns.values())) + "\n")
    return "".join(lines)


@contextmanager
def opened_calls(calls: list[Made]) -> Iterator[CallLog]:
    """The call log of both files."""
    with opened(as_csv(calls, 1), as_csv(calls, 2)) as log:
        yield log


def passes(call: Made, where: Filter) -> bool:
    if (where.first or where.last or where.weekdays or where.hours) and not call.start:
        return False
    start = call.start or datetime.min
    pairs = list(zip(call.path, call.path[1:], strict=False))
    return (
        (not where.first or start.date() >= where.first)
        and (not where.last or start.date() <= where.last)
        and (not where.weekdays or start.isoweekday() in where.weekdays)
        and (not where.hours or start.hour in where.hours)
        and (not where.files or str(call.file) in where.files)
        and (not where.intents or call.intent in where.intents)
        and all(node in call.path for node in where.via)
        and (not where.links or any(LINKS.get(node) in where.links for node in call.path))
        and (not where.starts or call.path[0] in where.starts)
        and (not where.ends or call.path[-1] in where.ends)
        and all(pair in pairs for pair in where.transitions)
        and call.path[: len(where.begins)] == list(where.begins)
        and (where.shortest is None or len(call.path) >= where.shortest)
        and (where.longest is None or len(call.path) <= where.longest)
        and all((call.columns[column] or MISSING) in wanted for column, wanted in where.values)
    )
