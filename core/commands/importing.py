"""`python -m core import`: make a session from files, and wait until it is ready."""

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from core.commands.pairs import pair
from core.commands.telling import account, address, ended, progress
from core.errors import FileRefused, ThroughlineError
from core.ingest.facts import Kind, Packing
from core.plan import header_groups, inspected, mapping_of
from core.service import Service, unusable
from core.sessions import EVERYONE, SHARED, Session
from core.text import clean
from core.work import FILE_ID


def offer(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to a parser."""
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


def _import(service: Service, given: argparse.Namespace) -> int:
    wanted = dict(pair("--map", text) for text in given.map)
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
    print(json.dumps(_told(session), ensure_ascii=False) if given.json else account(session))
    return 0


def _choose_parts(service: Service, session_id: str, sheet: str, member: str) -> None:
    """Choose the sheet and the packed file that were asked for. Raises ThroughlineError where no file has any."""
    if not sheet and not member:
        return
    service.look(session_id, by=EVERYONE)
    session = ended(service.runner.wait(session_id, progress))
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
    session = ended(service.runner.wait(session_id, progress))
    for name, problem, hint in unusable(session):
        print(f"{clean(name)}: {problem} {hint}", file=sys.stderr)
    for notice in session.notices:
        print(clean(notice), file=sys.stderr)
    service.set_roles(session_id, wanted, by=EVERYONE)
    service.hide(session_id, pseudonymised, left_out, by=EVERYONE)
    if zone:
        service.set_zone(session_id, zone, by=EVERYONE)
    service.process(session_id, by=EVERYONE)
    return ended(service.runner.wait(session_id, progress))


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
