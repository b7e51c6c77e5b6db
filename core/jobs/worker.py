"""What the child process does: take the lease, do the job, report, commit."""

import logging
import math
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType

import msgspec

from core.errors import JobCancelled, SessionNotFound, StorageError, ThroughlineError
from core.files import storage_errors
from core.jobs.lease import lease, seat
from core.jobs.memory import resident
from core.sessions import Failure, Job, JobState, Progress, Session, SessionStore, Status, utc_now

log = logging.getLogger("throughline.jobs")

MOST_ATTEMPTS = 3
HEARTBEAT = 0.4  # seconds
NO_MEMORY = ("out of memory", "can't start new thread")  # as DuckDB and Python say it


@dataclass(frozen=True)
class Kind:
    """A kind of job. `run` does it and returns the change that commits its result to the record.

    `waiting` and `running` are the session's status meanwhile; where they are None, the job is one beside the session's
    own way, and its status stays what it is whatever becomes of the job.

    `noun` is what a person calls it, `too_much` what they can do where it needs more memory than it may take. `clear`
    removes what the record no longer names, after a run and after one that was killed; nobody works on the session
    while it does.
    """

    run: Callable[[Session, "Reporter"], Callable[[Session], Session]]
    waiting: Status | None
    running: Status | None
    noun: str = "job"
    too_much: str = "Raise THROUGHLINE_JOB_MEMORY_MB."
    clear: Callable[[Session], None] = lambda session: None

    def out_of_memory(self, reference: str = "") -> Failure:
        problem = f"The {self.noun} needed more memory than it may take."
        return Failure(problem=problem, hint=self.too_much, reference=reference)

    def failed(self, session: Session, failure: Failure) -> Session:
        """The session with its job failed. Its uploads and its last good tables stay."""
        return _with_job(session, status=self._unless_beside(Status.FAILED), state=JobState.FAILED, failure=failure)

    def cancelled(self, session: Session) -> Session:
        """The session with its job called off."""
        return _with_job(session, status=self._unless_beside(Status.CANCELLED), state=JobState.CANCELLED)

    def _unless_beside(self, status: Status) -> Status | None:
        return status if self.running else None


def work(
    store: SessionStore,
    root: Path,
    session_id: str,
    kinds: Mapping[str, Kind],
    *,
    seats: int,
    memory: int = 0,
    longest: float = math.inf,
    on_cancel: Callable[[], None] = lambda: None,
) -> None:
    """Do the session's job if it has one that nobody else is doing, and write down how it ended.

    Safe to be killed anywhere and called again: nothing counts until the last update of the record. `on_cancel` is
    called from another thread when the job is called off while it runs, holds more than `memory` bytes (0: any), or
    takes more than `longest` seconds.
    """
    store.read(session_id)
    with lease(store.folder(session_id)) as mine, seat(root, seats) as seated:
        if not (mine and seated):
            return
        session = store.update(session_id, lambda session: _begun(session, kinds))
        job = session.job
        if job is None or job.state is not JobState.RUNNING:
            return
        kind = kinds[job.kind]
        log.info("job %s of %s begins, attempt %d", job.kind, session_id, job.attempt)
        try:
            with Reporter(store, session, kind, memory=memory, longest=longest, on_cancel=on_cancel) as reporter:
                commit = kind.run(session, reporter)
            done = store.update(session_id, lambda now: _done(commit(now), job) if is_same(now.job, job) else now)
        except (JobCancelled, SessionNotFound):
            log.info("job %s of %s was called off", job.kind, session_id)
            return
        except Exception as error:
            failure = _failure(error, kind)
            with suppress(SessionNotFound):
                store.update(session_id, lambda now: _failed(now, job, failure, kind))
            return
        try:
            kind.clear(done)
        except (OSError, StorageError) as error:  # the result is kept, and the next job or a sweep removes the rest
            log.warning("job %s of %s could not remove all that is left over: %s", job.kind, session_id, error)
    log.info("job %s of %s is done", job.kind, session_id)


class Reporter:
    """Tells the job's progress, twice a second, and notices when the job is called off.

    `meter` may be set to a function that gives (done, total) of the stage under way. Once the job is called off,
    `on_cancel` is called from the reporting thread, and the next `stage` or `advance` raises JobCancelled.
    """

    def __init__(
        self,
        store: SessionStore,
        session: Session,
        kind: Kind,
        *,
        memory: int = 0,
        longest: float = math.inf,
        on_cancel: Callable[[], None] = lambda: None,
    ) -> None:
        assert session.job is not None
        self._kind = kind
        self._memory, self._end = memory, time.monotonic() + longest
        self._on_cancel = on_cancel
        self._store, self._id, self._job = store, session.id, session.job
        self._progress = session.job.progress
        self._stop = threading.Event()
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self.meter: Callable[[], tuple[int, int]] | None = None

    def __enter__(self) -> "Reporter":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def plan(self, *stages: str) -> None:
        """Name the stages, in order."""
        self._progress = Progress(stages=stages)

    def stage(self, number: int, *, total: int = 0, unit: str = "") -> None:
        """Stage `number`, from 0, begins: `total` units of work where that is known."""
        self._check()
        self.meter = None
        self._progress = Progress(stages=self._progress.stages, stage=number, total=total, unit=unit)

    def advance(self, done: int) -> None:
        """`done` units of the stage are done by now."""
        self._check()
        self._progress = msgspec.structs.replace(self._progress, done=done)

    def _check(self) -> None:
        if self._cancelled.is_set():
            raise JobCancelled

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT):
            try:
                if self._is_wanted():
                    self._store.beat(self._id, self._job.queued, self._measured())
                    continue
            except SessionNotFound:
                log.info("the session %s is gone", self._id)
            except StorageError as error:
                log.warning("progress could not be written: %s", error)
                continue
            self._cancelled.set()
            self._on_cancel()
            return

    def _is_wanted(self) -> bool:
        """Whether the job is still to be done; where it takes more than it may, it is failed."""
        failure = None
        if self._memory and resident() > self._memory:
            failure = self._kind.out_of_memory()
        elif time.monotonic() > self._end:
            failure = Failure(
                problem=f"The {self._kind.noun} took longer than it may.", hint="Raise THROUGHLINE_JOB_HOURS."
            )
        if failure is None:
            return is_same(self._store.read(self._id).job, self._job)
        self._store.update(self._id, partial(_failed, job=self._job, failure=failure, kind=self._kind))
        return False

    def _measured(self) -> Progress:
        if self.meter is None:
            return self._progress
        done, total = self.meter()
        return msgspec.structs.replace(self._progress, done=done, total=total)


def is_same(now: Job | None, then: Job) -> bool:
    """Whether the record still speaks of the job that was begun, and nobody called it off."""
    return now is not None and now.active and (now.kind, now.queued) == (then.kind, then.queued)


def _with_job(session: Session, *, status: Status | None = None, **changes: object) -> Session:
    assert session.job is not None
    job = msgspec.structs.replace(session.job, **changes)
    return msgspec.structs.replace(session, job=job, status=status or session.status)


def _begun(session: Session, kinds: Mapping[str, Kind]) -> Session:
    job = session.job
    if job is None or not job.active:
        return session
    if job.attempt >= MOST_ATTEMPTS:
        kind = kinds[job.kind]
        return kind.failed(session, Failure(problem=f"The {kind.noun} stopped {job.attempt} times without saying why."))
    moment: datetime = utc_now()
    return _with_job(
        session,
        status=kinds[job.kind].running,
        state=JobState.RUNNING,
        started=moment,
        heartbeat=moment,
        attempt=job.attempt + 1,
        progress=Progress(),
    )


def _done(session: Session, job: Job) -> Session:
    return msgspec.structs.replace(session, job=msgspec.structs.replace(job, state=JobState.DONE, failure=None))


def _failed(session: Session, job: Job, failure: Failure, kind: Kind) -> Session:
    return kind.failed(session, failure) if is_same(session.job, job) else session


def _failure(error: Exception, kind: Kind) -> Failure:
    if isinstance(error, OSError) and error.errno is not None:
        try:
            with storage_errors():
                raise error
        except StorageError as told:
            error = told
    if isinstance(error, ThroughlineError):
        return Failure(problem=error.problem, hint=error.hint)
    reference = secrets.token_hex(4)
    log.error("job failed, reference %s", reference, exc_info=error)
    if isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in NO_MEMORY):
        return kind.out_of_memory(reference)
    return Failure(
        problem=f"Something in Throughline failed during the {kind.noun}.",
        hint="The files are kept. Try again; if it stays, report the reference.",
        reference=reference,
    )
