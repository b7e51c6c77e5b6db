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
import os
import sys
from dataclasses import replace

from core import jobs, log, settings
from core.commands import asking, importing, keeping
from core.errors import ThroughlineError
from core.jobs.memory import allowed, limit_this_process
from core.service import Service
from core.work import kinds


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
    for room in (importing, asking, keeping):
        room.offer(commands)
    command = commands.add_parser("work", help="do the job of a session; started by Throughline itself")
    command.add_argument("id", metavar="ID")
    command.set_defaults(run=_work)
    return parser


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
