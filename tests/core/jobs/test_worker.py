import threading
from datetime import UTC, datetime

import msgspec
import pytest

from core.errors import FileRefused, JobCancelled, SessionNotFound
from core.jobs import Kind, work
from core.jobs.lease import is_held, lease, seat
from core.sessions import SHARED, Failure, Job, JobState, Progress, Status, utc_now

replace = msgspec.structs.replace
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def queued(store):
    """A session with a job that waits."""
    made = store.create("one", owner=SHARED)
    job = Job(kind="job", state=JobState.QUEUED, queued=BEFORE)
    return store.update(made.id, lambda now: replace(now, job=job, status=Status.QUEUED))


@pytest.fixture
def do(store, home, queued):
    """Do the job of the session: call `run`, and keep what it returns."""

    def do(run, **options):
        kinds = {"job": Kind(run=run, waiting=Status.QUEUED, running=Status.PROCESSING, noun="import")}
        work(store, home, queued.id, kinds, seats=options.pop("seats", 1), **options)
        return store.read(queued.id)

    return do


def named(name):
    """A job that names the session."""
    return lambda session, reporter: lambda now: replace(now, name=name, status=Status.READY)


def never(session, reporter):
    raise AssertionError("there was nothing to do")


def call_off(store, session):
    store.update(
        session.id,
        lambda now: replace(now, job=replace(now.job, state=JobState.CANCELLED), status=Status.CANCELLED),
    )


def test_a_job_is_begun_done_and_committed(store, do, queued):
    seen = []

    def run(session, reporter):
        seen.append((session, store.read(session.id).job.state, is_held(store.folder(session.id))))
        return lambda now: replace(now, name="two", status=Status.READY)

    after = do(run)
    ((begun, state, held),) = seen
    assert (begun.status, begun.job.attempt, state, held) == (Status.PROCESSING, 1, JobState.RUNNING, True)
    assert (after.name, after.status, after.job.state) == ("two", Status.READY, JobState.DONE)
    assert not is_held(store.folder(queued.id))


def test_a_job_commits_to_the_newest_state(store, do):
    def run(session, reporter):
        store.update(session.id, lambda now: replace(now, plan={"changed": "meanwhile"}))
        return lambda now: replace(now, name="two")

    after = do(run)
    assert (after.name, after.plan) == ("two", {"changed": "meanwhile"})


def test_a_job_that_is_done_is_not_done_again(do):
    do(named("two"))
    assert do(never).name == "two"


def test_a_session_without_a_job_is_left_as_it_is(store, do, queued):
    store.update(queued.id, lambda now: replace(now, job=None))
    before = store.read(queued.id)
    assert do(never) == before


def test_a_refusal_is_told_in_its_own_words(do):
    def run(session, reporter):
        raise FileRefused("The file is empty.", "Export it again.")

    after = do(run)
    assert (after.status, after.job.state) == (Status.FAILED, JobState.FAILED)
    assert after.job.failure == Failure(problem="The file is empty.", hint="Export it again.")


def test_a_bug_is_told_with_a_reference_and_nothing_of_its_insides(do, caplog, monkeypatch):
    def run(session, reporter):
        raise ValueError("SELECT secret FROM '/home/someone'")

    after = do(run)
    failure = after.job.failure
    assert after.status is Status.FAILED
    assert failure.problem == "Something in Throughline failed during the import."
    assert len(failure.reference) == 8
    assert "secret" not in repr(after)


@pytest.mark.parametrize(
    "error", [MemoryError(), OSError("Out of Memory Error: failed to allocate"), RuntimeError("can't start new thread")]
)
def test_a_lack_of_memory_is_told_with_the_setting(do, error):
    def run(session, reporter):
        raise error

    failure = do(run).job.failure
    assert failure.problem == "The import needed more memory than it may take."
    assert "THROUGHLINE_JOB_MEMORY_MB" in failure.hint


def test_a_job_that_holds_more_memory_than_it_may_fails_and_its_commit_does_not_count(do):
    stopped = threading.Event()

    def run(session, reporter):
        assert stopped.wait(60)
        return lambda now: replace(now, name="too late")

    after = do(run, memory=1, on_cancel=stopped.set)
    assert (after.name, after.status, after.job.state) == ("one", Status.FAILED, JobState.FAILED)
    assert after.job.failure.problem == "The import needed more memory than it may take."


def test_a_failed_job_keeps_the_tables_that_serve(store, do, queued):
    store.update(queued.id, lambda now: replace(now, tables="old"))
    (store.folder(queued.id) / "tables" / "old").mkdir(parents=True)

    def run(session, reporter):
        raise FileRefused("No.")

    assert do(run).tables == "old"


def test_a_commit_after_the_job_was_called_off_does_not_count(store, do):
    def run(session, reporter):
        call_off(store, session)
        return lambda now: replace(now, name="too late", status=Status.READY)

    after = do(run)
    assert (after.name, after.status, after.job.state) == ("one", Status.CANCELLED, JobState.CANCELLED)


def test_a_failure_after_the_job_was_called_off_does_not_count(store, do):
    def run(session, reporter):
        call_off(store, session)
        raise FileRefused("Too late.")

    after = do(run)
    assert (after.status, after.job.failure) == (Status.CANCELLED, None)


@pytest.mark.parametrize("fails", [True, False])
def test_how_a_job_ended_that_was_replaced_does_not_count(store, do, fails):
    next_job = Job(kind="job", state=JobState.QUEUED, queued=utc_now())

    def run(session, reporter):
        store.update(session.id, lambda now: replace(now, job=next_job, status=Status.QUEUED))
        if fails:
            raise FileRefused("Too late.")
        return lambda now: replace(now, name="too late")

    after = do(run)
    assert (after.name, after.status, after.job) == ("one", Status.QUEUED, next_job)


@pytest.mark.parametrize("fails", [True, False])
def test_a_job_whose_session_was_deleted_ends_quietly_and_leaves_nothing(store, do, queued, fails):
    def run(session, reporter):
        store.delete(session.id)
        if fails:
            raise OSError("the folder is gone")
        return lambda now: now

    with pytest.raises(SessionNotFound):
        do(run)  # only the look at the session afterwards raises
    assert list(store.folder(queued.id).parent.iterdir()) == []


def test_a_session_that_is_not_there_is_told_and_makes_no_folder(store, home):
    session_id = "11111111-1111-4111-8111-111111111111"
    with pytest.raises(SessionNotFound):
        work(store, home, session_id, {}, seats=1)
    assert not store.folder(session_id).exists()


def test_a_job_that_somebody_else_is_doing_is_not_begun(store, do, queued):
    with lease(store.folder(queued.id)):
        assert do(never) == queued


def test_a_job_that_finds_no_seat_goes_on_waiting(do, home, queued):
    with seat(home, 1):
        assert do(never) == queued
        assert do(named("two"), seats=2).name == "two"


def test_a_job_that_takes_longer_than_it_may_fails_and_its_commit_does_not_count(do):
    stopped = threading.Event()

    def run(session, reporter):
        assert stopped.wait(60)
        return lambda now: replace(now, name="too late")

    after = do(run, longest=0, on_cancel=stopped.set)
    assert (after.name, after.status, after.job.state) == ("one", Status.FAILED, JobState.FAILED)
    assert after.job.failure.problem == "The import took longer than it may."
    assert "THROUGHLINE_JOB_HOURS" in after.job.failure.hint


def test_progress_stands_in_nobodys_way_who_saves_what_they_read(store, do, queued, until):
    """Progress is no change of the session: a version that was read before it is still the newest."""

    def run(session, reporter):
        reporter.plan("only")
        read = store.read(queued.id)
        reporter.stage(0, total=7, unit="rows")
        until(lambda: store.read(queued.id).job.progress.total == 7)
        store.save(replace(read, name="saved"))
        return lambda now: replace(now, status=Status.READY)

    after = do(run)
    assert (after.name, after.job.state) == ("saved", JobState.DONE)


def test_a_job_that_died_is_done_again_but_not_for_ever(store, do, queued):
    """What a killed process leaves is a job that runs, with nobody who holds its lease."""

    def died(attempt):
        job = replace(queued.job, state=JobState.RUNNING, attempt=attempt)
        store.update(queued.id, lambda now: replace(now, job=job, status=Status.PROCESSING))

    died(2)
    after = do(named("two"))
    assert (after.name, after.job.attempt) == ("two", 3)
    died(3)
    after = do(never)
    assert (after.status, after.job.state) == (Status.FAILED, JobState.FAILED)
    assert after.job.failure.problem == "The import stopped 3 times without saying why."


def test_progress_is_in_the_record_while_the_job_is_done(store, do, until):
    def progress(session):
        return store.read(session.id).job.progress

    def run(session, reporter):
        reporter.plan("first", "second")
        reporter.stage(0, total=10, unit="rows")
        reporter.advance(3)
        expected = Progress(stages=("first", "second"), stage=0, done=3, total=10, unit="rows")
        until(lambda: progress(session) == expected)
        reporter.stage(1)
        reporter.meter = lambda: (70, 100)
        expected = Progress(stages=("first", "second"), stage=1, done=70, total=100)
        until(lambda: progress(session) == expected)
        beat = store.read(session.id).job.heartbeat
        until(lambda: store.read(session.id).job.heartbeat > beat)
        return lambda now: replace(now, name="two")

    assert do(run).name == "two"


@pytest.mark.parametrize("how", ["called off", "replaced", "deleted"])
@pytest.mark.parametrize("step", ["stage", "advance"])
def test_a_job_that_is_called_off_notices_and_stops(store, do, queued, how, step):
    noticed, stopped = threading.Event(), []
    other = Job(kind="job", state=JobState.QUEUED, queued=utc_now())

    def run(session, reporter):
        if how == "called off":
            call_off(store, session)
        elif how == "replaced":
            store.update(session.id, lambda now: replace(now, job=other))
        else:
            store.delete(session.id)
        assert noticed.wait(60)
        try:
            getattr(reporter, step)(1)
        except JobCancelled:
            stopped.append(True)
            raise

    if how == "deleted":
        with pytest.raises(SessionNotFound):
            do(run, on_cancel=noticed.set)
    else:
        assert do(run, on_cancel=noticed.set).name == "one"
    assert stopped == [True]
