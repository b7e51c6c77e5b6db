"""What a view takes beside the filter, as widgets; the address carries what was chosen."""

from typing import Any

import streamlit as st

from core.parameters import Choice, Group, Marked, Number, OneOf, Parameter
from core.tables.calllog import CallLog
from core.text import isolate
from core.view import View
from pages.parts import state

NARROW, WIDE = 220, 460  # pixels


def draw(view: View, log: CallLog) -> dict[str, str]:
    """The view's settings side by side; what they say, as the view takes it. Nothing where it lacks what it needs."""
    if view.missing(log):
        return {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        return {one.name: one.write(_drawn(one, log)) for one in view.parameters}


def in_address(name: str, usual: int, low: int, high: int) -> dict[str, Any]:
    """What makes a box or slider of whole numbers one that the address carries: its key, and what a change does.

    It shows what the address says, `usual` where that says nothing that can be. (Streamlit's own binding forbids every
    other change of the address.)
    """
    told, key = state.parameter(name), f"number:{name}"
    value = int(told) if told.isascii() and told.isdecimal() and low <= int(told[:18]) <= high else usual
    if st.session_state.get(key) != value:
        st.session_state[key] = value

    def tell() -> None:
        chosen = st.session_state[key]
        state.put({name: "" if chosen == usual else str(chosen)})

    return {"key": key, "on_change": tell}


def _drawn(one: Parameter, log: CallLog) -> Any:
    if isinstance(one, Number):
        kept = in_address(one.name, one.default(log), one.low, one.high)
        return st.number_input(one.title, one.low, one.high, step=1, help=one.help, width=NARROW, **kept)
    if isinstance(one, Choice):
        return _choice(one, log)
    if isinstance(one, OneOf):
        return _one_of(one, log)
    if isinstance(one, Group):  # is set by a page's own means
        return one.read(state.parameter(one.name))
    assert isinstance(one, Marked)
    return _marked(one, log)


def _choice(one: Choice, log: CallLog) -> str:
    told, names = state.parameter(one.name), dict(one.options)
    chosen = told if told in names else one.default(log)
    key = f"choice:{one.name}:{told}"
    picked = st.segmented_control(
        one.title,
        list(names),
        default=chosen,
        required=True,
        format_func=names.__getitem__,
        key=key,
        help=one.help,
        on_change=lambda: state.put({one.name: _unless(st.session_state[key], one.default(log))}),
    )
    return str(picked or chosen)


def _one_of(one: OneOf, log: CallLog) -> str:
    told, values = state.parameter(one.name), one.values(log)
    key = f"one:{one.name}:{told}"
    picked = st.selectbox(
        one.title,
        values,
        index=values.index(told) if told in values else None,
        placeholder="The most frequent",
        key=key,
        help=one.help,
        format_func=isolate,
        width=NARROW,
        on_change=lambda: state.put({one.name: st.session_state[key] or ""}),
    )
    return picked or ""


def _unless(value: str | None, usual: str) -> str:
    """What the address says: nothing for what is usual."""
    return "" if value in (None, usual) else str(value)


def _marked(one: Marked, log: CallLog) -> tuple[str, ...]:
    """Values of a column, the marked ones chosen."""
    told, values = state.parameter(one.name), one.values(log)
    chosen = one.read(told) if told else one.default(log)
    # The key names what the address says, so that a step back in the browser shows what is marked there.
    key = f"marked:{one.name}:{told}"
    picked = st.multiselect(
        one.title,
        values,
        default=[value for value in values if value in chosen],
        key=key,
        help=one.help,
        format_func=isolate,
        select_all=False,
        placeholder="None",
        width=WIDE,
        on_change=lambda: state.put({one.name: one.write(tuple(st.session_state[key]))}),
    )
    return tuple(picked)
