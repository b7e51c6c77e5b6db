"""`python -m core`: everything that needs no browser.

python -m core import FILE... [--name N] [--map ROLE=COLUMN] [--sheet NAME] [--member NAME]
                              [--pseudonymise COLUMN] [--leave-out COLUMN] [--forget-uploads] [--json]
python -m core sessions [--json]
python -m core view KEY --session ID [--filter NAME=VALUE] [--format table|csv|json] [--limit N] [--prefix A,B]
python -m core sql --session ID [--format table|csv|json] QUESTION
python -m core report ID [--html]
python -m core pack ID FILE
python -m core unpack FILE
python -m core delete ID
python -m core check
python -m core sweep
"""

import argparse
import json
import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from core import jobs, log, report, settings
from core.errors import FileRefused, ThroughlineError, ViewError
from core.export import as_csv
from core.export.printed import as_json, as_text
from core.files import atomic_write, storage_errors
from core.flow.filter import PARAMETERS, Filter
from core.ingest.facts import Kind, Packing
from core.jobs.memory import allowed, limit_this_process
from core.parameters import Parameter
from core.plan import header_groups, inspected, mapping_of
from core.service import Service, unusable
from core.sessions import EVERYONE, SHARED, Failure, JobState, Session, bundle, utc_now
from core.text import ago, clean, file_size, plural
from core.views import VIEWS, view
from core.work import FILE_ID, kinds


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 0 only where it did what it says."""
    given = _parser().parse_args(arguments)
    try:
        found = settings.load()
        if given.run is not _work:  # nor do its child processes tell a person at a terminal of each step
            found = replace(found, log_level="WARNING")
        log.configure(found.log_level)
        return int(given.run(Service(found), given))
    except ThroughlineError as error:
        print(f"throughline: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("throughline: stopped. What was received is kept.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core", description="Throughline without a browser.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("import", help="make a session from files, process it, and wait until it is ready")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.add_argument("--name", default="", help="the session's name")
    command.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="ROLE=COLUMN",
        help='e.g. --map call="Case ID"; may be repeated',
    )
    command.add_argument("--zone", default="", metavar="ZONE", help="tell days and hours by its clocks: Europe/Berlin")
    command.add_argument("--sheet", default="", metavar="NAME", help="of a workbook, this sheet")
    command.add_argument("--member", default="", metavar="NAME", help="of a zip, this file")
    command.add_argument(
        "--pseudonymise",
        action="append",
        default=[],
        metavar="COLUMN",
        help="keep pseudonyms in place of its values; may be repeated",
    )
    command.add_argument(
        "--leave-out", action="append", default=[], metavar="COLUMN", help="keep nothing of it; may be repeated"
    )
    command.add_argument(
        "--forget-uploads", action="store_true", help="delete the session's copies of the files once they are processed"
    )
    command.add_argument("--json", action="store_true", help="print what was found as JSON")
    command.set_defaults(run=_import)

    command = commands.add_parser("sessions", help="list the sessions, newest change first")
    command.add_argument("--json", action="store_true", help="print them as JSON")
    command.set_defaults(run=_sessions)

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

    command = commands.add_parser("pack", help="write all of a session into one zip")
    command.add_argument("id", metavar="ID")
    command.add_argument("file", type=Path, metavar="FILE")
    command.set_defaults(run=_pack)

    command = commands.add_parser("unpack", help="make a session from such a zip, and wait until it is ready")
    command.add_argument("file", type=Path, metavar="FILE")
    command.set_defaults(run=_unpack)

    command = commands.add_parser("delete", help="delete a session, its files and its tables")
    command.add_argument("id", metavar="ID")
    command.set_defaults(run=_delete)

    command = commands.add_parser("check", help="look for damage in the store, and change nothing")
    command.set_defaults(run=_check)

    command = commands.add_parser("sweep", help="remove what has expired and what no session needs any more")
    command.set_defaults(run=_sweep)

    command = commands.add_parser("work", help="do the job of a session; started by Throughline itself")
    command.add_argument("id", metavar="ID")
    command.set_defaults(run=_work)
    return parser


def _import(service: Service, given: argparse.Namespace) -> int:
    wanted = dict(_pair("--map", text) for text in given.map)
    with ExitStack() as stack:
        files = []
        for path in given.files:
            try:
                files.append((path.name, stack.enter_context(path.open("rb"))))
            except OSError as error:
                raise FileRefused(f"{path} cannot be read: {error.strerror}.") from error
        session = service.create(files, owner=SHARED, name=given.name)
    try:
        _choose_parts(service, session.id, given.sheet, given.member)
        session = _processed(service, session.id, wanted, given.pseudonymise, given.leave_out, given.zone)
        if given.forget_uploads:
            session = service.forget_uploads(session.id, by=EVERYONE)
    except ThroughlineError as error:
        raise ThroughlineError(
            error.problem, f"{error.hint} The session {session.id} keeps the files.".strip()
        ) from error
    print(json.dumps(_told(session), ensure_ascii=False) if given.json else _report(session))
    return 0


def _choose_parts(service: Service, session_id: str, sheet: str, member: str) -> None:
    """Choose the sheet and the packed file that were asked for. Raises ThroughlineError where no file has any."""
    if not sheet and not member:
        return
    service.look(session_id, by=EVERYONE)
    session = _ended(service.runner.wait(session_id, _progress))
    boxes = {file_id: facts.box for file_id, facts in inspected(session).items()}
    workbooks = [file_id for file_id, box in boxes.items() if box.kind is Kind.WORKBOOK]
    archives = [file_id for file_id, box in boxes.items() if box.packing is Packing.ZIP]
    for option, part, fitting in (("--sheet", sheet, workbooks), ("--member", member, archives)):
        if part and not fitting:
            raise ThroughlineError(f"None of the files has what {option} chooses from.", f"Leave {option} out.")
        for file_id in fitting if part else ():
            service.choose_part(session_id, file_id, part, by=EVERYONE)


def _processed(
    service: Service,
    session_id: str,
    wanted: dict[str, str],
    pseudonymised: list[str],
    left_out: list[str],
    zone: str,
) -> Session:
    """The session once its files are looked at, mapped and processed. Raises ThroughlineError."""
    service.look(session_id, by=EVERYONE)
    session = _ended(service.runner.wait(session_id, _progress))
    for name, problem, hint in unusable(session):
        print(f"{clean(name)}: {problem} {hint}", file=sys.stderr)
    for notice in session.notices:
        print(clean(notice), file=sys.stderr)
    service.set_roles(session_id, wanted, by=EVERYONE)
    service.hide(session_id, pseudonymised, left_out, by=EVERYONE)
    if zone:
        service.set_zone(session_id, zone, by=EVERYONE)
    service.process(session_id, by=EVERYONE)
    return _ended(service.runner.wait(session_id, _progress))


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _pair(option: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        form, example = _PAIRS[option]
        raise ThroughlineError(f"{option} {text!r} is not of the form {form}.", f"For example: {option} {example}.")
    return name, value


_PAIRS = {"--map": ("ROLE=COLUMN", 'call="Case ID"'), "--filter": ("NAME=VALUE", "weekday=1,2")}
"""What an option takes that may be repeated, and an example."""


def _where(texts: list[str]) -> Filter:
    """The filter that `--filter` asks for; what is given twice adds up."""
    query: dict[str, str] = {}
    for name, value in (_pair("--filter", text) for text in texts):
        if not Filter.is_parameter(name):
            raise ViewError(
                f"There is no filter named {name[:40]!r}.", f"There are: {', '.join(PARAMETERS)}, and a.COLUMN."
            )
        query[name] = f"{query[name]},{value}" if name in query else value
    return Filter.from_query(query)


def _ended(session: Session) -> Session:
    """The session whose job has ended well. Raises ThroughlineError where it did not."""
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    job = session.job
    if job is None or job.state is not JobState.DONE:
        failure = job.failure if job and job.failure else Failure(problem="The import was called off.")
        raise ThroughlineError(failure.problem, failure.hint)
    return session


def _progress(session: Session) -> None:
    job = session.job
    if not sys.stderr.isatty() or job is None or not job.progress.stages:
        return
    progress = job.progress
    amount = f" {progress.done:,} of {progress.total:,} {progress.unit}" if progress.total else ""
    print(f"\r\x1b[K{progress.stages[progress.stage]}{amount}", end="", file=sys.stderr, flush=True)


def _told(session: Session) -> dict[str, Any]:
    roles = [msgspec.to_builtins(mapping_of(session, group).roles) for group in header_groups(session)]
    return {
        "id": session.id,
        "name": session.name,
        "status": session.status.value,
        "address": address(session),
        "files": {file.id[:FILE_ID]: file.name for file in session.files},
        "found": session.found,
        "roles": roles,
        "refused": [{"file": name, "problem": problem, "hint": hint} for name, problem, hint in unusable(session)],
    }


def _report(session: Session) -> str:
    found = session.found
    merged = f"{found['n_merged']:,} merged into them, " if found.get("n_merged") else ""
    lines = [
        session.id,
        f"{plural(found['n_calls'], 'call')}, {plural(found['n_steps'], 'step')}, "
        f"{plural(found['n_paths'], 'different path')}, {plural(found['n_nodes'], 'menu item')}",
        f"{plural(found['n_rows'], 'row')} read: {plural(found['n_steps'], 'step')}, "
        f"{merged}{plural(found['n_declarations'], 'declaration')}, "
        f"{found['n_rejected']:,} rejected",
    ]
    for name, n in found.get("refused_seconds", {}).items():
        if n:
            lines.append(f"{plural(n, 'value')} of {name.replace('_', ' ')} left out: negative or no number")
    if found["first_day"]:
        lines.append(f"{found['first_day']} to {found['last_day']}")
    return "\n".join([*lines, f"Open it at {address(session)} while the dashboard runs."])


def address(session: Session) -> str:
    """Where a locally running dashboard shows the session."""
    return f"http://localhost:8501/summary?session={session.id}"


def _sessions(service: Service, given: argparse.Namespace) -> int:
    found = service.store.list_sessions(by=EVERYONE)
    if given.json:
        print(json.dumps(msgspec.to_builtins(found), ensure_ascii=False))
        return 0
    now = utc_now()
    for one in found:
        if one.damaged:
            print(f"{one.id}  damaged")
            continue
        age = now - (one.updated or now)
        print(
            f"{one.id}  {one.status:<10}  {ago(age):>14}  {plural(one.n_files, 'file')}, {file_size(one.size)}  "
            f"{clean(one.name)}"
        )
    return 0


def _view(service: Service, given: argparse.Namespace) -> int:
    wanted = view(given.key)
    session = service.store.get(given.session, by=EVERYONE)
    parameters = {name: value for name in _parameters() if (value := getattr(given, name)) is not None}
    frame = wanted.frame(service.open(session), _where(given.filter), **parameters)
    if given.limit is not None:
        frame = frame.head(given.limit)
    _print(frame, given.format, single=wanted.single)
    return 0


def _print(frame: pd.DataFrame, form: str, *, single: bool = False) -> None:
    """The rows in the form that `--format` asks for."""
    if form == "json":
        print(as_json(frame, single=single))
    elif form == "csv":
        sys.stdout.buffer.write(as_csv(frame))
    else:
        print(as_text(frame, single=single))


def _sql(service: Service, given: argparse.Namespace) -> int:
    found = service.ask(service.store.get(given.session, by=EVERYONE), given.question)
    _print(found.rows, given.format)
    if found.is_cut:
        print(f"There are more than these {len(found.rows):,} rows; THROUGHLINE_SQL_ROWS.", file=sys.stderr)
    return 0


def _parameters() -> dict[str, Parameter]:
    """What the views take beside the filter, by name; one name means the same in all of them."""
    return {one.name: one for each in VIEWS for one in each.parameters}


def _report_of(service: Service, given: argparse.Namespace) -> int:
    session = service.shown(service.store.get(given.id, by=EVERYONE))
    told = report.report_of(session, service.open(session))
    print(report.as_html(told) if given.html else report.as_text(told))
    return 0


def _pack(service: Service, given: argparse.Namespace) -> int:
    session = service.store.get(given.id, by=EVERYONE)
    if given.file.is_dir():
        raise FileRefused(f"{given.file} is a folder.", "Say what the file in it is to be called.")
    with storage_errors(), atomic_write(given.file) as file:
        for piece in bundle.pack(service.store, session):
            file.write(piece)
    print(f"{given.file}: {file_size(given.file.stat().st_size)}")
    return 0


def _unpack(service: Service, given: argparse.Namespace) -> int:
    try:
        with given.file.open("rb") as file:
            session = service.unpack(file, owner=SHARED)
    except OSError as error:
        raise FileRefused(f"{given.file} cannot be read: {error.strerror}.") from error
    session = service.runner.wait(session.id, _progress)
    if session.files:
        _ended(session)
    print(_report(session) if session.found else session.id)
    return 0


def _delete(service: Service, given: argparse.Namespace) -> int:
    service.delete(given.id, by=EVERYONE)
    print(f"Deleted {given.id}.")
    return 0


def _check(service: Service, given: argparse.Namespace) -> int:
    problems = service.store.check()
    for problem in problems:
        print(f"{problem.session_id}: {problem.detail}")
    n = len(service.store.list_sessions(by=EVERYONE))
    print(f"{plural(n, 'session')} looked at, {plural(len(problems), 'problem')} found.")
    return 1 if problems else 0


def _sweep(service: Service, given: argparse.Namespace) -> int:
    report = service.store.sweep()
    for session_id in report.expired:
        print(f"{session_id}: expired, removed")
    for name in report.removed:
        print(f"{name}: belonged to nothing, removed")
    for session_id in report.kept:
        print(f"{session_id}: damaged, kept as it is")
    print(
        f"{plural(len(report.expired), 'session')} expired, {plural(len(report.removed), 'leftover')} removed, "
        f"{plural(len(report.kept), 'damaged session')} kept."
    )
    return 0


def _work(service: Service, given: argparse.Namespace) -> int:
    found = service.settings
    os.umask(0o077)  # the tables that DuckDB writes are nobody else's to read either
    if hasattr(os, "nice"):
        os.nice(10)
    limit_this_process(allowed(found.job_memory))
    jobs.work(
        service.store,
        found.home,
        given.id,
        kinds(service.store, found),
        seats=found.jobs_at_once,
        memory=allowed(found.job_memory),
        longest=found.job_time,
        on_cancel=lambda: os._exit(0),
    )
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # at an orderly exit, a thread that still watches a child process makes DuckDB list what it leaks
