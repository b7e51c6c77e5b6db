"""The list of calls, and one of them step by step."""

import io
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.export import csv_parts
from core.flow.calls import all_calls
from core.flow.filter import Filter
from core.flow.ids import join_ids
from core.service import PROJECT
from core.sessions import EVERYONE, Place, Session
from pages.parts import call_list, state
from pages.parts.pagefiles import CALLS, page_at
from tests.core.flow.made_calls import make, passes
from tests.pages.test_filters import query

Show = Callable[..., AppTest]
MADE = make()
WHERE = Filter(via=("2",))


def ids(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["call_id"])


def words(app: AppTest) -> str:
    return "\n".join(str(one.value) for kind in (app.title, app.header, app.markdown) for one in kind)


def passing(where: Filter) -> list[str]:
    return [call.call_id for call in MADE if passes(call, where)]


def name(session: Session, place: int) -> str:
    """What the address calls the call at that place among all."""
    files = list(state.service().open(session).files)
    return join_ids((files[MADE[place].file - 1], MADE[place].call_id))


def test_the_list_shows_a_page_of_the_calls_that_pass(show: Show, made: Session) -> None:
    expected = passing(WHERE)
    assert len(expected) > 100
    app = show(CALLS, session=made.id, **WHERE.as_query())
    assert not app.exception
    assert ids(app) == expected[:25]
    assert f"1–25 of {len(expected)}" in words(app)
    app = show(CALLS, session=made.id, page="3", rows="50", **WHERE.as_query())
    assert ids(app) == expected[100:150]


@pytest.mark.parametrize(
    ("page", "first"), [("0", 1), ("-1", 1), ("x", 1), ("²", 1), ("11", 226), ("999999999", 226), ("9" * 40, 1)]
)
def test_a_page_that_is_not_there_is_the_nearest_one(show: Show, made: Session, page: str, first: int) -> None:
    app = show(CALLS, session=made.id, page=page)
    assert not app.exception
    assert f"{first}–{min(first + 24, 240)} of 240" in words(app)


def test_order_rows_and_search_go_into_the_address_and_begin_at_the_first_page(show: Show, made: Session) -> None:
    app = show(CALLS, session=made.id, page="3")
    app.selectbox(key="order:log").set_value("longest").run()
    assert query(app) == {"session": made.id, "order": "longest"}
    app.selectbox(key="rows:25").set_value(100).run()
    assert query(app) == {"session": made.id, "order": "longest", "rows": "100"}
    assert list(app.dataframe[0].value["n_steps"]) == sorted((len(call.path) for call in MADE), reverse=True)[:100]
    app.text_input(key="find:").set_value(" call 01 ").run()
    assert query(app)["find"] == "call 01"
    assert sorted(ids(app)) == sorted(one for one in passing(Filter()) if "Call 01" in one)
    app.selectbox(key="order:longest").set_value("log").run()
    app.text_input(key="find:call 01").set_value("").run()
    assert query(app) == {"session": made.id, "rows": "100"}


def test_an_order_that_is_not_there_is_said(show: Show, made: Session) -> None:
    app = show(CALLS, session=made.id, order="colour")
    assert not app.exception
    assert "cannot be ordered" in words(app)


def test_a_search_that_finds_nothing_says_so_and_can_be_changed(show: Show, made: Session) -> None:
    app = show(CALLS, session=made.id, find="![x](https://evil.example/p.png)")
    assert not app.exception
    assert len(app.dataframe) == 0
    assert "0 calls with that in the id" in words(app)
    app.text_input(key="find:![x](https://evil.example/p.png)").set_value("").run()
    assert len(ids(app)) == 25


def test_only_columns_that_the_files_have_are_shown(show: Show, ready: Session, made: Session) -> None:
    assert list(show(CALLS, session=made.id).dataframe[0].value.columns) == [
        "call_id", "at", "n_steps", "intent", "last_step", "outcome", "customer", "agent",
        "attribute.region", "attribute.ticket", "attribute.files", "file",
    ]  # fmt: skip
    plain = show(CALLS, session=ready.id).dataframe[0].value
    assert list(plain.columns) == ["call_id", "at", "n_steps", "intent", "last_step"]


def test_a_call_is_told_step_by_step(show: Show, made: Session) -> None:
    place = next(
        number
        for number, call in enumerate(MADE)
        if call.start and len(call.path) == 5 and len(set(call.path)) < 5 and call.path[-1] == "2"
    )
    call = MADE[place]
    app = show(CALLS, session=made.id, call=name(made, place))
    assert not app.exception
    seconds = sum(call.gaps)
    said = words(app)
    assert "5 steps in " in said and "though the menu goes on" in said
    assert call.call_id in said.replace("\\", "")
    steps = app.dataframe[0].value
    assert list(steps["node"]) == call.path
    assert steps["seconds"].fillna(0).sum() == seconds
    repeats = [place for place, node in enumerate(call.path) if node in call.path[:place]]
    assert list(steps.index[steps["again"].notna()]) == repeats
    facts = dict(app.dataframe[1].value.itertuples(index=False))
    assert facts["Customer"] == call.columns["customer"]


def test_the_calls_beside_it_are_one_click_away_and_the_list_is_where_it_was(show: Show, made: Session) -> None:
    places = [number for number, call in enumerate(MADE) if passes(call, WHERE)]
    at = {"page": "2", "rows": "50", **WHERE.as_query()}
    app = show(CALLS, session=made.id, call=name(made, places[0]), **at)
    assert app.button(key="call:previous").disabled
    app.button(key="call:next").click().run()
    assert query(app) == {"session": made.id, "call": name(made, places[1]), **at}
    assert f"2 of {len(places)}" in words(app)
    app.button(key="call:list").click().run()
    assert query(app) == {"session": made.id, **at}
    assert ids(app) == passing(WHERE)[50:100]


def test_a_call_that_does_not_pass_the_filter_is_shown_and_says_so(show: Show, made: Session) -> None:
    place = next(number for number, call in enumerate(MADE) if not passes(call, WHERE))
    app = show(CALLS, session=made.id, call=name(made, place), **WHERE.as_query())
    assert not app.exception
    assert "does not pass the filter" in words(app)
    assert list(app.dataframe[0].value["node"]) == MADE[place].path


@pytest.mark.parametrize("call", ["x", "a,b,c", "a,Call 000-0", "../x,\x00", "9" * 5000])
def test_a_call_that_is_not_there_is_said(show: Show, made: Session, call: str) -> None:
    app = show(CALLS, session=made.id, call=call)
    assert not app.exception
    assert "There is no call" in words(app) or "cannot be read" in words(app)


def test_a_changed_filter_leaves_the_call_for_the_first_page_of_the_list(show: Show, made: Session) -> None:
    where = replace(WHERE, shortest=2)
    app = show(CALLS, session=made.id, page="2", order="longest", call=name(made, 3), **where.as_query())
    app.button(key="chip:lengths").click().run()
    assert query(app) == {"session": made.id, "order": "longest", **WHERE.as_query()}


def test_the_export_has_exactly_these_calls(home: object, made: Session) -> None:
    log = state.service().open(made)
    data = b"".join(csv_parts(call_list.exported(log, all_calls(log, WHERE, search="call 0", batch=7))))
    table = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)
    assert list(table.columns) == [
        "call_id", "file", "at", "n_steps", "intent", "last_step", "outcome", "customer", "agent",
        "region", "ticket", "files",
    ]  # fmt: skip
    told = [
        (call.call_id, f"{call.file}.csv", call.start.isoformat(sep=" ") if call.start else "", call.columns["ticket"])
        for call in MADE
        if passes(call, WHERE) and "Call 0" in call.call_id
    ]
    assert list(table[["call_id", "file", "at", "ticket"]].itertuples(index=False, name=None)) == told


def test_days_without_times_leave_as_days(home: object, ready: Session) -> None:
    log = state.service().open(ready)
    data = b"".join(csv_parts(call_list.exported(log, all_calls(log)))).decode("utf-8-sig")
    assert data.splitlines()[1].startswith("c1,calls [2025].csv,2025-01-13,3,")


def test_who_comes_back_stands_on_the_call_that_they_left(show: Show, made: Session) -> None:
    show(CALLS, session=made.id, call=name(made, 3), **WHERE.as_query())
    last = state.service().store.get(made.id, by=EVERYONE).last
    assert last == Place(page="calls", query={"call": name(made, 3), **WHERE.as_query()})
    assert page_at(last) == CALLS
    assert (PROJECT / CALLS).is_file()


def test_every_view_leads_to_its_calls(show: Show, made: Session) -> None:
    from core.views import VIEWS
    from pages.parts.pagefiles import page_of

    page = next(page_of(view) for view in VIEWS if view.key == "top-intents")
    app = show(page, session=made.id, **WHERE.as_query())
    (link,) = [one for one in app.get("page_link") if "Show these" in one.proto.label]
    assert link.proto.label == f"Show these {len(passing(WHERE))} calls"
    assert link.proto.query_string == f"session={made.id}&via=2"
