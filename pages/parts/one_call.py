"""One call, step by step."""

from typing import Any

import pandas as pd
import streamlit as st

from core.errors import ViewError
from core.flow.calls import call_steps, known_roles, name_of, neighbours, number_of, row_of
from core.flow.facets import has_times
from core.flow.findings import Finding
from core.flow.ids import join_ids, split_ids
from core.tables.calllog import CallLog
from core.text import cut, day, isolate, lasting, ordinal, plural, share_of
from pages.parts import call_list, state, view
from pages.parts.chips import column_name
from pages.parts.state import CALL

HEADLINE = 420, 23  # pixels that data takes in the headline, and of its letters


def chosen(log: CallLog) -> int | None:
    """The number of the call in the address. Raises ViewError where there is no such call."""
    name = split_ids(state.parameter(CALL))
    if not name:
        return None
    if len(name) != 2:
        raise ViewError("The call in this address cannot be read.", "Go back to all calls.")
    return number_of(log, *name)


def draw(shown: view.Shown, call: int) -> None:
    """The way back and to the calls beside it, what it says, its steps."""
    row, steps = row_of(shown.log, call), call_steps(shown.log, call)
    _trail(shown, call)
    view.finding(_finding(shown.log, row, steps), ":material/call_end:")
    with view.card("Step by step"):
        _table(shown.log, steps)
    facts = _facts(shown.log, row)
    if len(facts):
        with view.card("What else the log says of it"):
            st.dataframe(facts, hide_index=True, width="stretch", placeholder="–")


def _trail(shown: view.Shown, call: int) -> None:
    beside = neighbours(shown.log, call, shown.where, order=call_list.order(), search=call_list.search())
    with st.container(horizontal=True, vertical_alignment="center"):
        _button("The list", "list", "", ":material/arrow_back:")
        if beside is None:
            st.markdown(":small[:gray[This call does not pass the filter.]]")
            return
        for words, key, other, icon in (
            ("Previous", "previous", beside.before, ":material/chevron_left:"),
            ("Next", "next", beside.after, ":material/chevron_right:"),
        ):
            address = "" if other is None else join_ids(name_of(shown.log, other))
            _button(words, key, address, icon, disabled=other is None)
        st.markdown(f":small[:gray[{share_of(beside.place, beside.of)}]]")


def _button(words: str, key: str, call: str, icon: str, *, disabled: bool = False) -> None:
    st.button(words, icon=icon, key=f"call:{key}", on_click=state.put, args=({CALL: call},), disabled=disabled)


def _finding(log: CallLog, row: "pd.Series[Any]", steps: pd.DataFrame) -> Finding:
    last = log.codes[str(steps["node"].iloc[-1])]
    lost = int(log.n_children[last]) > 0
    where = isolate(cut(str(row["last_step"]), *HEADLINE))
    ends = f"ends on {where}, though the menu goes on" if lost else f"ends on {where}"
    moments = steps["at"].dropna()
    took = f" in {lasting((moments.max() - moments.min()).total_seconds())}" if steps["seconds"].notna().any() else ""
    repeats = int((steps["visit"] > 1).sum())
    again = f" {share_of(repeats, len(steps))} steps are on an item that it had been on before." if repeats else ""
    when = "" if pd.isna(row["at"]) else f" on {day(row['at'])}"
    evidence = f"Call {isolate(str(row['call_id']))}{when}, called for {isolate(str(row['intent']))}.{again}"
    return Finding(f"{plural(len(steps), 'step')}{took}, {ends}", evidence, alarming=lost)


def _table(log: CallLog, steps: pd.DataFrame) -> None:
    """The steps, with how long each came after the one before, and which are on an item met before."""
    told = steps.assign(again=[f"{ordinal(visit)} time" if visit > 1 else None for visit in steps["visit"]])
    kinds = {
        "position": st.column_config.NumberColumn("Step", width="small"),
        "label": st.column_config.TextColumn("Menu item"),
        "at": st.column_config.DatetimeColumn("When", format="HH:mm:ss"),
        "seconds": st.column_config.ProgressColumn(
            "After the step before", format="%d s", min_value=0, max_value=max(float(steps["seconds"].max()), 1.0)
        ),
        "again": st.column_config.TextColumn("Here before"),
        "node": st.column_config.TextColumn("Id"),
        "url": st.column_config.TextColumn("Link"),
    }
    empty = {name for name in ("at", "seconds", "again", "url") if told[name].isna().all()}
    if not has_times(log):
        empty.add("at")
    shown = {name: kind for name, kind in kinds.items() if name not in empty}
    st.dataframe(
        told[list(shown)],
        hide_index=True,
        width="stretch",
        height="content",
        column_config=shown,
        placeholder="–",
        key="steps",
    )


def _facts(log: CallLog, row: "pd.Series[Any]") -> pd.DataFrame:
    """What is known of the call beside its path, as two columns of words."""
    facts = {column_name(name): _word(row[name]) for name in known_roles(log)}
    facts |= {name: row[f"attribute.{name}"] for name in log.about.attributes}
    facts |= {"File": row["file"]} if len(log.files) > 1 else {}
    return pd.DataFrame({"Column": list(facts), "Value": list(facts.values())})


def _word(value: Any) -> str | None:
    if pd.isna(value):
        return None
    return lasting(value) if isinstance(value, float) else str(value)
