"""Where the filter that all views share is set: every choice says how many calls it would give."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from core.flow.facets import column_facet, columns, facet, has_times
from core.flow.filter import ALL, Filter
from core.flow.selection import select
from core.tables.calllog import CallLog
from core.text import isolate, mostly_rtl, number, plural
from pages.parts import state
from pages.parts.chips import column_name
from pages.parts.text import literal

WIDTH = 460  # pixels
MOST_OPTIONS = 500
ON_THE_WAY = {"intents": "Called for", "starts": "Begins with", "via": "Passes through", "ends": "Ends on"}


def button(log: CallLog, where: Filter) -> None:
    """The button that opens the filter beside the page."""
    if st.button("Filter", icon=":material/filter_list:", key="filter"):
        drawer(log, where)


@st.dialog("Filter", icon=":material/filter_list:", position="right", width=WIDTH)
def drawer(log: CallLog, where: Filter, put: Callable[[Filter], None] = state.set_where) -> None:
    """What can be chosen; nothing is filtered before it is applied, all of it together, by `put`."""
    wanted = _columns(log, where, replace(where, **_when(log, where), **_path(log, where)))
    with st.container(horizontal=True):
        if st.button(f"Show {plural(select(log, wanted).n_calls, 'call')}", type="primary", key="filter:apply"):
            put(wanted)
            st.rerun()
        if where and st.button("Clear all", type="tertiary", key="filter:clear"):
            put(ALL)
            st.rerun()


def _when(log: CallLog, where: Filter) -> dict[str, Any]:
    """Days, weekdays and hours, where the log has them."""
    if not log.about.found.first_day:
        return {}
    given = _days(log, where)
    options = facet(log, where, "weekdays")
    if mostly_rtl(log.labels.values()):
        options = options.sort_values("value", key=lambda days: days % 7)
    told = {row.value: f"{row.label[:3]} · {number(row.n_calls)}" for row in options.itertuples()}
    given["weekdays"] = tuple(
        sorted(
            st.pills(
                "Weekdays",
                list(told),
                selection_mode="multi",
                default=list(where.weekdays),
                format_func=told.__getitem__,
                key="filter:weekdays",
            )
        )
    )
    if has_times(log):
        given["hours"] = tuple(sorted(_several("Hours", facet(log, where, "hours"), where.hours, key="hours")))
    return given


def _days(log: CallLog, where: Filter) -> dict[str, Any]:
    found = log.about.found
    span = (date.fromisoformat(found.first_day), date.fromisoformat(found.last_day))
    # The address may ask for days outside of the log's; the box can only show days within.
    shown = sorted(min(max(one, span[0]), span[1]) for one in (where.first or span[0], where.last or span[1]))
    chosen = st.date_input("Days", tuple(shown), min_value=span[0], max_value=span[1], key="filter:days")
    days = list(chosen) if isinstance(chosen, tuple) else [chosen]
    if days == shown:
        return {}
    return {
        "first": days[0] if days and days[0] != span[0] else None,
        "last": days[1] if len(days) > 1 and days[1] != span[1] else None,
    }


def _path(log: CallLog, where: Filter) -> dict[str, Any]:
    """Files, and what the path is like."""
    given: dict[str, Any] = {}
    if len(log.files) > 1:
        given["files"] = _several("Files", facet(log, where, "files"), where.files, key="files")
    for part, label in ON_THE_WAY.items():
        options = facet(log, where, part, limit=MOST_OPTIONS)
        given[part] = _several(label, options, getattr(where, part), key=part)
    lengths = facet(log, where, "lengths").set_index("value")["n_calls"]
    left, right = st.columns(2)
    with left:
        given["shortest"] = _length("Steps: at least", lengths[::-1].cumsum(), where.shortest, key="shortest")
    with right:
        given["longest"] = _length("at most", lengths.cumsum(), where.longest, key="longest")
    return given


def _columns(log: CallLog, where: Filter, wanted: Filter) -> Filter:
    """Which columns, and for each of them which values."""
    offered = columns(log)
    if not offered:
        return wanted
    filtered = [name for name, _ in where.values if name in offered]
    picked = st.multiselect(
        "Columns",
        offered,
        default=filtered,
        format_func=lambda name: isolate(column_name(name)),
        placeholder="Choose a column",
        select_all=False,
        key="filter:columns",
    )
    for name in offered:
        if name in picked:
            options = column_facet(log, where, name)
            values = _several(literal(column_name(name)), options, where.values_of(name), key=f"column:{name}")
            wanted = wanted.with_values(name, values)
        else:
            wanted = wanted.with_values(name, ())
    return wanted


def _several(label: str, options: pd.DataFrame, chosen: tuple[Any, ...], *, key: str) -> tuple[Any, ...]:
    told = _told(options)
    return tuple(
        st.multiselect(
            label,
            list(told),
            default=list(chosen),
            format_func=told.__getitem__,
            placeholder="Any",
            select_all=False,
            key=f"filter:{key}",
        )
    )


def _length(label: str, counts: Mapping[int, int], chosen: int | None, *, key: str) -> int | None:
    """The least or the most number of steps; `counts` are the calls that each would leave."""
    told = {int(steps): f"{plural(int(steps), 'step')} · {number(int(n))}" for steps, n in counts.items()}
    if chosen is not None:
        told.setdefault(chosen, plural(chosen, "step"))
    return st.selectbox(
        label,
        sorted(told),
        index=None if chosen is None else sorted(told).index(chosen),
        format_func=told.__getitem__,
        placeholder="Any",
        key=f"filter:{key}",
    )


def _told(options: pd.DataFrame) -> dict[Any, str]:
    """Each value with its label and its calls."""
    # Streamlit tells options apart by their words, so that equal ones need their ids.
    shared = options["label"].duplicated(keep=False)
    return {
        row.value: f"{isolate(row.label)}{f' ({isolate(row.value)})' if same else ''} · {number(row.n_calls)}"
        for row, same in zip(options.itertuples(), shared, strict=True)
    }
