"""What every view has: title, what is filtered, finding, cards, the table behind the chart, the export."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, NoReturn

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.charts import theme
from core.charts.theme import Palette
from core.flow import needs
from core.flow.filter import ALL, Filter
from core.flow.findings import Finding
from core.flow.summary import summary
from core.sessions import Session
from core.tables.calllog import CallLog
from core.text import day_span, number, percent, plural
from core.view import View
from core.views import VIEWS
from pages.parts import cache, chips, exports, filters, importing, places, snapshots, state, steps_back, viewport
from pages.parts.pagefiles import CALLS, FILES, REPORT
from pages.parts.text import sentence

Columns = dict[str, tuple[str, str]]
"""Column -> its heading and kind: "text", "data" (a visitor's words), "list" (of such), "count", "number", "seconds",
"share" (from 0 to 1, as a bar), "percent" (the same as a number), "points" (the same as a difference), "bool"."""
SHARED: Columns = {
    "node": ("Id", "text"),
    "label": ("Menu item", "data"),
    "n_calls": ("Calls", "count"),
    "share": ("Share of calls", "share"),
}
PLACES: Columns = {
    "node": ("Id", "text"),
    "label": ("Menu item", "data"),
    "parent": ("Below", "data"),
    "root": ("Top of its menu", "data"),
    "depth": ("Levels down", "count"),
    "n_calls": ("Calls", "count"),
}


class Shown(NamedTuple):
    """What a view's page draws from."""

    session: Session
    log: CallLog
    where: Filter
    palette: Palette
    window: int
    n_calls: int

    @property
    def is_narrow(self) -> bool:
        """Whether columns stand under one another, as on a phone."""
        return self.window < viewport.NARROW

    def width(self, part: float = 1.0) -> int:
        """The pixels for a chart in a card that takes `part` of the page's width."""
        return viewport.room(self.window) if self.is_narrow else round(viewport.room(self.window) * part)

    def key(self, name: str) -> str:
        """The key of a widget that forgets what was chosen in it once the filter changes."""
        return f"{name}:{self.where.as_query()}"


def begin(view: View) -> Shown:
    """The head of a view: title, filter, how many calls are shown of how many."""
    return head(view.key, view.title, view.definition)


def head(key: str, title: str, explained: str) -> Shown:
    """`begin` for a page that is known by `key`."""
    session = state.session()
    log = cache.log(session)
    where = state.where()
    snapshots.ready()
    steps_back.ready()
    importing.notice(session)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(title, anchor=False, help=explained)
        filters.button(log, where)
        places.popover(session, key)
    places.remember(session, key)
    all_calls = log.about.found.n_calls
    figures = summary(log, where).iloc[0]
    with st.container(horizontal=True, vertical_alignment="center"):
        if where:
            n = int(figures["n_calls"])
            st.badge(f"{number(n)} of {plural(all_calls, 'call')}, {percent(n / all_calls, 0)}", color="blue")
            chips.draw(log, where)
        else:
            st.badge(f"All {plural(all_calls, 'call')}", color="gray")
            span = (
                day_span(*(pd.Timestamp(figures[name]).date() for name in ("first_day", "last_day")))
                if figures["first_day"]
                else "no dates"
            )
            st.markdown(f":small[:gray[{span} · no filter]]", width="content")
            if key == VIEWS[0].key:
                st.page_link(
                    REPORT, label="Import report", icon=":material/fact_check:", query_params=state.this_session()
                )
    return Shown(session, log, where, theme.palette(state.mode()), viewport.window(), int(figures["n_calls"]))


def answer(shown: Shown, view: View, icon: str = "", **given: str) -> pd.DataFrame:
    """The view's table, after what it says; empty where there is nothing to show, and then the page says why."""
    if lacking := view.missing(shown.log):
        names = " and ".join(needs.name_of(need).lower() for need in lacking)
        finding(Finding(f"This needs to know: {names}", needs.why_missing(lacking[0])), ":material/view_column:")
        st.page_link(FILES, label="Files & columns", icon=":material/table_view:", query_params=state.this_session())
        return pd.DataFrame(columns=list(view.columns))
    rows = view.frame(shown.log, shown.where, **given)
    finding(view.finding(shown.log, shown.where, rows, **given), icon or view.icon)
    return rows


def chosen(rows: pd.DataFrame, column: str, clicked: str, place: int | None) -> str:
    """What was clicked in a chart, or else the row's in its table; "" where nothing was."""
    return clicked or ("" if place is None else str(rows[column].iloc[place]))


def to_calls(where: Filter) -> NoReturn:
    """Leave for the list of the calls that pass `where`."""
    state.go(CALLS, {**state.this_session(), **where.as_query()})


def link_to_calls(label: str, where: Filter) -> None:
    """A link to the list of the calls that pass `where`."""
    query = {**state.this_session(), **where.as_query()}
    st.page_link(CALLS, label=label, icon=":material/call:", query_params=query)


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
    config = theme.config(key.split(":")[0] or "chart")
    settings: dict[str, Any] = {"theme": None, "config": config, "alt": alt, "width": "stretch"}
    if not clickable:
        st.plotly_chart(figure, key=key or None, **settings)
        return ""
    event = st.plotly_chart(figure, key=key, on_select="rerun", selection_mode="points", **settings)
    points = event.selection.points
    return str(points[0]["customdata"][0]) if points else ""


def table(rows: pd.DataFrame, columns: Columns, *, key: str) -> int | None:
    """The rows behind a chart; the place of the row that was chosen, None where none was."""
    told = rows.assign(**{name: rows[name] * 100 for name, (_, kind) in columns.items() if kind in _HUNDREDTHS})
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
    return int(chosen[0]) if chosen else None


def behind(shown: Shown, view: View, rows: pd.DataFrame, columns: Columns) -> int | None:
    """The table behind a view's chart with its export; the place of the row that was chosen."""
    with st.expander("The table behind it", expanded=True, icon=":material/table_rows:"):
        chosen = table(rows, columns, key=shown.key("table"))
        export(shown, view, rows)
    return chosen


_HUNDREDTHS = ("share", "percent", "points")


def _column(heading: str, kind: str) -> Any:
    if kind == "share":
        return st.column_config.ProgressColumn(heading, format="%.1f%%", min_value=0, max_value=100)
    if kind == "percent":
        return st.column_config.NumberColumn(heading, format="%.1f%%")
    if kind == "points":
        return st.column_config.NumberColumn(heading, format="%+.1f")
    if kind == "seconds":
        return st.column_config.NumberColumn(heading, format="%.0f s")
    if kind == "count":
        return st.column_config.NumberColumn(heading, format="localized")
    if kind == "number":
        return st.column_config.NumberColumn(heading, format="%.2f")
    if kind == "list":
        return st.column_config.ListColumn(heading)
    if kind == "bool":
        return st.column_config.CheckboxColumn(heading)
    return st.column_config.TextColumn(heading)


def export(shown: Shown, view: View, frame: pd.DataFrame) -> None:
    """The rows that are shown as files, nothing cut off, and the way to the calls behind them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        exports.table(f"{view.key}{'-filtered' if shown.where != ALL else ''}", frame)
        st.page_link(
            CALLS,
            label=f"Show these {plural(shown.n_calls, 'call')}",
            icon=":material/call:",
            query_params=state.here(),
        )
