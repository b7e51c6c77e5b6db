import hashlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import SessionDamaged, SessionTooNew
from core.sessions import Job, JobState, Progress, Session, Status, StoredFile
from core.sessions.record import SCHEMA, decode, encode, summary

ID = "11111111-1111-4111-8111-111111111111"
MOMENT = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
SESSION = Session(
    id=ID,
    name="שיחות",
    owner="shared",
    created=MOMENT,
    updated=MOMENT,
    version=7,
    status=Status.PROCESSING,
    files=(StoredFile(id="ab", name="calls.csv", size=12, sha256="cd", added=MOMENT, facts={"rows": 3}),),
    job=Job(kind="build", state=JobState.RUNNING, queued=MOMENT, progress=Progress(stages=("one",), done=2)),
    tables="old",
)

WRITTEN = (
    '{"schema":1,"checksum":"18e61d9839a81f36fb801660335b6979","length":266,"record":'
    '{"id":"11111111-1111-4111-8111-111111111111","name":"calls","owner":"shared","created":"2026-05-04T03:02:01Z",'
    '"updated":"2026-05-04T03:02:01Z","version":3,"status":"ready","files":[],"notices":[],"plan":{},"job":null,'
    '"tables":"t1","retired":"","found":{"n_calls":2}}}'
)
"""A record as it stands on people's disks since the first release. It must open for ever."""


def envelope(record, *, schema=SCHEMA, **other):
    """A record with a checksum that is right."""
    data = json.dumps(record).encode()
    digest = hashlib.blake2b(b"%d:" % schema + data, digest_size=16).hexdigest()
    fields = {"schema": schema, "checksum": digest, "length": len(data)} | other
    return json.dumps(fields).encode()[:-1] + b',"record":' + data + b"}"


def plain(**changes):
    return {
        "id": ID,
        "name": "calls",
        "owner": "shared",
        "created": "2026-05-04T03:02:01Z",
        "updated": "2026-05-04T03:02:01Z",
    } | changes


def test_a_record_comes_back_as_it_was():
    assert decode(encode(SESSION), ID) == SESSION


@given(name=st.text(st.characters(exclude_categories=["Cs"])), text=st.text(st.characters(exclude_categories=["Cs"])))
@example(name='"}\0\u2028', text="\U0001f4de")
def test_any_text_comes_back_as_it_was(name, text):
    session = Session(id=ID, name=name, owner="o", created=MOMENT, updated=MOMENT, plan={text: [text]})
    assert decode(encode(session), ID) == session


def test_a_record_of_the_first_release_opens():
    found = decode(WRITTEN.encode(), ID)
    assert (found.name, found.version, found.status, found.tables) == ("calls", 3, Status.READY, "t1")
    assert found.found == {"n_calls": 2}
    assert found.created == MOMENT


def test_every_single_flipped_bit_is_found():
    data = encode(SESSION)
    for position in range(len(data)):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[position] ^= 1 << bit
            with pytest.raises(SessionDamaged):
                decode(bytes(damaged), ID)


def test_a_record_cut_off_anywhere_is_damaged():
    data = encode(SESSION)
    for length in range(len(data)):
        with pytest.raises(SessionDamaged):
            decode(data[:length], ID)


@given(st.binary(max_size=300))
@example(b"")
@example(b"\0" * 300)
@example(b"[" * 100_000)
def test_bytes_that_are_no_record_are_damaged(data):
    with pytest.raises(SessionDamaged):
        decode(data, ID)


@pytest.mark.parametrize("data", [b"null", b"[]", b"7", b'"text"', b"{}", b'{"schema":1}', encode(SESSION) + b"x"])
def test_json_of_another_kind_is_damaged(data):
    with pytest.raises(SessionDamaged):
        decode(data, ID)


@pytest.mark.parametrize(
    "record",
    [
        [],
        None,
        {},
        plain(version="three"),
        plain(status="asleep"),
        plain(files=[{"id": 1}]),
        plain(created="yesterday"),
        plain(job={"kind": "build"}),
    ],
)
def test_a_record_with_a_right_checksum_and_wrong_types_is_damaged(record):
    with pytest.raises(SessionDamaged):
        decode(envelope(record), ID)


@pytest.mark.parametrize("schema", [0, -1])
def test_a_format_that_never_was_is_damaged(schema):
    with pytest.raises(SessionDamaged):
        decode(envelope(plain(), schema=schema), ID)


def test_an_envelope_that_says_more_is_damaged():
    with pytest.raises(SessionDamaged):
        decode(envelope(plain(), more=1), ID)


def test_a_record_of_a_later_version_is_refused_by_name_and_not_called_damaged():
    with pytest.raises(SessionTooNew, match=r"\(format 3, known: 2\)\. Update Throughline"):
        decode(envelope({"anything": 1}, schema=3), ID)


def test_a_record_in_the_folder_of_another_session_is_damaged():
    with pytest.raises(SessionDamaged, match="damaged") as caught:
        decode(encode(SESSION), ID.replace("1111-4", "2222-4"))
    assert caught.value.detail == "the record belongs to another session"


def test_a_damaged_record_shows_nothing_of_what_is_in_it():
    with pytest.raises(SessionDamaged) as caught:
        decode(envelope(plain(version="secret")), ID)
    assert "secret" not in str(caught.value)
    assert "$.version" in caught.value.detail


def test_the_summary_counts_files_and_bytes():
    found = summary(SESSION)
    assert (found.id, found.name, found.status, found.tables) == (ID, "שיחות", Status.PROCESSING, "old")
    assert (found.n_files, found.size, found.job, found.damaged) == (1, 12, SESSION.job, False)
