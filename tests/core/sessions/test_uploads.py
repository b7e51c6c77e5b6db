import hashlib
import io
import stat
import threading

import msgspec
import pytest

from core.errors import LimitExceeded, SessionNotFound, StorageError
from core.sessions import SHARED, SessionStore, uploads
from core.settings import Limits

MB = 1024 * 1024


@pytest.fixture
def session(store):
    return store.create("one", owner=SHARED)


def receive(store, session, name, content):
    return uploads.receive(store, session.id, name, io.BytesIO(content))


def on_disk(store, session):
    return {path.name for path in uploads.folder(store, session.id).iterdir()}


def test_a_received_file_is_kept_byte_by_byte_and_found_by_another_store(store, session, home):
    content = bytes(range(256)) * 9000
    receive(store, session, "calls.csv", content)
    (file,) = SessionStore(home).read(session.id).files
    assert (file.name, file.size, file.sha256) == ("calls.csv", 2_304_000, hashlib.sha256(content).hexdigest())
    path = uploads.path_of(store, session.id, file)
    assert path.read_bytes() == content
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path, path.parent)] == [0o600, 0o700]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("calls.csv", "calls.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\calls\\may.csv", "may.csv"),
        ("a\0b\nc\x1b[31m.csv", "abc[31m.csv"),
        ("\u202ecsv.exe", "csv.exe"),
        ("שיחות מאי.csv", "שיחות מאי.csv"),
        ("calls\udcff.csv", "calls.csv"),
        ("", "unnamed"),
        ("folder/", "unnamed"),
        ("x" * 10_000, "x" * 200),
    ],
)
def test_the_visitors_name_of_a_file_is_shown_and_names_nothing_on_disk(store, session, home, name, shown):
    after = receive(store, session, name, b"content")
    (file,) = after.files
    assert file.name == shown
    assert on_disk(store, session) == {hashlib.sha256(b"content").hexdigest()[:32]}
    assert {path.name for path in home.parent.iterdir()} == {"home"}


def test_an_empty_file_is_a_file(store, session):
    assert receive(store, session, "empty.csv", b"").files[0].size == 0


def test_the_same_file_twice_is_one_file_and_the_session_says_so(store, session):
    receive(store, session, "may.csv", b"content")
    receive(store, session, "may.csv", b"content")
    after = receive(store, session, "copy of may.csv", b"content")
    assert [file.name for file in after.files] == ["may.csv"]
    assert after.notices == (
        "may.csv was added twice, so it is counted once.",
        "copy of may.csv has the same content as may.csv, so it is counted once.",
    )
    assert len(on_disk(store, session)) == 1


def test_two_files_of_one_name_are_two_files(store, session):
    receive(store, session, "calls.csv", b"may")
    after = receive(store, session, "calls.csv", b"june")
    assert [(file.name, file.size) for file in after.files] == [("calls.csv", 3), ("calls.csv", 4)]


def test_a_file_that_is_too_large_is_refused_with_the_limit_and_leaves_nothing(home, store, session):
    small = SessionStore(home, limits=Limits(file_bytes=2 * MB))
    receive(small, session, "just.csv", bytes(2 * MB))
    with pytest.raises(LimitExceeded, match=r"^big\.csv is larger than the 2 MB .* raise THROUGHLINE_FILE_MB\.$"):
        receive(small, session, "big.csv", bytes(2 * MB + 1))
    assert [file.name for file in store.read(session.id).files] == ["just.csv"]
    assert len(on_disk(store, session)) == 1


def test_one_file_too_many_is_refused_with_the_limit_and_leaves_nothing(home, store, session):
    few = SessionStore(home, limits=Limits(files_per_session=2))
    receive(few, session, "1.csv", b"1")
    receive(few, session, "2.csv", b"2")
    with pytest.raises(LimitExceeded, match=r"^A session holds at most 2 files\. .* THROUGHLINE_FILES_PER_SESSION\.$"):
        receive(few, session, "3.csv", b"3")
    after = receive(few, session, "2 again.csv", b"2")
    assert [file.name for file in after.files] == ["1.csv", "2.csv"]
    assert len(on_disk(store, session)) == 2


class Broken(io.BytesIO):
    """A source that ends in the middle, as that of a visitor who goes away."""

    def read(self, size=-1):
        if self.tell():
            raise self.error
        return super().read(10)


@pytest.mark.parametrize("error", [OSError("connection reset"), ValueError("closed"), KeyboardInterrupt()])
def test_a_file_that_is_cut_off_on_its_way_leaves_nothing(store, session, error):
    source = Broken(b"x" * 100)
    source.error = error
    with pytest.raises((StorageError, ValueError, KeyboardInterrupt)):
        uploads.receive(store, session.id, "cut.csv", source)
    assert store.read(session.id) == session
    assert on_disk(store, session) == set()


def test_a_file_that_does_not_fit_on_the_disk_leaves_nothing(store, session, written):
    assert written("full", session.id, "receive").startswith("StorageFull: The disk is full")
    assert store.read(session.id) == session
    assert on_disk(store, session) == set()


def test_a_file_for_a_session_that_is_not_there_makes_no_folder(store, home):
    for session_id in ("11111111-1111-4111-8111-111111111111", "../x"):
        with pytest.raises(SessionNotFound):
            uploads.receive(store, session_id, "calls.csv", io.BytesIO(b"content"))
    assert list((home / "sessions").iterdir()) == []


def test_a_file_whose_session_is_deleted_on_its_way_is_not_kept(store, session, home):
    class Deleting(io.BytesIO):
        def read(self, size=-1):
            if store.folder(session.id).exists():
                store.delete(session.id)
            return super().read(size)

    with pytest.raises(SessionNotFound):
        uploads.receive(store, session.id, "calls.csv", Deleting(b"private"))
    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert list((home / "sessions").iterdir()) == []


def test_a_removed_file_is_gone_from_the_record_and_the_disk(store, session):
    receive(store, session, "1.csv", b"1")
    first, second = receive(store, session, "2.csv", b"2").files
    after = uploads.remove(store, session.id, first.id)
    assert after.files == (second,)
    assert on_disk(store, session) == {second.id}


@pytest.mark.parametrize("file_id", ["", ".", "..", "../session.json", "../../x", "\0", "f" * 32])
def test_removing_a_file_that_the_session_does_not_have_changes_nothing(store, session, file_id):
    before = receive(store, session, "1.csv", b"1")
    assert uploads.remove(store, session.id, file_id) == before
    assert on_disk(store, session) == {before.files[0].id}
    assert store.read(session.id) == before


def test_files_from_several_processes_are_all_kept_and_the_same_one_is_kept_once(store, session, write):
    writers = [write("receive", session.id, 1, "both", *(f"{who}{n}" for n in range(5))) for who in "ab"]
    assert [writer.communicate()[1] for writer in writers] == ["", ""]
    after = store.read(session.id)
    names = {f"{who}{n}.csv" for who in "ab" for n in range(5)} | {"both.csv"}
    assert len(after.files) == 11
    assert {file.name for file in after.files} == names
    assert after.notices == ("both.csv was added twice, so it is counted once.",)
    for file in after.files:
        assert uploads.path_of(store, session.id, file).read_bytes() == file.name.removesuffix(".csv").encode()


def test_a_file_that_is_removed_and_added_at_once_is_named_only_while_it_is_there(store, session, write):
    (file,) = receive(store, session, "x.csv", b"x").files
    path = uploads.path_of(store, session.id, file)
    seen = set()

    def look(now):
        seen.add((now.files != (), path.exists()))
        return now

    writers = [write("receive", session.id, 100, "x"), write("remove", session.id, 100, file.id)]
    while any(writer.poll() is None for writer in writers):
        store.update(session.id, look)
    assert [writer.communicate()[1] for writer in writers] == ["", ""]
    assert (True, False) not in seen
    assert (True, True) in seen


def test_what_was_received_survives_that_the_process_is_killed(store, session, write, home):
    with write("receive_on", session.id) as receiver:
        told = len(receiver.stdout.read(7))
        receiver.kill()
        told += len(receiver.stdout.read())
    files = store.read(session.id).files
    assert len(files) - told in (0, 1)
    for number, file in enumerate(files):
        content = b"%d" % number * 5000
        assert uploads.path_of(store, session.id, file).read_bytes() == content
        assert (file.name, file.sha256) == (f"{number}.csv", hashlib.sha256(content).hexdigest())
    assert len(on_disk(store, session) - {file.id for file in files}) <= 1


def test_an_upload_and_other_changes_at_once_lose_nothing(store, session):
    def change():
        for number in range(20):
            store.update(session.id, lambda now, number=number: msgspec.structs.replace(now, plan={"n": number}))

    thread = threading.Thread(target=change)
    thread.start()
    for number in range(10):
        receive(store, session, f"{number}.csv", b"%d" % number)
    thread.join()
    after = store.read(session.id)
    assert (len(after.files), after.plan, after.version) == (10, {"n": 19}, 31)
