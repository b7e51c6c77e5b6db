"""The filter that all views share: set in one place, always visible, cleared with one click."""

import calendar
from dataclasses import replace
from datetime import date

import streamlit as st

from core.flow.filter import ALL, Filter
from core.sessions import Session
from core.tables.calllog import CallLog
from core.text import day, day_span, isolate
from pages.parts import state
from pages.parts.text import literal

WEEKDAYS = dict(enumerate(calendar.day_name, 1))


def popover(session: Session, log: CallLog, where: Filter) -> None:
    """Dates, weekdays and files, applied together."""
    found = log.about.found
    with st.popover("Filter", icon=":material/filter_list:"), st.form("filter", border=False):
        first, last = where.first, where.last
        weekdays = where.weekdays
        if found.first_day:
            span = (date.fromisoformat(found.first_day), date.fromisoformat(found.last_day))
            # The address may ask for days outside of the log's; the box can only show days within.
            shown = [min(max(one, span[0]), span[1]) for one in (first or span[0], last or span[1])]
            chosen = st.date_input("Days", value=(min(shown), max(shown)), min_value=span[0], max_value=span[1])
            days = chosen if isinstance(chosen, tuple) else (chosen,)
            first = days[0] if days and days[0] != span[0] else None
            last = days[-1] if len(days) > 1 and days[-1] != span[1] else None
            picked = st.pills(
                "Weekdays",
                list(WEEKDAYS),
                selection_mode="multi",
                default=list(weekdays),
                format_func=lambda one: WEEKDAYS[one][:3],
            )
            weekdays = tuple(sorted(picked))
        files = where.files
        names = dict(log.rows("SELECT file + 1, name FROM files ORDER BY file"))
        if len(names) > 1:
            files = tuple(
                sorted(
                    st.multiselect(
                        "Files",
                        list(names),
                        default=[one for one in files if one in names],
                        format_func=lambda one: isolate(names[one]),
                    )
                )
            )
        if st.form_submit_button("Apply", type="primary"):
            state.set_where(replace(where, first=first, last=last, weekdays=weekdays, files=files))
            st.rerun()


def chips(session: Session, log: CallLog, where: Filter) -> None:
    """One removable button for each part of the filter that is set, and one for all of it."""
    names = dict(log.rows("SELECT file + 1, name FROM files"))
    parts: list[tuple[str, Filter]] = []
    if where.first or where.last:
        parts.append((_days(where), replace(where, first=None, last=None)))
    if where.weekdays:
        parts.append((", ".join(WEEKDAYS[one][:3] for one in where.weekdays), replace(where, weekdays=())))
    if where.files:
        words = ", ".join(literal(names.get(one, f"file {one}")) for one in where.files)
        parts.append((words, replace(where, files=())))
    if where.intents:
        words = ", ".join(literal(log.labels.get(one, one)) for one in where.intents)
        parts.append((words, replace(where, intents=())))
    for number, (words, without) in enumerate(parts):
        if st.button(words, icon=":material/close:", icon_position="right", key=f"chip:{number}:{words}"):
            state.set_where(without)
            st.rerun()
    if len(parts) > 1 and st.button("Clear all", type="tertiary", key="chip:all"):
        state.set_where(ALL)
        st.rerun()


def _days(where: Filter) -> str:
    if where.first and where.last:
        return day_span(where.first, where.last)
    return f"from {day(where.first)}" if where.first else f"until {day(where.last)}" if where.last else ""
