"""Throughline's entry: the script that runs for every page, and the server app that Streamlit finds in this file."""

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from core import downloads, receiving, server
from core.service import has_rows
from pages.parts import dropping, frame, identity, importing, state


def main() -> None:
    frame.begin()
    with frame.spoken_errors():
        # First of all: the browser, asked who it is, answers at once, and from the page that it knows by then.
        page = frame.navigation()
        if not identity.is_known():
            frame.moment()
            return
        session, problem = state.bind()
        if problem is not None:
            raise problem
        if session is None:
            page.run() if frame.needs_no_session(page) else state.go(frame.START)
            return
        dropping.settle(session.id)
        if session.tables or has_rows(session):
            frame.side(session)
        if not session.tables and frame.needs_tables(page, session):
            importing.show(session)
        else:
            page.run()


if __name__ == "__main__":
    main()
else:
    # A folder named pages/ would make Streamlit answer the first request after a start as if it listed the pages
    # itself, and a deep link with "Page not found", until the script has run once.
    PagesManager.uses_pages_directory = False
    base = st.get_option("server.baseUrlPath")
    app = st.App(
        __file__,
        lifespan=server.lifespan(state.service),
        routes=[downloads.route(state.service, base=base), *receiving.routes(state.service, base=base)],
        middleware=[Middleware(server.SecurityHeaders), Middleware(server.OwnerCookie, service=state.service)],
        on_script_error=frame.say,
    )
