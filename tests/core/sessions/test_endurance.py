import hashlib
import io
import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import timedelta

import msgspec
import pytest

from core.errors import SessionNotFound, StorageError, StorageFull, StorageReadOnly
from core.files import locked
from core.sessions import (
    EVERYONE,
    SHARED,
    Keyring,
    Owner,
    SessionStore,
    Visitor,
    arrivals,
    bundle,
    shares,
    uploads,
    utc_now,
)
from core.sessions.parts import Wanted
from core.settings import Limits

replace = msgspec.structs.replace
ANNA = Owner("browser:anna")
BY_ANNA = Visitor(frozenset({ANNA.key}))
WHOLE = {"session.json", ".owner", ".lock"}


def one_more(session):
    return replace(session, found={"n": session.found.get("n", 0) + 1})


def swelled(size):
    """The change that the herd of `writer.py` makes: one more, and a text of one letter that goes with it."""

    def change(session):
        after = one_more(session)
        return replace(after, plan={"text": "abcdefghij"[after.found["n"] % 10] * size})

    return change


def is_whole(session, size):
    """Whether the text is the one that goes with the number: of another state, or of half a state, it is not."""
    return session.plan["text"] == "abcdefghij"[session.found["n"] % 10] * size


def an_hour_later(home):
    """The store as it is seen from the future, when nothing that lies about can belong to work under way."""
    return SessionStore(home, now=lambda: utc_now() + timedelta(hours=2))


def names(folder):
    return {path.name for path in folder.iterdir()}


# Many writers


@pytest.mark.parametrize("how", ["count", "save"])
def test_of_8_processes_that_count_to_200_each_nothing_is_lost(store, write, how):
    made = store.create("counter", owner=SHARED)
    writers = [write("at_once", how, made.id, 200) for _ in range(8)]
    assert [writer.stdout.read(1) for writer in writers] == ["."] * 8
    for writer in writers:
        writer.stdin.close()
    assert [writer.stderr.read() for writer in writers] == [""] * 8
    assert [writer.wait() for writer in writers] == [0] * 8
    after = store.read(made.id)
    assert (after.found, after.version) == ({"n": 1600}, 1601)
    assert names(store.folder(made.id)) == WHOLE


def test_of_8_threads_that_count_by_either_way_nothing_is_lost(store, home):
    made = store.create("counter", owner=SHARED)

    def count():
        own = SessionStore(home)
        for _ in range(50):
            own.update(made.id, one_more)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.read(made.id).found == {"n": 400}


@pytest.mark.parametrize("size", [20_000, 1_000_000])
def test_readers_see_whole_states_only_and_never_an_older_one_while_others_write(store, home, write, size):
    made = store.create("one", owner=SHARED)
    store.update(made.id, swelled(size))
    failures, ended = [], threading.Event()
    seen = [set(), set(), set()]

    def read(own, numbers):
        newest = 0
        while not ended.is_set():
            session = own.read(made.id)
            (line,) = own.list_sessions(by=EVERYONE)
            if not is_whole(session, size) or session.found["n"] < newest or line.damaged:
                failures.append((session.found, session.plan["text"][:9], line))
            newest = session.found["n"]
            numbers.add(newest)

    readers = [threading.Thread(target=read, args=(SessionStore(home), numbers)) for numbers in seen]
    herds = [write("herd", made.id, size) for _ in range(2)]
    children = []
    for herd in herds:
        herd.stdin.write("\n")
        herd.stdin.flush()
        children.append(int(herd.stdout.readline()))
    for reader in readers:
        reader.start()
    told = [[int(herd.stdout.readline()) for _ in range(30)] for herd in herds]
    for child in children:
        os.kill(child, signal.SIGKILL)
    for herd in herds:
        herd.communicate()
    ended.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert len(set.union(*seen)) > 1
    assert not set(told[0]) & set(told[1])
    assert store.read(made.id).found["n"] >= max(told[0] + told[1])


# Sudden death


@pytest.mark.parametrize("size", [20_000, 2_000_000], ids=["20 KB", "2 MB"])
def test_100_writers_killed_at_any_moment_leave_a_whole_state_no_lock_and_no_litter(store, home, write, size):
    made = store.create("one", owner=SHARED)
    before = store.update(made.id, swelled(size)).found["n"]
    folder, dice, n_cut = store.folder(made.id), random.Random(size), 0
    with write("herd", made.id, size) as herd:
        for _ in range(100):
            herd.stdin.write("\n")
            herd.stdin.flush()
            child = int(herd.stdout.readline())
            # How long it lives is as many looks as the dice say, each of which must show a whole state.
            for _ in range(dice.randint(0, 300_000 // size * 10 + 3)):
                assert is_whole(store.read(made.id), size)
            os.kill(child, signal.SIGKILL)
            told = [before]
            while (line := int(herd.stdout.readline())) > 0:
                told.append(line)
            assert line == -signal.SIGKILL
            assert told == list(range(before, before + len(told)))
            with locked(folder / ".lock", timeout=0) as is_free:
                assert is_free
            after = store.read(made.id)
            assert is_whole(after, size)
            assert after.found["n"] - told[-1] in (0, 1)
            assert [one.damaged for one in store.list_sessions(by=EVERYONE)] == [False]
            assert names(folder) <= WHOLE | {".session.json.tmp"}
            n_cut += ".session.json.tmp" in names(folder)
            an_hour_later(home).sweep()
            assert names(folder) == WHOLE
            before = store.update(made.id, swelled(size)).found["n"]
            assert before == after.found["n"] + 1
        herd.stdin.close()
        assert herd.stderr.read() == ""
    assert n_cut > 0


# A full disk


@contextmanager
def mounted(folder, options):
    """A small file system of its own at `folder`, as far as this process may make one."""
    if not sys.platform.startswith("linux") or os.geteuid():
        pytest.skip("only root on Linux can mount a small disk")
    folder.mkdir()
    try:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if done.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def disk(tmp_path):
    with mounted(tmp_path / "disk", "size=1m") as folder:
        yield folder


def fill(disk):
    """Write until nothing more fits."""
    with pytest.raises(OSError, match="No space left"), (disk / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def files_below(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def large(session):
    return replace(session, plan={"text": "x" * 20_000})


def test_on_a_full_disk_nothing_is_lost_and_reading_goes_on_until_there_is_room(disk):
    home = disk / "home"
    store = SessionStore(home)
    made = store.create("one", owner=ANNA)
    made = uploads.receive(store, made.id, "may.csv", io.BytesIO(b"1,2\n" * 100))
    token = shares.share(store, made.id)
    made = store.read(made.id)
    store.sweep()
    fill(disk)
    before = files_below(home)
    archive = b"".join(bundle.pack(store, made))
    writes = {
        "update": lambda: store.update(made.id, one_more),
        "a large update": lambda: store.update(made.id, large),
        "save": lambda: store.save(large(made)),
        "create": lambda: store.create("two", owner=ANNA),
        "receive": lambda: uploads.receive(store, made.id, "june.csv", io.BytesIO(b"x" * 9000)),
        "share": lambda: shares.share(store, made.id),
        "revoke": lambda: shares.revoke(store, made.id, made.shares[0].hash),
        "copy": lambda: bundle.copy(store, made, owner=ANNA, name="copy"),
        "unpack": lambda: bundle.unpack(store, io.BytesIO(archive), owner=ANNA),
        "make a key": lambda: Keyring.at(home),
    }
    for name, action in writes.items():
        with pytest.raises(StorageFull, match="The disk is full, so nothing was changed") as caught:
            action()
        assert str(disk) not in str(caught.value), name
        left = {path: data for path, data in files_below(home).items() if path != "key.lock"}
        assert left == before, name
    assert store.get(made.id, by=BY_ANNA) == made
    session_id, found = shares.read_token(token)
    assert store.get(session_id, by=Visitor(share=found)) == made
    assert [one.id for one in store.list_sessions(by=BY_ANNA)] == [made.id]
    assert SessionStore(home).read(made.id) == made
    assert store.check() == []
    store.sweep()

    (disk / "filler").unlink()
    assert store.update(made.id, one_more).found == {"n": 1}
    uploads.receive(store, made.id, "june.csv", io.BytesIO(b"x" * 9000))
    assert len(store.read(made.id).files) == 2
    assert store.create("two", owner=ANNA).name == "two"
    assert Keyring.at(home) == Keyring.at(home)
    assert store.check() == []


def test_on_a_full_disk_an_upload_keeps_what_had_arrived_and_goes_on_when_there_is_room(disk):
    store, size = SessionStore(disk / "home"), 100_000
    content = random.Random(1).randbytes(3 * size)
    part = arrivals.begin(store, ANNA, Wanted(name="may.csv", size=len(content)), owner=ANNA, chunk=size)

    def send(number):
        piece = content[number * size : (number + 1) * size]
        return store.parts.append(
            ANNA, part.id, number * size, io.BytesIO(piece), hashlib.sha256(piece).hexdigest()
        ).offset

    assert send(0) == size
    fill(disk)
    with pytest.raises(StorageFull, match="The disk is full, so nothing was changed"):
        send(1)
    assert SessionStore(disk / "home").parts.get(ANNA, part.id).offset == size
    (disk / "filler").unlink()
    assert [send(1), send(2)] == [2 * size, 3 * size]
    assert store.parts.data(ANNA, part.id).read_bytes() == content


@pytest.mark.parametrize("undo", [0, 1800])
def test_on_a_full_disk_a_session_can_be_deleted_to_make_room(disk, undo):
    store = SessionStore(disk / "home", limits=Limits(undo=undo))
    made = store.create("one", owner=ANNA)
    uploads.receive(store, made.id, "may.csv", io.BytesIO(b"x" * 50_000))
    fill(disk)
    store.discard(made.id)
    if undo:
        store.purge(made.id, by=BY_ANNA)
    assert store.list_sessions(by=EVERYONE) == []
    again = store.create("two", owner=ANNA)
    assert uploads.receive(store, again.id, "june.csv", io.BytesIO(b"x" * 20_000)).files[0].size == 20_000
    with pytest.raises(SessionNotFound):
        store.read(made.id)


def test_a_disk_that_fills_and_empties_again_and_again_loses_no_update_that_was_told(disk):
    store = SessionStore(disk / "home")
    made = store.create("one", owner=SHARED)
    n, n_refused, dice = 0, 0, random.Random(4)
    for _ in range(30):
        (disk / "filler").write_bytes(bytes(dice.randint(0, 3) * 4096))
        with pytest.raises(OSError, match="No space left"), (disk / "more").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        (disk / "filler").unlink()
        for _ in range(3):
            try:
                n = store.update(made.id, lambda now: replace(one_more(now), plan={"text": "x" * 3900})).found["n"]
            except StorageFull:
                n_refused += 1
            assert store.read(made.id).found.get("n", 0) == n
            assert names(store.folder(made.id)) == WHOLE
        (disk / "more").unlink()
    assert 0 < n < 90
    assert n + n_refused == 90


# A folder that cannot be written to


def refuse_all_writes(store, made, home):
    before = files_below(home)
    for action in (
        lambda: store.update(made.id, one_more),
        lambda: store.save(made),
        lambda: store.create("two", owner=ANNA),
        lambda: uploads.receive(store, made.id, "june.csv", io.BytesIO(b"x")),
        lambda: shares.share(store, made.id),
        lambda: store.delete(made.id),
        lambda: store.discard(made.id),
        lambda: bundle.copy(store, made, owner=ANNA, name="copy"),
        lambda: Keyring.at(home),
    ):
        with pytest.raises(StorageReadOnly, match="cannot be written to") as caught:
            action()
        assert str(home) not in str(caught.value)
    assert files_below(home) == before
    assert store.get(made.id, by=BY_ANNA) == made
    assert [one.id for one in store.list_sessions(by=BY_ANNA)] == [made.id]
    assert SessionStore(home).peek(made.id, by=BY_ANNA) == made
    assert store.check() == []
    with pytest.raises(StorageError):
        store.sweep()


def test_on_a_disk_that_became_read_only_nothing_is_lost_and_reading_goes_on(disk):
    home = disk / "home"
    store = SessionStore(home)
    made = store.create("one", owner=ANNA)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    refuse_all_writes(SessionStore(home, now=lambda: utc_now() + timedelta(hours=1)), made, home)
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert store.update(made.id, one_more).found == {"n": 1}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write to any folder")
def test_in_a_folder_that_may_not_be_written_to_nothing_is_lost_and_reading_goes_on(home):
    store = SessionStore(home)
    made = store.create("one", owner=ANNA)
    folders = [home, *(path for path in home.rglob("*") if path.is_dir())]
    lock = store.folder(made.id) / ".lock"
    lock.chmod(0o400)
    for folder in folders:
        folder.chmod(0o500)
    try:
        refuse_all_writes(store, made, home)
    finally:
        for folder in folders:
            folder.chmod(0o700)
        lock.chmod(0o600)
    assert store.update(made.id, one_more).found == {"n": 1}
