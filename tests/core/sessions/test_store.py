import logging
import os
import random
import shutil
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from core.errors import SessionDamaged, SessionError, SessionNotFound, SessionTooNew, VersionConflict
from core.sessions import (
    EVERYONE,
    SHARED,
    Job,
    JobState,
    Owner,
    Session,
    SessionStore,
    Status,
    StoredFile,
    Visitor,
    utc_now,
)

replace = msgspec.structs.replace
leaves_damage = pytest.mark.leaves_damage
UNKNOWN = "11111111-1111-4111-8111-111111111111"

MALFORMED = [
    "",
    ".",
    "..",
    "../x",
    "../../etc/passwd",
    "/etc/passwd",
    f"../sessions/{UNKNOWN}",
    f"{UNKNOWN}/../{UNKNOWN}",
    f"{UNKNOWN}/",
    f"{UNKNOWN}\n",
    f"{UNKNOWN}\0",
    f"{UNKNOWN}\0.json",
    f" {UNKNOWN}",
    "\0",
    "x" * 10_000,
    UNKNOWN * 300,
    "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA",
    "11111111-1111-1111-8111-111111111111",
    "11111111-1111-4111-7111-111111111111",
    "11111111111141118111111111111111",
    UNKNOWN.replace("1", "١"),
    UNKNOWN.replace("1", "１"),
    UNKNOWN.replace("-", "‐"),
    "аaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa",
    "..%2f..%2fetc%2fpasswd",
    "~",
    None,
    7,
    b"11111111-1111-4111-8111-111111111111",
    Path(UNKNOWN),
]


def record(home, session):
    return home / "sessions" / session.id / "session.json"


def snapshot(home):
    """Every path below `home` with what it is and holds."""
    return {
        str(path.relative_to(home)): path.readlink()
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else stat.S_IFMT(path.lstat().st_mode)
        for path in sorted(home.rglob("*"))
    }


def renamed(name):
    return lambda session: replace(session, name=name)


def one_more(session):
    return replace(session, found={"n": session.found.get("n", 0) + 1})


def later(home, **how_much):
    """The store as it is seen from the future."""
    return SessionStore(home, now=lambda: utc_now() + timedelta(**how_much))


# What is stored


def test_a_created_session_is_found_by_a_store_that_is_opened_later(store, home):
    made = store.create("  calls of May ", owner=SHARED)
    assert SessionStore(home).get(made.id, by=EVERYONE) == made
    assert (made.name, made.status, made.version, made.owner) == ("calls of May", Status.NEW, 1, "shared")
    assert made.created == made.updated


def test_a_session_without_a_name_or_with_an_endless_one_gets_one_that_can_be_shown(store):
    assert store.create(" ", owner=SHARED).name == "Untitled"
    assert store.create("x" * 10_000, owner=SHARED).name == "x" * 120


def test_a_name_that_is_no_text_is_kept_as_well_as_can_be(store):
    made = store.create("calls\udcff", owner=SHARED)
    assert store.read(made.id).name == "calls?"


def test_an_update_changes_the_newest_state_and_is_kept(store, home):
    made = store.create("one", owner=SHARED)
    store.update(made.id, one_more)
    after = store.update(made.id, renamed("two"))
    assert (after.name, after.found, after.version) == ("two", {"n": 1}, 3)
    assert after.updated > made.updated
    assert SessionStore(home).get(made.id, by=EVERYONE) == after


def test_an_update_cannot_change_what_the_session_is(store):
    made = store.create("one", owner=SHARED)
    after = store.update(
        made.id, lambda now: replace(now, id=UNKNOWN, version=77, created=datetime(2000, 1, 1, tzinfo=UTC))
    )
    assert (after.id, after.version, after.created) == (made.id, 2, made.created)


def test_an_update_that_raises_or_changes_nothing_writes_nothing(store, home):
    made = store.create("one", owner=SHARED)
    before = snapshot(home)

    def refused(session):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.update(made.id, refused)
    assert store.update(made.id, lambda session: session) == made
    assert snapshot(home) == before | {f"sessions/{made.id}/.lock": b""}


def test_a_save_is_kept_and_counted(store):
    made = store.create("one", owner=SHARED)
    saved = store.save(replace(made, name="two"))
    assert (saved.name, saved.version) == ("two", 2)
    assert store.read(made.id) == saved


def test_save_of_a_stale_version_is_refused(store):
    made = store.create("one", owner=SHARED)
    store.save(replace(made, name="two"))
    with pytest.raises(VersionConflict, match="changed this session in the meantime"):
        store.save(replace(made, name="three"))
    assert store.read(made.id).name == "two"


def test_of_many_that_save_the_same_version_one_wins(store):
    made = store.create("one", owner=SHARED)
    ready, outcomes = threading.Barrier(8), []

    def save(number):
        ready.wait()
        try:
            outcomes.append(store.save(replace(made, name=str(number))).name)
        except VersionConflict:
            outcomes.append(None)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(None) == 7
    assert store.read(made.id).name in outcomes
    assert store.read(made.id).version == 2


def test_deleting_leaves_nothing_of_the_session(store, home):
    made, other = store.create("one", owner=SHARED), store.create("other", owner=SHARED)
    (store.folder(made.id) / "uploads").mkdir()
    (store.folder(made.id) / "uploads" / "file").write_text("private")
    store.delete(made.id)
    assert [path for path in home.rglob("*") if made.id in path.name or path.name == "file"] == []
    assert [one.id for one in store.list_sessions(by=EVERYONE)] == [other.id]
    for action in (store.read, store.delete, lambda one: store.update(one, one_more), lambda one: store.save(made)):
        with pytest.raises(SessionNotFound):
            action(made.id)
    assert not store.folder(made.id).exists()


def test_sessions_are_listed_with_the_newest_change_first(store):
    first, second, third = (store.create(name, owner=SHARED) for name in ("first", "second", "third"))
    store.update(first.id, one_more)
    assert [one.id for one in store.list_sessions(by=EVERYONE)] == [first.id, third.id, second.id]


def test_a_visitor_sees_only_the_sessions_of_owners_that_are_theirs(store):
    mine, theirs = store.create("mine", owner=Owner("a")), store.create("theirs", owner=Owner("b"))
    visitor = Visitor(frozenset({"a"}))
    assert store.get(mine.id, by=visitor) == mine
    assert [one.id for one in store.list_sessions(by=visitor)] == [mine.id]
    answers = []
    for session_id in (theirs.id, UNKNOWN, "../x"):
        with pytest.raises(SessionNotFound) as caught:
            store.get(session_id, by=visitor)
        answers.append((str(caught.value), caught.value.args))
    assert len(set(answers)) == 1


def test_sessions_with_a_job_under_way_are_listed_by_how_long_they_wait(store):
    def with_job(state, minute):
        job = Job(kind="build", state=state, queued=datetime(2026, 1, 1, 12, minute, tzinfo=UTC))
        made = store.create(str(minute), owner=SHARED)
        return store.update(made.id, lambda now: replace(now, job=job)).id

    store.create("without a job", owner=SHARED)
    late, early = with_job(JobState.QUEUED, 30), with_job(JobState.RUNNING, 10)
    for state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED):
        with_job(state, 1)
    assert [one.id for one in store.active()] == [early, late]


@pytest.mark.parametrize("mask", [0o022, 0o000])
def test_what_is_stored_is_nobody_elses_to_read(home, mask):
    before = os.umask(mask)
    try:
        store = SessionStore(home)
        made = store.create("one", owner=SHARED)
        store.update(made.id, one_more)
        store.delete(store.create("two", owner=SHARED).id)
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.lstat().st_mode) for path in (home, *home.rglob("*")) if path.is_dir()}
    files = {stat.S_IMODE(path.lstat().st_mode) for path in home.rglob("*") if path.is_file()}
    assert (modes, files) == ({0o700}, {0o600})


# Addresses


@pytest.mark.parametrize("session_id", [*MALFORMED, UNKNOWN], ids=lambda one: repr(one)[:40])
def test_an_address_of_no_session_gets_one_answer_and_touches_nothing(store, home, session_id):
    made = store.create("one", owner=SHARED)
    before = snapshot(home.parent)
    answers = set()
    for action in (
        lambda: store.get(session_id, by=EVERYONE),
        lambda: store.peek(session_id, by=EVERYONE),
        lambda: store.read(session_id),
        lambda: store.update(session_id, one_more),
        lambda: store.save(replace(made, id=session_id)),
    ):
        with pytest.raises(SessionNotFound) as caught:
            action()
        answers.add(str(caught.value))
    assert len(answers) == 1
    assert snapshot(home.parent) == before


@pytest.mark.parametrize("session_id", [*MALFORMED, UNKNOWN], ids=lambda one: repr(one)[:40])
def test_nothing_is_deleted_under_an_address_of_no_session(store, session_id):
    made = store.create("one", owner=SHARED)
    with pytest.raises(SessionNotFound):
        store.delete(session_id)
    assert store.read(made.id) == made


@pytest.mark.parametrize("session_id", MALFORMED, ids=lambda one: repr(one)[:40])
def test_a_malformed_address_has_no_folder(store, session_id):
    with pytest.raises(SessionNotFound):
        store.folder(session_id)


# Damage


def truncated(path):
    path.write_bytes(path.read_bytes()[:-40])


def emptied(path):
    path.write_bytes(b"")


def randomised(path):
    path.write_bytes(random.Random(7).randbytes(500))


def zeroed(path):
    path.write_bytes(bytes(len(path.read_bytes())))


def made_a_list(path):
    path.write_bytes(b"[1, 2, 3]")


def made_an_object(path):
    path.write_bytes(b'{"id": "x"}')


def flipped(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def linked(path):
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def linked_to_nothing(path):
    path.unlink()
    path.symlink_to("nowhere")


def made_a_folder(path):
    path.unlink()
    path.mkdir()


def made_a_pipe(path):
    path.unlink()
    os.mkfifo(path)


DAMAGE = [
    truncated,
    emptied,
    randomised,
    zeroed,
    made_a_list,
    made_an_object,
    flipped,
    linked,
    linked_to_nothing,
    made_a_folder,
    made_a_pipe,
]


@leaves_damage
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_record_is_told_and_kept_and_breaks_nothing_else(store, home, damage):
    healthy, hurt = store.create("healthy", owner=SHARED), store.create("hurt", owner=SHARED)
    job = Job(kind="build", state=JobState.QUEUED, queued=utc_now())
    store.update(healthy.id, lambda now: replace(now, job=job))
    store.update(hurt.id, lambda now: replace(now, job=job))
    damage(record(home, hurt))
    before = snapshot(home / "sessions")

    for action in (
        lambda: store.get(hurt.id, by=EVERYONE),
        lambda: store.update(hurt.id, one_more),
        lambda: store.save(hurt),
    ):
        with pytest.raises(SessionDamaged, match="damaged") as caught:
            action()
        assert str(home) not in str(caught.value)
    listed = store.list_sessions(by=EVERYONE)
    assert [(one.id, one.damaged) for one in listed] == [(healthy.id, False), (hurt.id, True)]
    assert [one.id for one in store.active()] == [healthy.id]
    assert [problem.session_id for problem in store.check()] == [hurt.id]
    assert later(home, days=1).sweep().kept == (hurt.id,)
    assert snapshot(home / "sessions") == before

    store.update(healthy.id, one_more)
    store.delete(hurt.id)
    assert store.check() == []


@leaves_damage
def test_a_record_with_one_flipped_bit_is_never_served_wherever_it_is(store, home):
    made = store.create("one", owner=SHARED)
    data = record(home, made).read_bytes()
    for position in range(0, len(data), 3):
        damaged = bytearray(data)
        damaged[position] ^= 1 << position % 8
        record(home, made).write_bytes(damaged)
        with pytest.raises(SessionDamaged):
            store.read(made.id)
    record(home, made).write_bytes(data)
    assert store.read(made.id) == made


@leaves_damage
def test_a_record_in_the_wrong_folder_is_damaged(store, home):
    one, other = store.create("one", owner=SHARED), store.create("other", owner=SHARED)
    record(home, one).write_bytes(record(home, other).read_bytes())
    with pytest.raises(SessionDamaged):
        store.read(one.id)


@leaves_damage
def test_a_record_of_a_later_version_is_refused_listed_and_kept(store, home):
    made = store.create("one", owner=SHARED)
    # The checksum is BLAKE2b of "3:{}", 16 bytes long.
    newer = b'{"schema":3,"checksum":"5e5d6abf2f630d205060513b0e874080","length":2,"record":{}}'
    record(home, made).write_bytes(newer)
    for action in (lambda: store.read(made.id), lambda: store.update(made.id, one_more), lambda: store.save(made)):
        with pytest.raises(SessionTooNew, match="Update Throughline"):
            action()
    assert [one.id for one in store.list_sessions(by=EVERYONE)] == [made.id]
    assert store.sweep().kept == (made.id,)
    assert ["later version" in problem.detail for problem in store.check()] == [True]
    assert record(home, made).read_bytes() == newer


@leaves_damage
def test_a_lost_record_upload_or_table_is_found_by_check(store, home):
    file = StoredFile(id="ab", name="x.csv", size=1, sha256="", added=utc_now())
    lost, without = store.create("lost", owner=SHARED), store.create("without", owner=SHARED)
    record(home, lost).unlink()
    store.update(without.id, lambda now: replace(now, files=(file,), tables="gone"))
    assert {(problem.session_id, problem.detail) for problem in store.check()} == {
        (lost.id, "a folder without a record"),
        (without.id, "the upload ab is missing"),
        (without.id, "the tables are missing"),
    }


# What is left over


def aged(path):
    """Make `path`, a file or a folder by its name, and what it is in look two hours old."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x") if path.suffix else path.mkdir(exist_ok=True)
    moment = utc_now().timestamp() - 7200
    for one in (path, path.parent):
        os.utime(one, (moment, moment))
    return path


def test_a_sweep_removes_what_no_record_names_once_it_is_an_hour_old(store, home):
    file = StoredFile(id="named.csv", name="x.csv", size=1, sha256="", added=utc_now())
    made = store.create("one", owner=SHARED)
    store.update(made.id, lambda now: replace(now, files=(file,), tables="serving", retired="before"))
    folder = store.folder(made.id)
    kept = [aged(folder / name) for name in ("uploads/named.csv", "tables/serving", "tables/before", ".job.lock")]
    litter = [
        aged(folder / name)
        for name in (
            ".session.json.tmp",
            "uploads/cut.part",
            "uploads/other.csv",
            "tables/older",
            "tables/.x.part",
            "work",
        )
    ]
    (folder / "uploads" / "young.part").write_bytes(b"x")
    (home / "trash" / "grave.1").mkdir(parents=True)
    names = {path.name for path in litter}
    assert {problem.detail for problem in store.check()} == {f"{name} belongs to nothing" for name in names}
    assert set(store.sweep().removed) == names | {"grave.1"}
    assert [path for path in litter if path.exists()] == []
    assert all(path.exists() for path in (*kept, folder / "uploads" / "young.part"))
    assert store.sweep().removed == ()


def test_a_sweep_leaves_a_job_under_way_what_it_works_with(store):
    made = store.create("one", owner=SHARED)
    job = Job(kind="build", state=JobState.RUNNING, queued=utc_now())
    store.update(made.id, lambda now: replace(now, job=job))
    folder = store.folder(made.id)
    paths = [aged(folder / name) for name in ("tables/.next.part", "uploads/next.csv", "work")]
    assert store.sweep().removed == ()
    assert all(path.exists() for path in paths)


def test_a_sweep_removes_an_old_folder_that_never_became_a_session(store, home):
    husk, young = home / "sessions" / UNKNOWN, home / "sessions" / UNKNOWN.replace("1111-4", "2222-4")
    aged(husk / ".session.json.tmp")
    young.mkdir()
    assert store.sweep().removed == (UNKNOWN,)
    assert (husk.exists(), young.exists()) == (False, True)
    shutil.rmtree(young)


@leaves_damage
def test_a_sweep_keeps_uploads_whose_record_was_lost(store, home):
    made = store.create("one", owner=SHARED)
    upload = aged(store.folder(made.id) / "uploads" / "file.csv")
    record(home, made).unlink()
    later(home, days=9).sweep()
    assert upload.exists()


def test_what_is_no_session_is_left_alone(store, home):
    (home / "sessions" / "README.txt").write_text("mine")
    (home / "sessions" / "folder").mkdir()
    later(home, days=9).sweep()
    assert store.list_sessions(by=EVERYONE) == []
    assert {path.name for path in (home / "sessions").iterdir()} == {"README.txt", "folder"}


# Several processes


def test_updates_of_several_processes_lose_nothing(store, write):
    made = store.create("counter", owner=SHARED)
    writers = [write("count", made.id, 50) for _ in range(4)]
    for _ in range(50):
        store.update(made.id, one_more)
    assert [writer.communicate()[1] for writer in writers] == [""] * 4
    after = store.read(made.id)
    assert (after.found, after.version) == ({"n": 250}, 251)


def test_a_reader_never_sees_half_a_record_while_another_process_writes(store, write):
    made = store.create("a", owner=SHARED)
    store.update(made.id, lambda now: replace(now, plan={"text": "a" * 100_000}))
    version, seen = 0, 0
    with write("rewrite", made.id, 150) as writer:
        while writer.poll() is None:
            session = store.read(made.id)
            assert session.plan["text"] == session.name * 100_000
            assert session.version >= version
            seen += session.version > version
            version = session.version
            assert [one.damaged for one in store.list_sessions(by=EVERYONE)] == [False]
        assert writer.stderr.read() == ""
    assert seen > 1
    assert store.read(made.id).version == 152


@pytest.mark.parametrize("action", ["update", "save"])
def test_a_write_that_does_not_fit_on_the_disk_keeps_the_old_state(store, home, written, action):
    made = store.create("one", owner=SHARED)
    assert written("full", made.id, action).startswith("StorageFull: The disk is full, so nothing was changed.")
    assert store.read(made.id) == made
    assert {path.name for path in store.folder(made.id).iterdir()} == {"session.json", ".owner", ".lock"}
    assert store.update(made.id, one_more).found == {"n": 1}


def test_a_session_that_does_not_fit_on_the_disk_is_not_there(store, home, written):
    made = store.create("one", owner=SHARED)
    assert written("full", made.id, "create").startswith("StorageFull: ")
    assert [path.name for path in (home / "sessions").iterdir()] == [made.id]


def test_a_writer_killed_at_any_moment_leaves_the_old_or_the_new_record_and_no_lock(store, write):
    made = store.create("counter", owner=SHARED)
    dice, n = random.Random(20260501), 0
    for _ in range(10):
        with write("count_on", made.id) as writer:
            told = len(writer.stdout.read(dice.randint(1, 12)))
            writer.kill()
            told += len(writer.stdout.read())
        after = store.read(made.id).found["n"]
        assert after - n - told in (0, 1)
        names = {path.name for path in store.folder(made.id).iterdir()}
        assert names <= {"session.json", ".owner", ".lock", ".session.json.tmp"}
        n = store.update(made.id, one_more).found["n"]
        assert n == after + 1
        assert {path.name for path in store.folder(made.id).iterdir()} == {"session.json", ".owner", ".lock"}


def test_a_process_killed_while_it_holds_a_session_does_not_keep_it(store, write):
    made = store.create("one", owner=SHARED)
    with write("hold", made.id) as holder:
        assert holder.stdout.read(1) == "."
        holder.kill()
    assert store.update(made.id, one_more).found == {"n": 1}


def test_whoever_waits_for_a_session_that_is_deleted_is_told_so(store, write):
    made = store.create("one", owner=SHARED)
    outcomes = []

    def wait(action):
        try:
            action()
        except SessionError as error:
            outcomes.append(type(error))

    actions = [lambda: store.update(made.id, one_more)] * 3 + [lambda: store.delete(made.id)] * 2
    threads = [threading.Thread(target=wait, args=(action,)) for action in actions]
    with write("hold", made.id) as holder:
        assert holder.stdout.read(1) == "."
        for thread in threads:
            thread.start()
        holder.stdin.close()
        for thread in threads:
            thread.join()
    assert set(outcomes) == {SessionNotFound}
    assert list((store.folder(made.id).parent).iterdir()) == []


def test_a_creator_killed_at_any_moment_loses_nothing_that_it_told(store, home, write):
    dice, told = random.Random(3), set()
    for _ in range(5):
        with write("create_on") as creator:
            told |= {creator.stdout.readline().strip() for _ in range(dice.randint(1, 4))}
            creator.kill()
            told |= {line.strip() for line in creator.stdout if line.endswith("\n")}
    listed = store.list_sessions(by=EVERYONE)
    assert told <= {one.id for one in listed}
    assert not any(one.damaged for one in listed)
    for one in listed:
        store.delete(one.id)
    later(home, hours=2).sweep()
    assert list((home / "sessions").iterdir()) == []


# What is logged


@pytest.fixture
def logged(caplog, monkeypatch):
    """The log lines of the store, whether or not another test has set up logging."""
    logger = logging.getLogger("throughline.sessions")
    monkeypatch.setattr(logger, "propagate", False)
    logger.addHandler(caplog.handler)
    with caplog.at_level(logging.INFO, logger=logger.name):
        yield lambda: [one.getMessage() for one in caplog.records]
    logger.removeHandler(caplog.handler)


def test_the_log_says_what_happened_to_a_session(home, logged):
    store = SessionStore(home)
    made = store.create("private name", owner=SHARED)
    SessionStore(home).get(made.id, by=EVERYONE)
    store.update(made.id, lambda now: replace(now, status=Status.READY))
    store.delete(made.id)
    assert logged() == [
        f"[SESSION] created the folder {home / 'sessions'}",
        f"[SESSION] stored {made.id} in file, status new",
        f"[SESSION] found {made.id}, status new",
        f"[SESSION] updated {made.id}, status ready",
        f"[SESSION] deleted {made.id}",
    ]


def test_the_log_is_not_filled_by_looks_and_progress(store, logged):
    made = store.create("one", owner=SHARED)
    for _ in range(3):
        store.peek(made.id, by=EVERYONE)
        store.update(made.id, one_more)
    with pytest.raises(SessionNotFound):
        store.get(UNKNOWN, by=EVERYONE)
    assert logged() == [f"[SESSION] stored {made.id} in file, status new"]


def test_every_session_has_an_address_of_its_own(store):
    assert len({store.create("one", owner=SHARED).id for _ in range(50)}) == 50


def test_a_store_is_opened_where_one_is_without_changing_it(store, home):
    made = store.create("one", owner=SHARED)
    before = snapshot(home)
    assert isinstance(SessionStore(home).read(made.id), Session)
    assert snapshot(home) == before
