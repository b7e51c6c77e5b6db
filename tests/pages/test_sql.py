"""The page SQL, without a browser."""

from core.sessions import EVERYONE
from pages.parts import state
from pages.parts.pagefiles import SQL


def test_a_question_is_answered_and_stands_in_the_address(ready, show):
    page = show(SQL, session=ready.id)
    page.text_area[0].input("SELECT call_id, n_steps FROM calls ORDER BY call_id")
    page.button[[one.label for one in page.button].index("Ask")].click().run()
    assert page.query_params["sql"] == "SELECT call_id, n_steps FROM calls ORDER BY call_id"
    answer = page.dataframe[-1].value
    assert answer.values.tolist() == [["c1", 3], ["c2", 2], ["c3", 2]]
    assert not page.exception


def test_an_address_with_a_question_is_answered_at_once(ready, show):
    page = show(SQL, session=ready.id, sql="SELECT label FROM nodes WHERE id = '4'")
    assert page.dataframe[-1].value.values.tolist() == [["מחיר ביקור"]]


def test_what_cannot_be_answered_is_told_in_words(ready, show):
    page = show(SQL, session=ready.id, sql="SELECT nope FROM calls")
    assert "cannot be answered" in page.error[0].value.replace("\\", "")
    assert "nope" in page.code[0].value


def test_an_example_is_one_click(ready, show):
    page = show(SQL, session=ready.id)
    page.button[[one.label for one in page.button].index("Moves between items")].click().run()
    moves = page.dataframe[-1].value
    assert moves.iloc[0].tolist() == ["Main menu", "Prices", 2]


def test_what_can_be_asked_first_is_what_the_tables_can_answer(looked_at, show):
    session = looked_at(small="a,b\n1,x\n2,y\n2,y\n")
    state.service().profile(session.id, by=EVERYONE)
    state.service().runner.wait(session.id)
    page = show(SQL, session=session.id)
    assert "Calls by day" not in [one.label for one in page.button]
    page.button[[one.label for one in page.button].index("Rows that come again")].click().run()
    assert page.dataframe[-1].value.values.tolist() == [[2, "y", 2]]
