"""What the child process does: take the lease, do the job, report, commit."""

import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
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
TOO_MUCH_MEMORY = Failure(
    problem="The import needed more memory than it may take.",
    hint="Split the file, leave out columns that are not needed, or raise THROUGHLINE_JOB_MEMORY_MB.",
)


@dataclass(frozen=True)
class Kind:
    """A kind of job. `run` does it and returns the change that commits its result to the record."""

    run: Callable[[Session, "Reporter"], Callable[[Session], Session]]
    waiting: Status
    running: Status


def work(
    store: SessionStore,
    root: Path,
    session_id: str,
    kinds: Mapping[str, Kind],
    *,
    seats: int,
    memory: int = 0,
    on_cancel: Callable[[], None] = lambda: None,
) -> None:
    """Do the session's job if it has one that nobody else is doing, and write down how it ended.

    Safe to be killed anywhere and called again: nothing counts until the last update of the record. `on_cancel` is
    called from another thread when the job is called off while it runs, or holds more than `memory` bytes (0: any).
    """
    store.read(session_id)
    with lease(store.folder(session_id)) as mine, seat(root, seats) as seated:
        if not (mine and seated):
            return
        session = store.update(session_id, lambda session: _begun(session, kinds))
        job = session.job
        if job is None or job.state is not JobState.RUNNING:
            return
        log.info("job %s of %s begins, attempt %d", job.kind, session_id, job.attempt)
        try:
            with Reporter(store, session, memory=memory, on_cancel=on_cancel) as reporter:
                commit = kinds[job.kind].run(session, reporter)
            store.update(session_id, lambda now: _done(commit(now), job) if is_same(now.job, job) else now)
        except (JobCancelled, SessionNotFound):
            log.info("job %s of %s was called off", job.kind, session_id)
            return
        except Exception as error:
            failure = _failure(error)
            with suppress(SessionNotFound):
                store.update(session_id, lambda now: _failed(now, job, failure))
            return
    log.info("job %s of %s is done", job.kind, session_id)


class Reporter:
    """Writes the job's progress to the record, twice a second, and notices when the job is called off.

    `meter` may be set to a function that gives (done, total) of the stage under way. Once the job is called off,
    `on_cancel` is called from the reporting thread, and the next `stage` or `advance` raises JobCancelled.
    """

    def __init__(
        self, store: SessionStore, session: Session, *, memory: int = 0, on_cancel: Callable[[], None] = lambda: None
    ) -> None:
        assert session.job is not None
        self._memory = memory
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
                session = self._store.update(self._id, self._beaten)
            except SessionNotFound:
                session = None
            except StorageError as error:
                log.warning("progress could not be written: %s", error)
                continue
            if session is None or not is_same(session.job, self._job):
                self._cancelled.set()
                self._on_cancel()
                return

    def _beaten(self, session: Session) -> Session:
        if not is_same(session.job, self._job):
            return session
        if self._memory and resident() > self._memory:
            return failed(session, TOO_MUCH_MEMORY)
        progress = self._progress
        if self.meter is not None:
            done, total = self.meter()
            progress = msgspec.structs.replace(progress, done=done, total=total)
        return _with_job(session, progress=progress, heartbeat=utc_now())


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
        return failed(session, Failure(problem=f"The import stopped {job.attempt} times without saying why."))
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


def _failed(session: Session, job: Job, failure: Failure) -> Session:
    return failed(session, failure) if is_same(session.job, job) else session


def failed(session: Session, failure: Failure) -> Session:
    """The session with its job failed. Its uploads and its last good tables stay."""
    return _with_job(session, status=Status.FAILED, state=JobState.FAILED, failure=failure)


def _failure(error: Exception) -> Failure:
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
        return msgspec.structs.replace(TOO_MUCH_MEMORY, reference=reference)
    return Failure(
        problem="Something in Throughline failed during the import.",
        hint="The files are kept. Try again; if it stays, report the reference.",
        reference=reference,
    )
