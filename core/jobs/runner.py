"""Starts waiting jobs in child processes, a few at once, and picks up those whose process died."""

import logging
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from core.errors import SessionError, StorageError
from core.files import locked
from core.jobs.lease import evict, is_held, lease
from core.jobs.worker import Kind, is_same
from core.sessions import Failure, Job, JobState, Session, SessionStore, SessionSummary, utc_now

log = logging.getLogger("throughline.jobs")

MEMORY = ", most likely because it needed too much memory."
KILLED = -9  # the exit code of a process that the kernel, or a person, killed
LOOK = 0.3  # seconds between looks at a job under way
PATIENCE = 60.0  # seconds: a hundred times what passes between two heartbeats


class Runner:
    """`command` gives the command line that works on a session; `environment` is added to the child's own.

    A job that tells nothing for `patience` seconds hangs: its process is killed and it is begun again.
    """

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
        patience: float = PATIENCE,
    ) -> None:
        self._patience = patience
        self._pulses: dict[str, tuple[datetime | None, float]] = {}
        self._hung: set[str] = set()
        self._store, self._root, self._kinds, self._at_once = store, root, kinds, at_once
        self._command, self._environment, self._folder = command, environment, folder
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._turn = threading.Lock()

    def submit(
        self, session_id: str, kind: str, change: Callable[[Session], Session] = lambda session: session
    ) -> Session:
        """Put a job of `kind` in the queue, together with `change`; one that the session still has is replaced.

        A kind that leaves the session's status alone replaces none: where one waits or runs, nothing happens.
        """
        waiting = self._kinds[kind].waiting

        def queued(session: Session) -> Session:
            if waiting is None and session.job is not None and session.job.active:
                return session
            job = Job(kind=kind, state=JobState.QUEUED, queued=utc_now())
            return msgspec.structs.replace(change(session), job=job, status=waiting or session.status)

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
            return self._kinds[session.job.kind].cancelled(session)

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
            self._end_hung([one.id for one in active if one not in idle])
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

    def _end_hung(self, working: list[str]) -> None:
        """Kill the processes whose heartbeat stands still. How long is measured by our own clock, not by theirs."""
        moment = time.monotonic()
        self._pulses = {one: self._pulses[one] for one in working if one in self._pulses}
        for session_id in working:
            with suppress(SessionError):
                job = self._store.read(session_id).job
                beat = job.heartbeat if job else None
                told, since = self._pulses.setdefault(session_id, (beat, moment))
                if told != beat:
                    self._pulses[session_id] = (beat, moment)
                elif moment - since > self._patience:
                    log.warning("the job of %s tells nothing any more and is ended", session_id)
                    child = self._children.get(session_id)
                    if child is not None:
                        self._hung.add(session_id)
                        child.kill()
                    else:
                        evict(self._store.folder(session_id))

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
            if code != 0 and summary.id not in self._hung:
                session = self._store.update(summary.id, lambda session: self._died(session, summary.job, code))
                self._clear(session)
        except SessionError:
            log.info("the session %s of an ended job is gone", summary.id)
        except StorageError as error:
            written = False  # whoever tends next starts it again; at once would be again and again
            log.warning("how the job of %s ended could not be written: %s", summary.id, error)
        finally:
            with self._turn:
                self._children.pop(summary.id, None)
                self._hung.discard(summary.id)
        if written:
            self.tend()

    def _died(self, session: Session, job: Job | None, code: int) -> Session:
        """The kernel or a person killed the child, or it crashed, before it could say anything itself."""
        if job is None or not is_same(session.job, job):
            return session
        kind = self._kinds[job.kind]
        return kind.failed(
            session,
            Failure(
                problem=f"The {kind.noun} was stopped by the system" + (MEMORY if code == KILLED else "."),
                hint=f"The files are kept, so it can be done again. {kind.too_much}",
                reference=f"exit {code}",
            ),
        )

    def _clear(self, session: Session) -> None:
        """Remove what a killed child left, unless somebody already works on the session again."""
        if session.job is None or session.job.active:
            return
        with lease(self._store.folder(session.id)) as mine:
            if mine:
                self._kinds[session.job.kind].clear(session)
