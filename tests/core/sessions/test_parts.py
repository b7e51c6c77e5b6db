"""Uploads in pieces, on disk: what was acknowledged stays, and one file makes one session."""

import hashlib
import io
import os
import threading
import time

import pytest

from core.errors import (
    LimitExceeded,
    SessionNotFound,
    StorageFull,
    UploadDamaged,
    UploadNotFound,
    UploadOutOfStep,
)
from core.sessions import SHARED, Owner, SessionStore, Visitor, arrivals, uploads
from core.sessions.parts import RESTORED, Wanted
from core.settings import DAY, HOUR, Limits

ANNA, BEN = Owner("browser:anna"), Owner("browser:ben")
BY_ANNA, BY_BEN = Visitor(frozenset({ANNA.key})), Visitor(frozenset({BEN.key}))
CHUNK = 1000
FILE = b"".join(b"%d,a step,and more of it\n" % number for number in range(300))


def begin(store, content=FILE, *, by=ANNA, owner=None, **said):
    wanted = Wanted(**{"name": "march.csv", "size": len(content), **said})
    return arrivals.begin(store, by, wanted, owner=owner or by, chunk=CHUNK)


def piece(content, number):
    return content[number * CHUNK : (number + 1) * CHUNK]


def send(store, part, content=FILE, *, by=ANNA, n_pieces=None):
    """Send the next pieces, all that are missing where no number says how many."""
    first = store.parts.get(by, part.id).offset // CHUNK
    last = len(range(0, len(content), CHUNK)) if n_pieces is None else first + n_pieces
    for number in range(first, last):
        data = piece(content, number)
        part = arrivals.append(store, by, part.id, number * CHUNK, io.BytesIO(data), hashlib.sha256(data).hexdigest())
    return part


def sum_of(content):
    """What a browser says of the file that it read: the sum of the sums of its pieces."""
    sums = [hashlib.sha256(content[start : start + CHUNK]).digest() for start in range(0, len(content), CHUNK)]
    return hashlib.sha256(b"".join(sums)).hexdigest()


def arrived(store, content=FILE, *, by=ANNA, **said):
    part = begin(store, content, by=by, **said)
    send(store, part, content, by=by)
    return store.parts.finish(by, part.id, sum_of(content))


def take(store, *parts, by=ANNA, visitor=BY_ANNA):
    return arrivals.take(store, by, [part.id for part in parts], owner=by, by=visitor, name="march")


def bytes_of(store, session):
    return [uploads.path_of(store, session.id, file).read_bytes() for file in session.files]


def test_pieces_become_the_file_of_a_new_session_and_nothing_is_copied(store):
    part = arrived(store)
    inode = store.parts.data(ANNA, part.id).stat().st_ino
    session = take(store, part)
    (file,) = store.read(session.id).files
    assert (file.name, file.size, file.sha256) == ("march.csv", len(FILE), hashlib.sha256(FILE).hexdigest())
    assert bytes_of(store, session) == [FILE]
    assert uploads.path_of(store, session.id, file).stat().st_ino == inode
    assert uploads.path_of(store, session.id, file).stat().st_nlink == 1
    assert arrivals.waiting(store, ANNA, "") == []
    assert store.used() == len(FILE)


def test_an_empty_file_arrives_too(store):
    assert bytes_of(store, take(store, arrived(store, b""))) == [b""]


def test_what_was_acknowledged_is_seen_by_another_process_on_the_folder(store, home):
    part = send(store, begin(store), n_pieces=3)
    other = SessionStore(home)
    assert other.parts.get(ANNA, part.id).offset == 3 * CHUNK
    send(other, part)
    store.parts.finish(ANNA, part.id, sum_of(FILE))
    assert bytes_of(store, take(store, part)) == [FILE]


@pytest.mark.parametrize("wrong", [b"x" * CHUNK, FILE[: CHUNK - 1], FILE[: CHUNK + 1], b""])
def test_a_piece_that_is_not_what_was_sent_is_refused_and_the_others_stay(store, wrong):
    part = send(store, begin(store), n_pieces=2)
    with pytest.raises(UploadDamaged):
        store.parts.append(ANNA, part.id, part.offset, io.BytesIO(wrong), hashlib.sha256(piece(FILE, 2)).hexdigest())
    assert store.parts.get(ANNA, part.id).offset == 2 * CHUNK
    send(store, part)
    store.parts.finish(ANNA, part.id, sum_of(FILE))
    assert bytes_of(store, take(store, part)) == [FILE]


def test_of_eight_that_send_the_same_piece_at_once_one_wins(store):
    part, data, told = begin(store), piece(FILE, 0), []
    together = threading.Barrier(8)

    def race():
        together.wait()
        try:
            told.append(store.parts.append(ANNA, part.id, 0, io.BytesIO(data), hashlib.sha256(data).hexdigest()).offset)
        except UploadOutOfStep as late:
            told.append(f"the next is {late.offset}")

    racers = [threading.Thread(target=race) for _ in range(8)]
    for one in racers:
        one.start()
    for one in racers:
        one.join()
    assert sorted(told, key=str) == [CHUNK, *[f"the next is {CHUNK}"] * 7]
    send(store, part)
    assert store.parts.finish(ANNA, part.id, sum_of(FILE)).sha256 == hashlib.sha256(FILE).hexdigest()


def test_a_sum_that_a_crash_cut_off_is_not_an_acknowledgement(store):
    part = send(store, begin(store), n_pieces=2)
    with (store.parts.data(ANNA, part.id).with_name("received")).open("ab") as file:
        file.write(b"half a sum")
    with store.parts.data(ANNA, part.id).open("ab") as file:
        file.write(b"half a piece")
    assert store.parts.get(ANNA, part.id).offset == 2 * CHUNK
    send(store, part)
    assert store.parts.finish(ANNA, part.id, sum_of(FILE)).sha256 == hashlib.sha256(FILE).hexdigest()


def test_a_file_that_changed_while_it_was_sent_is_refused_and_forgotten(store):
    part = send(store, begin(store))
    with pytest.raises(UploadDamaged, match="changed while it was sent"):
        store.parts.finish(ANNA, part.id, sum_of(FILE[:-1] + b"!"))
    with pytest.raises(UploadNotFound):
        store.parts.get(ANNA, part.id)
    assert store.used() == 0


def test_a_byte_that_the_disk_lost_is_sent_again(store):
    part = send(store, begin(store))
    with store.parts.data(ANNA, part.id).open("rb+") as file:
        file.seek(3 * CHUNK + 5)
        file.write(b"\x00")
    with pytest.raises(UploadOutOfStep) as told:
        store.parts.finish(ANNA, part.id, sum_of(FILE))
    assert told.value.offset == 3 * CHUNK
    send(store, part)
    assert bytes_of(store, take(store, store.parts.finish(ANNA, part.id, sum_of(FILE)))) == [FILE]


def test_what_is_not_whole_is_not_taken(store):
    part = send(store, begin(store), n_pieces=2)
    with pytest.raises(UploadOutOfStep):
        store.parts.finish(ANNA, part.id, sum_of(FILE))
    with pytest.raises(UploadOutOfStep):
        take(store, part)
    assert store.list_sessions(by=BY_ANNA) == []


def test_somebody_elses_upload_is_like_one_that_never_was(store):
    part = arrived(store)
    never = "0" * 32
    attempts = {
        "look": lambda id: store.parts.get(BEN, id),
        "send": lambda id: store.parts.append(BEN, id, 0, io.BytesIO(b""), ""),
        "finish": lambda id: store.parts.finish(BEN, id, ""),
        "drop": lambda id: store.parts.drop(BEN, id),
        "take": lambda id: arrivals.take(store, BEN, [id], owner=BEN, by=BY_BEN, name="mine"),
    }
    for attempt in attempts.values():
        told = set()
        for id in (part.id, never, "../" + part.id, f"../{'0' * 32}", "x\0", "", part.id.upper(), "a" * 10_000):
            with pytest.raises(UploadNotFound) as refused:
                attempt(id)
            told.add(str(refused.value))
        assert len(told) == 1
    assert arrivals.waiting(store, BEN, "") == []
    assert store.parts.get(ANNA, part.id) == part


def test_an_upload_joins_only_a_session_of_ones_own(store):
    session = store.create("Anna's", owner=ANNA)
    part = arrived(store, by=BEN, target=session.id)
    with pytest.raises(SessionNotFound):
        take(store, part, by=BEN, visitor=BY_BEN)
    assert store.read(session.id).files == ()


@pytest.mark.parametrize("target", ["a new session", "one there is"])
def test_whoever_asks_twice_gets_the_same_session(store, target):
    there = "" if target == "a new session" else store.create("there", owner=ANNA).id
    parts = [arrived(store, target=there), arrived(store, FILE[:500], name="april.csv", target=there)]
    first = take(store, *parts)
    again = take(store, *parts)
    assert again == first
    assert [file.name for file in first.files] == ["march.csv", "april.csv"]
    assert first.notices == ()
    assert len(store.list_sessions(by=BY_ANNA)) == 1


def test_a_crash_before_the_session_was_there_loses_nothing(store, monkeypatch):
    part = arrived(store)

    def crash(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(arrivals, "sync_folder", crash)
        with pytest.raises(KeyboardInterrupt):
            take(store, part)
    assert store.parts.get(ANNA, part.id).taken
    assert [one.id for one in arrivals.waiting(store, ANNA, "")] == [part.id]
    assert bytes_of(store, take(store, part)) == [FILE]
    assert len(store.list_sessions(by=BY_ANNA)) == 1


def test_the_same_content_twice_is_one_file_and_the_session_says_so(store):
    session = take(store, arrived(store), arrived(store, name="copy.csv"))
    assert bytes_of(store, session) == [FILE]
    assert session.notices == ("copy.csv has the same content as march.csv, so it is counted once.",)


LIMITED = {
    "THROUGHLINE_FILE_MB": (Limits(file_bytes=len(FILE) - 1), 0),
    "THROUGHLINE_SESSION_MB": (Limits(session_bytes=3 * len(FILE) - 1), 2),
    "THROUGHLINE_TOTAL_MB": (Limits(total_bytes=3 * len(FILE) - 1), 2),
    "A session holds at most 2 files": (Limits(files_per_session=2), 2),
}
"""What a refusal says -> the limit, and the files that fit."""


@pytest.mark.parametrize("named", LIMITED)
def test_a_limit_holds_before_a_byte_is_sent_and_the_refusal_names_it(home, named):
    limits, n_fit = LIMITED[named]
    store = SessionStore(home, limits=limits)
    target = store.create("there", owner=ANNA).id
    if n_fit:
        take(store, arrived(store, target=target))
        begin(store, target=target)
    with pytest.raises(LimitExceeded, match=named):
        begin(store, target=target)


def test_what_is_announced_counts_although_it_has_not_arrived(home):
    store = SessionStore(home, limits=Limits(total_bytes=2 * len(FILE) - 1))
    begin(store, batch="one")
    with pytest.raises(LimitExceeded, match="THROUGHLINE_TOTAL_MB"):
        begin(store, batch="two")
    session = store.create("by another way", owner=SHARED)
    with pytest.raises(LimitExceeded, match="THROUGHLINE_TOTAL_MB"):
        uploads.receive(store, session.id, "big.csv", io.BytesIO(FILE))


def test_whoever_announces_and_sends_nothing_takes_no_room_for_long(home):
    store = SessionStore(home, limits=Limits(total_bytes=2 * len(FILE) - 1))
    part = send(store, begin(store, batch="one"), n_pieces=2)
    for path in store.parts.data(ANNA, part.id).parent.iterdir():
        os.utime(path, (time.time() - HOUR - 60,) * 2)
    assert store.used() == 2 * CHUNK
    begin(store, batch="two")
    data = piece(FILE, 2)
    with pytest.raises(LimitExceeded, match="THROUGHLINE_TOTAL_MB"):
        arrivals.append(store, ANNA, part.id, 2 * CHUNK, io.BytesIO(data), hashlib.sha256(data).hexdigest())
    assert store.parts.get(ANNA, part.id).offset == 2 * CHUNK


def test_unfinished_uploads_and_sessions_are_limited_for_each(home):
    store = SessionStore(home, limits=Limits(files_per_session=2, sessions_per_owner=1))
    begin(store, batch="one")
    begin(store, batch="two")
    with pytest.raises(LimitExceeded, match="2 uploads that are not finished"):
        begin(store, batch="three")
    store.create("there", owner=BEN)
    with pytest.raises(LimitExceeded, match="THROUGHLINE_SESSIONS_PER_OWNER"):
        begin(store, by=BEN)


def test_a_file_that_the_disk_has_no_room_for_is_refused_at_once(home):
    limits = Limits(file_bytes=1 << 60, session_bytes=1 << 60, total_bytes=1 << 60)
    with pytest.raises(StorageFull, match=r"the disk of this server has .* MB left"):
        begin(SessionStore(home, limits=limits), size=1 << 59)


def test_what_was_left_alone_for_a_day_is_swept_and_what_goes_on_is_not(store):
    left, going = send(store, begin(store), n_pieces=1), send(store, begin(store), n_pieces=1)
    for part in (left, going):
        for path in store.parts.data(ANNA, part.id).parent.iterdir():
            os.utime(path, (time.time() - DAY - 60,) * 2)
    send(store, going, n_pieces=1)
    assert left.id in store.sweep().removed[0]
    assert [part.id for part in arrivals.waiting(store, ANNA, "")] == [going.id]
    send(store, going)


def test_a_cancelled_upload_is_gone_from_the_disk(store, home):
    part = send(store, begin(store), n_pieces=2)
    store.parts.drop(ANNA, part.id)
    assert [path for path in home.rglob("*") if path.is_file() and path.stat().st_size] == []
    with pytest.raises(UploadNotFound):
        send(store, part)


def test_a_zip_that_came_in_pieces_is_read_once_and_kept_where_that_fails(store):
    part = begin(store, target=RESTORED)
    with pytest.raises(UploadOutOfStep), store.parts.once(ANNA, part.id):
        raise AssertionError("it is not whole")
    send(store, part)
    store.parts.finish(ANNA, part.id, sum_of(FILE))
    with pytest.raises(ValueError, match="no zip"), store.parts.once(ANNA, part.id):
        raise ValueError("no zip")
    assert [one.id for one in arrivals.waiting(store, ANNA, RESTORED)] == [part.id]
    with store.parts.once(ANNA, part.id) as data:
        assert data.read() == FILE
    with pytest.raises(UploadNotFound), store.parts.once(ANNA, part.id):
        raise AssertionError("somebody else's session was made of it by now")
    assert arrivals.waiting(store, ANNA, RESTORED) == []


def test_uploads_of_others_and_of_nobody_are_no_zip_to_restore(store):
    part = arrived(store, by=BEN, target=RESTORED)
    with pytest.raises(UploadNotFound), store.parts.once(ANNA, part.id):
        raise AssertionError("it is Ben's")
    with pytest.raises(SessionNotFound):
        take(store, part, by=BEN, visitor=BY_ANNA)
