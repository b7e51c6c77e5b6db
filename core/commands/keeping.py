"""`python -m core sessions`, `pack`, `unpack`, `delete`, `check` and `sweep`: what becomes of sessions."""

import argparse
import json
from pathlib import Path

import msgspec

from core.commands.telling import account, ended, progress
from core.errors import FileRefused
from core.files import atomic_write, storage_errors
from core.service import Service
from core.sessions import EVERYONE, SHARED, bundle, utc_now
from core.text import ago, clean, file_size, plural


def offer(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to a parser."""
    command = commands.add_parser("sessions", help="list the sessions, newest change first")
    command.add_argument("--json", action="store_true", help="print them as JSON")
    command.set_defaults(run=_sessions)

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
    session = service.runner.wait(session.id, progress)
    if session.files:
        ended(session)
    print(account(session) if session.found else session.id)
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
