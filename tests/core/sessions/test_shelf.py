from datetime import UTC, datetime

import msgspec
import pytest

from core.errors import SessionDamaged
from core.sessions import Job, JobState, Place, Session, Share, Status, StoredFile
from core.sessions.record import decode_summary, encode, summary
from core.sessions.shelf import Shelf
from tests.core.sessions.test_record import ID, MOMENT, SESSION, WRITTEN, envelope, plain

replace = msgspec.structs.replace
LATER = datetime(2026, 6, 1, tzinfo=UTC)
FULL = replace(
    SESSION,
    status=Status.READY,
    files=(*SESSION.files, StoredFile(id="ef", name="more.csv", size=30, sha256="ef", added=LATER)),
    plan={"size": "none of the list's business"},
    found={"id": "another", "files": [{"size": 7}]},
    job=Job(kind="build", state=JobState.DONE, queued=MOMENT),
    last=Place(page="summary", query={"from": "2026-05-01"}),
    shares=(Share(hash="00", made=MOMENT), Share(hash="11", made=MOMENT, expires=LATER)),
)


@pytest.mark.parametrize("session", [SESSION, FULL, Session(id=ID, name="", owner="o", created=MOMENT, updated=MOMENT)])
def test_a_line_of_the_list_says_what_the_whole_record_says(session):
    assert decode_summary(encode(session), ID) == summary(session)


def test_the_line_of_the_full_record_is_as_counted_by_hand():
    line = decode_summary(encode(FULL), ID)
    assert (line.n_files, line.size, line.n_shares, line.tables) == (2, 42, 2, "old")


def test_a_record_of_the_first_release_is_listed():
    assert decode_summary(WRITTEN.encode(), ID).name == "calls"


@pytest.mark.parametrize(
    "record",
    [plain(name=7), plain(status="lost"), plain(files=[{"size": "large"}]), plain(shares=[{}]), plain(job=[]), {}, []],
)
def test_what_a_line_needs_and_is_of_the_wrong_type_is_damage(record):
    with pytest.raises(SessionDamaged):
        decode_summary(envelope(record), ID)


def test_no_line_is_made_of_a_record_that_was_flipped_cut_off_or_is_another_sessions():
    data = encode(FULL)
    for spoiled in (data[:-1], data.replace(b"more.csv", b"less.csv"), data[:40] + bytes([data[40] ^ 1]) + data[41:]):
        with pytest.raises(SessionDamaged):
            decode_summary(spoiled, ID)
    with pytest.raises(SessionDamaged):
        decode_summary(data, ID.replace("1", "2"))


def test_a_file_in_the_place_of_a_sessions_folder_is_no_session(tmp_path):
    (tmp_path / ID).write_bytes(b"not a folder")
    assert list(Shelf(tmp_path).summaries()) == []
