"""The pages of times, waits, errors and ways back, as a person would read them."""

import io
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.sessions import EVERYONE, SHARED, Session
from core.views import view
from pages.parts import state
from pages.parts.pagefiles import CALLS, REPORT, page_of
from pages.parts.text import sentence
from tests.pages.test_pages import words

Show = Callable[..., AppTest]
TIMES = (
    "call_id,call_date,rule_id,rule_text,queue_wait_s,agent,error\n"
    "a,2025-05-14 23:59:30,1,Menu,,,\n"
    "a,2025-05-15 00:00:10,2,מחיר,,,timeout\n"
    "a,2025-05-15 00:00:40,1,Menu,30,Noa,\n"
    "b,2025-05-15 00:00:40,1,Menu,-1,,0\n"
    "b,2025-05-15 00:01:40,2,מחיר,4,,\n"
)
SAID = {
    "hours": "Wednesday from ⁨23\\:00⁩ to ⁨00\\:00⁩ is busiest",
    "durations": "Half of the calls last at most 1 min\\, nine in ten 1 min 10 s",
    "step-times": "⁨Menu⁩ takes 77\\% of the time that steps take",
    "slow-transitions": "No move has 10 known times",
    "load": "At most 2 calls at once\\, on Thursday\\, 15 May 2025 at 00\\:00",
    "waiting": "Half of the queued calls wait at most 4 s\\, nine in ten 30 s",
    "returns": "50\\% of calls return to a step they met before",
    "branches": "No call takes several ways on from one step",
    "errors": "100\\% of the calls that meet an error end within one step of it",
    "error-days": "100\\% of all errors are on 14 May 2025",
}


@pytest.fixture
def timed(home: object) -> Session:
    service = state.service()
    session = service.create([("times.csv", io.BytesIO(TIMES.encode()))], owner=SHARED)
    service.look(session.id, by=EVERYONE)
    service.runner.wait(session.id)
    service.process(session.id, by=EVERYONE)
    return service.runner.wait(session.id)


def test_each_page_says_what_its_figures_show(show: Show, timed: Session) -> None:
    for key, headline in SAID.items():
        app = show(page_of(view(key)), session=timed.id)
        assert not app.exception, key
        assert headline in words(app), words(app)


def test_a_setting_changes_the_figures_and_what_is_said(show: Show, timed: Session) -> None:
    app = show(page_of(view("slow-transitions")), session=timed.id)
    app.number_input(key="number:often").set_value(2).run()
    assert "From ⁨Menu⁩ to ⁨מחיר⁩ is slowest: half take 40 s or more".replace(":", "\\:") in words(app)
    app = show(page_of(view("waiting")), session=timed.id, short="0", over="10")
    assert "1 of 2 queued calls wait over 10 s" in words(app)
    assert "Left out\\: 1 wait of the import that is negative or no number" in words(app)
    app = show(page_of(view("errors")), session=timed.id, fine=",")
    assert "2 of 2 calls" in words(app), "0 is an error until it is said to be none"


def test_a_log_without_times_says_what_is_missing(show: Show, ready: Session) -> None:
    for key in ("hours", "step-times", "waiting", "errors"):
        app = show(page_of(view(key)), session=ready.id)
        assert not app.exception
        assert "This needs to know" in words(app)
        assert not app.number_input and not app.multiselect


@pytest.mark.parametrize(
    ("asked", "told", "n_calls"),
    [
        ({"lasts": "60-90"}, "Lasts 1 min to 1 min 30 s", 2),
        ({"wait": "4.001-"}, "Waits over 4 s", 1),
        ({"error": "2,0"}, "Error on ⁨מחיר⁩", 1),
        ({"error": ",0"}, "Error", 1),
    ],
)
def test_how_long_calls_last_and_wait_and_where_they_fail_is_a_filter(
    show: Show, timed: Session, asked: dict[str, str], told: str, n_calls: int
) -> None:
    app = show(CALLS, session=timed.id, **asked)
    assert not app.exception
    assert told in [one.label for one in app.button]
    assert len(app.dataframe[0].value) == n_calls


def test_stand_ins_for_dates_and_ids_used_again_are_said_above_the_figures(show: Show, home: object) -> None:
    usual = "".join(f"c{n},2025-05-{n % 28 + 1:02} 09:00:0{s},{s}\n" for n in range(110) for s in (1, 2))
    odd = "p,1970-01-01 00:00:00,1\nagain,2025-05-03 10:00:00,1\nagain,2025-06-09 10:00:00,2\n"
    session = state.service().create(
        [("odd.csv", io.BytesIO(f"call_id,call_date,rule_id\n{usual}{odd}".encode()))], owner=SHARED
    )
    state.service().process(session.id, by=EVERYONE)
    state.service().runner.wait(session.id)
    for key in ("summary", "durations", "weekday-trends"):
        app = show(page_of(view(key)), session=session.id)
        assert not app.exception, key
        assert sentence("1 call is dated on 1 Jan 1970, long before all others") in words(app)
        assert sentence("1 call lasts over 24 hours: most likely its id was used") in words(app)
    app = show(REPORT, session=session.id)
    assert sentence("1 call is dated on 1 Jan 1970, long before all others") in words(app)
