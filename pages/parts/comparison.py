"""Two groups of calls: what they are, how the second one is chosen, and where their shares differ."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import streamlit as st

from core.charts.interval_rows import Measure, interval_rows
from core.flow.comparing import OUTCOME, Sides, sides, usual_other
from core.flow.filter import ALL, Filter
from core.flow.findings.people import points
from core.tables.calllog import CallLog
from core.text import isolate, number, percent, plural, share_of
from core.views.people import AGAINST
from pages.parts import chips, filters, groups, state, view
from pages.parts.pagefiles import CALLS
from pages.parts.pictures import MOST_RANKED
from pages.parts.text import sentence

OTHER = "Another filter"


def other_of(shown: view.Shown, given: dict[str, str]) -> Filter:
    """The second group's filter: the one in the address, or the usual one."""
    told = AGAINST.read(given[AGAINST.name])
    return usual_other(shown.log, shown.where) if told is None else told


def draw(shown: view.Shown, other: Filter) -> None:
    """Both groups in words, with the ways to change the second."""
    two = sides(shown.log, shown.where, other)
    left, right = st.columns(2)
    with left, st.container(border=True, height="stretch"):
        _group(shown, "First group", shown.where, len(two.first), two, "first")
        if st.button("Swap the groups", icon=":material/swap_horiz:", type="tertiary"):
            state.put({AGAINST.name: AGAINST.write(shown.where)})
            state.set_where(other)
            st.rerun()
    with right, st.container(border=True, height="stretch"):
        _group(shown, "Second group", other, len(two.second), two, "second")
        _choose(shown, other)


def _group(shown: view.Shown, title: str, where: Filter, n: int, two: Sides, side: str) -> None:
    words = [words for _, words, _ in chips.parts(shown.log, where)]
    st.markdown(f":small[:gray[{title}]]  \n**{plural(n, 'call')}** · {' · '.join(words) or 'All calls'}")
    if two.n_both and two.taken_from == side:
        less = f"Without {plural(two.n_both, 'call')} that the other group has too."
        st.markdown(f":small[:gray[{sentence(less)}]]")
    st.page_link(
        CALLS,
        label="Its calls",
        icon=":material/call:",
        query_params={**state.this_session(), **where.as_query()},
    )


def _choose(shown: view.Shown, other: Filter) -> None:
    ready = presets(shown.log, shown.where)
    names = [*ready, OTHER]
    now = next((name for name, one in ready.items() if one == other), OTHER)
    key = f"against:{AGAINST.write(other)}:{shown.key('')}"

    def chosen() -> None:
        name = st.session_state[key]
        if name in ready:
            put_other(ready[name])

    picked = st.selectbox("Compare with", names, index=names.index(now), key=key, on_change=chosen)
    if picked == OTHER and st.button("Set the second group", icon=":material/filter_list:"):
        filters.drawer(shown.log, other, put_other)


def put_other(other: Filter) -> None:
    """Put the second group's filter into the address."""
    state.put({AGAINST.name: AGAINST.write(other)})


def presets(log: CallLog, where: Filter) -> dict[str, Filter]:
    """Groups to compare with: the rest, the days before, the first half, the other files."""
    found: dict[str, Filter] = {}
    if where:
        found["All other calls"] = ALL
    half = usual_other(log)
    if half and half != where:
        found["The first half of the days" if half.last else "The first file"] = half
    if where.first and where.last:
        days = (where.last - where.first).days + 1
        found["As many days before"] = replace(
            where, first=where.first - timedelta(days=days), last=where.first - timedelta(days=1)
        )
    for file_id, name in log.files.items():
        if len(log.files) > 1 and where.files != (file_id,):
            found.setdefault(f"The file {isolate(name)}", replace(where, files=(file_id,)))
    return found


def chart(rows: pd.DataFrame, shown: view.Shown) -> str:
    """The shares that were tested as differences with their intervals; what was clicked."""
    tested = rows[rows["q"].notna()].head(MOST_RANKED)
    if tested.empty:
        st.markdown(":small[:gray[Too few calls to test any share; the table has all.]]")
        return ""
    found = [
        Measure(
            label=str(row["label"]),
            value=float(row["difference"]),
            low=float(row["low"]),
            high=float(row["high"]),
            words=(
                points(float(row["difference"])),
                percent(float(row["share_first"])),
                percent(float(row["share_second"])),
            ),
            tone="sure" if row["changed"] is True else "unsure",
            key="" if pd.isna(row["group"]) else str(row["group"]),
            hover=f"{number(int(row['n_first']))} against {number(int(row['n_second']))} calls\n"
            f"95% interval {points(float(row['low']))} to {points(float(row['high']))} points",
        )
        for row in tested.to_dict("records")
    ]
    figure = interval_rows(
        found,
        shown.palette,
        width=shown.width(),
        headings=("Points", "First", "Second"),
        reference=0.0,
        points=True,
    )
    return view.chart(figure, "Differences of shares", key=shown.key("differences"), clickable=True)


def calls_of(where: Filter, of: str, group: str) -> Filter:
    """The filter for the calls of the first group behind a row."""
    return where.with_values(OUTCOME, [group]) if of == OUTCOME else groups.calls_of(where, of, group)


def note(rows: pd.DataFrame) -> str:
    """How many shares the chart shows, and what its colours mean."""
    tested = int(rows["q"].notna().sum())
    return (
        "The first group less the second, in percentage points, with 95% intervals. Blue: more than chance. "
        f"{share_of(tested, len(rows))} shares have calls enough to be tested."
    )
