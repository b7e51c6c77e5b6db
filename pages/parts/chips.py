"""What is filtered, always visible: one button for each part of the filter, which takes that part away."""

from collections.abc import Iterator, Sequence

import streamlit as st

from core.flow.calls import ROLE_COLUMNS
from core.flow.facets import NO_VALUE, label_of
from core.flow.filter import ALL, Filter
from core.tables.calllog import CallLog
from core.text import cut, day, day_span, number, plural
from pages.parts import state
from pages.parts.text import literal

LABEL, FONT = 220, 16  # pixels that one label may take, and of its letters
MOST_LABELS = 3
NAMES = {
    "files": "File",
    "intents": "Called for",
    "via": "Passes",
    "links": "Passes",
    "starts": "Begins with",
    "ends": "Ends on",
}


def draw(log: CallLog, where: Filter) -> None:
    """One removable button for each part that is set, and one for all of them."""
    chips = list(parts(log, where))
    for part, words, without in chips:
        st.button(
            words,
            icon=":material/close:",
            icon_position="right",
            key=f"chip:{part}",
            on_click=state.set_where,
            args=(without,),
        )
    if len(chips) > 1:
        st.button("Clear all", type="tertiary", key="chip:all", on_click=state.set_where, args=(ALL,))


def parts(log: CallLog, where: Filter) -> Iterator[tuple[str, str, Filter]]:
    """Each part that is set: its name, its words as Markdown, and the filter without it."""
    if where.first or where.last:
        yield "days", _days(where), where.without("first").without("last")
    if where.weekdays:
        short = [label_of(log, "weekdays", one)[:3] for one in where.weekdays]
        yield "weekdays", ", ".join(short), where.without("weekdays")
    if where.hours:
        yield "hours", _hours(where.hours), where.without("hours")
    for part, name in NAMES.items():
        if chosen := getattr(where, part):
            labels = [label_of(log, part, one) for one in chosen]
            yield part, f"{name} {_listed(labels, ' and ' if part == 'via' else ' or ')}", where.without(part)
    if where.transitions:
        moves = [
            f"{_node(log, source)} :material/arrow_forward: {_node(log, target)}"
            for source, target in where.transitions
        ]
        yield "transitions", f"Goes {' and '.join(moves)}", where.without("transitions")
    if where.begins:
        yield "begins", f"Path {_trail(log, where.begins)}", where.without("begins")
    if where.shortest is not None or where.longest is not None:
        yield "lengths", _lengths(where.shortest, where.longest), where.without("shortest").without("longest")
    for part, verb in (("lasts", "Lasts"), ("waits", "Waits")):
        if span := getattr(where, part):
            yield part, f"{verb} {span.in_words()}", where.without(part)
    if where.errors:
        place = f" on {_node(log, where.errors[0])}" if where.errors[0] else ""
        yield "errors", f"Error{place}", where.without("errors")
    for column, wanted in where.values:
        words = f"{_short(column_name(column))}: {_listed([one or NO_VALUE for one in wanted], ' or ')}"
        yield f"column:{column}", words, where.with_values(column, ())


def column_name(column: str) -> str:
    """What a column is called: some are roles, whatever their columns' names."""
    return column.capitalize().replace("_", " ") if column in ROLE_COLUMNS else column


def _days(where: Filter) -> str:
    if where.first and where.last:
        return day_span(where.first, where.last)
    return f"from {day(where.first)}" if where.first else f"until {day(where.last)}" if where.last else ""


def _hours(hours: Sequence[int]) -> str:
    """Hours that follow each other as one span."""
    spans: list[list[int]] = []
    for hour in hours:
        if spans and spans[-1][1] == hour - 1:
            spans[-1][1] = hour
        else:
            spans.append([hour, hour])
    return ", ".join(f"{first:02}:00–{last:02}:59" for first, last in spans)


def _lengths(shortest: int | None, longest: int | None) -> str:
    if shortest is None or longest is None:
        return (
            f"at most {plural(longest, 'step')}" if longest is not None else f"at least {plural(shortest or 0, 'step')}"
        )
    return plural(longest, "step") if shortest == longest else f"{number(shortest)} to {plural(longest, 'step')}"


def _listed(labels: Sequence[str], between: str) -> str:
    shown = [_short(label) for label in labels[:MOST_LABELS]]
    if len(labels) > MOST_LABELS:
        shown.append(f"{number(len(labels) - MOST_LABELS)} more")
    return between.join(shown)


def _trail(log: CallLog, ids: Sequence[str]) -> str:
    """The steps of a path; of a long one the first two and the last."""
    shown = [_node(log, one) for one in ids]
    return " › ".join(shown if len(shown) <= MOST_LABELS + 1 else [*shown[:2], "…", shown[-1]])


def _node(log: CallLog, node_id: str) -> str:
    return _short(label_of(log, "via", node_id))


def _short(label: str) -> str:
    return literal(cut(label, LABEL, FONT))
