"""The registry: every view is whole, and what it promises is what it gives."""

import io
from pathlib import Path

import pytest

from core.errors import ViewError
from core.service import PROJECT, Service
from core.sessions import EVERYONE, SHARED
from core.settings import Settings
from core.tables.calllog import CallLog
from core.views import BY_KEY, VIEWS, View, sections, view

LOG = b"call_id,rule_id,rule_parent_id,rule_text\nc1,1,0,Menu\nc1,2,1,Prices\nc2,1,0,Menu\n"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> CallLog:
    service = Service(Settings(home=tmp_path_factory.mktemp("home")))
    session = service.create([("calls.csv", io.BytesIO(LOG))], owner=SHARED)
    service.look(session.id, by=EVERYONE)
    service.runner.wait(session.id)
    service.process(session.id, by=EVERYONE)
    return service.open(service.runner.wait(session.id))


@pytest.mark.parametrize("one", VIEWS, ids=lambda one: one.key)
def test_a_view_is_whole(one: View) -> None:
    for words in (one.key, one.title, one.section, one.question, one.definition):
        assert words.strip() == words != ""
    assert one.icon.startswith(":material/")
    assert one.columns


@pytest.mark.parametrize("one", VIEWS, ids=lambda one: one.key)
def test_a_view_gives_the_columns_that_it_promises(one: View, log: CallLog) -> None:
    frame = one.frame(log)
    assert tuple(frame.columns) == one.columns
    assert not one.single or len(frame) == 1


@pytest.mark.parametrize("one", VIEWS, ids=lambda one: one.key)
def test_a_view_is_defined_in_the_docs_with_its_columns(one: View) -> None:
    rows = Path(PROJECT / "docs" / "definitions.md").read_text().splitlines()
    (row,) = [row for row in rows if row.startswith(f"| `{one.key}` |")]
    assert row.split("|")[2].strip() == ", ".join(one.columns)


def test_keys_and_sections_name_every_view_once() -> None:
    assert list(BY_KEY) == [one.key for one in VIEWS]
    assert [one for found in sections().values() for one in found] == list(VIEWS)


def test_the_path_explorer_takes_a_prefix(log: CallLog) -> None:
    rows = view("path-explorer").frame(log, prefix="1")
    assert rows[["node", "n_calls", "n_ended"]].fillna("-").to_numpy().tolist() == [["2", 1, 1], ["-", 1, 1]]


def test_what_is_not_there_is_said_with_what_is(log: CallLog) -> None:
    with pytest.raises(ViewError, match=r"no view named 'flow'.*summary, path-explorer"):
        view("flow")
    with pytest.raises(ViewError, match="takes no 'prefix'"):
        view("summary").frame(log, prefix="1")
    with pytest.raises(ViewError, match="no menu item with the id '9'"):
        view("path-explorer").frame(log, prefix="1,9")
