"""The cards of the files of a session, and the account of their rows once they were processed."""

from functools import partial

import streamlit as st

from core.errors import ThroughlineError
from core.export import as_csv
from core.ingest.facts import Box, FileFacts, Kind
from core.ingest.mapping import Content
from core.plan import facts_of
from core.report import how_written, rows_not_taken
from core.sessions import Session, StoredFile
from core.text import file_size, isolate, number, plural
from pages.parts import cache, state
from pages.parts.text import literal, sentence
from pages.parts.writing import writing

_SHOWN_ROWS = 200
_ICONS = {
    "packing": ":material/folder_zip:",
    "kind": ":material/dataset:",
    "encoding": ":material/translate:",
    "delimiter": ":material/more_horiz:",
    "header": ":material/title:",
}


def file_card(session: Session, file: StoredFile, content: Content = Content.CALLS) -> None:
    """A file: name, size, rows, how it is written; or why it cannot be used and what would help."""
    facts = facts_of(file)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(literal(file.name), anchor=False)
            if len(session.files) > 1 and state.is_mine():
                _remove_button(session, file)
        if facts is None:
            st.markdown(":small[:gray[Not looked at yet.]]")
            return
        _choice(session, file, facts.box)
        if facts.usable:
            _badges(file, facts, content)
        else:
            st.markdown(f":red[:material/error:] **{sentence(facts.problem)}** {sentence(facts.hint)}")
            if len(session.files) > 1:
                st.markdown(":small[:gray[The other files go on without it.]]")
        if facts.box.is_text and not file.forgotten:
            writing(session, file, facts)


def _remove_button(session: Session, file: StoredFile) -> None:
    clicked = st.button(
        "Remove", icon=":material/delete:", type="tertiary", key=f"remove:{file.id}", help="Take this file out"
    )
    if clicked:
        state.service().remove_file(session.id, file.id, by=state.visitor())
        st.rerun()


def _choice(session: Session, file: StoredFile, box: Box) -> None:
    """Which sheet of a workbook, or which file of a zip, is read: a choice where there are several."""
    if len(box.parts) < 2:
        return
    names = [part.name for part in box.parts]
    sizes = {part.name: f" · {file_size(part.size)}" for part in box.parts if part.size}
    # The key names what is kept, so that the box always shows that, whoever changed it.
    key = f"part:{file.id}:{box.part}"
    st.selectbox(
        "Sheet" if box.kind is Kind.WORKBOOK else "File in the archive",
        names,
        index=names.index(box.part) if box.part in names else None,
        format_func=lambda name: isolate(name) + sizes.get(name, ""),
        key=key,
        disabled=state.is_fixed(),
        on_change=partial(_choose_part, session.id, file.id, key),
    )
    others = f"{plural(box.others, 'other')} in it cannot be read. " if box.others else ""
    how = (
        "One sheet is read. To add another, save it as a workbook or CSV of its own."
        if box.kind is Kind.WORKBOOK
        else "One file is read. To add the others, unpack the archive and add them by themselves."
    )
    st.markdown(f":small[:gray[{others}{how}]]")


def _choose_part(session_id: str, file_id: str, widget: str) -> None:
    state.service().choose_part(session_id, file_id, st.session_state[widget], by=state.visitor())


def _badges(file: StoredFile, facts: FileFacts, content: Content) -> None:
    with st.container(horizontal=True):
        if content is Content.MENU:
            st.badge("describes the menu", icon=":material/account_tree:", color="blue")
        st.badge(plural(facts.rows, "row"), icon=":material/table_rows:", color="gray")
        st.badge(plural(len(facts.columns), "column"), icon=":material/view_column:", color="gray")
        for aspect, words in how_written(facts):
            st.badge(words, icon=_ICONS[aspect], color="gray")
        if file.forgotten:
            st.badge("upload deleted", icon=":material/delete_forever:", color="gray")
        else:
            st.badge(file_size(file.size), icon=":material/hard_drive:", color="gray")
        if facts.unreadable:
            words = f"{plural(facts.unreadable, 'row')} do not fit the columns"
            st.badge(words, icon=":material/warning:", color="red")


def account(session: Session) -> None:
    """What became of the rows of the last import: how many are no step, why, and all of those to download."""
    found = session.found
    all_taken = session.tables and found["n_rows"] == found["n_steps"]
    if not session.tables or (all_taken and not found["unread_dates"] and not found.get("n_unknown_phases")):
        return
    st.header("What was not taken as a step", anchor=False)
    try:
        log = cache.log(session)
    except ThroughlineError as error:
        st.warning(sentence(str(error)))
        return
    merged = f"{number(found['n_merged'])} merged into them + " if found.get("n_merged") else ""
    st.markdown(
        sentence(
            f"{plural(found['n_rows'], 'row')} read = {number(found['n_steps'])} steps + {merged}"
            f"{number(found['n_declarations'])} declarations of a menu item + {number(found['n_rejected'])} rejected. "
            f"Dates that could not be read: {number(found['unread_dates'])}."
        )
    )
    if merged:
        st.markdown(":small[:gray[Merged are rows that tell more of a step, such as its end. They count as one step.]]")
    if unknown := found.get("n_unknown_phases"):
        words = ", ".join(isolate(word) for word in found["unknown_phases"])
        st.warning(
            sentence(f"Of a step's start or end, {plural(unknown, 'row')} told in words that are not known: {words}. ")
            + "Each such row is a step of its own.",
            icon=":material/warning:",
        )
    rows = rows_not_taken(log)
    if not rows.empty:
        st.dataframe(rows.head(_SHOWN_ROWS), hide_index=True, width="stretch", placeholder="–", key="rejects")
        st.download_button(
            f"Download all {number(len(rows))}",
            data=lambda: as_csv(rows),
            file_name="rows-not-taken.csv",
            mime="text/csv",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
