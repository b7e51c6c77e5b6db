"""The page Charts, without a browser."""

from core.sessions import EVERYONE
from pages.parts import state
from pages.parts.pagefiles import CHARTS


def profiled(session):
    """The session once its columns were looked at."""
    service = state.service()
    service.profile(session.id, by=EVERYONE)
    return service.runner.wait(session.id)


def pick(page, label, value):
    (found,) = [one for one in page.selectbox if one.label == label]
    return found.select(value).run()


def test_a_chart_is_suggested_changed_and_saved_with_one_click(ready, show):
    page = show(CHARTS, session=profiled(ready).id)
    assert not page.exception
    page = pick(page, "By", "rule_id")
    assert page.query_params["c.x"] == "rule_id"
    page = pick(page, "Show", "distinct")
    page = pick(page, "Of", "call_id")
    assert {name: page.query_params[name] for name in ("c.how", "c.y")} == {"c.how": "distinct", "c.y": "call_id"}
    figures = page.dataframe[-1].value  # ids are whole numbers here, and the row without one is left out
    assert dict(zip(figures["rule_id"], figures["Different values of call_id"], strict=True)) == {
        "1": 3,
        "2": 2,
        "3": 1,
        "4": 1,
    }
    next(one for one in page.button if one.label == "Save chart").click().run()
    (kept,) = state.service().store.read(ready.id).views
    assert kept.page == "charts"
    assert kept.query["c.how"] == "distinct"


def test_a_table_of_the_calls_can_be_drawn_too(ready, show):
    page = show(CHARTS, session=ready.id, **{"c.table": "calls", "c.x": "n_steps"})
    figures = page.dataframe[-1].value
    assert dict(zip(figures["n_steps"], figures["Number of rows"], strict=True)) == {"2": 2, "3": 1}


def test_an_address_that_does_not_fit_is_told_in_words(ready, show):
    page = show(CHARTS, session=ready.id, **{"c.table": "calls", "c.x": "nope"})
    assert "nope" in page.warning[0].value
    assert not page.exception
