"""What the pages about outcomes and customers share: groups of calls as rows, and the filter that leads to one."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from core.charts.composition import OTHER, composition, kinds_of
from core.charts.interval_rows import Measure, interval_rows
from core.flow.contacts import WORD, contacts, stand_ins
from core.flow.filter import Filter
from core.flow.findings.people import ENOUGH
from core.flow.grouping import GROUPS, INTENT, LEAF, VARIANT
from core.flow.ids import split_ids
from core.text import isolate, number, percent, plural, share_of
from pages.parts import view
from pages.parts.pictures import MOST_RANKED
from pages.parts.text import literal, sentence

_HUES = ("blue", "orange", "violet", "green")


def columns(by: str, **others: tuple[str, str]) -> view.Columns:
    """The columns of a table whose rows are groups."""
    named: view.Columns = {"label": (GROUPS[by], "data"), "n_calls": ("Calls", "count")}
    return {"group": ("Id", "text"), **named, **others} if by in (INTENT, LEAF) else {**named, **others}


def calls_of(where: Filter, by: str, group: str) -> Filter:
    """The filter for the calls of a group among those that pass `where`."""
    if by == INTENT:
        return replace(where, intents=(group,))
    if by == LEAF:
        return replace(where, ends=(group,))
    if by == VARIANT:
        path = split_ids(group)
        return replace(where, begins=path, shortest=len(path), longest=len(path))
    return where


def composed(rows: pd.DataFrame, shown: view.Shown, what: str, *, key: str) -> str:
    """The largest groups as bars of what they are made of: group, label, n_calls, kind, n; what was clicked."""
    kinds = kinds_of(rows)
    words = [f":{name}[●] {literal(kind)}" for name, kind in zip(_HUES, kinds, strict=False)]
    if rows["kind"].nunique() > len(kinds):
        words.append(f":gray[●] {OTHER}")
    st.markdown(f":small[{'  '.join(words)}]")
    places = rows["group"].fillna("")
    largest = rows[places.ne(places.shift()).cumsum() <= MOST_RANKED]
    figure = composition(largest, kinds, shown.palette, width=shown.width())
    return view.chart(figure, what, key=shown.key(key), clickable=True)


def measures(
    rows: pd.DataFrame,
    shown: view.Shown,
    *,
    value: str,
    n: str,
    overall: float,
    low: str = "low",
    high: str = "high",
    lost: bool = False,
) -> str:
    """The groups with enough calls as dots with their intervals, against all calls together; what was clicked.

    `value` and `n` name the columns of the share and of the calls that it is of, `low` and `high` those of its
    interval. A row is drawn full where its interval leaves out `overall`, the share of all; red where the calls are
    `lost`.
    """
    large = rows[rows[n] >= ENOUGH].head(MOST_RANKED)
    if large.empty:
        st.markdown(f":small[:gray[No group has {ENOUGH} calls to speak of; the table has all.]]")
        return ""
    found = [
        Measure(
            label=str(row["label"]),
            value=float(row[value]),
            low=float(row[low]),
            high=float(row[high]),
            words=(percent(float(row[value]), 0), number(int(row[n]))),
            tone="unsure" if float(row[low]) <= overall <= float(row[high]) else "stop" if lost else "sure",
            key="" if pd.isna(row["group"]) else str(row["group"]),
            hover=f"{percent(float(row[value]))} of {plural(int(row[n]), 'call')}\n"
            f"95% interval {percent(float(row[low]))} to {percent(float(row[high]))}",
        )
        for row in large.to_dict("records")
    ]
    figure = interval_rows(found, shown.palette, width=shown.width(), headings=("Share", "Calls"), reference=overall)
    return view.chart(figure, "Shares with their intervals", key=shown.key("intervals"), clickable=True)


def note(rows: pd.DataFrame, n: str, colour: str = "Blue") -> str:
    """What a chart of `measures` shows of the rows."""
    large = int((rows[n] >= ENOUGH).sum())
    left = f" {number(min(large, MOST_RANKED))} of {number(len(rows))} groups are shown." if len(rows) > 1 else ""
    return (
        f"Each line is a 95% interval, the dotted line all together. {colour}: more than its interval away.{left}"
        f" Those of fewer than {ENOUGH} calls are in the table alone."
    )


def side_by_side(*figures: tuple[str, int, int, str]) -> None:
    """Shares beside each other, each as (what, part, whole, what the whole are)."""
    for place, (what, k, n, of) in zip(st.columns(len(figures)), figures, strict=True):
        with place, st.container(border=True, height="stretch"):
            st.metric(what, percent(k / n if n else float("nan")))
            st.markdown(f":small[:gray[{sentence(f'{share_of(k, n)} {of}.')}]]")


def unknown_customers(shown: view.Shown, implausible: float) -> None:
    """The ids that stand for nobody, and what else is odd about who called."""
    found, people = stand_ins(shown.log, shown.where, implausible=implausible), contacts(shown.log)
    n, known = int(found["n_calls"].sum()), len(people.ids)
    with st.expander(
        f"Ids that stand for unknown: {plural(len(found), 'id')}, {plural(n, 'call')}", icon=":material/person_off:"
    ):
        if found.empty:
            st.markdown(sentence(f"None of the {plural(known, 'customer id')} looks like one."))
        else:
            some = [_why(row) for row in found.head(5).to_dict("records")]
            st.markdown(sentence("No customer, and left out: " + "; ".join(some) + "."))
            st.dataframe(
                found,
                hide_index=True,
                width="stretch",
                column_config={
                    "customer": st.column_config.TextColumn("Id"),
                    "n_calls": st.column_config.NumberColumn("Calls", format="localized"),
                    "reason": st.column_config.TextColumn("Why"),
                },
            )
        for words in _odd(shown):
            st.markdown(f":small[:gray[{sentence(words)}]]")


def _why(row: dict[Any, Any]) -> str:
    why = "is a word for unknown" if row["reason"] == WORD else "is on too many calls for one customer"
    return f"{isolate(str(row['customer']))} {why} ({plural(int(row['n_calls']), 'call')})"


def _odd(shown: view.Shown) -> Iterable[str]:
    people, total = contacts(shown.log), shown.log.about.found.n_calls
    missing = int((people.customer == len(people.ids)).sum())
    yield f"{share_of(missing, total)} calls of the session have no customer id at all."
    if people.twins:
        yield (
            f"{plural(people.twins, 'call')} stand in two files with one id, customer and time: counted as one contact."
        )
    if people.n_long:
        yield (
            f"{plural(people.n_long, 'call')} last longer than a day: their call id may have been given to several "
            "calls, which are then counted as one."
        )
