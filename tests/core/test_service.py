import io
import os
import stat
from datetime import date

import pytest

from core.errors import FileRefused, LimitExceeded, MappingIncomplete, NotReady, SessionNotFound, ThroughlineError
from core.files import locked
from core.flow.filter import ALL
from core.ingest.mapping import Content, Role
from core.plan import fingerprint, header_groups, mapping_of
from core.service import PROJECT, Service, has_failed, is_working, title, unusable
from core.sessions import EVERYONE, SHARED, JobState, Status, bundle
from core.settings import Limits, Settings
from core.views import view

MB = 1024 * 1024

# 8 rows: 5 steps of 3 calls, 1 declaration of a menu item, 2 that are neither.
CALLS = """call_id,call_date,rule_id,rule_parent_id,rule_text,popUpURL
1,2026-05-01 10:00:00,10,0,Main,NULL
1,2026-05-01 10:00:05,11,10,Prices,
2,2026-05-02 11:00:00,10,0,Main,NULL
2,2026-05-02 11:00:09,12,10,Hours,https://example.com/hours
3,2026-05-02 12:00:00,10,0,Main,NULL
,2026-05-02 12:00:00,,10,neither a call nor a menu item,
NULL,NULL,13,10,Fax,
4,2026-05-03 09:00:00,10
"""
JUNE = "call_id,call_date,rule_id,rule_parent_id,rule_text,popUpURL\n1,2026-06-01 10:00:00,10,0,Main,NULL\n"
FOREIGN = "Wer;Wann;Taste\nx;31.05.2026;1\nx;31.05.2026;2\ny;01.06.2026;1\n"


def files(**contents):
    return [(f"{name}.csv", io.BytesIO(content.encode())) for name, content in contents.items()]


def looked_at(service, **contents):
    session = service.create(files(**contents), owner=SHARED)
    service.look(session.id, by=EVERYONE)
    return service.runner.wait(session.id)


def processed(service, session):
    service.process(session.id, by=EVERYONE)
    return service.runner.wait(session.id)


def summary(service, session):
    return view("summary").frame(service.open(session), ALL).iloc[0].to_dict()


def generations(service, session):
    return {path.name for path in (service.store.folder(session.id) / "tables").iterdir()}


def test_from_a_file_to_its_numbers(service):
    session = service.create(files(may=CALLS), owner=SHARED)
    assert (session.name, session.status, len(session.files)) == ("may", Status.NEW, 1)
    assert is_working(service.look(session.id, by=EVERYONE))

    session = service.runner.wait(session.id)
    assert (session.status, session.job.state) == (Status.RECEIVING, JobState.DONE)
    (group,) = header_groups(session)
    assert mapping_of(session, group).roles == {
        "call_id": Role.CALL,
        "call_date": Role.TIMESTAMP,
        "rule_id": Role.NODE,
        "rule_parent_id": Role.PARENT,
        "rule_text": Role.LABEL,
        "popUpURL": Role.URL,
    }

    session = processed(service, session)
    assert (session.status, session.job.state) == (Status.READY, JobState.DONE)
    found = session.found
    assert found["n_rows"] == found["n_steps"] + found["n_declarations"] + found["n_rejected"]
    names = ("n_rows", "n_steps", "n_declarations", "n_rejected", "n_calls", "n_nodes", "n_paths")
    assert [found[name] for name in names] == [8, 5, 1, 2, 3, 4, 3]
    numbers = summary(service, session)
    assert (numbers["n_calls"], numbers["n_steps"], numbers["n_rejected"]) == (3, 5, 2)
    assert (numbers["first_day"], numbers["last_day"]) == ("2026-05-01", "2026-05-02")


def test_columns_of_other_names_are_given_their_roles_by_hand(service):
    session = looked_at(service, fremd=FOREIGN)
    with pytest.raises(MappingIncomplete, match=r"^No column is marked as the call\. .* Wer, Wann, Taste\.$"):
        service.process(session.id, by=EVERYONE)
    with pytest.raises(MappingIncomplete):
        service.set_roles(session.id, {"call": "wer"}, by=EVERYONE)
    with pytest.raises(ThroughlineError, match="There is no role named 'caller'"):
        service.set_roles(session.id, {"caller": "Wer"}, by=EVERYONE)
    assert service.store.read(session.id) == session

    service.set_roles(session.id, {"call": "Wer", "node": "Taste"}, by=EVERYONE)
    session = processed(service, session)
    assert [session.found[name] for name in ("n_steps", "n_calls", "n_nodes", "first_day", "last_day")] == [
        3,
        2,
        2,
        "2026-05-31",
        "2026-06-01",
    ]


def test_a_role_and_a_date_format_are_changed_one_by_one(service):
    session = looked_at(service, fremd=FOREIGN.replace("31.05.2026", "02.05.2026"))
    (group,) = header_groups(session)
    for column, role in (("Wer", Role.CALL), ("Taste", Role.NODE), ("Wann", Role.UNUSED)):
        session = service.set_role(session.id, group.key, column, role, by=EVERYONE)
    assert mapping_of(session, group).date_format == ""
    session = service.set_role(session.id, group.key, "Wann", Role.TIMESTAMP, by=EVERYONE)
    assert mapping_of(session, group).date_format == "%d.%m.%Y"
    session = service.set_date_format(session.id, group.key, "%d.%m.%y", by=EVERYONE)
    assert mapping_of(session, group).date_format == "%d.%m.%Y", "a format that reads nothing is not taken"
    before = service.store.read(session.id)
    assert service.set_date_format(session.id, "no such header", "", by=EVERYONE) == before
    with pytest.raises(MappingIncomplete):
        service.set_role(session.id, group.key, "Ort", Role.AGENT, by=EVERYONE)
    session = service.set_role(session.id, group.key, "Taste", Role.CALL, by=EVERYONE)
    assert mapping_of(session, group).column(Role.NODE) is None
    with pytest.raises(MappingIncomplete, match="the node"):
        service.process(session.id, by=EVERYONE)


def test_a_file_that_cannot_be_used_is_told_and_the_others_are(service):
    session = looked_at(service, may=CALLS, empty="", picture="PK\x03\x04")
    assert [(name, problem) for name, problem, _ in unusable(session)] == [
        ("empty.csv", "The file is empty."),
        ("picture.csv", "The archive is damaged: it cannot be unpacked to its end."),
    ]
    session = processed(service, session)
    assert (session.status, session.found["n_calls"], session.found["n_files"]) == (Status.READY, 3, 1)


def test_a_session_without_a_file_that_can_be_used_is_not_processed(service):
    session = looked_at(service, empty="")
    with pytest.raises(FileRefused, match="None of the files can be used"):
        service.process(session.id, by=EVERYONE)
    with pytest.raises(NotReady):
        service.open(session)
    assert service.store.read(session.id) == session


def test_old_tables_serve_until_the_new_ones_are_ready(service, until):
    first = processed(service, looked_at(service, may=CALLS))
    log = service.open(first)
    service.add(first.id, files(june=JUNE), by=EVERYONE)
    service.look(first.id, by=EVERYONE)
    looked = service.runner.wait(first.id)
    assert looked.tables == first.tables
    assert summary(service, looked)["n_calls"] == 3

    second = processed(service, first)
    assert summary(service, second)["n_calls"] == 4
    assert (second.found["n_files"], second.found["last_day"]) == (2, "2026-06-01")
    assert view("summary").frame(log, ALL)["n_calls"].item() == 3  # by whom it was open then
    assert generations(service, first) == {first.tables, second.tables}

    third = processed(service, first)
    fourth = processed(service, first)
    until(lambda: generations(service, first) == {third.tables, fourth.tables})


def test_a_file_that_is_taken_out_is_not_counted_any_more(service):
    session = processed(service, looked_at(service, may=CALLS, june=JUNE))
    assert session.found["n_calls"] == 4
    june = next(file for file in session.files if file.name == "june.csv")
    service.remove_file(session.id, june.id, by=EVERYONE)
    assert processed(service, session).found["n_calls"] == 3


def test_the_same_file_twice_is_counted_once(service):
    session = service.create([*files(may=CALLS), *files(copy=CALLS)], owner=SHARED)
    assert session.notices == ("copy.csv has the same content as may.csv, so it is counted once.",)
    service.look(session.id, by=EVERYONE)
    service.runner.wait(session.id)
    assert processed(service, session).found["n_calls"] == 3


def test_files_beyond_a_limit_are_named_and_the_others_kept(home):
    service = Service(Settings(home=home, limits=Limits(file_bytes=MB)))
    large = CALLS + " " * MB
    session = service.create(files(large=large, may=CALLS), owner=SHARED)
    assert [file.name for file in session.files] == ["may.csv"]
    assert [notice.split(" that ")[0] for notice in session.notices] == ["large.csv is larger than the 1 MB"]
    with pytest.raises(LimitExceeded, match=r"^large\.csv"):
        service.create(files(large=large), owner=SHARED)
    with pytest.raises(LimitExceeded):
        service.add(session.id, files(large=large), by=EVERYONE)
    assert [one.id for one in service.store.list_sessions(by=EVERYONE)] == [session.id]
    assert service.store.check() == []


def test_sessions_are_named_after_their_files(service):
    assert title([]) == "Untitled"
    assert title(["calls of May.csv"]) == "calls of May"
    assert title([".csv", "b.csv", "c.csv"]) == ".csv and 2 more"
    session = service.create(files(may=CALLS, june=JUNE), owner=SHARED)
    assert session.name == "may and 1 more"
    assert service.create([], name="Mine", owner=SHARED).name == "Mine"
    assert service.rename(session.id, "  all  of\nit ", by=EVERYONE).name == "all of it"
    assert service.rename(session.id, " ", by=EVERYONE).name == "all of it"
    assert len(service.rename(session.id, "x" * 10_000, by=EVERYONE).name) == 120


def test_the_sample_calls_are_ten_thousand(service):
    session = service.runner.wait(service.sample("calls", owner=SHARED).id)
    found = session.found
    assert (session.name, session.status) == ("Sample calls", Status.READY)
    assert (found["n_calls"], found["n_rejected"]) == (10_000, 12)
    assert found["n_rows"] == 37_622 == found["n_steps"] + found["n_declarations"] + found["n_rejected"]


def test_the_sample_visits_are_fifteen_hundred_and_read_with_their_dates(service):
    session = service.runner.wait(service.sample("visits", owner=SHARED).id)
    found = session.found
    assert (found["n_calls"], found["n_rejected"], found["n_declarations"]) == (1_500, 6, 0)
    assert found["n_rows"] == 5_589 == found["n_steps"] + 6
    assert date.fromisoformat(found["first_day"]) == date(2026, 5, 1)


def test_what_a_job_writes_is_nobody_elses_to_read(service, home):
    before = os.umask(0o022)
    try:
        session = processed(service, looked_at(service, may=CALLS))
        service.copy(session.id, by=EVERYONE, owner=SHARED)
        archive = b"".join(bundle.pack(service.store, session))
        service.runner.wait(service.unpack(io.BytesIO(archive), owner=SHARED).id)
    finally:
        os.umask(before)
    for path in home.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_job_that_may_take_too_little_memory_fails_in_words_and_keeps_the_upload(home):
    service = Service(Settings(home=home, job_memory=MB))
    session = looked_at(service, may=CALLS)
    assert has_failed(session)
    assert "memory" in session.job.failure.problem
    assert session.status is Status.FAILED
    again = Service(Settings(home=home))
    again.look(session.id, by=EVERYONE)
    again.runner.wait(session.id)
    assert processed(again, session).found["n_calls"] == 3
    assert again.store.check() == []


def test_a_job_that_was_called_off_can_be_done_again(service, until):
    session = service.sample("calls", owner=SHARED)
    until(lambda: service.store.read(session.id).status is Status.PROCESSING)
    assert service.cancel(session.id, by=EVERYONE).status is Status.CANCELLED
    with pytest.raises(NotReady):
        service.open(service.store.read(session.id))
    service.look(session.id, by=EVERYONE)
    service.runner.wait(session.id)
    assert processed(service, session).found["n_calls"] == 10_000


def test_a_session_deleted_while_its_tables_are_built_leaves_nothing(service, home, until):
    session = service.sample("calls", owner=SHARED)
    until(lambda: service.store.read(session.id).status is Status.PROCESSING)
    service.store.delete(session.id)
    with locked(home / "seats" / "0.lock", timeout=60) as ended:
        assert ended
    assert list((home / "sessions").iterdir()) == []
    with pytest.raises(SessionNotFound):
        service.runner.wait(session.id)


MENU = "id,parent_id,name\n10,0,Main\n11,10,Prices\n12,10,Hours\n13,10,Fax\n14,13,Fax number\n"
LOG = "session,node\na,10\na,11\nb,10\n"


def named(session, name):
    """The key of the header of the file with that name."""
    file = next(file for file in session.files if file.name == f"{name}.csv")
    return next(group.key for group in header_groups(session) if file.id in group.file_ids)


def test_a_file_of_the_menu_beside_the_calls_tells_what_nobody_reaches(service):
    session = processed(service, looked_at(service, log=LOG, menu=MENU))
    found = session.found
    assert (found["n_rows"], found["n_steps"], found["n_declarations"], found["n_calls"]) == (8, 3, 5, 2)
    unreached = view("unreachable").frame(service.open(session), ALL)
    assert list(unreached["label"]) == ["Hours", "Fax", "Fax number"]


def test_files_that_only_describe_the_menu_say_what_is_missing_and_a_log_added_later_mends_it(service):
    session = looked_at(service, menu=MENU)
    with pytest.raises(FileRefused, match=r"describe the menu, and none of them has calls\. Add a file"):
        service.process(session.id, by=EVERYONE)
    service.add(session.id, files(log=LOG), by=EVERYONE)
    service.look(session.id, by=EVERYONE)
    service.runner.wait(session.id)
    assert processed(service, session).found["n_calls"] == 2


def test_an_import_begun_without_a_look_fails_in_the_same_words(service):
    session = service.create(files(menu=MENU), owner=SHARED)
    session = processed(service, session)
    assert has_failed(session)
    assert session.job.failure.problem == "The files describe the menu, and none of them has calls."


def test_what_a_file_holds_is_said_by_the_person(service):
    session = looked_at(service, log=LOG, menu=MENU)
    session = service.set_content(session.id, named(session, "menu"), Content.CALLS, by=EVERYONE)
    with pytest.raises(MappingIncomplete, match="the call"):
        service.process(session.id, by=EVERYONE)
    roles = {"name": Role.CALL, "id": Role.NODE}
    service.set_column_roles(session.id, named(session, "menu"), roles, by=EVERYONE)
    assert processed(service, session).found["n_calls"] == 7
    service.set_content(session.id, named(session, "menu"), Content.MENU, by=EVERYONE)
    assert processed(service, session).found["n_calls"] == 2, "roles of calls do not count in a menu"
    session = service.set_content(session.id, named(session, "log"), Content.MENU, by=EVERYONE)
    with pytest.raises(FileRefused, match="none of them has calls"):
        service.process(session.id, by=EVERYONE)


def test_a_column_marked_as_the_call_makes_a_menu_a_log(service):
    session = looked_at(service, menu=MENU)
    session = service.set_roles(session.id, {"call": "name"}, by=EVERYONE)
    assert mapping_of(session, *header_groups(session)).content is Content.CALLS


def test_while_a_file_that_was_added_later_is_processed_the_old_tables_serve(service):
    session = processed(service, looked_at(service, may=CALLS))
    with (PROJECT / "sample_data" / "clinic_helpline.csv").open("rb") as sample:
        service.add(session.id, [("clinic.csv", sample)], by=EVERYONE)
    session = service.process(session.id, by=EVERYONE)
    assert is_working(session)
    assert summary(service, service.store.read(session.id))["n_calls"] == 3
    session = service.runner.wait(session.id)
    assert (summary(service, session)["n_calls"], session.found["n_files"]) == (10_003, 2)


def test_a_file_that_comes_again_later_is_noticed_and_nothing_has_to_be_done_again(service):
    session = processed(service, looked_at(service, may=CALLS, june=JUNE))
    made_of = session.found["of"]
    session = service.add(session.id, files(copy=CALLS), by=EVERYONE)
    assert session.notices == ("copy.csv has the same content as may.csv, so it is counted once.",)
    assert [file.name for file in session.files] == ["may.csv", "june.csv"]
    assert fingerprint(session) == made_of


def test_without_its_only_log_a_session_keeps_its_figures_and_says_what_is_missing(service):
    session = processed(service, looked_at(service, log=LOG, menu=MENU))
    (log,) = (file for file in session.files if file.name == "log.csv")
    session = service.remove_file(session.id, log.id, by=EVERYONE)
    with pytest.raises(FileRefused, match="none of them has calls"):
        service.process(session.id, by=EVERYONE)
    assert summary(service, service.store.read(session.id))["n_calls"] == 2
    assert fingerprint(session) != session.found["of"]


def test_a_file_of_fifty_columns_is_looked_at_and_processed_within_the_memory_of_a_job(service):
    names = [f"field {number}" for number in range(46)]
    rows = [
        ",".join([f"c{step // 4}", f"2026-05-{step % 28 + 1:02}", f"n{step % 5}", "dana", *("x" * 46)])
        for step in range(400)
    ]
    text = "\n".join([",".join(["case", "date", "activity", "agent", *names]), *rows]) + "\n"
    session = processed(service, looked_at(service, wide=text))
    assert (session.status, session.found["n_calls"], session.found["n_steps"]) == (Status.READY, 100, 400)
    log = service.open(session)
    assert log.about.attributes == tuple(names)
    assert log.row('SELECT "attribute.field 45", agent FROM calls LIMIT 1') == ("x", "dana")


def test_a_log_with_start_and_complete_rows_counts_steps_and_rows_apart(service):
    text = "case,activity,what,at\n" + "".join(
        f"{call},{step},{what},2026-05-01 10:{step:02}:{second}\n"
        for call in range(5)
        for step in range(4)
        for what, second in (("start", "00"), ("complete", "30"))
    )
    session = processed(service, looked_at(service, events=text))
    found = session.found
    assert (found["n_rows"], found["n_steps"], found["n_merged"], found["n_calls"]) == (40, 20, 20, 5)
    assert summary(service, session)["mean_length"] == 4
