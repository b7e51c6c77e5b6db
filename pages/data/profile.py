"""Columns: what is in each column of a file, whether it holds journeys or not."""

import streamlit as st

from core.profile.remarks import remarks
from core.text import number, percent, plural
from pages.parts import column_list, places, profiling, relation_list, row_pages, snapshots, state
from pages.parts.pagefiles import PROFILE_KEY
from pages.parts.text import literal

EXPLAINED = (
    "What is in the file's rows, whatever they are about. A column has a type only where all of its values agree. "
    "Every value is counted; a figure that is an estimate says “about”. Quantiles lie on the line between neighbours, "
    "as pandas and spreadsheets have them."
)
COLUMNS, ROWS, TOGETHER, COMPARE = "Columns", "Rows", "What goes together", "Compare"

session = state.session()
if profiling.is_ready(session):
    snapshots.ready()
    files = profiling.files(session)
    (file, rows), *others = files
    profile = rows.profile
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Columns", anchor=False, help=EXPLAINED)
        profiling.chooser(session)
        places.popover(session, PROFILE_KEY)
    places.remember(session, PROFILE_KEY)
    odd = sum(bool(remarks(column, profile.rows)) for column in profile.columns)
    cells = max(1, profile.rows * len(profile.columns))
    with st.container(horizontal=True):
        st.badge(literal(file.name), icon=":material/draft:", color="gray")
        st.badge(plural(profile.rows, "row"), color="gray")
        st.badge(plural(len(profile.columns), "column"), color="gray")
        missing = sum(column.missing for column in profile.columns)
        st.badge(f"{percent(missing / cells)} of the values missing", color="gray")
        if profile.repeated is not None:
            st.badge(f"{plural(profile.repeated.rows, 'row')} the same as one before", color="gray")
        if profile.unreadable:
            st.badge(f"{plural(profile.unreadable, 'row')} left out: they do not fit the columns", color="red")
    verb = "has" if odd == 1 else "have"
    st.header(
        f"{number(odd)} of {plural(len(profile.columns), 'column')} {verb} something to look at"
        if odd
        else "Nothing stands out in any column",
        anchor=False,
    )
    shown = st.segmented_control(
        "Show", [COLUMNS, ROWS, TOGETHER, COMPARE], default=COLUMNS, required=True, label_visibility="collapsed",
        key="profile_part",
    )  # fmt: skip
    key = file.profile
    if shown == ROWS:
        row_pages.draw(rows, key)
    elif shown == TOGETHER:
        relation_list.draw(profile, key)
    elif shown == COMPARE:
        relation_list.compare(files, key)
    else:
        column_list.draw(profile, key)
