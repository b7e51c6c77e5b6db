"""How the views of times are drawn, and which clock their times are told by."""

from dataclasses import replace
from datetime import date

import pandas as pd
import streamlit as st

from core.charts.bar_list import Bar, bar_list
from core.charts.days import Day, day_columns
from core.charts.week import Tile, week_tiles
from core.flow.durations import COUNTED
from core.flow.findings.times import clock
from core.flow.findings.weekdays import WEEKDAYS
from core.flow.spans import Span
from core.flow.waiting import waiting_in_all
from core.plan import clocks
from core.text import briefly, mostly_rtl, number, percent, plural, share_of
from pages.parts import view


def week(rows: pd.DataFrame, shown: view.Shown) -> tuple[int, int] | None:
    """The hours of the week as tiles; the weekday and the hour that were clicked."""
    timed = rows[rows["hour"].notna()]
    there = sorted({int(one) for one in timed["weekday"]})
    if mostly_rtl(shown.log.labels.values()):
        there.sort(key=lambda weekday: weekday % 7)
    tiles = [
        Tile(
            weekday=there.index(int(row.weekday)),
            hour=int(row.hour),
            value=float(row.calls_per_day),
            words=number(row.calls_per_day, 0 if row.calls_per_day >= 10 else 1),
            hover=f"{WEEKDAYS[int(row.weekday)]}, {clock(int(row.hour))}<br>{number(row.calls_per_day, 1)} calls a day"
            f"<br>{plural(int(row.n_calls), 'call')} on {plural(int(row.n_days), 'day')}",
            key=f"{row.weekday}-{row.hour}",
        )
        for row in timed.itertuples()
    ]
    names = [WEEKDAYS[weekday][:3] for weekday in there]
    figure = week_tiles(tiles, names, shown.palette, width=shown.width(), upright=shown.is_narrow)
    clicked = view.chart(figure, "Calls a day by weekday and hour", key=shown.key("week"), clickable=True)
    if not clicked:
        return None
    weekday, hour = clicked.split("-")
    return int(weekday), int(hour)


def lengths(rows: pd.DataFrame, shown: view.Shown) -> int | None:
    """Calls by how long they last; the place of the row that was clicked."""
    counted = rows[rows["kind"] == COUNTED]
    most = int(counted["n_calls"].max()) if len(counted) else 0
    found = [
        Bar(
            label="0 s" if row.to_s == 1 else f"{briefly(row.from_s)} to {briefly(row.to_s)}",
            n=int(row.n_calls),
            share=float(row.share),
            tone="strong" if int(row.n_calls) == most else "plain",
            key=str(place),
            hover=f"{number(row.cumulative_share * 100, 1)}% last shorter than {briefly(row.to_s)}",
        )
        for place, row in enumerate(counted.itertuples())
    ]
    figure = bar_list(found, shown.palette, width=shown.width())
    clicked = view.chart(figure, "Calls by duration", key=shown.key("durations"), clickable=True)
    return int(clicked) if clicked else None


def waits(shown: view.Shown, *, over: int, short: int) -> None:
    """The figures of all queued calls, the strict one beside the raw one."""
    found = waiting_in_all(shown.log, shown.where, over=over, short=short)
    if found.median_s is None or found.p90_s is None:
        return
    with st.grid(4, min_column_width=140):
        st.metric("Half wait at most", briefly(found.median_s), border=True)
        st.metric("Nine in ten at most", briefly(found.p90_s), border=True)
        st.metric(
            f"Over {briefly(over)}",
            percent(found.n_over / found.n_queued),
            border=True,
            help=f"{share_of(found.n_over, found.n_queued)} queued calls.",
        )
        if found.n_left is not None and found.abandonment is not None and found.raw_abandonment is not None:
            st.metric(
                "End while they wait",
                percent(found.abandonment),
                border=True,
                help=f"Calls of which no agent and no handle time is known, of the queued calls. Those that waited "
                f"less than {plural(short, 'second')} are neither; with them it is {percent(found.raw_abandonment)}, "
                f"{share_of(found.n_left, found.n_queued)}.",
                delta=f"{percent(found.raw_abandonment)} with short calls",
                delta_color="off",
                delta_arrow="off",
            )
    if found.n_over:
        wait = "waits" if found.n_over == 1 else "wait"
        which = f"Show the {plural(found.n_over, 'call')} that {wait} over {briefly(over)}"
        view.link_to_calls(which, replace(shown.where, waits=Span.over(over)))


def by_day(days: pd.Series, values: pd.Series, hovers: list[str], shown: view.Shown, what: str) -> str:
    """A column for each day that is known, the highest one strong; the day that was clicked."""
    most = values.max()
    found = [
        Day(date.fromisoformat(str(day)), float(value), strong=bool(value == most and value), hover=hover)
        for day, value, hover in zip(days, values, hovers, strict=True)
        if not pd.isna(day) and not pd.isna(value)
    ]
    strong = [place for place, one in enumerate(found) if one.strong]
    for place in strong[1:]:
        found[place] = Day(found[place].day, found[place].value, hover=found[place].hover)
    return view.chart(day_columns(found, shown.palette), what, key=shown.key("days"), clickable=True)


def clock_note(shown: view.Shown) -> None:
    """By which clock times are told."""
    st.markdown(f":small[:gray[{clocks(shown.session, shown.log.about.zone)}]]")
