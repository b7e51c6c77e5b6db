"""How the columns of a table go together, and how two files differ."""

import pandas as pd
import streamlit as st

from core.profile.compare import compared
from core.profile.relations import MOST_COLUMNS, MOST_VALUES
from core.profile.schema import Profile
from core.text import clean, isolate, number, plural
from pages.parts import profiling, view
from pages.parts.text import literal, sentence

_SHOWN = 200
_EXPLAINED = (
    "Pearson's r says how well a straight line fits, from −1 to 1; Spearman's rho how well any rising or falling line "
    f"does. Cramér's V is for categories of at most {MOST_VALUES} values, from 0 to 1, corrected for its bias "
    f"(Bergsma 2013). Each is over the rows that have both values: n. Of each kind the first {MOST_COLUMNS} columns "
    "are looked at. None of it says what causes what."
)


def draw(profile: Profile, key: str) -> None:
    """The pairs of columns, the strongest first."""
    found = profile.relations
    rows = pd.DataFrame(
        [
            (
                clean(profile.columns[one.one].name), clean(profile.columns[one.other].name), one.pearson, one.spearman,
                one.cramers_v, one.n,
            )
            for one in found.pairs
        ],
        columns=["Column", "And", "Pearson", "Spearman", "Cramér's V", "n"],
    )  # fmt: skip
    of = f"{plural(found.rows, 'row')} drawn evenly from {number(profile.rows)}" if found.rows < profile.rows else ""
    with view.card("What goes together", of, explained=_EXPLAINED):
        if rows.empty:
            st.markdown("There are no two columns of numbers, or of few different values, to hold against each other.")
            return
        numbers = {name: st.column_config.NumberColumn(format="%.3f") for name in ("Pearson", "Spearman", "Cramér's V")}
        counts = {"n": st.column_config.NumberColumn(format="localized")}
        st.dataframe(
            rows.head(_SHOWN), hide_index=True, width="stretch", column_config=numbers | counts, placeholder="–",
            key=f"relations:{key}",
        )  # fmt: skip
        if len(rows) > _SHOWN:
            st.markdown(f":small[:gray[The strongest {_SHOWN} of {number(len(rows))} pairs.]]")


def compare(files: list[tuple[profiling.StoredFile, profiling.Rows]], key: str) -> None:
    """The file that is shown against another one of the session."""
    (one, rows), *others = files
    if not others:
        st.markdown("There is one file. Add another one in Files & columns to hold the two against each other.")
        return
    place = st.selectbox(
        "Against", range(len(others)), format_func=lambda at: isolate(others[at][0].name), key=f"against:{key}"
    )
    other, after = others[place]
    found = compared(rows.profile, after.profile)
    differing = int((found["difference"] != "").sum())
    with view.card(
        f"{number(differing)} of {plural(len(found), 'column')} differ",
        f"{plural(rows.profile.rows, 'row')} in the first, {plural(after.profile.rows, 'row')} in the second",
    ):
        st.markdown(sentence("First → second: ") + f"{literal(one.name)} → {literal(other.name)}")
        titles = {"column": "Column", "difference": "What differs", "types": "Type", "missing": "Missing",
                  "distinct": "Different", "middle": "Median or most frequent", "range": "Range"}  # fmt: skip
        found["column"] = found["column"].map(clean)
        found["difference"] = found["difference"].replace("", None)
        wide = {"What differs": 230, "Missing": 130, "Range": 330}
        widths = {title: st.column_config.TextColumn(width=pixels) for title, pixels in wide.items()}
        st.dataframe(
            found.rename(columns=titles), hide_index=True, width="stretch", placeholder="–", key=f"compared:{key}",
            column_config={"Column": st.column_config.TextColumn(pinned=True)} | widths,
        )  # fmt: skip
