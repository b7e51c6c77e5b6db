"""Throughline's entry: the script that runs for every page, and the server app that Streamlit finds in this file."""

import streamlit as st
from starlette.middleware import Middleware

from core import server
from pages.parts import frame, importing, state


def main() -> None:
    frame.begin()
    with frame.spoken_errors():
        asked = state.asked_page()
        bound = state.bind(remember=asked != "")
        session = bound.session
        ready = session is not None and bool(session.tables)
        page = frame.navigation(hidden=not ready or asked == "")
        if bound.problem is not None:
            raise bound.problem
        if session is not None and ready and asked != "":
            frame.side(session)
        if importing.stands_in_for(page, session):
            importing.show(session)
        else:
            page.run()


if __name__ == "__main__":
    main()
else:
    app = st.App(__file__, lifespan=server.lifespan(state.service), middleware=[Middleware(server.SecurityHeaders)])
