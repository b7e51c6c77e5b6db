"""Processes for the tests of jobs, with kinds of job that do simple things.

child.py work HOME SESSION     do the session's job, as `python -m core work` does
child.py parent HOME SESSION   give the session a job of the kind `wait`, and stay, as a server does; when told `full`,
                               no file may grow any more; when told `wait`, they may, and how the job ended is told
child.py server HOME SESSION   when the standard input is closed, see to it that the session's job is done, as a server
                               that starts does, and tell how it ended and at which attempt
child.py lease FOLDER          hold the lease on a folder
child.py memory N_BYTES MORE   hold oneself to that much memory, then ask for more

A job of the kind `wait` tells its session and process through the pipe HOME/started and goes on when there is a byte
to be read in the pipe HOME/SESSION.go. All jobs note in HOME/log when they begin and when they are done.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import msgspec

from core import jobs
from core.errors import FileRefused
from core.jobs import Kind, Reporter, Runner
from core.jobs.lease import lease
from core.jobs.memory import limit_this_process
from core.sessions import Session, SessionStore, Status

SEATS = 2

Commit = Callable[[Session], Session]


def kinds(home: Path) -> dict[str, Kind]:
    def note(text: str) -> None:
        with (home / "log").open("a") as log:
            log.write(f"{text}\n")

    def succeed(session: Session, reporter: Reporter) -> Commit:
        note(f"begin {session.name}")
        result = session.plan.get("wish", "done")
        note(f"end {session.name}")
        return lambda now: msgspec.structs.replace(now, status=Status.READY, found={"result": result})

    def wait(session: Session, reporter: Reporter) -> Commit:
        reporter.plan("first", "second")
        reporter.stage(1, total=9, unit="rows")
        reporter.advance(4)
        note(f"begin {session.name}")
        with (home / "started").open("w") as started:
            started.write(f"{session.id} {os.getpid()}\n")
        (home / f"{session.id}.go").open("rb", buffering=0).read(1)
        note(f"end {session.name}")
        result = session.plan.get("wish", "done")
        return lambda now: msgspec.structs.replace(now, status=Status.READY, found={"result": result})

    def refuse(session: Session, reporter: Reporter) -> NoReturn:
        raise FileRefused("The file is empty.", "Export it again.")

    def stumble(session: Session, reporter: Reporter) -> NoReturn:
        raise ValueError("SELECT secret FROM /home/someone")

    def die(session: Session, reporter: Reporter) -> NoReturn:
        note(f"begin {session.name}")
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    def clear(session: Session) -> None:
        note(f"clear {session.name}")

    runs = {"succeed": succeed, "wait": wait, "refuse": refuse, "stumble": stumble, "die": die}
    return {
        name: Kind(run=run, waiting=Status.QUEUED, running=Status.PROCESSING, noun="import", clear=clear)
        for name, run in runs.items()
    }


def work(home: str, session_id: str) -> None:
    found = kinds(Path(home))
    jobs.work(SessionStore(Path(home)), Path(home), session_id, found, seats=SEATS, on_cancel=lambda: os._exit(0))


def runner_on(home: str) -> Runner:
    def command(one: str) -> list[str]:
        return [sys.executable, __file__, "work", home, one]

    return Runner(
        SessionStore(Path(home)),
        Path(home),
        kinds=kinds(Path(home)),
        at_once=1,
        command=command,
        environment={},
        folder=Path(home),
    )


def parent(home: str, session_id: str) -> None:
    runner = runner_on(home)
    runner.submit(session_id, "wait")
    for line in sys.stdin:
        full = line == "full\n"
        resource.setrlimit(resource.RLIMIT_FSIZE, (0 if full else resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print("full" if full else runner.wait(session_id).status, flush=True)


def server(home: str, session_id: str) -> None:
    runner = runner_on(home)
    print("ready", flush=True)
    sys.stdin.read()
    after = runner.wait(session_id)
    print(after.status, after.job.attempt if after.job else 0, flush=True)


def hold(folder: str) -> None:
    with lease(Path(folder)) as mine:
        print(mine, flush=True)
        sys.stdin.read()


def memory(n_bytes: str, more: str) -> None:
    limit_this_process(int(n_bytes))
    try:
        print(len(bytearray(int(more))))
    except MemoryError:
        print("refused")


if __name__ == "__main__":
    commands = {"work": work, "parent": parent, "server": server, "lease": hold, "memory": memory}
    commands[sys.argv[1]](*sys.argv[2:])
