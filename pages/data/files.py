"""What was found in the files, and what each column is: guessed, and changeable, before anything is computed."""

import streamlit as st

from core.ingest.mapping import Content, missing
from core.plan import facts_of, has_calls, header_groups, mapping_of
from core.service import has_failed, is_working
from core.text import plural
from core.work import INSPECT
from pages.parts import columns, file_cards, folder, frame, importing, privacy, profiling, state, upload
from pages.parts.pagefiles import PROFILE
from pages.parts.text import literal

session = state.service().shown(state.session())
inspecting = session.job is not None and session.job.kind == INSPECT
if is_working(session) and inspecting:
    importing.watch(session, f"Looking at {plural(len(session.files), 'file')}")
elif is_working(session) and not session.tables:
    importing.watch(session)
elif has_failed(session) and inspecting:
    importing.failed(session)
    with frame.centred(0.55):
        for file in session.files:
            file_cards.file_card(session, file)
elif any(facts_of(file) is None for file in session.files):
    importing.not_looked_at(session)
else:
    groups = header_groups(session)
    rows = sum(facts.rows for file in session.files if (facts := facts_of(file)) and facts.usable)
    mappings = [mapping_of(session, group) for group in groups]
    stops = not groups or any(map(missing, mappings)) or not has_calls(session)
    no_journey = stops and bool(groups)
    if no_journey:
        profiling.begin(session)
    with frame.centred(0.88):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.title("Files & columns" if session.tables else "Is this right?", anchor=False)
            if no_journey and st.button("Explore the columns", type="primary", icon=":material/view_column:"):
                state.go(PROFILE, state.this_session())
            if state.is_mine():
                with st.popover("Add files", icon=":material/add:"):
                    upload.add_files(session.id)
                folder.choice(session.id)
                words = f"Process {plural(rows, 'row')}"
                stops = stops or session.is_fixed
                kind = "secondary" if no_journey else "primary"
                if groups and st.button(words, type=kind, icon=":material/arrow_forward:", disabled=stops):
                    state.service().process(session.id, by=state.visitor())
                    state.go(frame.page_of(frame.VIEWS[0]), state.this_session())
        columns.note(session, groups, mappings)
        for notice in session.notices:
            st.info(literal(notice), icon=":material/info:")
        contents = {id: one.content for group, one in zip(groups, mappings, strict=True) for id in group.file_ids}
        for file in session.files:
            file_cards.file_card(session, file, contents.get(file.id, Content.CALLS))
        for group in groups:
            columns.group(session, group, several=len(groups) > 1)
        file_cards.account(session)
        privacy.uploads(session)
