"""Taking files from the folder on the server that its operator offers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import streamlit as st

from core import folder
from core.errors import ThroughlineError
from core.folder import Offered
from core.text import clean, day, file_size, isolate, plural
from pages.parts import frame, state
from pages.parts.text import sentence


class _Told:
    """A file that says how much of it was read."""

    def __init__(self, source: BinaryIO, tell: Callable[[int], None]) -> None:
        self._source, self._tell = source, tell

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._tell(len(data))
        return data


def choice(session_id: str) -> None:
    """The files in it, to be taken into a session, "" for a new one; nothing where no folder is offered."""
    place = state.service().settings.folder
    if place is None:
        return
    with st.popover("From a folder on the server", icon=":material/hard_drive:", type="tertiary", key="folder"):
        try:
            _draw(place, session_id)
        except ThroughlineError as refusal:
            st.error(sentence(str(refusal)), icon=":material/error:")


def _draw(place: Path, session_id: str) -> None:
    found = folder.listed(place)
    if not found:
        st.markdown("There are no files in it.")
        return
    st.markdown(":small[:gray[They stay where they are; a copy is taken. The newest are first.]]")
    chosen = st.multiselect(
        "Files",
        found,
        format_func=lambda one: f"{isolate(clean(one.name))} · {file_size(one.size)} · {day(one.changed.date())}",
        placeholder="Choose files",
        select_all=False,
        key="folder_files",
    )
    words = f"Take {plural(len(chosen), 'file')}, {file_size(sum(one.size for one in chosen))}" if chosen else "Take"
    if st.button(words, type="primary", disabled=not chosen, icon=":material/arrow_forward:", key="folder_take"):
        _take(place, chosen, session_id)


def _take(place: Path, chosen: Sequence[Offered], session_id: str) -> None:
    service, visitor = state.service(), state.visitor()
    with _watched(place, chosen) as files:
        if session_id:
            session = service.add(session_id, files, by=visitor)
        else:
            session = service.create(files, owner=state.owner())
    service.look(session.id, by=visitor)
    state.go(frame.FILES, state.address(session.id))


@contextmanager
def _watched(place: Path, chosen: Sequence[Offered]) -> Iterator[list[tuple[str, BinaryIO]]]:
    """The files, opened; while they are read a bar shows how far that is."""
    total = max(1, sum(one.size for one in chosen))
    bar, done, shown = st.progress(0.0, "Taking a copy"), 0, 0

    def tell(n_bytes: int) -> None:
        nonlocal done, shown
        done += n_bytes
        if done * 100 // total > shown:
            shown = done * 100 // total
            bar.progress(min(1.0, done / total), f"{file_size(done)} of {file_size(total)}")

    with ExitStack() as stack:
        opened = [(one.name, stack.enter_context(folder.opened(place, one.name))) for one in chosen]
        yield [(name, cast(BinaryIO, _Told(source, tell))) for name, source in opened]
