"""A question in SQL: the box it is written in, the tables beside it, the answer below."""

import pandas as pd
import streamlit as st

from core.errors import QueryError
from core.sessions import Session
from core.sql import columns_of, examples_of
from core.text import plural
from pages.parts import cache, exports, state
from pages.parts.pagefiles import FILES
from pages.parts.text import sentence

ASKED = "sql"
"""What the question is called in the address."""
EXPLAINED = (
    "Read-only: one SELECT over the tables of this session, in the SQL of DuckDB, with limits on time, memory and "
    "rows. The question is in the address, so a link to this page and a saved view hold it. Filters of the other "
    "pages do not count here."
)


def form(session: Session) -> None:
    """The box for the question, and questions to begin with."""
    examples = examples_of(state.service().offered(session))
    asked = state.parameter(ASKED)
    with st.form("question", border=False):
        text = st.text_area(
            "Question in SQL",
            value=asked,
            height=190,
            key=f"question:{asked}",
            placeholder=next(iter(examples.values()), "SELECT 1"),
        )
        if st.form_submit_button("Ask", type="primary", icon=":material/play_arrow:", shortcut="Mod+Enter"):
            state.put({ASKED: text.strip()})
            st.rerun()
    with st.container(horizontal=True, gap="small"):
        for name, example in examples.items():
            st.button(name, key=f"example:{name}", type="tertiary", on_click=state.put, args=({ASKED: example},))


def offered(session: Session) -> None:
    """The tables that can be asked, with their columns."""
    tables = state.service().offered(session)
    if not tables:
        st.markdown("There are no tables yet: look at the columns of a file, or process the files.")
        st.page_link(FILES, label="Files & columns", icon=":material/table_view:", query_params=state.this_session())
        return
    with st.container(border=True):
        name = st.selectbox("Tables and their columns", list(tables))
        st.dataframe(columns_of(tables[name]), hide_index=True, width="stretch", height=230)


def answer(session: Session) -> None:
    """What the tables answer to the question in the address."""
    asked = state.parameter(ASKED)
    if not asked:
        return
    try:
        with st.spinner(f"Asking, for {state.service().settings.sql.seconds} seconds at most"):
            found = cache.answer(session, asked)
    except QueryError as error:
        st.error(sentence(f"{error.problem} {error.hint}"), icon=":material/error:")
        if error.said:
            st.code(error.said, language=None, wrap_lines=True)
        return
    rows = found.rows
    with st.container(border=True):
        st.subheader("The first rows" if found.is_cut else "The answer", anchor=False)
        more = " There are more: export has what is shown; ask for less to see all." if found.is_cut else ""
        st.markdown(f":small[:gray[{plural(len(rows), 'row')}, {plural(len(rows.columns), 'column')}.{more}]]")
        st.dataframe(rows, hide_index=True, width="stretch", placeholder="–")
        with st.container(horizontal=True):
            exports.table("answer", pd.DataFrame(rows))
