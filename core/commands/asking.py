"""`python -m core view`, `sql` and `report`: what a session that is ready answers."""

import argparse
import sys

import pandas as pd

from core import report
from core.commands.pairs import pair
from core.errors import ViewError
from core.export import as_csv
from core.export.printed import as_json, as_text
from core.flow.filter import PARAMETERS, Filter
from core.parameters import Parameter
from core.service import Service
from core.sessions import EVERYONE
from core.views import VIEWS, view


def offer(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to a parser."""
    command = commands.add_parser("view", help="print the rows of a view")
    command.add_argument("key", choices=[one.key for one in VIEWS])
    command.add_argument("--session", required=True, metavar="ID")
    command.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="of these calls only, as in an address of the dashboard, e.g. --filter weekday=1,2 --filter a.City=Haifa; "
        f"may be repeated; NAME is one of {', '.join(PARAMETERS)}, or a.COLUMN",
    )
    command.add_argument("--format", choices=("table", "csv", "json"), default="table")
    command.add_argument("--limit", type=_whole, metavar="N", help="at most this many rows; all by default")
    for name, told in _parameters().items():
        command.add_argument(f"--{name}", metavar="VALUE", help=told.help)
    command.set_defaults(run=_view)

    command = commands.add_parser("sql", help="print what the tables of a session answer to a question in SQL")
    command.add_argument("question", metavar="QUESTION", help="one SELECT; DESCRIBE calls lists the columns of a table")
    command.add_argument("--session", required=True, metavar="ID")
    command.add_argument("--format", choices=("table", "csv", "json"), default="table")
    command.set_defaults(run=_sql)

    command = commands.add_parser("report", help="print what an import found, decided, changed and rejected")
    command.add_argument("id", metavar="ID")
    command.add_argument("--html", action="store_true", help="as one page of HTML")
    command.set_defaults(run=_report_of)


def _view(service: Service, given: argparse.Namespace) -> int:
    wanted = view(given.key)
    session = service.store.get(given.session, by=EVERYONE)
    parameters = {name: value for name in _parameters() if (value := getattr(given, name)) is not None}
    frame = wanted.frame(service.open(session), _where(given.filter), **parameters)
    if given.limit is not None:
        frame = frame.head(given.limit)
    _print(frame, given.format, single=wanted.single)
    return 0


def _sql(service: Service, given: argparse.Namespace) -> int:
    found = service.ask(service.store.get(given.session, by=EVERYONE), given.question)
    _print(found.rows, given.format)
    if found.is_cut:
        print(f"There are more than these {len(found.rows):,} rows; THROUGHLINE_SQL_ROWS.", file=sys.stderr)
    return 0


def _report_of(service: Service, given: argparse.Namespace) -> int:
    session = service.shown(service.store.get(given.id, by=EVERYONE))
    told = report.report_of(session, service.open(session))
    print(report.as_html(told) if given.html else report.as_text(told))
    return 0


def _where(texts: list[str]) -> Filter:
    """The filter that `--filter` asks for; what is given twice adds up."""
    query: dict[str, str] = {}
    for name, value in (pair("--filter", text) for text in texts):
        if not Filter.is_parameter(name):
            raise ViewError(
                f"There is no filter named {name[:40]!r}.", f"There are: {', '.join(PARAMETERS)}, and a.COLUMN."
            )
        query[name] = f"{query[name]},{value}" if name in query else value
    return Filter.from_query(query)


def _print(frame: pd.DataFrame, form: str, *, single: bool = False) -> None:
    """The rows in the form that `--format` asks for."""
    if form == "json":
        print(as_json(frame, single=single))
    elif form == "csv":
        sys.stdout.buffer.write(as_csv(frame))
    else:
        print(as_text(frame, single=single))


def _parameters() -> dict[str, Parameter]:
    """What the views take beside the filter, by name; one name means the same in all of them."""
    return {one.name: one for each in VIEWS for one in each.parameters}


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)
