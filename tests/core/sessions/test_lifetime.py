import io
import os
import threading
from datetime import timedelta

import msgspec
import pytest

from core.errors import LimitExceeded, SessionDamaged, SessionNotFound, ThroughlineError
from core.files import locked
from core.service import Service
from core.sessions import (
    EVERYONE,
    SHARED,
    Job,
    JobState,
    Owner,
    Progress,
    SessionStore,
    SweepReport,
    Visitor,
    bundle,
    shares,
    uploads,
    utc_now,
)
from core.settings import DAY, HOUR, Limits, Settings

replace = msgspec.structs.replace
leaves_damage = pytest.mark.leaves_damage
ANNA, BERT = Owner("browser:anna"), Owner("browser:bert")
BY_ANNA, BY_BERT = Visitor(frozenset({ANNA.key})), Visitor(frozenset({BERT.key}))
UNKNOWN = "11111111-1111-4111-8111-111111111111"
NO_SESSIONS = ["", "..", "../x", "x" * 10_000, f"{UNKNOWN}\n", f"{UNKNOWN}/", "\0", None, UNKNOWN, UNKNOWN.upper()]

START = utc_now().replace(microsecond=0)


class Clock:
    """A time that only goes on when it is told to."""

    def __init__(self):
        self.seconds = 0

    def __call__(self):
        return START + timedelta(seconds=self.seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def kept_for(home, clock):
    """A store with limits of one's own whose time is that of the clock."""
    return lambda **limits: SessionStore(home, limits=Limits(**limits), now=clock)


def with_file(store, owner=ANNA, content=b"private"):
    """A session with an upload, tables, a pulse and a link."""
    made = store.create("one", owner=owner)
    uploads.receive(store, made.id, "calls.csv", io.BytesIO(content))
    tables = store.folder(made.id) / "tables" / "first"
    tables.mkdir(parents=True)
    (tables / "steps.parquet").write_bytes(content)
    shares.share(store, made.id)
    store.beat(made.id, START, Progress())
    return store.update(made.id, lambda now: replace(now, tables="first"))


def files_below(home):
    return {str(path.relative_to(home)) for path in home.rglob("*") if not path.is_dir()}


def paths_of(home, session_id):
    return [path for path in home.rglob("*") if session_id in str(path)]


def refused(action):
    with pytest.raises(SessionNotFound):
        action()


def is_gone(store, session_id, by=BY_ANNA):
    for look in (store.get, store.peek, store.owned):
        refused(lambda look=look: look(session_id, by=by))
    return session_id not in {one.id for one in store.list_sessions(by=by)}


def cut(path):
    path.write_bytes(path.read_bytes()[:-40])


def made_newer(path):
    # The checksum is BLAKE2b of "3:{}", 16 bytes long.
    path.write_bytes(b'{"schema":3,"checksum":"5e5d6abf2f630d205060513b0e874080","length":2,"record":{}}')


def flipped(path):
    """One bit is another, and the file's size and time are what they were."""
    before, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


# When a session ends

ENDS = pytest.mark.parametrize(
    ("limits", "end"),
    [
        ({"idle": 7 * DAY}, 7 * DAY),
        ({"idle": 0, "lifetime": 7 * DAY}, 7 * DAY),
        ({"idle": 2 * DAY, "lifetime": 7 * DAY}, 2 * DAY),
        ({"idle": 7 * DAY, "lifetime": 2 * DAY}, 2 * DAY),
        ({"idle": DAY, "lifetime": DAY}, DAY),
    ],
)


@ENDS
@pytest.mark.parametrize("by", [BY_ANNA, EVERYONE], ids=["owner", "everyone"])
def test_a_session_ends_at_the_very_second(kept_for, clock, home, limits, end, by):
    store = kept_for(**limits)
    made = with_file(store)
    clock.seconds = end - 1
    assert store.sweep() == SweepReport()
    assert [(one.id, one.expires) for one in store.list_sessions(by=by)] == [(made.id, START + timedelta(seconds=end))]
    assert store.peek(made.id, by=by) == store.owned(made.id, by=by) == made
    clock.seconds = end
    assert is_gone(store, made.id, by)
    assert store.sweep() == SweepReport(expired=(made.id,))
    assert paths_of(home, made.id) == []
    assert files_below(home) == {"sweep.lock"}


@ENDS
def test_the_time_of_a_sessions_end_is_told(kept_for, limits, end):
    store = kept_for(**limits)
    made = store.create("one", owner=ANNA)
    (line,) = store.list_sessions(by=BY_ANNA)
    assert store.expires(made) == store.expires(line) == line.expires == START + timedelta(seconds=end)


def test_without_limits_a_session_has_no_end(kept_for, clock):
    store = kept_for(idle=0, lifetime=0)
    made = store.create("one", owner=ANNA)
    clock.seconds = 1000 * 365 * DAY
    assert store.expires(made) is None
    assert [one.expires for one in store.list_sessions(by=BY_ANNA)] == [None]
    assert store.sweep() == SweepReport()
    assert store.get(made.id, by=BY_ANNA) == made


def test_a_session_is_gone_before_any_sweep_also_for_who_has_a_link(kept_for, clock):
    store = kept_for(idle=DAY)
    made = store.create("one", owner=ANNA)
    by_link = Visitor(share=shares.read_token(shares.share(store, made.id))[1])
    clock.seconds = DAY - 1
    assert store.peek(made.id, by=by_link).id == made.id
    clock.seconds = DAY
    refused(lambda: store.peek(made.id, by=by_link))
    refused(lambda: store.get(made.id, by=by_link))


def test_whoever_opens_a_session_prolongs_it_and_looking_or_listing_does_not(kept_for, clock):
    store = kept_for(idle=7 * DAY)
    made = store.create("one", owner=ANNA)
    clock.seconds = 6 * DAY
    store.peek(made.id, by=BY_ANNA)
    store.owned(made.id, by=BY_ANNA)
    store.read(made.id)
    store.list_sessions(by=BY_ANNA)
    store.check()
    refused(lambda: store.get(made.id, by=BY_BERT))
    assert store.expires(made) == START + timedelta(days=7)
    store.get(made.id, by=BY_ANNA)
    assert store.expires(made) == START + timedelta(days=13)
    clock.seconds = 13 * DAY - 1
    assert store.peek(made.id, by=BY_ANNA) == made
    clock.seconds = 13 * DAY
    assert is_gone(store, made.id)


def test_a_change_prolongs_a_session_and_a_beat_of_its_job_does_not(kept_for, clock):
    store = kept_for(idle=7 * DAY)
    made = store.create("one", owner=ANNA)
    clock.seconds = 5 * DAY
    store.beat(made.id, START, Progress())
    assert store.expires(made) == START + timedelta(days=7)
    store.update(made.id, lambda now: replace(now, name="two"))
    assert store.expires(made) == START + timedelta(days=12)


def test_opening_and_changing_does_not_lengthen_a_sessions_lifetime(kept_for, clock):
    store = kept_for(idle=7 * DAY, lifetime=10 * DAY)
    made = store.create("one", owner=ANNA)
    for day in (5, 9):
        clock.seconds = day * DAY
        store.get(made.id, by=BY_ANNA)
        store.update(made.id, lambda now: replace(now, created=START + timedelta(days=99)))
    assert store.expires(made) == START + timedelta(days=10)
    clock.seconds = 10 * DAY
    assert is_gone(store, made.id)
    assert store.sweep().expired == (made.id,)


def test_an_end_holds_for_every_store_on_the_home_by_that_stores_limits(kept_for, clock):
    short, long = kept_for(idle=DAY), kept_for(idle=9 * DAY)
    made = short.create("one", owner=ANNA)
    clock.seconds = DAY
    assert is_gone(short, made.id)
    assert long.peek(made.id, by=BY_ANNA) == made


def test_only_what_has_ended_is_swept(kept_for, clock, home):
    store = kept_for(idle=7 * DAY)
    old = with_file(store)
    clock.seconds = DAY
    young = with_file(store, content=b"young")
    clock.seconds = 7 * DAY
    assert store.sweep().expired == (old.id,)
    assert paths_of(home, old.id) == []
    (file,) = store.get(young.id, by=BY_ANNA).files
    assert uploads.path_of(store, young.id, file).read_bytes() == b"young"


@leaves_damage
@pytest.mark.parametrize("damage", [cut, made_newer, flipped])
@pytest.mark.parametrize("is_known", [False, True], ids=["fresh", "listed before"])
def test_no_sweep_removes_what_it_cannot_read_however_old_it_is(kept_for, clock, home, damage, is_known):
    store = kept_for(idle=DAY, lifetime=2 * DAY)
    made = with_file(store)
    path = store.folder(made.id) / "session.json"
    os.utime(path, (START.timestamp() - 60, START.timestamp() - 60))
    if is_known:
        assert [one.id for one in store.list_sessions(by=BY_ANNA)] == [made.id]
    damage(path)
    before = {one: one.read_bytes() for one in store.folder(made.id).rglob("*") if one.is_file()}
    for days in (1, 3, 365, 36_500):
        clock.seconds = days * DAY
        assert store.sweep() == SweepReport(kept=(made.id,))
    assert {one: one.read_bytes() for one in store.folder(made.id).rglob("*") if one.is_file()} == before
    assert [one.damaged for one in store.list_sessions(by=BY_ANNA)] == [True]


# Undo


def test_what_was_deleted_can_be_had_back_as_it_was(kept_for, clock):
    store = kept_for()
    made, other = with_file(store), store.create("other", owner=ANNA)
    clock.seconds = 3600
    store.discard(made.id)
    assert is_gone(store, made.id)
    refused(lambda: store.read(made.id))
    refused(lambda: store.update(made.id, lambda now: now))
    assert [one.id for one in store.list_sessions(by=EVERYONE)] == [other.id]
    (line,) = store.list_discarded(by=BY_ANNA)
    assert (line.id, line.name, line.expires) == (made.id, "one", START + timedelta(minutes=90))
    assert store.restore(made.id, by=BY_ANNA) == made
    assert store.get(made.id, by=BY_ANNA) == made
    (file,) = made.files
    assert uploads.path_of(store, made.id, file).read_bytes() == b"private"
    assert store.list_discarded(by=EVERYONE) == []
    refused(lambda: store.restore(made.id, by=BY_ANNA))


def test_what_was_deleted_can_be_had_back_until_the_very_second(kept_for, clock, home):
    store = kept_for(undo=HOUR)
    made = with_file(store)
    store.discard(made.id)
    clock.seconds = HOUR - 1
    assert store.sweep() == SweepReport()
    assert [one.id for one in store.list_discarded(by=BY_ANNA)] == [made.id]
    clock.seconds = HOUR
    assert store.list_discarded(by=BY_ANNA) == []
    refused(lambda: store.restore(made.id, by=BY_ANNA))
    refused(lambda: store.purge(made.id, by=BY_ANNA))
    assert store.sweep().removed == (made.id,)
    assert files_below(home) == {"sweep.lock"}
    assert paths_of(home, made.id) == []


def test_undo_counts_from_the_deletion_and_not_from_the_last_look(kept_for, clock):
    store = kept_for(undo=HOUR)
    made = store.create("one", owner=ANNA)
    clock.seconds = 30 * DAY
    store.discard(made.id)
    clock.seconds = 30 * DAY + HOUR - 1
    assert store.sweep() == SweepReport()
    assert store.restore(made.id, by=BY_ANNA) == made


def test_what_is_had_back_is_as_good_as_just_seen(kept_for, clock):
    store = kept_for(idle=DAY, undo=HOUR)
    made = store.create("one", owner=ANNA)
    clock.seconds = DAY - 1
    store.discard(made.id)
    clock.seconds = DAY + 100
    store.restore(made.id, by=BY_ANNA)
    assert store.expires(made) == START + timedelta(days=2, seconds=100)
    assert store.get(made.id, by=BY_ANNA) == made


@pytest.mark.parametrize("deletion", ["delete", "discard"])
def test_without_undo_a_deletion_is_for_good_at_once(kept_for, home, deletion):
    store = kept_for(undo=0)
    made = with_file(store)
    getattr(store, deletion)(made.id)
    assert files_below(home) == set()
    assert paths_of(home, made.id) == []
    refused(lambda: store.restore(made.id, by=EVERYONE))


def test_nobody_else_has_back_or_purges_what_was_deleted(kept_for, home):
    store = kept_for()
    made = with_file(store)
    by_link = Visitor(frozenset({BERT.key}), share=made.shares[0].hash)
    store.discard(made.id)
    before = files_below(home)
    for by in (BY_BERT, Visitor(), by_link):
        assert store.list_discarded(by=by) == []
        refused(lambda by=by: store.restore(made.id, by=by))
        refused(lambda by=by: store.purge(made.id, by=by))
    assert files_below(home) == before
    assert store.restore(made.id, by=BY_ANNA) == made


@pytest.mark.parametrize("session_id", NO_SESSIONS, ids=lambda one: repr(one)[:40])
def test_what_was_never_deleted_is_not_had_back_nor_purged(store, home, session_id):
    there, deleted = store.create("there", owner=ANNA), store.create("deleted", owner=ANNA)
    store.discard(deleted.id)
    before = files_below(home.parent)
    for one in (session_id, there.id):
        refused(lambda one=one: store.restore(one, by=EVERYONE))
        refused(lambda one=one: store.purge(one, by=EVERYONE))
    refused(lambda: store.discard(session_id))
    refused(lambda: store.discard(deleted.id))
    refused(lambda: store.delete(deleted.id))
    assert files_below(home.parent) == before


def test_a_purge_removes_everything_at_once_and_nothing_else(store, home):
    made, other = with_file(store), with_file(store, content=b"other")
    for one in (made, other):
        store.discard(one.id)
    store.purge(made.id, by=BY_ANNA)
    assert paths_of(home, made.id) == []
    assert [one.id for one in store.list_discarded(by=BY_ANNA)] == [other.id]
    refused(lambda: store.purge(made.id, by=BY_ANNA))
    assert store.restore(other.id, by=BY_ANNA) == other


def test_the_deleted_are_listed_with_the_newest_deletion_first(kept_for, clock):
    store = kept_for()
    first, second, third = (store.create(name, owner=ANNA) for name in ("first", "second", "third"))
    for minute, one in enumerate((second, third, first)):
        clock.seconds = minute * 60
        store.discard(one.id)
    assert [one.id for one in store.list_discarded(by=BY_ANNA)] == [first.id, third.id, second.id]


@leaves_damage
def test_a_damaged_session_can_be_had_back_as_damaged_as_it_was(store):
    made = with_file(store)
    path = store.folder(made.id) / "session.json"
    cut(path)
    before = path.read_bytes()
    store.discard(made.id)
    with pytest.raises(SessionDamaged):
        store.restore(made.id, by=BY_ANNA)
    assert path.read_bytes() == before
    assert [(one.id, one.damaged) for one in store.list_sessions(by=BY_ANNA)] == [(made.id, True)]


@pytest.mark.parametrize("undo", [0, 1800])
def test_of_many_that_delete_a_session_one_does(kept_for, home, undo):
    store = kept_for(undo=undo)
    made = with_file(store)
    ready, outcomes = threading.Barrier(8), []

    def discard():
        ready.wait()
        try:
            outcomes.append(store.discard(made.id))
        except SessionNotFound:
            outcomes.append("not found")

    threads = [threading.Thread(target=discard) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [None] + ["not found"] * 7
    assert [one.id for one in store.list_discarded(by=BY_ANNA)] == [made.id] * bool(undo)


# Sweeps of several at once


def expired_ones(store, clock, number):
    made = {with_file(store, content=b"%d" % n).id for n in range(number)}
    clock.seconds = 91 * DAY
    return made


def test_threads_that_sweep_at_once_remove_everything_once(kept_for, clock, home):
    store = kept_for()
    made = expired_ones(store, clock, 30)
    ready, reports, failures = threading.Barrier(4), [], []

    def sweep():
        own = kept_for()
        ready.wait()
        try:
            reports.extend(own.sweep() for _ in range(3))
        except ThroughlineError as error:
            failures.append(error)

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reports.append(store.sweep())
    assert failures == []
    assert sorted(one for report in reports for one in report.expired) == sorted(made)
    assert files_below(home) == {"sweep.lock"}


def test_processes_that_sweep_at_once_remove_everything_once(store, home, write):
    made = [with_file(store, content=b"%d" % n).id for n in range(30)]
    long_ago = utc_now().timestamp() - 91 * DAY
    for session_id in made:
        os.utime(store.folder(session_id) / ".lock", (long_ago, long_ago))
    sweepers = [write("at_once", "sweep") for _ in range(3)]
    assert [sweeper.stdout.read(1) for sweeper in sweepers] == ["."] * 3
    for sweeper in sweepers:
        sweeper.stdin.close()
    assert [sweeper.stderr.read() for sweeper in sweepers] == [""] * 3
    assert [sweeper.wait() for sweeper in sweepers] == [0] * 3
    store.sweep()
    assert files_below(home) == {"sweep.lock"}


def test_a_sweep_while_another_is_under_way_does_nothing(kept_for, clock, home):
    store = kept_for()
    (made,) = expired_ones(store, clock, 1)
    with locked(home / "sweep.lock"):
        before = files_below(home)
        assert store.sweep() == SweepReport()
        assert files_below(home) == before
    assert store.sweep().expired == (made,)


def test_a_session_that_somebody_holds_is_left_for_the_next_sweep(store, home, write):
    made = with_file(store)
    with write("hold", made.id) as holder:
        assert holder.stdout.read(1) == "."
        future = SessionStore(home, now=lambda: utc_now() + timedelta(days=91))
        assert future.sweep() == SweepReport()
        assert store.read(made.id) == made
        holder.stdin.close()
        holder.wait()
    assert future.sweep().expired == (made.id,)


def test_a_sweep_and_a_check_go_on_while_sessions_are_deleted_and_had_back(store, home):
    made = [store.create("one", owner=ANNA) for _ in range(150)]
    moment = utc_now().timestamp() - 2 * HOUR
    for one in made:
        litter = store.folder(one.id) / "litter"
        litter.write_bytes(b"x")
        os.utime(litter, (moment, moment))
    for one in made[:75]:
        store.discard(one.id)
    failures, told, ended = [], [], threading.Event()

    def look(action):
        while not ended.is_set():
            try:
                told.append(action())
            except (ThroughlineError, OSError) as error:
                failures.append(f"{action.__name__}: {type(error).__name__}, {error.__cause__ or error}"[:80])

    sweeper, checker = SessionStore(home), SessionStore(home)
    threads = [threading.Thread(target=look, args=(one,)) for one in (sweeper.sweep, checker.check)]
    for thread in threads:
        thread.start()
    for back, away in zip(made[:75], made[75:], strict=True):
        store.restore(back.id, by=BY_ANNA)
        store.delete(away.id)
        store.delete(back.id)
    ended.set()
    for thread in threads:
        thread.join()
    assert set(failures) == set()
    assert [one.kept for one in told if isinstance(one, SweepReport) and one.kept] == []
    wrong = {problem.detail for one in told if not isinstance(one, SweepReport) for problem in one}
    assert wrong <= {"litter belongs to nothing"}
    assert store.list_sessions(by=EVERYONE) == []


# What is left over


def test_a_creation_that_was_cut_off_is_swept_after_an_hour_and_not_before(kept_for, clock, home):
    store = kept_for()
    for session_id in (UNKNOWN, UNKNOWN.replace("1", "2")):
        (home / "new" / session_id / "uploads").mkdir(parents=True)
        (home / "new" / session_id / "uploads" / "half").write_bytes(b"private")
        for path in (home / "new" / session_id / "uploads", home / "new" / session_id):
            os.utime(path, (START.timestamp(), START.timestamp()))
    uploading = home / "new" / UNKNOWN / "uploads"
    clock.seconds = HOUR
    assert store.sweep() == SweepReport()
    os.utime(uploading, (START.timestamp() + 1, START.timestamp() + 1))
    clock.seconds = HOUR + 1
    assert store.sweep() == SweepReport(removed=(UNKNOWN.replace("1", "2"),))
    assert (uploading / "half").exists()
    clock.seconds = HOUR + 2
    assert store.sweep() == SweepReport(removed=(UNKNOWN,))
    assert files_below(home) == {"sweep.lock"}


def test_what_lies_in_the_trash_is_swept_at_once_whatever_it_is(store, home):
    grave = home / "trash" / f"{UNKNOWN}.0123abcd"
    (grave / "uploads" / "deep" / "deeper").mkdir(parents=True)
    (grave / "uploads" / "deep" / "deeper" / "file").write_bytes(b"private")
    (grave / "session.json").write_bytes(b"x")
    (home / "outside").mkdir()
    (home / "outside" / "kept").write_bytes(b"kept")
    (grave / "link").symlink_to(home / "outside", target_is_directory=True)
    (home / "trash" / "empty").mkdir()
    assert store.sweep().removed == (f"{UNKNOWN}.0123abcd", "empty")
    assert list((home / "trash").iterdir()) == []
    assert (home / "outside" / "kept").read_bytes() == b"kept"


def test_a_link_in_an_expired_session_is_removed_and_not_what_it_leads_to(kept_for, clock, tmp_path):
    store = kept_for(idle=DAY)
    made = store.create("one", owner=ANNA)
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_bytes(b"kept")
    (store.folder(made.id) / "uploads").symlink_to(tmp_path / "kept", target_is_directory=True)
    clock.seconds = DAY
    assert store.sweep().expired == (made.id,)
    assert (tmp_path / "kept" / "file").read_bytes() == b"kept"


def test_after_a_sweep_nothing_is_left_of_what_was_deleted_or_has_ended(kept_for, clock, home):
    store = kept_for(idle=7 * DAY)
    deleted, discarded, purged, expired, back = (with_file(store, content=b"%d" % n) for n in range(5))
    copy = bundle.copy(store, expired, owner=BERT, name="copy")
    unpacked, _ = bundle.unpack(store, io.BytesIO(b"".join(bundle.pack(store, expired))), owner=BERT)
    working = with_file(store, content=b"working")
    job = Job(kind="build", state=JobState.RUNNING, queued=START)
    store.update(working.id, lambda now: replace(now, job=job))
    store.beat(working.id, START, Progress(done=1))
    for name in ("uploads/cut.part", "tables/.next.part", ".session.json.tmp", ".pulse.json.tmp", "work", ".job.lock"):
        (store.folder(working.id) / name).write_bytes(b"private")
    half = home / "new" / UNKNOWN
    (half / "uploads").mkdir(parents=True)
    (half / "uploads" / "half").write_bytes(b"private")
    husk = home / "sessions" / UNKNOWN
    husk.mkdir()
    (husk / ".session.json.tmp").write_bytes(b"private")
    grave = home / "trash" / f"{UNKNOWN}.0123abcd"
    grave.mkdir(parents=True)
    (grave / "session.json").write_bytes(b"private")
    store.delete(deleted.id)
    for one in (discarded, purged, back):
        store.discard(one.id)
    store.purge(purged.id, by=BY_ANNA)
    store.restore(back.id, by=BY_ANNA)
    clock.seconds = 7 * DAY
    report = store.sweep()
    assert set(report.expired) == {expired.id, back.id, copy.id, unpacked.id, working.id}
    assert set(report.removed) == {discarded.id, UNKNOWN, grave.name}
    assert report.kept == ()
    assert files_below(home) == {"sweep.lock"}
    assert {path.name for path in home.rglob("*") if path.is_dir()} == {"sessions", "new", "trash", "deleted"}
    assert store.sweep() == SweepReport()
    assert store.used() == 0


def test_nothing_is_left_of_a_session_that_was_processed_copied_shared_and_deleted(home):
    service = Service(Settings(home=home, limits=Limits(undo=0)))
    rows = b"call_id,call_date,rule_id\n1,2026-05-01 10:00:00,10\n1,2026-05-01 10:00:05,11\n"
    made = service.create([("calls.csv", io.BytesIO(rows))], owner=ANNA)
    service.look(made.id, by=BY_ANNA)
    service.runner.wait(made.id)
    service.process(made.id, by=BY_ANNA)
    ready = service.runner.wait(made.id)
    assert ready.found["n_calls"] == 1
    service.share(made.id, by=BY_ANNA)
    copy = service.copy(made.id, by=BY_ANNA, owner=BERT)
    archive = b"".join(bundle.pack(service.store, service.store.read(made.id)))
    again = service.unpack(io.BytesIO(archive), owner=ANNA)
    service.runner.wait(again.id)
    for one, by in ((made, BY_ANNA), (copy, BY_BERT), (again, BY_ANNA)):
        service.discard(one.id, by=by)
    assert [path for one in (made, copy, again) for path in paths_of(home, one.id)] == []
    assert files_below(home) <= {"jobs.lock", "seats/0.lock"}


# How many


def test_an_owner_has_as_many_sessions_as_the_limit_and_others_go_on(kept_for, home):
    store = kept_for(sessions_per_owner=3)
    made = [store.create(str(n), owner=ANNA) for n in range(3)]
    before = files_below(home)
    with pytest.raises(LimitExceeded, match=r"^You have 3 sessions, .*, or raise THROUGHLINE_SESSIONS_PER_OWNER\.$"):
        store.create("one too many", owner=ANNA)
    with pytest.raises(LimitExceeded, match="THROUGHLINE_SESSIONS_PER_OWNER"):
        bundle.copy(store, made[0], owner=ANNA, name="copy")
    with pytest.raises(LimitExceeded, match="THROUGHLINE_SESSIONS_PER_OWNER"):
        bundle.unpack(store, io.BytesIO(b"".join(bundle.pack(store, made[0]))), owner=ANNA)
    assert files_below(home) == before
    assert store.create("Bert's", owner=BERT).owner == BERT.key
    assert bundle.copy(store, made[0], owner=BERT, name="copy").owner == BERT.key
    store.delete(made[0].id)
    assert store.create("again", owner=ANNA).name == "again"


def test_sessions_of_nobody_are_not_counted(kept_for):
    store = kept_for(sessions_per_owner=1)
    made = {store.create(str(n), owner=SHARED).id for n in range(5)}
    assert {one.id for one in store.list_sessions(by=Visitor())} == made


def test_sessions_that_have_ended_do_not_count_before_they_are_swept(kept_for, clock):
    store = kept_for(sessions_per_owner=1, idle=DAY)
    store.create("old", owner=ANNA)
    clock.seconds = DAY
    assert store.list_sessions(by=BY_ANNA) == []
    assert store.create("new", owner=ANNA).name == "new"
