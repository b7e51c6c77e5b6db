import errno
import hashlib
import io
import os
import random
import stat
import struct
import tracemalloc
import zipfile

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import FileRefused, LimitExceeded, SessionDamaged, SessionTooNew, ThroughlineError
from core.sessions import (
    SHARED,
    Failure,
    Job,
    JobState,
    Owner,
    Place,
    SessionStore,
    Share,
    Status,
    StoredFile,
    Visitor,
    bundle,
    uploads,
    utc_now,
)
from core.sessions.record import encode, read
from core.settings import Limits

replace = msgspec.structs.replace
MB = 1024 * 1024
ANNA, BERT = Owner("browser:anna-0123456789"), Owner("browser:bert-0123456789")
BY_BERT = Visitor(frozenset({BERT.key}))
SHARE = Share(hash="5h4r3" * 12, made=utc_now(), expires=None)
CONTENTS = {"may.csv": b"1,2\n" * 1000, "june.csv": bytes(range(256)) * 900, "empty.csv": b""}

NAMES = [
    "calls.csv",
    "שיחות מאי.csv",
    "日本語.csv",
    "א" * 200,
    "🦊" * 200,
    "x" * 10_000,
    "../../../etc/passwd",
    "..",
    ".",
    "...",
    "/etc/passwd",
    "C:\\windows\\system32.dll",
    "a\\..\\..\\b.csv",
    "session.json",
    'a<b>:c"|?*.csv',
    "a\0b\nc\r\x1b[31m.csv",
    "\u202ecsv.exe",
    "ends with a dot.",
    " blanks around ",
    "",
    "\udcff.csv",
    "-rf",
    "~",
    "$(reboot).csv",
    "%2e%2e%2f.csv",
]


def receive(store, session, name, content):
    return uploads.receive(store, session.id, name, io.BytesIO(content))


def worked_on(session):
    """The session after it was looked at, processed, shared and moved about in."""
    facts = {"encoding": "utf-8", "rows": 7}
    job = Job(
        kind="build",
        state=JobState.FAILED,
        queued=utc_now(),
        failure=Failure(problem="out of memory", reference="ref-4711"),
    )
    return replace(
        session,
        files=tuple(replace(file, facts=facts) for file in session.files),
        status=Status.READY,
        plan={"key": {"roles": {"a": "call"}}, "מפתח": [1, 2.5, None]},
        notices=("a notice",),
        last=Place(page="paths", query={"from": "may"}),
        views=(Place(page="overview", query={"x": "y"}, name="kept"), Place(page="tree", name="שמור")),
        shares=(SHARE,),
        job=job,
        tables="first",
        retired="zeroth",
        found={"n_calls": 3},
    )


@pytest.fixture
def session(store):
    """A session of Anna's with three files and tables."""
    made = store.create("Anna's calls", owner=ANNA)
    for name, content in CONTENTS.items():
        receive(store, made, name, content)
    for generation in ("zeroth", "first"):
        tables = store.folder(made.id) / "tables" / generation
        tables.mkdir(parents=True)
        (tables / "steps.parquet").write_bytes(b"steps of " + generation.encode())
    return store.update(made.id, worked_on)


def contents(store, session):
    return {file.name: uploads.path_of(store, session.id, file).read_bytes() for file in session.files}


def packed(store, session):
    return b"".join(bundle.pack(store, session))


def unpacked(store, data, owner=BERT):
    return bundle.unpack(store, io.BytesIO(data), owner=owner)[0]


def entries(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}


def zipped(parts, **options):
    """An archive of `parts`: name -> content, or pairs of them where a name comes twice."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            archive.writestr(name, content)
    return whole.getvalue()


def upload_entry(data, name):
    """The entry of the upload that was called `name`."""
    return next(one for one in entries(data) if one.startswith("uploads/") and one.endswith(f"/{name}"))


def changed(data, change):
    """The archive with other entries, `change` being what is done to them."""
    parts = entries(data)
    change(parts)
    return zipped(parts)


def with_record(data, **fields):
    """The archive with another record, whole by its checksum."""

    def change(parts):
        parts["session.json"] = encode(replace(read(parts["session.json"]), **fields))

    return changed(data, change)


def files_below(home):
    return {str(path.relative_to(home)) for path in home.rglob("*") if not path.is_dir()}


def refused(store, home, data, error=FileRefused):
    """The words of the refusal, which leaves nothing below home nor beside it."""
    before = files_below(home.parent)
    with pytest.raises(error) as caught:
        unpacked(store, data)
    assert files_below(home.parent) == before
    assert list((home / "new").iterdir() if (home / "new").exists() else []) == []
    assert str(home) not in str(caught.value)
    return str(caught.value)


# Copies


def test_a_copy_holds_what_the_original_holds_and_is_anothers(store, session):
    copy = bundle.copy(store, session, owner=BERT, name="Copy of Anna's calls")
    assert store.owned(copy.id, by=BY_BERT) == copy
    assert copy.id != session.id
    assert (copy.name, copy.owner, copy.version, copy.status) == ("Copy of Anna's calls", BERT.key, 1, Status.READY)
    assert (copy.shares, copy.job, copy.retired) == ((), None, "")
    for name in ("files", "plan", "notices", "last", "views", "tables", "found"):
        assert getattr(copy, name) == getattr(session, name)
    assert contents(store, copy) == CONTENTS
    tables = store.folder(copy.id) / "tables"
    assert {path.name for path in tables.iterdir()} == {"first"}
    assert (tables / "first" / "steps.parquet").read_bytes() == b"steps of first"
    assert store.read(session.id) == session


def test_nothing_on_disk_says_whose_the_original_was(store, session):
    copy = bundle.copy(store, session, owner=BERT, name="copy")
    kept = b"".join(path.read_bytes() for path in store.folder(copy.id).rglob("*") if path.is_file())
    for private in (ANNA.key, SHARE.hash, session.id, "ref-4711"):
        assert private.encode() not in kept


@pytest.fixture(params=["linked", "copied"])
def either_way(request, monkeypatch):
    """Copies with the disk's links, and on a disk that has none."""
    if request.param == "copied":

        def none(source, target):
            raise OSError(errno.EOPNOTSUPP, "no links here")

        monkeypatch.setattr(os, "link", none)


def test_what_is_removed_from_one_stays_in_the_other(store, session, either_way):
    copy = bundle.copy(store, session, owner=BERT, name="copy")
    first, second, third = session.files
    uploads.remove(store, session.id, first.id)
    uploads.remove(store, copy.id, second.id)
    assert contents(store, store.read(copy.id)) == {one: CONTENTS[one] for one in ("may.csv", "empty.csv")}
    assert contents(store, store.read(session.id)) == {one: CONTENTS[one] for one in ("june.csv", "empty.csv")}
    receive(store, copy, "july.csv", b"7")
    assert len(store.read(session.id).files) == 2
    store.delete(session.id)
    assert contents(store, store.read(copy.id))["may.csv"] == CONTENTS["may.csv"]
    assert (store.folder(copy.id) / "tables" / "first" / "steps.parquet").read_bytes() == b"steps of first"
    assert uploads.path_of(store, copy.id, third).read_bytes() == b""


def test_a_copy_is_nobody_elses_to_read(store, session, either_way):
    folder = store.folder(bundle.copy(store, session, owner=BERT, name="copy").id)
    modes = {stat.S_IMODE(path.lstat().st_mode) for path in folder.rglob("*") if path.is_dir()}
    files = {
        stat.S_IMODE(path.lstat().st_mode) for path in folder.rglob("*") if path.is_file() and "tables" not in str(path)
    }
    assert (modes, files) == ({0o700}, {0o600})


def test_a_copy_of_a_copy_is_whole_when_both_before_are_gone(store, session, either_way):
    second = bundle.copy(store, session, owner=BERT, name="second")
    third = bundle.copy(store, second, owner=ANNA, name="third")
    store.delete(session.id)
    store.delete(second.id)
    assert contents(store, third) == CONTENTS


def test_a_copy_of_a_session_without_tables_waits_to_be_processed(store):
    made = store.create("one", owner=ANNA)
    receive(store, made, "may.csv", b"1")
    copy = bundle.copy(store, store.read(made.id), owner=BERT, name="copy")
    assert (copy.status, copy.tables, copy.job) == (Status.RECEIVING, "", None)


def test_a_copy_of_an_empty_session_is_new(store):
    copy = bundle.copy(store, store.create("one", owner=ANNA), owner=BERT, name="copy")
    assert (copy.status, copy.files) == (Status.NEW, ())


@pytest.mark.leaves_damage
@pytest.mark.parametrize("lost", ["uploads", "tables/first"])
def test_a_copy_of_a_session_that_lost_something_is_not_made(store, session, home, lost):
    path = store.folder(session.id) / lost
    path.rename(home / "elsewhere")
    before = files_below(home)
    with pytest.raises(ThroughlineError):
        bundle.copy(store, session, owner=BERT, name="copy")
    assert files_below(home) == before
    assert store.list_sessions(by=BY_BERT) == []


def test_a_copy_that_does_not_fit_is_refused_with_the_limit(home, store, session):
    room = 2 * sum(len(one) for one in CONTENTS.values())
    small = SessionStore(home, limits=Limits(total_bytes=room))
    bundle.copy(small, session, owner=BERT, name="fits")
    with pytest.raises(LimitExceeded, match="THROUGHLINE_TOTAL_MB"):
        bundle.copy(small, session, owner=BERT, name="does not")
    assert small.used() == room


# What is packed


def test_what_is_packed_comes_out_as_it_was_byte_by_byte(store, session):
    again, had_tables = bundle.unpack(store, io.BytesIO(packed(store, session)), owner=BERT)
    assert had_tables
    assert again.id != session.id
    assert (again.owner, again.version, again.shares, again.job) == (BERT.key, 1, (), None)
    assert (again.status, again.tables, again.retired, again.found) == (Status.RECEIVING, "", "", {})
    for name in ("name", "plan", "notices", "last", "views"):
        assert getattr(again, name) == getattr(session, name)
    assert again.files == tuple(replace(file, facts={}) for file in session.files)
    assert contents(store, again) == CONTENTS
    assert store.owned(again.id, by=BY_BERT) == again
    assert store.read(session.id) == session
    modes = {stat.S_IMODE(path.lstat().st_mode) for path in store.folder(again.id).rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_the_archive_says_nothing_of_whose_it_was_or_who_may_read_it(store, session):
    data = packed(store, session)
    whole = data + b"".join(entries(data).values()) + "".join(entries(data)).encode()
    for private in (ANNA.key, "browser:", SHARE.hash, "ref-4711"):
        assert private.encode() not in whole


def test_the_archive_holds_the_record_the_files_by_their_names_and_the_tables(store, session):
    first, second, third = session.files
    assert {*entries(packed(store, session))} == {
        "session.json",
        f"uploads/{first.id}/may.csv",
        f"uploads/{second.id}/june.csv",
        f"uploads/{third.id}/empty.csv",
        "tables/steps.parquet",
    }


def test_a_session_without_files_or_tables_is_packed_too(store):
    made = store.create("empty", owner=ANNA)
    again, had_tables = bundle.unpack(store, io.BytesIO(packed(store, made)), owner=BERT)
    assert (again.name, again.files, again.status, had_tables) == ("empty", (), Status.NEW, False)


def test_a_large_file_is_packed_and_unpacked_in_pieces(home, store):
    made = store.create("large", owner=ANNA)
    content = random.Random(1).randbytes(MB) * 24
    made = receive(store, made, "large.bin", content)
    archive = home / "archive.zip"
    tracemalloc.start()
    with archive.open("wb") as file:
        for piece in bundle.pack(store, made):
            assert len(piece) < 4 * MB
            file.write(piece)
    with archive.open("rb") as file:
        again, _ = bundle.unpack(store, file, owner=BERT)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 12 * MB
    assert contents(store, again) == {"large.bin": content}
    archive.unlink()


@pytest.mark.parametrize("name", NAMES, ids=lambda one: ascii(one)[:40])
def test_a_hostile_file_name_is_packed_harmless_and_comes_back_as_it_is_shown(store, home, tmp_path, name):
    made = store.create("one", owner=ANNA)
    made = receive(store, made, name, b"content")
    data = packed(store, made)
    elsewhere = tmp_path / "a" / "b" / "extracted"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(elsewhere)
    assert [path.read_bytes() for path in elsewhere.rglob("uploads/*/*")] == [b"content"]
    assert {path.name for path in tmp_path.iterdir()} == {"home", "a"}
    again = unpacked(store, data)
    assert again.files == made.files
    assert contents(store, again) == {made.files[0].name: b"content"}
    assert {path.name for path in uploads.folder(store, again.id).iterdir()} == {made.files[0].id}


def test_two_files_of_one_name_both_come_back(store):
    made = store.create("one", owner=ANNA)
    receive(store, made, "calls.csv", b"may")
    made = receive(store, made, "calls.csv", b"june")
    again = unpacked(store, packed(store, made))
    kept = [uploads.path_of(store, again.id, file).read_bytes() for file in again.files]
    assert kept == [b"may", b"june"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(st.characters(exclude_categories=()), max_size=200),
    files=st.lists(
        st.tuples(st.text(st.characters(exclude_categories=()), max_size=60), st.binary(max_size=3000)), max_size=6
    ),
    plan=st.dictionaries(st.text(), st.recursive(st.none() | st.booleans() | st.text(), st.lists, max_leaves=5)),
)
def test_whatever_a_session_holds_comes_back(store, name, files, plan):
    made = store.create(name, owner=ANNA)
    for called, content in files:
        receive(store, made, called, content)
    made = store.update(made.id, lambda now: replace(now, plan=plan))
    again = unpacked(store, packed(store, made))
    assert (again.name, again.plan, again.files, again.notices) == (made.name, made.plan, made.files, made.notices)
    kept = [uploads.path_of(store, again.id, file).read_bytes() for file in again.files]
    assert kept == list(dict.fromkeys(content for _, content in files))
    for one in (made, again):
        store.delete(one.id)


# What is refused


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"not a zip",
        b"PK\x05\x06" + bytes(18),
        b"1,2\n" * 1000,
        bytes(1000),
        random.Random(5).randbytes(999),
    ],
    ids=["nothing", "two letters", "text", "an empty zip", "a CSV", "zeros", "noise"],
)
def test_what_is_no_archive_is_refused(store, home, data):
    words = refused(store, home, data)
    assert words.startswith("No session can be made from this archive: ")
    assert words.endswith("Choose a zip that Throughline made.")


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.5, 0.9, 0.99, 0.9999])
def test_an_archive_that_was_cut_off_is_refused(store, session, home, keep):
    data = packed(store, session)
    refused(store, home, data[: int(len(data) * keep)])


def test_an_archive_whose_beginning_is_missing_is_refused(store, session, home):
    data = packed(store, session)
    for start in (1, 30, len(data) // 2, len(data) - 60):
        refused(store, home, data[start:])


def test_a_file_on_disk_that_is_no_whole_archive_is_refused(store, session, tmp_path):
    data = packed(store, session)
    path = tmp_path / "archive.zip"
    for broken in (data[1:], data[:-1], data[: len(data) // 2], b"", data[200:]):
        path.write_bytes(broken)
        with path.open("rb") as file, pytest.raises(FileRefused, match="is damaged, or is not one"):
            bundle.unpack(store, file, owner=BERT)
    assert [path.name for path in store.folder(session.id).parent.iterdir()] == [session.id]


def test_an_archive_without_a_record_is_refused(store, session, home):
    data = packed(store, session)
    words = refused(store, home, changed(data, lambda parts: parts.pop("session.json")))
    assert "it holds no session" in words
    refused(store, home, zipped({f"folder/{name}": content for name, content in entries(data).items()}))


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\xff", b"x" * 1000, b"[" * 100_000, bytes(500)])
def test_an_archive_whose_record_is_none_is_refused(store, session, home, content):
    refused(store, home, changed(packed(store, session), lambda parts: parts.update({"session.json": content})))


def test_an_archive_with_a_flipped_bit_in_the_record_is_refused(store, session, home):
    data = packed(store, session)
    whole = entries(data)["session.json"]
    for position in range(0, len(whole), 97):
        flipped = bytearray(whole)
        flipped[position] ^= 1 << position % 8
        refused(store, home, changed(data, lambda parts, flipped=flipped: parts.update({"session.json": flipped})))


def test_an_archive_of_a_later_version_is_refused_with_what_to_do(store, session, home):
    # The checksum is BLAKE2b of "3:{}", 16 bytes long.
    newer = b'{"schema":3,"checksum":"5e5d6abf2f630d205060513b0e874080","length":2,"record":{}}'
    data = changed(packed(store, session), lambda parts: parts.update({"session.json": newer}))
    assert refused(store, home, data, SessionTooNew).endswith("Update Throughline to open it.")


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[:-1],
        lambda content: content + b"x",
        lambda content: b"X" + content[1:],
        lambda content: content[:2000] + bytes([content[2000] ^ 1]) + content[2001:],
        lambda content: b"",
        lambda content: content * 2,
    ],
    ids=["shorter", "longer", "begins differently", "a flipped bit", "empty", "twice"],
)
def test_an_archive_with_another_upload_than_its_record_says_is_refused(store, session, home, change):
    data = packed(store, session)
    name = upload_entry(data, "may.csv")
    words = refused(store, home, changed(data, lambda parts: parts.update({name: change(parts[name])})))
    assert "may.csv in it is not what it was" in words


@pytest.mark.parametrize("fields", [{"size": 1}, {"size": 4001}, {"size": -1}, {"size": -2}, {"sha256": "0" * 64}])
def test_an_archive_whose_record_says_something_else_of_an_upload_is_refused(store, session, home, fields):
    first, *others = session.files
    refused(store, home, with_record(packed(store, session), files=(replace(first, **fields), *others)))


@pytest.mark.parametrize("file_id", ["", "..", "../../x", "/etc/passwd", "0" * 32, "F" * 32, "x" * 10_000, "\0"])
def test_an_archive_whose_record_names_an_upload_by_something_else_is_refused(store, session, home, file_id):
    first, *others = session.files
    refused(store, home, with_record(packed(store, session), files=(replace(first, id=file_id), *others)))
    alike = replace(first, id=file_id, sha256=file_id)
    refused(store, home, with_record(packed(store, session), files=(alike, *others)))


def test_an_archive_in_which_an_upload_is_missing_is_refused(store, session, home):
    data = packed(store, session)
    name = upload_entry(data, "june.csv")
    assert "a file is missing in it" in refused(store, home, changed(data, lambda parts: parts.pop(name)))


def test_an_archive_whose_record_names_a_file_twice_is_refused(store, session, home):
    refused(store, home, with_record(packed(store, session), files=(session.files[0], session.files[0])))


def test_files_of_less_than_nothing_make_no_room_for_others_that_are_too_large(store, session, home):
    first, second, third = session.files
    small = SessionStore(home, limits=Limits(session_bytes=1000))
    files = (first, second, replace(third, size=-1_000_000))
    assert "contradicts itself" in refused(small, home, with_record(packed(store, session), files=files))


def offsets(data):
    """Where each entry's local and central header begin, by its name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        starts = {one.filename: one.header_offset for one in archive.infolist()}
        at, central = archive.start_dir, {}
        for one in archive.infolist():
            central[one.filename] = at
            at += 46 + len(one.filename.encode()) + len(one.extra) + len(one.comment)
    return {name: (start, central[name]) for name, start in starts.items()}


def patched(data, *changes):
    """`data` with bytes put over it: pairs of a place and what is put there."""
    whole = bytearray(data)
    for place, content in changes:
        whole[place : place + len(content)] = content
    return bytes(whole)


@pytest.mark.parametrize("entry", ["session.json", "upload"])
def test_an_archive_with_an_encrypted_entry_is_refused(store, session, home, entry):
    data = zipped(entries(packed(store, session)))
    local, central = offsets(data)[entry if entry != "upload" else upload_entry(data, "may.csv")]
    refused(store, home, patched(data, (local + 6, b"\x01"), (central + 8, b"\x01")))


@pytest.mark.parametrize("method", [1, 9, 12, 14, 93, 99, 65535], ids=lambda one: f"method {one}")
@pytest.mark.parametrize("entry", ["session.json", "upload"])
def test_an_archive_that_is_compressed_in_another_way_than_it_says_is_refused(store, session, home, entry, method):
    data = zipped(entries(packed(store, session)))
    local, central = offsets(data)[entry if entry != "upload" else upload_entry(data, "may.csv")]
    kind = struct.pack("<H", method)
    refused(store, home, patched(data, (local + 8, kind), (central + 10, kind)))


def test_an_archive_with_an_entry_whose_name_is_no_text_is_refused(store, session, home):
    data = zipped({**entries(packed(store, session)), "שיחות": b""})
    assert data.count("שיחות".encode()) == 2
    refused(store, home, data.replace("שיחות".encode(), b"\xff" * 10))


def test_an_archive_with_any_byte_changed_is_refused_or_unpacked_whole(store, home):
    made = store.create("one", owner=ANNA)
    receive(store, made, "may.csv", b"1,2\n" * 40)
    data = packed(store, receive(store, made, "june.csv", b"x"))
    before, whole = files_below(home), contents(store, store.read(made.id))
    failures, dice = [], random.Random(6)
    for place in range(len(data)):
        try:
            again = unpacked(store, patched(data, (place, bytes([data[place] ^ dice.randint(1, 255)]))))
        except FileRefused:
            pass
        except Exception as error:
            failures.append(f"{type(error).__name__}: {error}"[:30])
        else:
            assert contents(store, again) == whole
            store.delete(again.id)
    assert set(failures) == set()
    assert files_below(home) == before


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_archive_with_anything_done_to_it_is_refused_or_unpacked_whole(store, session, home, data):
    whole = packed(store, session)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 3000)))
    mangled = whole[:start] + data.draw(st.binary(max_size=60)) + whole[end:]
    try:
        again = unpacked(store, mangled)
    except FileRefused:
        pass
    else:
        assert contents(store, again) == CONTENTS
        store.delete(again.id)
    assert [path.name for path in (home / "sessions").iterdir()] == [session.id]
    assert list((home / "new").iterdir()) == []


# What is hostile


@pytest.mark.parametrize(
    "name",
    [
        "../../escaped",
        "../escaped",
        "/escaped",
        "uploads/../../escaped",
        "uploads/{id}/../../escaped",
        "uploads/{id}/../session.json",
        "uploads/../.owner",
        ".owner",
        ".lock",
        "pulse.json",
        "uploads/{other}",
        "tables/first/steps.parquet",
        "..\\..\\escaped",
        "C:\\escaped",
        "uploads/{id}/a/b",
        "x" * 5000,
    ],
)
def test_what_else_lies_in_an_archive_is_not_unpacked(store, session, home, name):
    data = packed(store, session)
    extra = name.format(id=session.files[0].id, other="f" * 32)
    before = files_below(home.parent)
    again = unpacked(store, changed(data, lambda parts: parts.update({extra: b"foreign"})))
    names = {f"home/sessions/{again.id}/{one}" for one in ("session.json", ".owner", ".lock")}
    names |= {f"home/sessions/{again.id}/uploads/{file.id}" for file in again.files}
    assert files_below(home.parent) - before == names
    assert contents(store, again) == CONTENTS
    assert (store.folder(again.id) / ".owner").read_text() == BERT.key


def test_a_link_in_an_archive_is_kept_as_a_file_and_followed_nowhere(store, home, tmp_path):
    (tmp_path / "private").write_bytes(b"private")
    target = str(tmp_path / "private").encode()
    made = store.create("one", owner=ANNA)
    made = receive(store, made, "link", target)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("session.json", encode(replace(made, owner="")))
        link = zipfile.ZipInfo(f"uploads/{made.files[0].id}/link")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, target)
    again = unpacked(store, whole.getvalue())
    path = uploads.path_of(store, again.id, again.files[0])
    assert not path.is_symlink()
    assert path.read_bytes() == target


def test_an_archive_brings_no_owner_no_links_and_no_job_of_its_own(store, session):
    forged = {
        "owner": SHARED.key,
        "shares": (SHARE,),
        "job": Job(kind="build", state=JobState.RUNNING, queued=utc_now()),
        "tables": "../../x",
        "retired": "..",
        "found": {"n_calls": 10**9},
        "version": 99,
        "id": "../../x",
    }
    again = unpacked(store, with_record(packed(store, session), **forged))
    assert (again.owner, again.shares, again.job, again.version) == (BERT.key, (), None, 1)
    assert (again.tables, again.retired, again.found) == ("", "", {})
    assert all(file.facts == {} for file in again.files)
    assert store.get(again.id, by=BY_BERT) == again


def test_names_in_an_archive_are_shown_as_those_of_any_upload(store, session):
    first, *others = session.files
    hostile = replace(first, name="../../a\0b\n\u202e" + "x" * 10_000)
    again = unpacked(store, with_record(packed(store, session), files=(hostile, *others), name=" y" * 10_000))
    assert again.files[0].name == "ab" + "x" * 198
    assert again.name == "y" + " y" * 59 + " "


def bomb(store, declared, size, record_size=None):
    """An archive with an upload of `size` zeros whose zip entry says `declared`, and whose record `record_size`."""
    content = bytes(size)
    digest = hashlib.sha256(content).hexdigest()
    file = StoredFile(
        id=digest[:32],
        name="bomb.csv",
        size=declared if record_size is None else record_size,
        sha256=digest,
        added=utc_now(),
    )
    made = store.create("bomb", owner=ANNA)
    record = encode(replace(made, owner="", files=(file,)))
    store.delete(made.id)
    data = zipped({"session.json": record, f"uploads/{file.id}/bomb.csv": content})
    local, central = offsets(data)[f"uploads/{file.id}/bomb.csv"]
    length = struct.pack("<L", declared)
    return patched(data, (local + 22, length), (central + 24, length))


def most_memory(action):
    tracemalloc.start()
    action()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


@pytest.mark.parametrize(
    ("declared", "record_size"),
    [(10, None), (10, 64 * MB), (64 * MB, 10), (64 * MB, 0), (64 * MB, -1), (64 * MB, -2), (64 * MB, -(10**15))],
)
def test_a_file_that_unpacks_larger_than_it_says_is_refused_without_taking_the_memory(
    store, home, declared, record_size
):
    data = bomb(store, declared, 64 * MB, record_size)
    assert len(data) < MB
    assert most_memory(lambda: refused(store, home, data)) < 16 * MB


def test_a_record_that_unpacks_larger_than_it_says_is_refused_without_taking_the_memory(store, home):
    data = zipped({"session.json": b" " * (64 * MB)})
    local, central = offsets(data)["session.json"]
    length = struct.pack("<L", 10)
    small = patched(data, (local + 22, length), (central + 24, length))
    assert most_memory(lambda: refused(store, home, small)) < 3 * 64 * MB


def test_a_record_that_is_far_larger_than_any_is_refused(store, home):
    words = refused(store, home, zipped({"session.json": b" " * (64 * MB + 1)}))
    assert "its record is too large" in words


def test_an_archive_that_lists_files_without_end_is_refused_without_taking_the_memory(store, home):
    data = zipped({"session.json": b"{}"})
    _, central = offsets(data)["session.json"]
    end = len(data) - 22  # where the record of the list's place and length begins
    listed = data[central:end] * 100_000
    whole = data[:central] + listed + data[end : end + 12] + struct.pack("<LL", len(listed), central) + b"\0\0"
    assert len(zipfile.ZipFile(io.BytesIO(whole)).infolist()) == 100_000
    assert most_memory(lambda: refused(store, home, whole)) < 16 * MB


def test_the_largest_session_can_be_packed_and_unpacked(store):
    """What was found in its files is not in the archive: of 50 files with 2,000 columns that is more than one takes."""
    made = store.create("large", owner=ANNA)
    for number in range(50):
        receive(store, made, f"{number}.csv", b"%d" % number)
    columns = [{"name": f"column number {number}", "distinct": 1, "samples": ["x" * 40]} for number in range(2000)]
    roles = {column["name"]: "attribute" for column in columns}
    made = store.update(
        made.id,
        lambda now: replace(
            now,
            files=tuple(replace(file, facts={"columns": columns}) for file in now.files),
            plan={f"{number:032x}": {"roles": roles, "date_format": ""} for number in range(5)},
        ),
    )
    assert (store.folder(made.id) / "session.json").stat().st_size > 8 * MB
    again = unpacked(store, packed(store, made))
    assert (len(again.files), again.plan) == (50, made.plan)


def test_a_small_archive_cannot_fill_the_memory_with_its_record(store, home):
    made = store.create("one", owner=ANNA)
    record = encode(replace(made, plan={"text": [[]] * 3_000_000}))
    store.delete(made.id)
    data = zipped({"session.json": record})
    assert len(data) < MB

    def take():
        try:
            unpacked(store, data)
        except (FileRefused, LimitExceeded):
            return

    assert most_memory(take) < 128 * MB


# Limits


def test_an_archive_with_too_many_files_is_refused_with_the_limit(store, session, home):
    few = SessionStore(home, limits=Limits(files_per_session=2))
    words = refused(few, home, packed(store, session), LimitExceeded)
    assert words == "The archive has 3 files; a session holds at most 2. Raise THROUGHLINE_FILES_PER_SESSION."
    assert unpacked(SessionStore(home, limits=Limits(files_per_session=3)), packed(store, session)).files


@pytest.mark.parametrize(
    ("limits", "setting"),
    [
        ({"file_bytes": 230_399}, "THROUGHLINE_FILE_MB"),
        ({"session_bytes": 234_399}, "THROUGHLINE_SESSION_MB"),
        ({"total_bytes": 2 * 234_400 - 1}, "THROUGHLINE_TOTAL_MB"),
    ],
)
def test_an_archive_with_too_many_bytes_is_refused_with_the_limit(store, session, home, limits, setting):
    ((name, limit),) = limits.items()
    data = packed(store, session)
    assert setting in refused(SessionStore(home, limits=Limits(**limits)), home, data, LimitExceeded)
    assert unpacked(SessionStore(home, limits=Limits(**{name: limit + 1})), data).name == session.name


def test_an_archive_is_refused_by_what_its_record_says_before_anything_is_unpacked(store, session, home):
    first, *others = session.files
    huge = with_record(packed(store, session), files=(replace(first, size=10**15), *others))
    refused(store, home, huge, LimitExceeded)


@pytest.mark.leaves_damage
def test_a_session_that_is_damaged_is_not_packed(store, session):
    path = store.folder(session.id) / "session.json"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(SessionDamaged):
        packed(store, store.read(session.id))
