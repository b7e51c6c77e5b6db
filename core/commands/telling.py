"""What commands tell of a session, and how they wait for it."""

import sys

from core.errors import ThroughlineError
from core.sessions import Failure, JobState, Session
from core.text import plural


def ended(session: Session) -> Session:
    """The session whose job has ended well. Raises ThroughlineError where it did not."""
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    job = session.job
    if job is None or job.state is not JobState.DONE:
        failure = job.failure if job and job.failure else Failure(problem="The import was called off.")
        raise ThroughlineError(failure.problem, failure.hint)
    return session


def progress(session: Session) -> None:
    """Show how far the session's job is, in the line where the last showing stands."""
    job = session.job
    if not sys.stderr.isatty() or job is None or not job.progress.stages:
        return
    progress = job.progress
    amount = f" {progress.done:,} of {progress.total:,} {progress.unit}" if progress.total else ""
    print(f"\r\x1b[K{progress.stages[progress.stage]}{amount}", end="", file=sys.stderr, flush=True)


def account(session: Session) -> str:
    """What became of the rows of a session that is ready, and where it can be seen."""
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
            what = plural(n, "end of a step", "ends of steps") if name == "until" else ""
            what = what or f"{plural(n, 'value')} of {name.replace('_', ' ')}"
            lines.append(f"{what} left out: negative or no {'time' if name == 'until' else 'number'}")
    if found["first_day"]:
        lines.append(f"{found['first_day']} to {found['last_day']}")
    return "\n".join([*lines, f"Open it at {address(session)} while the dashboard runs."])


def address(session: Session) -> str:
    """Where a locally running dashboard shows the session."""
    return f"http://localhost:8501/summary?session={session.id}"
