"""Starts waiting jobs in child processes, a few at once, and picks up those whose process died."""

import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from core.errors import SessionError, StorageError
from core.files import locked
from core.jobs.lease import is_held
from core.jobs.worker import Kind, failed, is_same
from core.sessions import Failure, Job, JobState, Session, SessionStore, SessionSummary, Status, utc_now

log = logging.getLogger("throughline.jobs")

MEMORY = ", most likely because it needed too much memory."
KILLED = -9  # the exit code of a process that the kernel, or a person, killed
LOOK = 0.3  # seconds between looks at a job under way


class Runner:
    """`command` gives the command line that works on a session; `environment` is added to the child's own."""

    def __init__(
        self,
        store: SessionStore,
        root: Path,
        *,
        kinds: Mapping[str, Kind],
        at_once: int,
        command: Callable[[str], Sequence[str]],
        environment: Mapping[str, str],
        folder: Path,
    ) -> None:
        self._store, self._root, self._kinds, self._at_once = store, root, kinds, at_once
        self._command, self._environment, self._folder = command, environment, folder
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._turn = threading.Lock()

    def submit(
        self, session_id: str, kind: str, change: Callable[[Session], Session] = lambda session: session
    ) -> Session:
        """Put a job of `kind` in the queue, together with `change`; one that the session still has is replaced."""

        def queued(session: Session) -> Session:
            job = Job(kind=kind, state=JobState.QUEUED, queued=utc_now())
            return msgspec.structs.replace(change(session), job=job, status=self._kinds[kind].waiting)

        session = self._store.update(session_id, queued)
        self.tend()
        return session

    def cancel(self, session_id: str) -> Session:
        """Call the session's job off. Nothing happens where none waits or runs."""
        called_off = False

        def cancelled(session: Session) -> Session:
            nonlocal called_off
            if session.job is None or not session.job.active:
                return session
            called_off = True
            job = msgspec.structs.replace(session.job, state=JobState.CANCELLED)
            return msgspec.structs.replace(session, job=job, status=Status.CANCELLED)

        session = self._store.update(session_id, cancelled)
        child = self._children.get(session_id)
        if called_off and child is not None:
            child.terminate()
        return session

    def place(self, session_id: str) -> int:
        """How many jobs are before the session's in the queue."""
        waiting = [one.id for one in self._store.active()]
        return waiting.index(session_id) if session_id in waiting else 0

    def tend(self) -> int:
        """Start what waits and has a free seat, and what a dead process left; how many jobs are not done yet."""
        with self._turn, locked(self._root / "jobs.lock"):
            active = self._store.active()
            idle = [one for one in active if not self._is_worked_on(one.id)]
            for one in idle[: max(0, self._at_once - (len(active) - len(idle)))]:
                self._start(one)
        return len(active)

    def wait(self, session_id: str, look: Callable[[Session], None] = lambda session: None) -> Session:
        """Return when the session's job has ended, in whatever way; `look` sees the session now and then."""
        while True:
            session = self._store.read(session_id)
            look(session)
            if session.job is None or not session.job.active:
                return session
            child = self._children.get(session_id)
            if child is None:
                time.sleep(LOOK)
                self.tend()
            else:
                with suppress(subprocess.TimeoutExpired):
                    child.wait(timeout=LOOK)

    def _is_worked_on(self, session_id: str) -> bool:
        return session_id in self._children or is_held(self._store.folder(session_id))

    def _start(self, summary: SessionSummary) -> None:
        session_id = summary.id
        log.info("starting the job of %s", session_id)
        child = subprocess.Popen(
            self._command(session_id),
            cwd=self._folder,
            env={**os.environ, **self._environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._children[session_id] = child
        threading.Thread(target=self._watch, args=(summary, child), name="job watch", daemon=True).start()

    def _watch(self, summary: SessionSummary, child: subprocess.Popen[bytes]) -> None:
        code = child.wait()
        written = True
        try:
            if code != 0:
                self._store.update(summary.id, lambda session: _died(session, summary.job, code))
        except SessionError:
            log.info("the session %s of an ended job is gone", summary.id)
        except StorageError as error:
            written = False  # whoever tends next starts it again; at once would be again and again
            log.warning("how the job of %s ended could not be written: %s", summary.id, error)
        with self._turn:
            self._children.pop(summary.id, None)
        if written:
            self.tend()


def _died(session: Session, job: Job | None, code: int) -> Session:
    """The kernel or a person killed the child, or it crashed, before it could say anything itself."""
    if job is None or not is_same(session.job, job):
        return session
    return failed(
        session,
        Failure(
            problem="The import process was stopped by the system" + (MEMORY if code == KILLED else "."),
            hint="The files are kept. Process again, split the file, or raise THROUGHLINE_JOB_MEMORY_MB.",
            reference=f"exit {code}",
        ),
    )
