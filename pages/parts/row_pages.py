"""The rows of a table, a page at a time, in the file's order or sorted by a column."""

import streamlit as st

from core.profile.tables import DEEPEST, Rows
from core.profile.types import ColumnType
from core.text import isolate, number, plural

SIZE = 50


def draw(rows: Rows, key: str) -> None:
    """One page of the rows, and what chooses it."""
    total = rows.profile.rows
    pages = max(1, -(-total // SIZE))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sort = st.selectbox(
            "Sorted by",
            [None, *range(len(rows.names))],
            format_func=lambda one: "The file's order" if one is None else isolate(rows.names[one]),
            key=f"sort:{key}",
        )
        descending = st.toggle("Largest first", key=f"down:{key}", disabled=sort is None)
        page = int(st.number_input(f"Page of {number(pages)}", 1, pages, 1, key=f"page:{key}:{sort}:{descending}"))
    if sort is not None and pages > 2 * DEEPEST // SIZE:
        near = number(DEEPEST)
        st.markdown(f":small[:gray[Sorted, the first and the last {near} rows can be seen.]]")
    first = (page - 1) * SIZE
    found = rows.page(first, SIZE, sort="" if sort is None else rows.names[sort], descending=descending)
    kinds = {one.name: st.column_config.DateColumn() for one in rows.profile.columns if one.type is ColumnType.DATE}
    st.dataframe(
        found,
        width="stretch",
        height=min(560, 35 * (len(found) + 1) + 3),
        column_config=kinds,
        placeholder="–",
        key=f"rows:{key}",
    )
    last = min(first + SIZE, total)
    st.markdown(
        f":small[:gray[Rows {number(first + 1)} to {number(last)} of {plural(total, 'row')}. The first column is the "
        "row's number in the file.]]"
    )
