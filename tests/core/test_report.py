"""What an import did to each file is told, and adds up."""

import io
import re

import pytest

from core.report import as_html, as_text, report_of, rows_not_taken
from core.sessions import EVERYONE, SHARED
from tests.logs import opened

# 9 rows: 5 steps of 3 calls (one merges a start and an end), 1 declaration, 2 rejected for two reasons.
CALLS = """call_id,step_time,rule_id,rule_parent_id,rule_text,lifecycle,queue_wait,agent
c1,2026-05-01 10:00:00,1,0,Main <b>menu</b>,start,12,Noa
c1,2026-05-01 10:00:09,1,0,Main <b>menu</b>,complete,NULL,Noa
c1,2026-05-01 10:00:10,2,1,Prices,complete,-4, Noa
c2,2026-05-02 10:00:00,1,0,Main <b>menu</b>,complete,soon,NULL
c2,once,2,1,Prices,complete,,Dana
c3,2026-05-03 10:00:00,1,0,תפריט,complete,7,Dana
NULL,,3,1,Hours,,,
c4,2026-05-03 10:00:00,,1,nothing,complete,,Dana
c4,2026-05-03
"""
MENU = "rule_id,rule_parent_id,rule_text\n1,0,Main\n2,1,Prices\n9,1,Fax\n,1,Nobody\n"


@pytest.fixture
def session(service):
    files = [("calls.csv", io.BytesIO(CALLS.encode())), ("menu.csv", io.BytesIO(MENU.encode()))]
    made = service.create(files, owner=SHARED, name="Report of <May>\x1b[2J")
    service.look(made.id, by=EVERYONE)
    service.runner.wait(made.id)
    service.set_roles(made.id, {"queue wait": "queue_wait"}, by=EVERYONE)
    service.process(made.id, by=EVERYONE)
    return service.runner.wait(made.id)


def told(service, session):
    return report_of(service.shown(session), service.open(session))


def words(facts):
    return " ".join(re.sub("[\u2068\u2069]", "", one.words) for one in facts)


def test_the_rows_of_every_file_add_up_to_those_of_the_whole(service, session):
    log = service.open(session)
    found = log.about.found
    calls, menu = found.files
    assert (calls.rows, calls.steps, calls.merged, calls.declarations, calls.rejected) == (9, 5, 1, 1, 2)
    assert (menu.rows, menu.steps, menu.merged, menu.declarations, menu.rejected) == (4, 0, 0, 3, 1)
    for name in ("rows", "steps", "merged", "declarations", "rejected", "calls"):
        assert getattr(calls, name) + getattr(menu, name) == getattr(found, f"n_{name}")
    assert (calls.unread_dates, calls.seconds, calls.calls) == (1, 2, 3)
    assert (calls.first_day, calls.last_day) == ("2026-05-01", "2026-05-03")


def test_the_report_says_what_was_found_decided_changed_and_rejected(service, session):
    calls, menu = told(service, session).files
    assert calls.total == "9 rows read = 5 steps + 1 merged into them + 1 declaration of a menu item + 2 rejected"
    assert "3 calls, 1 May – 3 May 2026." in words(calls.found) and "UTF-8, comma, header in line 1" in words(
        calls.found
    )
    assert "step_time are read as year-month-day, with time, which reads 6 of 7 values" in words(calls.decided)
    assert "describes the menu" in words(menu.decided)
    assert calls.columns[0][:2] == ("call_id", "Call") and "Sure" in calls.columns[0][3]
    changed = words(calls.changed)
    for part in (
        "3 values taken for missing, such as NULL: call_id, queue_wait, agent.",
        "1 value freed of blanks around them: agent.",
        "1 row merged into steps",
        "The date of 1 step could not be read",
        "2 numbers of seconds, negative or none at all",
    ):
        assert part in changed
    assert [(one.kind, one.n, one.lines) for one in calls.rejected] == [
        ("rejected", 1, (10,)), ("rejected", 1, (9,)), ("declaration", 1, (8,)),
    ]  # fmt: skip
    assert len(rows_not_taken(service.open(session))) == 7


def processed(service, calls):
    """A session of one file, which holds the text `calls`."""
    session = service.create([("calls.csv", io.BytesIO(calls.encode()))], owner=SHARED)
    service.look(session.id, by=EVERYONE)
    service.runner.wait(session.id)
    service.process(session.id, by=EVERYONE)
    return service.runner.wait(session.id)


def test_rows_that_were_mended_are_told_with_an_example_and_what_to_do_and_without_one_of_hidden_columns(service):
    calls = 'call_id,rule_id,rule_text\nc1,1,Main\nc1,2,"never closed\nc2,1,"a 5" pipe"\nc2,2,Prices\n'
    session = processed(service, calls)
    (file,) = told(service, session).files
    (mended,) = [one for one in file.changed if "stray" in one.words]
    said = words([mended])
    assert said.startswith("2 rows have stray quotes, read as a part of the value; the first in line 3: ")
    assert said.endswith('c1,2,"never closed was read as c1, 2, "never closed.')
    assert "How it is read, Quotes around values" in mended.change
    assert f"{said} [To change it: {mended.change}]" in as_text(told(service, service.store.read(session.id)))

    (key,) = service.store.read(session.id).found["mapped"]
    service.set_pseudonyms(session.id, key, {"call_id": True}, by=EVERYONE)
    service.process(session.id, by=EVERYONE)
    (file,) = told(service, service.runner.wait(session.id)).files
    assert "value; the first in line 3." in words(file.changed) and "never closed" not in words(file.changed)


def test_a_column_taken_for_the_one_without_a_name_and_another_table_are_told(service):
    calls = "call_id,rule_id\n1,a,1\n2,a,2\n3,b,1\n4,b,2\n5,c,1\n6,c,1\n\nday,calls\nMay,2\nJune,1\n"
    session = processed(service, calls)
    (file,) = told(service, session).files
    assert "The header, in line 1, has a name less" in words(file.changed)
    assert "it is called column 1" in words(file.changed)
    assert "From line 9 on there seems to be another table, of 2 columns: its 2 rows are not taken." in words(
        file.found
    )
    assert [name for name, *_ in file.columns] == ["column 1", "call_id", "rule_id"]


def test_what_was_chosen_since_is_said_and_the_report_stays_that_of_the_import(service, session):
    before = told(service, session)
    (key, *_) = session.found["mapped"]
    service.set_pseudonyms(session.id, key, {"agent": True}, by=EVERYONE)
    after = told(service, service.store.read(session.id))
    assert "changed since" in words(after.notes) and before.notes == ()
    assert after.files == before.files
    service.process(session.id, by=EVERYONE)
    again = told(service, service.runner.wait(session.id))
    assert "Pseudonyms stand for the values of agent" in words(again.files[0].changed)
    assert [one.example for one in again.files[0].rejected] == ["", "", ""]


def test_as_a_page_it_runs_nothing_and_asks_nobody(service, session):
    page = as_html(told(service, session))
    assert (
        "Report of &lt;May&gt;" in page and "Main &lt;b&gt;" not in page.replace("&lt;b&gt;", "<b>", 0).split("<h2>")[0]
    )
    assert not re.search(r"<(script|img|link|iframe)|https?:", page)
    text = as_text(told(service, session))
    assert "9 rows read" in text and "\u2068" not in text
    assert "\x1b" not in text  # a name that would steer a terminal


def test_seconds_that_cannot_be_are_counted_in_each_file():
    header = "call_id,rule_id,queue_wait,handle_time\n"
    with opened(header + "a,1,3,-1\na,2,,\nb,1,-2,4\n", header + "a,1,0,5.5\nb,1,1e400,7\n") as log:
        assert [one.seconds for one in log.about.found.files] == [2, 1]
