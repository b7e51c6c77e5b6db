"""What is not to be kept as it is: columns that look personal, pseudonyms in their place, and the raw uploads."""

from functools import partial

import streamlit as st

from core.ingest import personal
from core.ingest.facts import ColumnFacts
from core.ingest.mapping import NOT_TO_HIDE, ColumnMapping, Group, Role, Treatment
from core.plan import unprofiled
from core.service import is_working
from core.sessions import Session
from core.text import file_size, isolate, plural
from pages.parts import state
from pages.parts.text import sentence

MOST_NAMED = 6
PSEUDONYMISE = "Pseudonymise"
_HELP = (
    "In place of each value the session keeps a short code, the same wherever the value stands, so that everything is "
    "counted as before. What it stands for cannot be told from it."
)


def offer(session: Session, group: Group, mapping: ColumnMapping) -> None:
    """One click for all columns that look personal and are kept as they are; nothing is done without it."""
    found = [one.name for one in group.columns if _is_open(one, mapping)]
    if not found or state.is_fixed():
        return
    named = list(map(isolate, found[:MOST_NAMED]))
    if len(found) > MOST_NAMED:
        named.append(plural(len(found) - MOST_NAMED, "other"))
    names = " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
    words = "looks personal and is" if len(found) == 1 else "look personal and are"
    with st.container(horizontal=True, vertical_alignment="center", key=f"personal:{group.key}"):
        st.markdown(
            f":small[:orange[:material/shield_person:] {sentence(f'{names} {words} kept as written.')}]",
            width="content",
        )
        st.button(
            "Pseudonymise" if len(found) == 1 else f"Pseudonymise {'both' if len(found) == 2 else f'all {len(found)}'}",
            type="tertiary",
            icon=":material/shield_lock:",
            key=f"hide:{group.key}",
            help=_HELP,
            on_click=partial(set_pseudonyms, session.id, group.key, dict.fromkeys(found, True)),
        )


def _is_open(column: ColumnFacts, mapping: ColumnMapping) -> bool:
    role = mapping.roles[column.name]
    is_kept = role not in NOT_TO_HIDE and mapping.treatment(column.name) is Treatment.KEEP
    return is_kept and bool(personal.hint(column, role))


def choice(session: Session, group: Group, mapping: ColumnMapping, column: ColumnFacts) -> None:
    """On a column's card: whether pseudonyms stand for its values, where they can."""
    role = mapping.roles[column.name]
    if role in NOT_TO_HIDE:
        return
    hides = mapping.treatment(column.name) is Treatment.PSEUDONYM
    key = f"hidden:{group.key}:{column.name}:{hides}"
    st.checkbox(
        PSEUDONYMISE,
        value=hides,
        key=key,
        help=_HELP,
        disabled=state.is_fixed(),
        on_change=lambda: set_pseudonyms(session.id, group.key, {column.name: bool(st.session_state[key])}),
    )


def reason(column: ColumnFacts, role: Role) -> str:
    """Why the column looks personal, as a sentence; "" where it does not."""
    hint = personal.hint(column, role)
    return f"Looks personal: {hint}." if hint else ""


def set_pseudonyms(session_id: str, key: str, wanted: dict[str, bool]) -> None:
    state.service().set_pseudonyms(session_id, key, wanted, by=state.visitor())


def uploads(session: Session) -> None:
    """The raw uploads: what they are kept for, and the way to delete them; or that they were deleted."""
    if not session.tables or not session.files:
        return
    st.header("The raw uploads", anchor=False)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="uploads"):
        if session.is_fixed:
            st.markdown(
                ":material/delete_forever: The uploads were deleted. Every figure stays; the columns are fixed, and "
                "nothing can be processed again unless the same files are added again.",
                width="stretch",
            )
            return
        size = file_size(sum(file.on_disk for file in session.files))
        st.markdown(
            f"{plural(len(session.files), 'file')}, {size}: kept on this server so that columns can be changed and "
            "processed again. All values are in them, also those of columns that are pseudonymised or left out.",
            width="stretch",
        )
        if state.is_mine() and not is_working(session):
            _deletion(session)


def _deletion(session: Session) -> None:
    with st.popover("Delete the uploads", icon=":material/delete_forever:"):
        st.markdown(
            "**This cannot be undone.** The figures stay. Columns and dates can no longer be changed, nothing can "
            "be processed again, also not for a later version of Throughline that needs it, and no session can be "
            "restored from a zip of this one. Copies and zips made before keep what they have."
        )
        if unprofiled(session):
            st.markdown("Nobody has opened **Columns** yet. Do so first, or what is in them can never be looked at.")
        if st.button("Delete them for good", type="primary", icon=":material/delete_forever:", key="forget"):
            state.service().forget_uploads(session.id, by=state.visitor())
            st.rerun()


def samples(column: ColumnFacts, mapping: ColumnMapping) -> str:
    """In place of the values of a column that has none to show."""
    if mapping.treatment(column.name) is Treatment.LEFT_OUT:
        return "Nothing of it is kept"
    return "Values come back with the next import" if column.filled else "Empty"
