"""The list of calls: found, ordered, a page at a time; a click on one leads to it."""

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd
import streamlit as st

from core.flow.calls import ROLE_COLUMNS, all_calls, calls, known_roles, n_calls, name_of
from core.flow.facets import has_times
from core.flow.filter import ALL
from core.flow.ids import join_ids
from core.tables.calllog import CallLog
from core.text import number, plural
from pages.parts import exports, state, view
from pages.parts.chips import column_name
from pages.parts.state import CALL, PAGE

SIZE, ORDER, FIND = "rows", "order", "find"
SIZES = (25, 50, 100)
ORDERS = {
    "log": "As in the files",
    "newest": "Newest first",
    "oldest": "Oldest first",
    "longest": "Most steps first",
    "shortest": "Fewest steps first",
}


def order() -> str:
    return state.parameter(ORDER) or "log"


def search() -> str:
    return state.parameter(FIND)


def draw(shown: view.Shown) -> None:
    """The list with what is above and below it."""
    log, where = shown.log, shown.where
    size = next((one for one in SIZES if str(one) == state.parameter(SIZE)), SIZES[0])
    n_found = n_calls(log, where, search())
    n_pages = max(-(-n_found // size), 1)
    page = min(max(_number(state.parameter(PAGE)), 1), n_pages)
    rows = calls(log, where, limit=size, offset=(page - 1) * size, order=order(), search=search())
    _controls(size)
    if search():
        st.markdown(f":small[:gray[{plural(n_found, 'call')} with that in the id]]")
    if n_found:
        _table(shown, rows, key=f"calls:{state.place('').query}")
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            first = (page - 1) * size + 1
            st.markdown(f":small[:gray[{number(first)}–{number(first + len(rows) - 1)} of {number(n_found)}]]")
            if n_pages > 1:
                _chosen(st.pagination, PAGE, n_pages, default=page, usual=1, key=f"page:{page}")
    with st.container(horizontal=True):
        name = f"calls{'-filtered' if where != ALL or search() else ''}"
        how = {"order": order(), "search": search()}
        exports.stream(name, lambda: exported(log, all_calls(log, where, **how)))


def _controls(size: int) -> None:
    left, middle, right = st.columns([2, 1.2, 0.8])
    with left:
        _chosen(
            st.text_input,
            FIND,
            "Find a call id",
            value=search(),
            icon=":material/search:",
            max_chars=200,
            key=f"find:{search()}",
        )
    with middle:
        names = list(ORDERS)
        _chosen(
            st.selectbox,
            ORDER,
            "Order",
            names,
            index=names.index(order()),
            format_func=ORDERS.__getitem__,
            usual="log",
            key=f"order:{order()}",
        )
    with right:
        _chosen(st.selectbox, SIZE, "Rows", SIZES, index=SIZES.index(size), usual=SIZES[0], key=f"rows:{size}")


def _chosen(widget: Any, parameter: str, *given: Any, key: str, usual: object = "", **settings: Any) -> None:
    """A widget whose value goes into the address, unless it is the usual one; the list begins at its first page again.

    The key holds the value, so that the widget shows the address's, whichever way that came.
    """

    def put() -> None:
        value = st.session_state[key]
        state.put({PAGE: "", parameter: "" if value == usual else str(value).strip()})

    widget(*given, key=key, on_change=put, **settings)


def _table(shown: view.Shown, rows: pd.DataFrame, *, key: str) -> None:
    def go() -> None:
        selected = st.session_state[key].selection
        places = [*selected.rows, *(row for row, _ in selected.cells)]
        if places:
            state.put({CALL: join_ids(name_of(shown.log, int(rows["call"].iloc[places[0]])))})

    columns = _columns(shown.log)
    st.dataframe(
        rows[list(columns)],
        hide_index=True,
        width="stretch",
        height="content",
        column_config=columns,
        on_select=go,
        selection_mode=("single-row", "single-cell"),
        key=key,
        placeholder="–",
    )


def _columns(log: CallLog) -> dict[str, Any]:
    """The columns that the list shows: of the roles only those that a column has."""
    text = st.column_config.TextColumn
    moment = (
        st.column_config.DatetimeColumn("When", format="D MMM YYYY, HH:mm:ss")
        if has_times(log)
        else st.column_config.DateColumn("When", format="D MMM YYYY")
    )
    found: dict[str, Any] = {"call_id": text("Call"), "at": moment}
    if not log.about.found.first_day:
        del found["at"]
    found["n_steps"] = st.column_config.NumberColumn("Steps", format="localized")
    found |= {"intent": text("Called for"), "last_step": text("Ends on")}
    for name in known_roles(log):
        kind = st.column_config.NumberColumn if name in ("queue_wait", "handle_time") else text
        found[name] = kind(column_name(name))
    found |= {f"attribute.{name}": text(column_name(name)) for name in log.about.attributes}
    return found | ({"file": text("File")} if len(log.files) > 1 else {})


def exported(log: CallLog, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """The rows as they leave: without our own numbers and roles that no column has; days where there are no times."""
    for frame in frames:
        told = frame.drop(columns=["call", *(name for name in ROLE_COLUMNS if name not in known_roles(log))])
        if not has_times(log):
            told["at"] = told["at"].dt.date
        yield told.rename(columns=lambda name: name.removeprefix("attribute."))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 1
