"""What every view has: title, what is filtered, finding, cards, the table behind the chart, the export."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.charts import theme
from core.charts.theme import Palette
from core.export import as_csv
from core.flow.filter import ALL, Filter
from core.flow.findings import Finding
from core.flow.summary import summary
from core.sessions import Session
from core.tables.calllog import CallLog
from core.text import day_span, number, percent, plural
from core.views import View
from pages.parts import cache, filters, importing, places, state, viewport
from pages.parts.text import sentence


class Shown(NamedTuple):
    """What a view's page draws from."""

    session: Session
    log: CallLog
    where: Filter
    palette: Palette
    narrow: bool


def begin(view: View) -> Shown:
    """The head of a view: title, filter, how many calls are shown of how many."""
    session = state.session()
    log = cache.log(session)
    where = state.where()
    importing.notice(session)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(view.title, anchor=False, help=view.definition)
        filters.popover(session, log, where)
        places.popover(session, view.key)
    here = state.place(view.key)
    if session.last != here and state.is_mine():
        state.service().stand(session.id, here, by=state.visitor())
    all_calls = log.about.found.n_calls
    figures = summary(log, where).iloc[0]
    with st.container(horizontal=True, vertical_alignment="center"):
        if where:
            n = int(figures["n_calls"])
            st.badge(f"{number(n)} of {plural(all_calls, 'call')}, {percent(n / all_calls, 0)}", color="primary")
            filters.chips(session, log, where)
        else:
            st.badge(f"All {plural(all_calls, 'call')}", color="gray")
            span = (
                day_span(*(pd.Timestamp(figures[name]).date() for name in ("first_day", "last_day")))
                if figures["first_day"]
                else "no dates"
            )
            st.markdown(f":small[:gray[{span} · no filter]]")
    return Shown(session, log, where, theme.palette(state.mode()), viewport.is_narrow())


def finding(found: Finding, icon: str) -> None:
    """The finding is the headline."""
    mark = f":red[{icon}]" if found.alarming else f":blue[{icon}]"
    st.header(f"{mark} {sentence(found.headline)}", anchor=False)
    st.markdown(sentence(found.evidence))


@contextmanager
def card(title: str, note: str = "", *, explained: str = "") -> Iterator[None]:
    """A bordered box with a title, an explanation behind a question mark, and a line on what it shows."""
    with st.container(border=True, height="stretch"):
        st.subheader(title, anchor=False, help=explained or None)
        if note:
            st.markdown(f":small[:gray[{sentence(note)}]]")
        yield


def chart(figure: go.Figure, alt: str, *, key: str = "", clickable: bool = False) -> str:
    """Draw a figure; the key of the mark that was clicked, "" where none was."""
    settings: dict[str, Any] = {"theme": None, "config": theme.CONFIG, "alt": alt, "width": "stretch"}
    if not clickable:
        st.plotly_chart(figure, key=key or None, **settings)
        return ""
    event = st.plotly_chart(figure, key=key, on_select="rerun", selection_mode="points", **settings)
    points = event.selection.points
    return str(points[0]["customdata"][0]) if points else ""


def table(rows: pd.DataFrame, columns: dict[str, tuple[str, str]], *, key: str) -> str:
    """The rows behind a chart; the node of the row that was chosen, "" where none was.

    `columns` gives each column's heading and kind: "text", "data" (a visitor's words), "count" or "share".
    """
    told = rows.assign(**{name: rows[name] * 100 for name, (_, kind) in columns.items() if kind == "share"})
    settings = {name: _column(heading, kind) for name, (heading, kind) in columns.items()}
    event = st.dataframe(
        told[list(columns)],
        hide_index=True,
        width="stretch",
        column_config=settings,
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        placeholder="–",
    )
    chosen = event.selection.rows
    node = rows["node"].iloc[chosen[0]] if chosen else None
    return "" if node is None or pd.isna(node) else str(node)


def _column(heading: str, kind: str) -> Any:
    if kind == "share":
        return st.column_config.ProgressColumn(heading, format="%.1f%%", min_value=0, max_value=100)
    if kind == "count":
        return st.column_config.NumberColumn(heading, format="localized")
    return st.column_config.TextColumn(heading)


def export(shown: Shown, view: View, frame: pd.DataFrame) -> None:
    """The rows that are shown, as CSV, nothing cut off."""
    st.download_button(
        "Export as CSV",
        data=lambda: as_csv(frame),
        file_name=f"{view.key}{'-filtered' if shown.where != ALL else ''}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="export",
    )
