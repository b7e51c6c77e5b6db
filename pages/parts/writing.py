"""How a file is read: what speaks for that, what was done to its rows, and a choice of each part of it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
import streamlit as st

from core.ingest.decode import ENCODINGS, named
from core.ingest.facts import DELIMITER_NAMES, FileFacts, Wish
from core.plan import wish_of
from core.report import how_found, what_lies_below, what_was_mended
from core.sessions import Session, StoredFile
from core.text import number
from pages.parts import state
from pages.parts.text import sentence

_FOUND = "As found"
_QUOTES = {'"': "quotation mark", "'": "apostrophe", "": "none"}
_HEADERS = {0: "none", 1: "one line", 2: "two lines", 3: "three lines", 4: "four lines"}
_CHOICES: dict[str, tuple[str, dict[Any, str]]] = {
    "encoding": ("Encoding", {"": _FOUND, **ENCODINGS}),
    "delimiter": ("Delimiter", {"": _FOUND, **DELIMITER_NAMES}),
    "quote": ("Quotes around values", {None: _FOUND, **_QUOTES}),
    "header": ("Header", {None: _FOUND, **_HEADERS}),
}
"""What can be chosen, with what it is called and how each choice is; the first is to leave it to the guess."""


def writing(session: Session, file: StoredFile, facts: FileFacts) -> None:
    """A popover that tells how the file was read and lets its owner say how it is written; that file is read anew."""
    for fact in what_lies_below(facts):
        st.warning(f"{sentence(fact.words)} {sentence(fact.change)}.", icon=":material/warning:")
    for fact in what_was_mended(facts):
        st.markdown(f":small[:gray[{sentence(fact.words)} To change it: {sentence(fact.change)}.]]")
    with st.popover("How it is read", icon=":material/tune:", type="tertiary"):
        for words in how_found(facts) if facts.usable else ():
            st.markdown(f":small[{sentence(words)}]")
        wish, found = wish_of(session, file.id), _found(facts)
        for name, (label, options) in _CHOICES.items():
            _choice(session, file, wish, name, label, options, found.get(name, ""))
        key = f"preamble:{file.id}:{wish.preamble}"
        st.number_input(
            "Lines above the header",
            min_value=0,
            max_value=1000,
            value=wish.preamble,
            placeholder=_as_found(found.get("preamble", "")),
            key=key,
            disabled=state.is_fixed(),
            on_change=partial(_choose, session.id, file.id, wish, "preamble", key),
        )


def _found(facts: FileFacts) -> dict[str, str]:
    """How the file is read, in words, for each thing that can be chosen; nothing of one that cannot be used."""
    dialect = facts.dialect
    if not facts.usable:
        return {}
    return {
        "encoding": named(dialect.encoding),
        "delimiter": dialect.delimiter_name,
        "quote": _QUOTES.get(dialect.quote, dialect.quote),
        "header": _HEADERS.get(dialect.header, ""),
        "preamble": number(dialect.preamble),
    }


def _as_found(words: str) -> str:
    return f"{_FOUND}: {words}" if words else _FOUND


def _choice(
    session: Session, file: StoredFile, wish: Wish, name: str, label: str, options: Mapping[Any, str], found: str
) -> None:
    chosen = getattr(wish, name)
    nothing = next(iter(options))
    words = {**options, nothing: _as_found(found if chosen == nothing else "")}
    # The key names what is kept, so that the box always shows that, whoever changed it.
    key = f"{name}:{file.id}:{chosen}"
    st.selectbox(
        label,
        list(options),
        index=list(options).index(chosen) if chosen in options else 0,
        format_func=words.__getitem__,
        key=key,
        disabled=state.is_fixed(),
        on_change=partial(_choose, session.id, file.id, wish, name, key),
    )


def _choose(session_id: str, file_id: str, wish: Wish, name: str, widget: str) -> None:
    changed = msgspec.structs.replace(wish, **{name: st.session_state[widget]})
    state.service().choose_writing(session_id, file_id, changed, by=state.visitor())
