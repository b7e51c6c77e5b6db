"""Where a column is pseudonymised or left out, its values are nowhere but in the uploads."""

import io
import stat
from urllib.parse import urlencode

import msgspec
import pyarrow.parquet as pq
import pytest

from core.errors import FileRefused, NotReady, ThroughlineError
from core.flow.calls import all_calls
from core.flow.filter import ALL
from core.ingest.mapping import Role, Treatment
from core.plan import facts_of, header_groups, mapping_of
from core.privacy import hidden, place_without
from core.sessions import EVERYONE, SHARED, Owner, Place, Visitor, bundle, shares
from core.views import view

HEADER = "call_id,call_date,rule_id,customer,agent,phone,note\n"
# Names that are in no other column; the last two rows of the first file are no steps, and hold them too.
MAY = (
    HEADER
    + """1,2026-05-01 10:00:00,10,Noa Levinsohn,דנה כהנא,+972-50-7654321,secretly ill
1,2026-05-01 10:00:05,11,Noa Levinsohn,דנה כהנא,+972-50-7654321,secretly ill
2,2026-05-02 11:00:00,10,0,דנה כהנא,,NULL
3,2026-05-03 11:00:00,10, Noa Levinsohn ,anonymous,+972-50-7654321,
4,2026-05-04 11:00:00,,Noa Levinsohn,דנה כהנא,+972-50-7654321,secretly ill
6,2026-05-05 11:00:00,10,"Noa "Levinsohn"",דנה כהנא,,
5,2026-05-04 11:00:00,10,Noa Levinsohn
"""
)
JUNE = "call_id,call_date,rule_id,customer,agent,phone,remark\n" + (
    "1,2026-06-01 10:00:00,10,Noa Levinsohn,דנה כהנא,+972-50-7654321,secretly ill\n"
)
RAW = [text.encode() for text in ("Levinsohn", "דנה כהנא", "7654321", "secretly")]


@pytest.fixture
def discreet(service):
    """A session of two files with another header each: names and phones pseudonymised, the remarks left out."""
    session = made(service, owner=Owner("browser:a"))
    hide(service, session)
    return processed(service, session.id)


def made(service, *, owner=SHARED):
    files = [(f"{name}.csv", io.BytesIO(text.encode())) for name, text in (("may", MAY), ("june", JUNE))]
    session = service.create(files, owner=owner)
    service.look(session.id, by=EVERYONE)
    return service.runner.wait(session.id)


def hide(service, session):
    for group in header_groups(session):
        names = [column.name for column in group.columns]
        service.set_role(session.id, group.key, names[-1], Role.UNUSED, by=EVERYONE)
        service.set_pseudonyms(session.id, group.key, dict.fromkeys(names[3:6], True), by=EVERYONE)


def processed(service, session_id):
    service.process(session_id, by=EVERYONE)
    session = service.runner.wait(session_id)
    assert session.status == "ready"
    return session


def holding_raw_values(folder):
    """The files below `folder`, uploads aside, in which a raw value is found as it is or inside a Parquet column."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and path.parent.name != "uploads":
            held = path.read_bytes()
            if path.suffix == ".parquet":
                held += str(pq.read_table(path).to_pylist()).encode()
            found += [path.name for raw in RAW if raw in held]
    return found


def people(service, session):
    """Customer and agent of each call, by file and call id."""
    log = service.open(session)
    rows = log.rows('SELECT file, call_id, customer, agent, "attribute.phone" FROM calls ORDER BY file, call_id')
    return {f"{file}:{call}": who for file, call, *who in rows}


def test_no_raw_value_is_left_in_the_session_outside_its_uploads(service, discreet):
    folder = service.store.folder(discreet.id)
    service.profile(discreet.id, by=EVERYONE)
    profiled = service.runner.wait(discreet.id)
    assert all(file.profile for file in profiled.files)
    assert holding_raw_values(folder) == []
    assert all(raw in b"".join(path.read_bytes() for path in (folder / "uploads").iterdir()) for raw in RAW)
    exported = b"".join(bytes(str(one.to_dict()), "utf-8") for one in all_calls(service.open(discreet), ALL))
    assert not any(raw in exported for raw in RAW)


def test_a_value_that_was_kept_before_is_gone_once_it_is_processed_as_pseudonymised(service, until):
    session = processed(service, made(service).id)
    folder = service.store.folder(session.id)
    service.stand(session.id, Place(page="calls", query={"agent": "דנה כהנא", "weekday": "1"}), by=EVERYONE)
    assert set(holding_raw_values(folder)) >= {"calls.parquet", "rejects.parquet", "session.json"}
    service.profile(session.id, by=EVERYONE)
    assert service.runner.wait(session.id).files[0].profile
    hide(service, session)
    session = processed(service, session.id)
    until(lambda: [path.name for path in (folder / "tables").iterdir()] == [session.tables])
    assert holding_raw_values(folder) == []
    assert session.last == Place(page="calls", query={"weekday": "1"})


def test_the_filter_of_a_second_group_keeps_no_raw_value_either(discreet):
    place = Place(page="compare", query={"against": urlencode({"agent": "דנה כהנא", "weekday": "1"}), "of": "leaf"})
    assert place_without(discreet, place).query == {"against": "weekday=1", "of": "leaf"}
    everyone = Place(page="compare", query={"against": "all"})
    assert place_without(discreet, everyone) == everyone


def test_the_same_person_is_the_same_in_two_files_and_after_another_import(service, discreet):
    told = people(service, discreet)
    noa, dana = told["0:1"][:2]
    assert noa.startswith("p-") and dana.startswith("p-") and noa != dana
    assert told["1:1"] == told["0:1"] and told["0:3"][0] == noa
    assert people(service, processed(service, discreet.id)) == told
    assert Treatment.PSEUDONYM in hidden_treatments(discreet)


def hidden_treatments(session):
    return {one for group in header_groups(session) for one in mapping_of(session, group).hidden.values()}


def test_another_session_has_other_pseudonyms(service, discreet):
    other = made(service)
    hide(service, other)
    assert people(service, discreet)["0:1"] != people(service, processed(service, other.id))["0:1"]


def test_who_is_unknown_stays_unknown_and_what_is_missing_stays_missing(service, discreet):
    told = people(service, discreet)
    assert told["0:2"][0] == "0" and told["0:2"][2] is None and told["0:3"][1] == "anonymous"


def test_the_numbers_are_those_of_the_raw_values(service, discreet):
    plain = processed(service, made(service).id)
    for key in ("top-paths", "node-funnel", "weekday-trends"):
        told, raw = (view(key).frame(service.open(one), ALL) for one in (discreet, plain))
        assert told.equals(raw)
    assert discreet.found["n_rejected"] == plain.found["n_rejected"] == 2


def test_the_page_shows_pseudonyms_before_anything_is_processed_and_values_when_taken_back(service):
    session = made(service)
    hide(service, session)
    shown = service.shown(service.store.read(session.id))
    told = msgspec.json.encode([file.facts for file in shown.files])
    assert not any(raw in told for raw in RAW)
    preview = facts_of(shown.files[0]).preview
    assert preview[0][3] == preview[3][3] and preview[0][3].startswith("p-") and preview[0][6] is None
    for group in header_groups(session):
        service.set_pseudonyms(session.id, group.key, {"customer": False}, by=EVERYONE)
    back = service.shown(service.store.read(session.id))
    assert facts_of(back.files[0]).preview[0][3] == "Noa Levinsohn"
    # Once processed, values are in the record no more, and come back with an import that keeps them.
    hide(service, session)
    session = processed(service, session.id)
    service.set_pseudonyms(session.id, header_groups(session)[0].key, {"customer": False}, by=EVERYONE)
    session = processed(service, session.id)
    assert facts_of(session.files[0]).preview[0][3] == "Noa Levinsohn"
    assert people(service, session)["0:1"][0] == "Noa Levinsohn"


def test_no_pseudonym_stands_for_what_is_read_or_counted(service):
    session = made(service)
    group = header_groups(session)[0]
    for column in ("rule_id", "call_date"):
        with pytest.raises(ThroughlineError, match=f"for the values of {column}"):
            service.set_pseudonyms(session.id, group.key, {column: True}, by=EVERYONE)


def test_the_choice_is_where_the_next_session_with_such_a_file_begins(service):
    mine = Owner("browser:a")
    session = made(service, owner=mine)
    hide(service, session)
    again = made(service, owner=mine)
    assert hidden(again) == hidden(service.store.read(session.id)) != set()


def test_the_key_is_the_sessions_alone_and_in_no_zip(service, discreet):
    path = service.store.folder(discreet.id) / ".secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and len(path.read_bytes()) == 32
    assert path.read_bytes().hex() not in service.store.folder(discreet.id).joinpath("session.json").read_text()
    packed = b"".join(bundle.pack(service.store, discreet))
    assert path.read_bytes() not in packed and b".secret" not in packed


def test_a_copy_made_through_a_link_has_the_tables_and_neither_uploads_nor_key(service, discreet):
    token = service.share(discreet.id, by=EVERYONE)
    reader = Visitor(keys=frozenset(), share=shares.read_token(token)[1])
    copied = service.copy(discreet.id, by=reader, owner=Owner("browser:b"))
    folder = service.store.folder(copied.id)
    assert not any(folder.joinpath("uploads").iterdir()) and not folder.joinpath(".secret").exists()
    assert people(service, copied) == people(service, discreet)
    assert copied.is_fixed
    whole = service.copy(discreet.id, by=EVERYONE, owner=SHARED)
    assert people(service, processed(service, whole.id)) == people(service, discreet)


def test_the_uploads_can_be_deleted_and_everything_else_stays(service, discreet):
    told = people(service, discreet)
    service.forget_uploads(discreet.id, by=EVERYONE)
    session, folder = service.store.read(discreet.id), service.store.folder(discreet.id)
    assert (
        session.is_fixed and not any(folder.joinpath("uploads").iterdir()) and not folder.joinpath(".secret").exists()
    )
    assert people(service, session) == told
    line = next(one for one in service.store.list_sessions(by=EVERYONE) if one.id == session.id)
    assert line.size == 0 and line.forgotten
    assert service.store.check() == []
    key = header_groups(session)[0].key
    for refused in (
        lambda: service.process(session.id, by=EVERYONE),
        lambda: service.set_role(session.id, key, "agent", Role.ATTRIBUTE, by=EVERYONE),
    ):
        with pytest.raises(NotReady, match="uploads of this session were deleted"):
            refused()
    copied = service.copy(session.id, by=EVERYONE, owner=SHARED)
    assert people(service, copied) == told
    with pytest.raises(FileRefused, match="uploads of the one in it were deleted"):
        service.unpack(io.BytesIO(b"".join(bundle.pack(service.store, session))), owner=SHARED)


def test_files_that_come_back_can_be_processed_again(service, discreet):
    service.forget_uploads(discreet.id, by=EVERYONE)
    for name, text in (("may", MAY), ("june", JUNE)):
        with pytest.raises(NotReady):
            service.process(discreet.id, by=EVERYONE)
        service.add(discreet.id, [(f"{name}.csv", io.BytesIO(text.encode()))], by=EVERYONE)
    session = processed(service, discreet.id)
    assert not session.is_fixed and len(session.files) == 2 and session.found["n_calls"] == 5


def test_uploads_are_kept_while_their_tables_are_not_those_that_were_chosen(service, discreet):
    key = header_groups(discreet)[0].key
    service.set_pseudonyms(discreet.id, key, {"agent": False}, by=EVERYONE)
    with pytest.raises(NotReady, match="only once they are processed"):
        service.forget_uploads(discreet.id, by=EVERYONE)
    assert not service.store.read(discreet.id).is_fixed
