"""What only the person can know of a file: calls or the menu, which column is needed, how dates are written."""

from calendar import month_name
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.ingest import dates, zones
from core.ingest.facts import ColumnFacts
from core.ingest.guessing import content_of
from core.ingest.mapping import NAMES, ColumnMapping, Content, Group, Role
from core.plan import clocks, facts_of, timed_groups, zone_of
from core.sessions import Session
from core.text import day, isolate, number, plural
from pages.parts import state
from pages.parts.text import literal, sentence

_CONTENTS = {Content.CALLS: "Calls, a row a step", Content.MENU: "Only the menu"}
_SOUGHT = {
    Role.CALL: "The id that all rows of one call have in common, and no other call has.",
    Role.NODE: "What a row is about: a menu item, a screen, an activity. It comes again in other calls.",
}


@contextmanager
def _asked(title: str) -> Iterator[DeltaGenerator]:
    """A card with a question: what is written inside stands below its title, and the answer goes where it yields."""
    with st.container(border=True):
        left, right = st.columns([3, 2], vertical_alignment="center")
        with left:
            st.subheader(title, anchor=False)
            yield right


def ask_content(session: Session, group: Group, mapping: ColumnMapping, names: str) -> None:
    """Whether the file holds calls or describes the menu: guessed, and changeable where there is a doubt."""
    guessed = content_of(group.columns)
    holds = "describes the menu" if mapping.content is Content.MENU else "holds calls"
    with _asked(f"{names} {holds}") as answer:
        reason = f"Guessed: {guessed.reason}." if mapping.content is guessed.content else "As you chose."
        st.markdown(f":small[:gray[{sentence(reason)} A menu's rows name its items, and are no steps of calls.]]")
        key = f"content:{group.key}:{mapping.content}"
        answer.segmented_control(
            "What the file holds",
            list(_CONTENTS),
            default=mapping.content,
            format_func=_CONTENTS.__getitem__,
            required=True,
            disabled=state.is_fixed(),
            label_visibility="collapsed",
            key=key,
            on_change=partial(_set_content, session.id, group.key, key),
        )


def _set_content(session_id: str, key: str, widget: str) -> None:
    state.service().set_content(session_id, key, Content(st.session_state[widget]), by=state.visitor())


def ask_role(session: Session, group: Group, mapping: ColumnMapping, role: Role) -> None:
    """Which column has a role that is needed and that none was guessed to have."""
    samples = {one.name: " · ".join(one.samples) for one in group.columns}
    with _asked(f":red[:material/help:] Which column is the {short(role)}?") as answer:
        st.markdown(f":small[:gray[{_SOUGHT[role]}]]")
        key = f"asked:{group.key}:{role}"
        answer.selectbox(
            f"Column that is the {short(role)}",
            list(mapping.columns),
            index=None,
            placeholder="Choose a column",
            format_func=lambda name: isolate(name) + (f": {isolate(samples[name])}" if samples[name] else ""),
            disabled=state.is_fixed(),
            label_visibility="collapsed",
            key=key,
            on_change=partial(_set_role, session.id, group.key, role, key),
        )


def _set_role(session_id: str, key: str, role: Role, widget: str) -> None:
    if st.session_state[widget]:
        set_roles(session_id, key, {st.session_state[widget]: role})


def short(role: Role) -> str:
    """ "call" or "step"."""
    return NAMES[role].split(":")[0].lower()


def ask_dates(session: Session, group: Group, mapping: ColumnMapping) -> None:
    """Which date format: a question on a tie, else shown as settled, and changeable where there is a choice."""
    column = next((one for one in group.columns if one.name == mapping.column(Role.TIMESTAMP)), None)
    if column is None:
        return
    if not column.formats:
        st.warning(f"No date format that is known reads {literal(column.name)}, so calls will have no date.")
        return
    formats = dates.ranked(column.formats)
    if len(formats) == 1:
        return
    tied = dates.tied(column.formats)
    value, days = dates.telling(_values(session, group, column), tied) or ("", {})
    names = dates.told_apart(formats)
    with _asked(_title(column, value, [days[one] for one in tied if one in days], is_tie=len(tied) > 1)) as answer:
        st.markdown(f":small[:gray[{sentence(_costs(column, formats, mapping.date_format))}]]")
        key = f"dates:{group.key}:{mapping.date_format}"
        answer.segmented_control(
            "Dates are written as",
            formats,
            default=mapping.date_format if mapping.date_format in formats else formats[0],
            format_func=lambda one: names[one] + (f": {day(days[one]).rsplit(' ', 1)[0]}" if one in days else ""),
            required=True,
            disabled=state.is_fixed(),
            label_visibility="collapsed",
            key=key,
            on_change=partial(_set_dates, session.id, group.key, key),
        )


def _title(column: ColumnFacts, value: str, days: list[date], *, is_tie: bool) -> str:
    """The question about the dates: by the months in which `value` would be, where the formats differ in that."""
    if not is_tie:
        return f"The dates in {literal(column.name)}"
    months = [month_name[day.month] for day in days]
    if days and len(set(months)) == len(months):
        return f":red[:material/help:] Is {literal(value)} in {' or in '.join(months)}?"
    return f":red[:material/help:] How are the dates in {literal(column.name)} written?"


def _values(session: Session, group: Group, column: ColumnFacts) -> list[str]:
    """Some values of the column: the samples, then those of the first rows."""
    place = group.columns.index(column)
    facts = [facts_of(file) for file in session.files if file.id in group.file_ids]
    shown = (row[place] for one in facts if one is not None for row in one.preview)
    return [*column.samples, *(value for value in shown if value is not None)]


def _costs(column: ColumnFacts, formats: list[str], chosen: str) -> str:
    """What the chosen format reads, and what each other would leave unread."""
    lines = [f"{dates.in_words(chosen)} reads {number(column.formats[chosen])} of {plural(column.filled, 'date')}"]
    for one in formats[:3]:
        left = column.filled - column.formats[one]
        if one != chosen:
            cost = f"would leave {number(left)} unread" if left else "reads all of them, too"
            lines.append(f"{dates.in_words(one)} {cost}")
    return "; ".join(lines) + "."


def _set_dates(session_id: str, key: str, widget: str) -> None:
    if st.session_state[widget]:
        state.service().set_date_format(session_id, key, st.session_state[widget], by=state.visitor())


def ask_clock(session: Session, group: Group) -> None:
    """By which clocks days and hours are told, of the whole session: asked once, at the first files with times."""
    timed = timed_groups(session)
    if not timed or timed[0].key != group.key:
        return
    zone = zone_of(session)
    with _asked("The clocks that tell days and hours") as answer:
        st.markdown(f":small[:gray[{sentence(clocks(session, zone))}]]")
        key, options = f"zone:{zone}", ["", *zones.zones()]
        answer.selectbox(
            "Time zone",
            options,
            index=options.index(zone) if zone in options else 0,
            format_func=lambda one: one or "No time zone",
            disabled=state.is_fixed(),
            label_visibility="collapsed",
            key=key,
            on_change=partial(_set_zone, session.id, key),
        )


def _set_zone(session_id: str, widget: str) -> None:
    state.service().set_zone(session_id, st.session_state[widget], by=state.visitor())


def set_roles(session_id: str, key: str, wanted: dict[str, Role]) -> None:
    state.service().set_column_roles(session_id, key, wanted, by=state.visitor())
