"""The columns of any table, as a person comes to them from a file that holds no journeys."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.sessions import EVERYONE, Session
from pages.parts import frame, state
from pages.parts.pagefiles import PROFILE
from pages.parts.text import literal

Show = Callable[..., AppTest]
Made = Callable[..., Session]
HOSTILE = "![x](https://evil.example/p.png)"
WEATHER = f"day,temp,sky,wind,{HOSTILE}\n" + "".join(
    f"2025-01-{n % 28 + 1:02},{n % 13 + 0.5},{('clear', 'rain', 'ענן')[n % 3]},{n % 7},{HOSTILE}\n" for n in range(90)
)


def words(app: AppTest) -> str:
    return "\n".join(one.value for kind in (app.title, app.header, app.markdown, app.subheader) for one in kind)


def test_a_file_without_journeys_leads_to_its_columns(show: Show, looked_at: Made) -> None:
    session = looked_at(weather=WEATHER)
    app = show(frame.FILES, session=session.id)
    assert not app.exception
    assert "no journeys as they stand" in words(app)
    explore = next(one for one in app.button if one.label == "Explore the columns")
    assert not explore.disabled
    session = state.service().runner.wait(session.id)  # begun by itself
    assert session.files[0].profile
    app = show(PROFILE, session=session.id)
    assert not app.exception
    assert "Columns" in [one.value for one in app.title]
    overview = app.dataframe[0].value
    assert overview["Type"].tolist() == ["date", "number", "text", "whole number", "text"]
    assert overview["Different"].tolist() == [28, 13, 3, 7, 1]
    assert "](https" not in words(app)


@pytest.mark.parametrize("part", ["Rows", "What goes together", "Compare"])
def test_each_part_of_the_page_is_shown(show: Show, looked_at: Made, part: str) -> None:
    session = looked_at(weather=WEATHER, more=WEATHER.replace("0.5", "7.5"))
    show(frame.FILES, session=session.id)
    state.service().runner.wait(session.id)
    app = show(PROFILE, session=session.id)
    app.segmented_control(key="profile_part").set_value(part).run()
    assert not app.exception
    found = app.dataframe[0].value
    if part == "Rows":
        assert len(found) == 50
        assert found.index[0] == 1
    elif part == "Compare":
        assert found["Column"].tolist()[:3] == ["day", "temp", "sky"]
        assert literal("more.csv") in words(app)
    else:
        assert found["n"].tolist() == [90]


@pytest.mark.parametrize(
    "text", ["a\n1\n2\n", "a,b\n1,x\n", "a,b\n,\n,\n"], ids=["one column", "one row", "all missing"]
)
def test_the_smallest_tables_are_shown_and_are_no_error(show: Show, looked_at: Made, text: str) -> None:
    session = looked_at(small=text)
    show(frame.FILES, session=session.id)
    state.service().runner.wait(session.id)
    app = show(PROFILE, session=session.id)
    assert not app.exception
    assert not app.error
    assert "Columns" in [one.value for one in app.title]


def test_the_journeys_of_a_session_have_columns_too_once_somebody_asks(show: Show, ready: Session) -> None:
    assert not ready.files[0].profile  # the import was not kept waiting for them
    show(PROFILE, session=ready.id)
    session = state.service().runner.wait(ready.id)
    assert session.status == "ready"
    app = show(PROFILE, session=ready.id)
    assert not app.exception
    assert app.dataframe[0].value["Column"].tolist()[:2] == ["call_id", "call_date"]


def test_columns_of_uploads_that_were_deleted_are_told_to_be_gone(show: Show, ready: Session) -> None:
    state.service().forget_uploads(ready.id, by=EVERYONE)
    app = show(PROFILE, session=ready.id)
    assert not app.exception
    assert "These columns can no longer be looked at" in words(app)
    assert "Add the same files again" in words(app)
