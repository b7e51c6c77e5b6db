"""What each column of the files with one header is: guessed with a reason, and changed on a card or in a table."""

from functools import partial

import pandas as pd
import streamlit as st

from core.ingest.facts import ColumnFacts
from core.ingest.guessing import Sureness, guess
from core.ingest.mapping import NAMES, OF_A_MENU, SPARE, ColumnMapping, Content, Group, Role, key_of, missing
from core.plan import Choices, choices, facts_of, mapping_of
from core.sessions import Session
from core.text import clean, cut, number, percent, plural, text_width
from pages.parts import privacy, questions, state
from pages.parts.text import literal, sentence

MOST_CARDS = 12
"""With more columns, only those with a role have a card; the others stand in a table."""
_SURENESS = {
    Sureness.SURE: (":material/check:", "green"),
    Sureness.LIKELY: (":material/help:", "gray"),
    Sureness.CHECK: (":material/visibility:", "red"),
}
_ACROSS = 3
_SAMPLE_WIDTH = 170  # pixels
_ROW_HEIGHT, _MOST_ROWS = 35, 18


def note(session: Session, groups: list[Group], mappings: list[ColumnMapping]) -> None:
    """Below the title: what is still wanted before the files can be processed, or that nothing is."""
    several = len(groups) > 1
    gaps = [
        questions.short(role) + (f" of {_names(session, one)}" if several else "")
        for one, mapping in zip(groups, mappings, strict=True)
        for role in missing(mapping)
    ]
    if not groups:
        words = "No file can be used yet."
    elif session.is_fixed:
        words = "What each column was when the files were processed. The uploads were deleted since."
    elif state.reads_only():
        words = "What was found, and what each column was taken for. Whoever shared it can change that."
    elif gaps:
        words = (
            "These rows are no journeys as they stand: explore their columns, or say which column is the "
            f"{' and which the '.join(gaps)}."
        )
    elif not any(one.content is Content.CALLS for one in mappings):
        words = (
            "Before it can be processed: where are the calls? These files describe the menu. Add a file with one row "
            "for each step of a call, or say below which file has them."
        )
    elif session.tables:
        words = "Change what is wrong and process again."
    else:
        words = "Nothing is computed yet. Every guess can be changed."
    st.markdown(f":small[:gray[{words}]]")


def _names(session: Session, group: Group) -> str:
    return ", ".join(literal(file.name) for file in session.files if file.id in group.file_ids)


def group(session: Session, group: Group, *, several: bool) -> None:
    """What the files that share a header hold; `several` where the session has other headers, too."""
    mapping = mapping_of(session, group)
    names = _names(session, group)
    st.header(f"What each column of {names} is" if several else "What each column is", anchor=False)
    _as_last_time(session, group)
    if several or mapping.content is Content.MENU or missing(mapping):
        questions.ask_content(session, group, mapping, names)
    for role in missing(mapping):
        questions.ask_role(session, group, mapping, role)
    questions.ask_dates(session, group, mapping)
    questions.ask_clock(session, group)
    privacy.offer(session, group, mapping)
    told = _Told(session, group, mapping)
    special = [one for one in group.columns if mapping.roles[one.name] not in (Role.ATTRIBUTE, Role.UNUSED)]
    if len(group.columns) <= MOST_CARDS:
        told.cards(list(group.columns))
    else:
        told.cards(special)
        told.table([one for one in group.columns if one not in special])
    _first_rows(session, group, mapping)


def _as_last_time(session: Session, group: Group) -> None:
    before = choices(session, group.key).before
    if before is None or before == Choices():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            ":small[:blue[:material/history:] These columns are as you chose last time for a file with this header.]",
            width="content",
        )
        if not state.is_fixed():
            st.button(
                "Use the guesses instead",
                type="tertiary",
                icon=":material/undo:",
                key=f"forget:{group.key}",
                on_click=lambda: state.service().forget_choices(session.id, group.key, by=state.visitor()),
            )


class _Told:
    """The columns of a group with what is guessed and chosen of each."""

    def __init__(self, session: Session, group: Group, mapping: ColumnMapping) -> None:
        self._session, self._group, self._mapping = session, group, mapping
        self._guesses = guess(group.columns, mapping.content)
        self._chosen = choices(session, group.key)
        self._rows = max(one.filled for one in group.columns)
        self._roles = list(OF_A_MENU if mapping.content is Content.MENU else Role)

    def cards(self, columns: list[ColumnFacts]) -> None:
        """A card a column, three across."""
        for start in range(0, len(columns), _ACROSS):
            for place, column in zip(st.columns(_ACROSS), columns[start : start + _ACROSS], strict=False):
                with place, st.container(border=True, height="stretch"):
                    self._card(column)

    def _card(self, column: ColumnFacts) -> None:
        role = self._mapping.roles[column.name]
        words, icon, color, reason = self._said(column.name)
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{literal(cut(column.name, 190, 16))}**", width="content", help=_whole(column.name, 190))
            st.badge(words, icon=icon, color=color)
        # The key names the role on disk, so that the box always shows what is kept, whoever changed it.
        key = f"role:{self._group.key}:{column.name}:{role}"
        st.selectbox(
            f"Role of column {self._mapping.columns.index(column.name) + 1}",
            self._roles,
            index=self._roles.index(role),
            format_func=NAMES.__getitem__,
            key=key,
            label_visibility="collapsed",
            disabled=state.is_fixed(),
            on_change=partial(_set_role, self._session.id, self._group.key, column.name, key),
        )
        with st.container(gap="xxsmall"):
            with st.container(horizontal=True, horizontal_alignment="distribute", gap="xxsmall"):
                st.markdown(f":small[{_samples(column, self._mapping)}]", width="content")
                st.markdown(f":small[:gray[{sentence(self._counts(column))}]]", width="content")
            st.markdown(f":small[:gray[{sentence(reason)}.]]")
            if looks := privacy.reason(column, role):
                st.markdown(f":small[:orange[:material/shield_person:] :gray[{looks}]]")
        privacy.choice(self._session, self._group, self._mapping, column)

    def table(self, columns: list[ColumnFacts]) -> None:
        """The columns as rows of a table whose roles can be changed."""
        if not columns:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            which = "The other" if len(columns) < len(self._group.columns) else "All"
            st.subheader(f"{which} {plural(len(columns), 'column')}", anchor=False)
            if not state.is_fixed():
                self._all_as(columns, Role.UNUSED, "Leave all out", ":material/remove_done:")
                if self._mapping.content is Content.CALLS:
                    self._all_as(columns, Role.ATTRIBUTE, "Keep all", ":material/done_all:")
        st.markdown(":small[:gray[Double-click a role to change it; tick what is to be pseudonymised.]]")
        names = [one.name for one in columns]
        rows = pd.DataFrame(
            {
                "Column": [clean(name) for name in names],
                "Role": [NAMES[self._mapping.roles[name]] for name in names],
                privacy.PSEUDONYMISE: [name in self._mapping.pseudonyms for name in names],
                "Guess": [self._said(name)[0] for name in names],
                "Examples": [" · ".join(map(clean, one.samples)) for one in columns],
                "Counts": [self._counts(one) for one in columns],
                "Why": [self._why(one) for one in columns],
            }
        )
        kept = (f"{self._mapping.roles[name]}{name in self._mapping.pseudonyms}" for name in names)
        key = f"roles:{self._group.key}:{key_of(kept)}"
        st.data_editor(
            rows,
            column_config={
                "Column": st.column_config.TextColumn(pinned=True),
                "Role": st.column_config.SelectboxColumn(
                    options=[NAMES[one] for one in self._roles], required=True, width="medium"
                ),
            },
            disabled=True
            if state.is_fixed()
            else [name for name in rows.columns if name not in ("Role", privacy.PSEUDONYMISE)],
            hide_index=True,
            width="stretch",
            height=min(len(columns) + 1, _MOST_ROWS) * _ROW_HEIGHT + 3,
            key=key,
            on_change=partial(_set_edited, self._session.id, self._group.key, names, key),
        )

    def _all_as(self, columns: list[ColumnFacts], role: Role, label: str, icon: str) -> None:
        wanted = {one.name: role for one in columns if self._mapping.roles[one.name] is not role}
        st.button(
            label,
            icon=icon,
            type="tertiary",
            disabled=not wanted,
            key=f"all:{self._group.key}:{role}",
            on_click=partial(questions.set_roles, self._session.id, self._group.key, wanted),
        )

    def _said(self, name: str) -> tuple[str, str, str, str]:
        """The badge of a column (words, icon, colour), and the reason for its role."""
        guessed = self._guesses[name]
        reason = guessed.reason[:1].upper() + guessed.reason[1:]
        if name in self._chosen.roles and self._chosen.roles[name] is not guessed.role:
            return "Changed", ":material/edit:", "blue", "As you chose"
        before = self._chosen.before
        if before and name in before.roles and before.roles[name] is not guessed.role:
            return "As last time", ":material/history:", "blue", "As you chose last time"
        if self._mapping.roles[name] is not guessed.role:
            return "Changed", ":material/edit:", "blue", "Another column has the role that was guessed"
        if guessed.role is SPARE[self._mapping.content]:
            return "No role", ":material/label_off:", "gray", reason
        return guessed.sureness.value, *_SURENESS[guessed.sureness], reason

    def _why(self, column: ColumnFacts) -> str:
        why = f"{self._said(column.name)[3]}."
        return f"{why} {privacy.reason(column, self._mapping.roles[column.name])}".strip()

    def _counts(self, column: ColumnFacts) -> str:
        empty = self._rows - column.filled
        filled = f", {percent(empty / self._rows, 0)} empty" if empty > 0 else ""
        return f"{column.hedge} {number(column.distinct)} different{filled}".strip()


def _samples(column: ColumnFacts, mapping: ColumnMapping) -> str:
    """Two values where they have room side by side, else one."""
    if not column.samples:
        return privacy.samples(column, mapping)
    fits = text_width(" · ".join(column.samples[:2]), 14) <= _SAMPLE_WIDTH
    return " · ".join(literal(cut(one, _SAMPLE_WIDTH, 14)) for one in column.samples[: 2 if fits else 1])


def _whole(name: str, width: float) -> str | None:
    """The whole of a name that was cut, to be shown on hover."""
    return literal(name) if cut(name, width, 16) != clean(name) else None


def _set_role(session_id: str, key: str, column: str, widget: str) -> None:
    questions.set_roles(session_id, key, {column: Role(st.session_state[widget])})


def _set_edited(session_id: str, key: str, names: list[str], widget: str) -> None:
    by_name = {name: role for role, name in NAMES.items()}
    edited = {names[int(row)]: new for row, new in st.session_state[widget]["edited_rows"].items()}
    roles = {name: by_name[new["Role"]] for name, new in edited.items() if new.get("Role")}
    hides = {name: new[privacy.PSEUDONYMISE] for name, new in edited.items() if privacy.PSEUDONYMISE in new}
    if roles:
        questions.set_roles(session_id, key, roles)
    if hides:
        privacy.set_pseudonyms(session_id, key, hides)


def _first_rows(session: Session, group: Group, mapping: ColumnMapping) -> None:
    file = next(file for file in session.files if file.id == group.file_ids[0])
    facts = facts_of(file)
    if facts is None:
        return
    st.header("First rows", anchor=False)
    rows = pd.DataFrame(facts.preview, columns=list(facts.header))
    st.dataframe(
        rows.drop(columns=list(mapping.all(Role.UNUSED))), hide_index=True, width="stretch", placeholder="–",
        key=f"preview:{group.key}",
    )  # fmt: skip
