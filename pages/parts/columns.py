"""The cards of an inspected upload: a file, a date question, a column and its role, the first rows."""

from functools import partial

import pandas as pd
import streamlit as st

from core.errors import ThroughlineError
from core.export import as_csv
from core.ingest import dates
from core.ingest.facts import ColumnFacts
from core.ingest.mapping import NAMES, ColumnMapping, Group, Guess, Role, Sureness, guess, missing
from core.plan import facts_of, mapping_of
from core.sessions import Session, StoredFile
from core.text import cut, file_size, number, percent, plural
from pages.parts import cache, state
from pages.parts.text import literal, sentence

_SURENESS = {
    Sureness.SURE: (":material/check:", "green"),
    Sureness.LIKELY: (":material/help:", "gray"),
    Sureness.CHECK: (":material/visibility:", "red"),
}
_ACROSS = 3
_SAMPLE_WIDTH = 150  # pixels


def file_card(session: Session, file: StoredFile) -> None:
    """A file: name, size, rows, how it is written; or why it cannot be used and what would help."""
    facts = facts_of(file)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(literal(file.name), anchor=False)
            if (
                len(session.files) > 1
                and state.is_mine()
                and st.button(
                    "Remove",
                    icon=":material/delete:",
                    type="tertiary",
                    key=f"remove:{file.id}",
                    help="Take this file out",
                )
            ):
                state.service().remove_file(session.id, file.id, by=state.visitor())
                st.rerun()
        if facts is None:
            st.markdown(":small[:gray[Not looked at yet.]]")
        elif facts.usable:
            encoding = facts.dialect.encoding.upper().replace("UTF-8-SIG", "UTF-8")
            with st.container(horizontal=True):
                st.badge(plural(facts.rows, "row"), icon=":material/table_rows:", color="gray")
                st.badge(plural(len(facts.columns), "column"), icon=":material/view_column:", color="gray")
                st.badge(
                    encoding if facts.sure_of_encoding else f"{encoding}, a guess",
                    icon=":material/translate:",
                    color="gray",
                )
                st.badge(facts.dialect.delimiter_name, icon=":material/more_horiz:", color="gray")
                st.badge(file_size(file.size), icon=":material/hard_drive:", color="gray")
                if facts.unreadable:
                    words = f"{plural(facts.unreadable, 'row')} do not fit the columns"
                    st.badge(words, icon=":material/warning:", color="red")
        else:
            st.markdown(f":red[:material/error:] **{sentence(facts.problem)}** {sentence(facts.hint)}")
            if len(session.files) > 1:
                st.markdown(":small[:gray[The other files go on without it.]]")


def group(session: Session, group: Group, *, several: bool) -> None:
    """The columns of the files that share a header."""
    mapping = mapping_of(session, group)
    guesses = guess(group.columns)
    names = ", ".join(literal(file.name) for file in session.files if file.id in group.file_ids)
    _date_question(session, group, mapping)
    st.header(f"What each column of {names} is" if several else "What each column is", anchor=False)
    special = [one for one in group.columns if mapping.roles.get(one.name) not in (Role.ATTRIBUTE, Role.UNUSED)]
    rest = [one for one in group.columns if one not in special]
    _cards(session, group, mapping, guesses, special)
    if rest:
        with st.expander(
            f"{plural(len(rest), 'column')} kept with the call, or left out",
            expanded=bool(missing(mapping)) or len(rest) <= _ACROSS,
        ):
            _cards(session, group, mapping, guesses, rest)
    _first_rows(session, group)


def _date_question(session: Session, group: Group, mapping: ColumnMapping) -> None:
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
    tie = len(dates.tied(column.formats)) > 1
    with st.container(border=True):
        words = f":red[:material/help:] How are the dates in {literal(column.name)} written?" if tie else "Dates"
        st.subheader(words, anchor=False)
        key = f"dates:{group.key}:{mapping.date_format}"
        st.segmented_control(
            "Dates are written as",
            formats,
            default=mapping.date_format if mapping.date_format in formats else formats[0],
            format_func=dates.in_words,
            required=True,
            disabled=state.reads_only(),
            key=key,
            on_change=partial(_set_dates, session.id, group.key, key),
        )
        lines = [
            f"{dates.in_words(one)} reads {number(column.formats[one])} of {plural(column.filled, 'date')}"
            for one in formats[:3]
        ]
        example = f" The first date is {literal(column.samples[0])}." if tie and column.samples else ""
        st.markdown(f":small[:gray[{sentence('; '.join(lines))}.{example}]]")


def _cards(
    session: Session,
    group: Group,
    mapping: ColumnMapping,
    guesses: dict[str, Guess],
    found: list[ColumnFacts],
) -> None:
    rows = max(one.filled for one in group.columns)
    for start in range(0, len(found), _ACROSS):
        for place, column in zip(st.columns(_ACROSS), found[start : start + _ACROSS], strict=False):
            with place, st.container(border=True):
                _card(session, group, mapping, guesses[column.name], column, rows)


def _card(
    session: Session, group: Group, mapping: ColumnMapping, guessed: Guess, column: ColumnFacts, rows: int
) -> None:
    role = mapping.roles[column.name]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{literal(cut(column.name, 190, 16))}**", width="content")
        if role is not guessed.role:
            st.badge("Changed", icon=":material/edit:", color="blue")
        elif role is not Role.ATTRIBUTE:
            icon, color = _SURENESS[guessed.sureness]
            st.badge(guessed.sureness.value, icon=icon, color=color, help=literal(guessed.reason))
    # The key names the role on disk, so that the box always shows what is kept, whoever changed it.
    key = f"role:{group.key}:{column.name}:{role}"
    st.selectbox(
        f"Role of column {mapping.columns.index(column.name) + 1}",
        list(Role),
        index=list(Role).index(role),
        format_func=NAMES.__getitem__,
        key=key,
        label_visibility="collapsed",
        disabled=state.reads_only(),
        on_change=partial(_set_role, session.id, group.key, column.name, key),
    )
    samples = " · ".join(literal(cut(one, _SAMPLE_WIDTH, 14)) for one in column.samples[:2]) or "empty"
    different = f"{column.hedge} {number(column.distinct)} different".strip()
    empty = rows - column.filled
    filled = f", {percent(empty / rows, 0)} empty" if empty > 0 else ""
    st.markdown(f":small[:gray[{samples}]]")
    st.markdown(f":small[:gray[{different}{sentence(filled)}]]")


def _set_role(session_id: str, key: str, column: str, widget: str) -> None:
    state.service().set_role(session_id, key, column, Role(st.session_state[widget]), by=state.visitor())


def _set_dates(session_id: str, key: str, widget: str) -> None:
    if st.session_state[widget]:
        state.service().set_date_format(session_id, key, st.session_state[widget], by=state.visitor())


def _first_rows(session: Session, group: Group) -> None:
    file = next(file for file in session.files if file.id == group.file_ids[0])
    facts = facts_of(file)
    if facts is None:
        return
    st.header("First rows", anchor=False)
    st.dataframe(
        pd.DataFrame(facts.preview, columns=list(facts.header)), hide_index=True, width="stretch", placeholder="–",
        key=f"preview:{group.key}",
    )  # fmt: skip


def rejected(session: Session) -> None:
    """The rows of the last import that are no step: how many, why, and all of them to download."""
    found = session.found
    if not session.tables or not (found["n_rejected"] or found["n_declarations"] or found["unread_dates"]):
        return
    st.header("What was not taken as a step", anchor=False)
    try:
        log = cache.log(session)
    except ThroughlineError as error:
        st.warning(sentence(str(error)))
        return
    st.markdown(
        sentence(
            f"{plural(found['n_rows'], 'row')} read = {number(found['n_steps'])} steps + "
            f"{number(found['n_declarations'])} declarations of a menu item + {number(found['n_rejected'])} rejected. "
            f"Dates that could not be read: {number(found['unread_dates'])}."
        )
    )
    rows = log.frame(
        "SELECT files.name AS file, line, kind, reason, text FROM rejects JOIN files USING (file) "
        "ORDER BY kind DESC, file, line"
    )
    if not rows.empty:
        st.dataframe(rows.head(200), hide_index=True, width="stretch", placeholder="–", key="rejects")
        st.download_button(
            f"Download all {number(len(rows))}",
            data=lambda: as_csv(rows),
            file_name="rows-not-taken.csv",
            mime="text/csv",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
