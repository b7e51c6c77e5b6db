"""The registry: every view is whole, and what it promises is what it gives."""

import io
from pathlib import Path

import pytest

from core.errors import ViewError
from core.flow.filter import ALL, PARAMETERS, Filter
from core.parameters import Marked, Number
from core.service import Service
from core.sessions import EVERYONE, SHARED
from core.settings import Settings
from core.tables.calllog import CallLog
from core.view import View
from core.views import BY_KEY, VIEWS, sections, view

LOG = b"""\
call_id,rule_id,rule_parent_id,rule_text,popUpURL,call_date,outcome,customer_id,agent,queue_wait_s,handle_time_s,error
c1,1,0,Menu,,2025-03-03 09:00:00,,7,,,,
c1,2,1,Prices,https://example.org,2025-03-03 09:00:20,solved,7,Noa,12,80,timeout
c2,1,0,Menu,,2025-03-04 23:59:50,left,8,,75,,
"""
"""A log of which everything is known that a view can need."""
NOBODY = Filter(shortest=99)
BARE = b"call_id,rule_id\nc1,1\nc1,2\n"


def processed(home: Path, content: bytes) -> CallLog:
    service = Service(Settings(home=home))
    session = service.create([("calls.csv", io.BytesIO(content))], owner=SHARED)
    service.look(session.id, by=EVERYONE)
    service.runner.wait(session.id)
    service.process(session.id, by=EVERYONE)
    return service.open(service.runner.wait(session.id))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> CallLog:
    return processed(tmp_path_factory.mktemp("home"), LOG)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> CallLog:
    """A log of which nothing is known but calls and steps."""
    return processed(tmp_path_factory.mktemp("bare"), BARE)


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
def test_a_view_says_in_a_sentence_what_it_shows_or_that_nobody_passes(one: View, log: CallLog) -> None:
    for where in (ALL, NOBODY):
        found = one.finding(log, where, one.frame(log, where))
        assert found.headline.strip() and found.evidence.strip()
        assert ("No call passes this filter" in found.headline) == (where is NOBODY)


@pytest.mark.parametrize("one", VIEWS, ids=lambda one: one.key)
def test_a_view_answers_a_bare_log_or_says_which_column_it_wants(one: View, bare: CallLog) -> None:
    assert one.missing(bare) == tuple(sorted(one.needs))
    if one.needs:
        with pytest.raises(ViewError, match=f"needs (a column that is )?the {one.missing(bare)[0]}"):
            one.frame(bare)
    else:
        rows = one.frame(bare)
        assert one.finding(bare, ALL, rows).headline


def test_keys_and_sections_name_every_view_once() -> None:
    assert list(BY_KEY) == [one.key for one in VIEWS]
    assert [one for found in sections().values() for one in found] == list(VIEWS)


def test_the_path_explorer_takes_a_prefix(log: CallLog) -> None:
    rows = view("path-explorer").frame(log, prefix="1")
    assert rows[["node", "n_calls", "n_ended"]].fillna("-").to_numpy().tolist() == [["2", 1, 1], ["-", 1, 1]]


def test_one_name_is_one_parameter_and_none_that_the_address_uses_for_something_else() -> None:
    taken = {*PARAMETERS, "session", "share", "at", "page", "call"}
    by_name: dict[str, object] = {}
    for one in VIEWS:
        for parameter in one.parameters:
            assert parameter.name not in taken and parameter.name.isalpha() and parameter.name.islower()
            assert by_name.setdefault(parameter.name, parameter) == parameter
            assert parameter.title and parameter.help


def test_a_number_is_read_within_its_bounds() -> None:
    days = Number("days", "Days", "Between two calls.", 7, -1, 30)
    assert [days.read(text) for text in ("-1", "07", "30")] == [-1, 7, 30]
    for text in ("31", "-2", "", "7.0", "soon", "٣", "9" * 5000, "--1", "1_0"):
        with pytest.raises(ViewError, match="whole number from -1 to 30"):
            days.read(text)


def test_marked_values_are_guessed_until_they_are_told(log: CallLog) -> None:
    marked = Marked("done", "Done", "What counts.", lambda log: ("a", "b,c", "d"), lambda values: values[1:])
    assert marked.default(log) == ("b,c", "d")
    for values in ((), ("b,c",), ("a", "b,c", "nobody's")):
        assert marked.read(marked.write(values)) == values


def test_what_is_not_there_is_said_with_what_is(log: CallLog) -> None:
    with pytest.raises(ViewError, match=r"no view named 'flow'.*summary, top-intents"):
        view("flow")
    with pytest.raises(ViewError, match="takes no 'prefix'"):
        view("summary").frame(log, prefix="1")
    with pytest.raises(ViewError, match="no menu item with the id '9'"):
        view("path-explorer").frame(log, prefix="1,9")
