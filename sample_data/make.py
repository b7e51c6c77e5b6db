"""Make the sample logs: `python -m sample_data.make`.

With `--facts` the oddities in them are printed as JSON, with their numbers, and nothing is written.
"""

import argparse
import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from sample_data import clinic, shop
from sample_data.facts import Facts, clinic_facts, shop_facts
from sample_data.menu import ROOTS, Node

HERE = Path(__file__).parent
CLINIC_FILE = "clinic_helpline.csv"
SHOP_FILE = "web_shop_visits.csv"

CLINIC_COLUMNS = [
    "call_id",
    "call_date",
    "rule_id",
    "rule_parent_id",
    "rule_text",
    "popUpURL",
    "outcome",
    "customer_id",
    "agent",
    "queue_wait_s",
    "handle_time_s",
    "error",
]
SHOP_COLUMNS = ["visit", "time", "page", "country", "device", "ordered"]

# The broken rows, each by what it lacks.
CLINIC_BREAKS = [["rule_id"], ["rule_id"], ["call_id", "rule_id"]] * 4
SHOP_BREAKS = [["page"], ["page"], ["visit", "page"]] * 2

Row = dict[str, str]


def clinic_rows(calls: Iterable[clinic.Call]) -> list[Row]:
    """Return the rows of the clinic's file: the calls, then the menu as it stands on the last day."""
    steps = [row for call in calls for row in call_rows(call)]
    return with_breaks(steps, CLINIC_BREAKS) + list(declarations())


def call_rows(call: clinic.Call) -> Iterator[Row]:
    """Yield a row a step; how the call ended stands on the last one, for only then it is known."""
    for step, error in zip(call.steps[:-1], call.errors, strict=False):
        yield step_row(call, step) | {"error": error}
    ending = call.ending
    yield step_row(call, call.steps[-1]) | {
        "error": call.errors[-1],
        "outcome": ending.outcome,
        "agent": or_null(ending.agent),
        "queue_wait_s": or_null(ending.queue_wait),
        "handle_time_s": or_null(ending.handle_time),
    }


def step_row(call: clinic.Call, step: clinic.Step) -> Row:
    """Return what is known at every step."""
    return node_row(step.node, step.node.label_on(step.at.date())) | {
        "call_id": call.id,
        "call_date": step.at.isoformat(sep=" "),
        "customer_id": call.caller.customer,
    }


def node_row(node: Node, label: str) -> Row:
    """Return what is known of a node: for no page a branch says NULL, an answer nothing."""
    no_url = "NULL" if node.children else ""
    return {
        "rule_id": node.id,
        "rule_parent_id": node.parent,
        "rule_text": label,
        "popUpURL": f"https://{node.item.url}" if node.item.url else no_url,
    }


def declarations() -> Iterator[Row]:
    """Yield a row without a call for each node that is in the menu on the last day."""
    for root in ROOTS:
        for node in standing(root, clinic.LAST_DAY):
            yield node_row(node, node.label_on(clinic.LAST_DAY)) | {"call_id": "NULL", "call_date": "NULL"}


def standing(node: Node, day: date) -> Iterator[Node]:
    """Yield the node and what is below it, without the branches that are closed on a day."""
    if node.open_on(day):
        yield node
        for child in node.children:
            yield from standing(child, day)


def or_null(value: object | None) -> str:
    """Return a value as text, NULL for none."""
    return "NULL" if value is None else str(value)


def shop_rows(visits: Iterable[shop.Visit]) -> list[Row]:
    """Return the rows of the shop's file, all visits mixed in order of time."""
    steps = [(at, page, visit) for visit in visits for at, page in visit.steps]
    steps.sort(key=lambda step: step[0])
    rows = [
        {
            "visit": visit.id,
            "time": at.strftime("%d.%m.%Y %H:%M:%S"),
            "page": page,
            "country": visit.country,
            "device": visit.device,
            "ordered": "yes" if visit.ordered else "no",
        }
        for at, page, visit in steps
    ]
    return with_breaks(rows, SHOP_BREAKS)


def with_breaks(rows: Sequence[Row], breaks: Sequence[Sequence[str]]) -> list[Row]:
    """Return the rows with broken copies of some among them, evenly spread, blank or NULL where they lack."""
    apart = len(rows) // (len(breaks) + 1)
    mixed = list(rows)
    for number, columns in reversed(list(enumerate(breaks, start=1))):
        blank = "NULL" if number % 2 else ""
        mixed.insert(number * apart, rows[number * apart - 1] | dict.fromkeys(columns, blank))
    return mixed


def write(path: Path, columns: Sequence[str], rows: Iterable[Row], delimiter: str = ",") -> None:
    """Write a CSV file: UTF-8, a line feed at the end of each line."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", delimiter=delimiter, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_all(folder: Path) -> None:
    """Write both files into a folder."""
    write(folder / CLINIC_FILE, CLINIC_COLUMNS, clinic_rows(clinic.make_calls()))
    write(folder / SHOP_FILE, SHOP_COLUMNS, shop_rows(shop.make_visits()), delimiter=";")


def facts() -> Facts:
    """Return the oddities of both files, with their numbers."""
    not_steps: Facts = {
        "not_steps": {
            "n_declarations": len(list(declarations())),
            "n_rejected": len(CLINIC_BREAKS),
            "n_rejected_no_call": sum("call_id" in columns for columns in CLINIC_BREAKS),
        },
        "shop_not_steps": {
            "n_rejected": len(SHOP_BREAKS),
            "n_rejected_no_visit": sum("visit" in columns for columns in SHOP_BREAKS),
        },
    }
    return clinic_facts(clinic.make_calls()) | shop_facts(shop.make_visits()) | not_steps


def main() -> None:
    """Write the files, or print the facts."""
    parser = argparse.ArgumentParser(prog="python -m sample_data.make", description=__doc__)
    parser.add_argument("--facts", action="store_true", help="print the oddities as JSON and write nothing")
    parser.add_argument("--folder", type=Path, default=HERE, help="where to write (default: beside this file)")
    options = parser.parse_args()
    if options.facts:
        print(json.dumps(facts(), indent=2, ensure_ascii=False))
    else:
        write_all(options.folder)


if __name__ == "__main__":
    main()
