"""The pages about how calls end and who calls: the address holds their settings, a click leads to the calls."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from streamlit.testing.v1 import AppTest

from core.sessions import Session

Show = Callable[..., AppTest]
KEYS = ("outcomes", "containment", "first_contact", "repeat_calls", "abandonment", "agents", "compare")


def words(app: AppTest) -> str:
    return " ".join(str(one.value) for kind in ("title", "header", "markdown", "subheader") for one in app.get(kind))


@pytest.mark.parametrize("key", KEYS)
def test_a_page_says_its_finding_or_what_it_needs(show: Show, made: Session, key: str) -> None:
    app = show(f"pages/people/{key}.py", session=made.id)
    assert not app.exception and not app.error
    assert app.header and "This needs to know" not in words(app)


@pytest.mark.parametrize("key", [key for key in KEYS if key not in ("abandonment", "compare")])
def test_without_its_column_a_page_says_which_one(show: Show, ready: Session, key: str) -> None:
    app = show(f"pages/people/{key}.py", session=ready.id)
    assert not app.exception and not app.error
    assert "This needs to know" in words(app)


def test_outcomes_are_marked_in_the_address(show: Show, made: Session) -> None:
    app = show("pages/people/containment.py", session=made.id)
    assert "Say which outcomes are self" in words(app)
    app.multiselect[0].set_value(["solved"]).run()
    assert app.query_params["selfservice"] in ("solved", ["solved"])
    assert "of calls are contained" in words(app)


def test_the_second_group_is_in_the_address(show: Show, made: Session) -> None:
    against = urlencode({"weekday": "1,2"})
    app = show("pages/people/compare.py", session=made.id, weekday="3", against=against)
    assert not app.exception and not app.error
    assert "Mon, Tue" in words(app)


@pytest.mark.parametrize(
    "given", [{"by": "colour"}, {"days": "soon"}, {"against": "weekday=9"}, {"ending": "none such"}]
)
def test_a_setting_that_cannot_be_read_is_said_or_left(show: Show, made: Session, given: dict[str, str]) -> None:
    for key in ("outcomes", "repeat_calls", "compare"):
        assert not show(f"pages/people/{key}.py", session=made.id, **given).exception
