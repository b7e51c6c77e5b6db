"""What a view takes beside the filter, set by widgets and carried by the address."""

from streamlit.testing.v1 import AppTest

from core.sessions import Session


def page() -> None:
    from dataclasses import replace

    import streamlit as st

    from core.parameters import Marked, Number
    from core.views import view
    from pages.parts import cache, settings, state

    known = ("a,b", "ננטש", "solved")
    view = replace(
        view("summary"),
        parameters=(
            Number("days", "Days", "Between two calls.", 7, 1, 30),
            Marked("done", "Done", "What counts.", lambda log: known, lambda values: values[-1:]),
        ),
    )
    log = cache.log(state.service().store.read(st.query_params["session"]))
    st.code(repr(view.values(log, **settings.draw(view, log))))


def shown(session: Session, **query: str) -> AppTest:
    app = AppTest.from_function(page)
    for name, value in {"session": session.id, **query}.items():
        app.query_params[name] = value
    return app.run()


def test_settings_begin_with_their_defaults_and_can_be_changed(ready: Session) -> None:
    app = shown(ready)
    assert not app.exception
    assert app.code[0].value == "{'days': 7, 'done': ('solved',)}"
    app.number_input[0].set_value(12).run()
    app.multiselect[0].set_value(["a,b", "ננטש"]).run()
    assert app.code[0].value == "{'days': 12, 'done': ('a,b', 'ננטש')}"
    assert app.query_params["done"] == "a\\,b,ננטש"


def test_settings_are_what_the_address_says_or_their_defaults_where_that_cannot_be(ready: Session) -> None:
    app = shown(ready, days="3", done=",")
    assert app.code[0].value == "{'days': 3, 'done': ()}"
    for days in ("31", "soon", "-1"):
        app = shown(ready, days=days, done="nobody")
        assert not app.exception
        assert app.code[0].value == "{'days': 7, 'done': ()}"
