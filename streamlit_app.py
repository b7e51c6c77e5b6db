"""Throughline's entry: the script that runs for every page, and the server app that Streamlit finds in this file."""

import streamlit as st
from starlette.middleware import Middleware

from core import server
from pages.parts import frame, importing, state


def main() -> None:
    frame.begin()
    with frame.spoken_errors():
        session, problem = state.bind()
        page = frame.navigation(hidden=session is None or not session.tables)
        if problem is not None:
            raise problem
        if session is None:
            page.run() if frame.is_start(page) else state.go(frame.START)
            return
        if not frame.is_start(page):
            state.keep_in_address()
        if session.tables:
            frame.side(session)
        if frame.is_view(page) and not session.tables:
            importing.show(session)
        else:
            page.run()


if __name__ == "__main__":
    main()
else:
    app = st.App(__file__, lifespan=server.lifespan(state.service), middleware=[Middleware(server.SecurityHeaders)])
