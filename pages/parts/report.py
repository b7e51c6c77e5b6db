"""The import report, drawn: its words are made in core."""

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from core.export import as_csv
from core.report import Fact, FileReport, Report, as_html, lines_of, rows_not_taken
from core.sessions import Session
from core.tables.calllog import CallLog
from core.text import number
from pages.parts import state
from pages.parts.pagefiles import FILES
from pages.parts.text import literal, sentence


def downloads(session: Session, log: CallLog, told: Report) -> None:
    """The report as a page to keep, every row that is no step, and the way to where things are changed."""
    found = log.about.found
    n = found.n_declarations + found.n_rejected
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download the report",
            data=lambda: as_html(told).encode(),
            file_name="import-report.html",
            mime="text/html",
            icon=":material/download:",
            on_click="ignore",
        )
        if n:
            st.download_button(
                f"Download the {number(n)} rows not taken",
                data=lambda: as_csv(rows_not_taken(log)),
                file_name="rows-not-taken.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
            )
        st.page_link(FILES, label="Files & columns", icon=":material/table_view:", query_params=state.this_session())


def notes(told: Report) -> None:
    for note in told.notes:
        change = f" {sentence(note.change)}" if note.change else ""
        st.info(f"{sentence(note.words)}{change}", icon=":material/info:")


def draw(file: FileReport) -> None:
    """A file in a card: what was found, decided, changed, and what was not taken."""
    with st.container(border=True):
        st.header(literal(file.name), anchor=False)
        st.markdown(f":material/done_all: {sentence(file.total)}")
        _facts("Found", file.found)
        _facts("Decided", file.decided)
        columns = pd.DataFrame(file.columns, columns=["Column", "Role", "Values", "Why"])
        st.dataframe(columns, hide_index=True, width="stretch", key=f"columns:{file.id}")
        _facts("Changed", file.changed)
        if file.rejected:
            st.subheader("Not taken as a step", anchor=False)
            rows = [(one.n, one.reason, one.kind, lines_of(one), one.example or None) for one in file.rejected]
            st.dataframe(
                pd.DataFrame(rows, columns=["Rows", "Reason", "Kind", "First lines", "Example"]),
                hide_index=True,
                width="stretch",
                placeholder="–",
                column_config={"Rows": st.column_config.NumberColumn(format="localized")},
                key=f"rejected:{file.id}",
            )


def _facts(title: str, facts: Iterable[Fact]) -> None:
    told = [
        f"- {sentence(one.words)}" + (f" :small[:gray[To change it: {sentence(one.change)}]]" if one.change else "")
        for one in facts
    ]
    if told:
        st.subheader(title, anchor=False)
        st.markdown("\n".join(told))
