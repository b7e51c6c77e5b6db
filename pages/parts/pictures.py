"""From a view's frame to its chart: which rows are shown, which is emphasised, what the tail is called."""

from collections.abc import Callable, Collection
from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.charts.bar_list import Bar, bar_list
from core.charts.columns import Column, columns, depth_columns
from core.charts.icicle import branch_hues, icicle
from core.flow import anomalies
from core.flow.dead_ends import mid_menu_ends
from core.flow.findings.weekdays import WEEKDAYS
from core.flow.paths import path_counts
from core.flow.summary import daily, lengths
from core.text import is_rtl, move, number, percent, plural
from pages.parts import view

THIRD, HALF, TWO_THIRDS = 0.32, 0.49, 0.68  # of the page's width, the gaps between cards left out
MOST_BARS = 6
MOST_RANKED = 20
MOST_STEPS = 12
MOST_DEPTHS = 10

FIGURES = {
    "n_files": "Files",
    "n_calls": "Calls",
    "n_steps": "Steps",
    "n_nodes": "Menu items that calls touch",
    "n_variants": "Different paths",
    "first_day": "First day",
    "last_day": "Last day",
    "mean_length": "Steps in a call: mean",
    "median_length": "Steps in a call: median",
    "p90_length": "90% of calls have at most",
    "p95_length": "95% of calls have at most",
    "min_length": "Fewest steps",
    "max_length": "Most steps",
    "n_rejected": "Rejected rows of the import",
}


def key_figures(shown: view.Shown, figures: pd.Series) -> None:
    """Four figures with their shape: calls, steps, paths, and what is lost mid-menu (or all steps, without a menu)."""
    n_calls, p95 = int(figures["n_calls"]), int(figures["p95_length"])
    days = daily(shown.log, shown.where)
    by_length = lengths(shown.log, shown.where)
    with st.grid(4, min_column_width=140):
        st.metric(
            "Calls",
            number(n_calls),
            border=True,
            chart_data=list(days["n_calls"]) or None,
            chart_type="area",
            help="A call is one call id in one file. The line shows calls a day.",
        )
        st.metric(
            "Steps in a call",
            number(int(figures["median_length"])),
            border=True,
            chart_data=list(by_length["n_calls"][by_length["n_steps"] <= p95 + 2]),
            chart_type="bar",
            help=f"The median. The mean is {figures['mean_length']:.2f}; 95% of calls have {p95} steps or fewer. "
            "The bars show calls by number of steps.",
        )
        st.metric(
            "Different paths",
            number(int(figures["n_variants"])),
            border=True,
            chart_data=list(path_counts(shown.log, shown.where)["cumulative"].head(300)),
            chart_type="area",
            help="Calls with the same steps in the same order share a path. The line shows how many calls the most "
            "frequent paths carry together.",
        )
        if "parent" in shown.log.about.roles:
            n_mid = int(mid_menu_ends(shown.log, shown.where)["n_calls"].sum())
            shares = (days["n_mid_menu"] / days["n_calls"].where(days["n_calls"] > 0)).fillna(0.0)
            st.metric(
                "Left mid-menu",
                percent(n_mid / n_calls),
                border=True,
                chart_data=list(shares) or None,
                chart_type="area",
                help=f"{number(n_mid)} of {plural(n_calls, 'call')} end on a menu item that still has options below "
                "it. The line shows the share by day.",
            )
        else:
            st.metric(
                "Steps in all",
                number(int(figures["n_steps"])),
                border=True,
                chart_data=list(by_length["n_calls"] * by_length["n_steps"])[:40],
                chart_type="bar",
                help="All steps of these calls, repeats counted. The bars show them by the length of the call.",
            )


def bars(
    rows: pd.DataFrame, most: int, *, strong: bool = True, hues: dict[str, str] | None = None, lost: bool = True
) -> list[Bar]:
    """Rows of node, label, n_calls, share as bars: the `most` first, the rest as one, those without a node last.

    `lost` says whether those without a node are calls that ended although the menu goes on.
    """
    steps, ended = rows[rows["node"].notna()], rows[rows["node"].isna()]
    kept = steps if len(steps) <= most + 1 else steps.head(most)
    found = [
        Bar(
            label=str(row.label),
            n=int(row.n_calls),
            share=float(row.share),
            tone="strong" if strong and position == 0 and len(steps) > 1 else "plain",
            hue=(hues or {}).get(str(row.node)),
            key=str(row.node),
            hover=f"id {row.node}",
        )
        for position, row in enumerate(kept.itertuples())
    ]
    if len(kept) < len(steps):
        tail = steps.iloc[len(kept) :]
        words = f"{len(tail)} more items"
        found.append(Bar(label=words, n=int(tail["n_calls"].sum()), share=float(tail["share"].sum()), tone="quiet"))
    return found + [
        Bar(label=str(row.label), n=int(row.n_calls), share=float(row.share), tone="stop" if lost else "quiet")
        for row in ended.itertuples()
    ]


def ranked(
    rows: pd.DataFrame,
    shown: view.Shown,
    what: str,
    *,
    key: str,
    stops: Collection[str] = (),
    most: int = MOST_RANKED,
    unit: str = "call",
) -> str:
    """A page's bar list of node, label, n_calls, share; the node that was clicked. Those of `stops` are red."""
    found = [replace(bar, tone="stop") if bar.key in stops and bar.tone != "quiet" else bar for bar in bars(rows, most)]
    figure = bar_list(found, shown.palette, width=shown.width(), unit=unit)
    return view.chart(figure, _spoken(what, rows), key=shown.key(key), clickable=True)


def measured(draw: Callable[..., go.Figure], rows: pd.DataFrame, shown: view.Shown, what: str, *, key: str) -> str:
    """The first rows of a view with a measure each, drawn as bars; the node that was clicked."""
    figure = draw(rows.head(MOST_RANKED), shown.palette, width=shown.width())
    return view.chart(figure, what, key=shown.key(key), clickable=True)


def moves(rows: pd.DataFrame, shown: view.Shown, what: str, *, key: str) -> str:
    """Transitions as bars, a hue for each kind; the place of the one that was clicked."""
    kinds = [kind for kind in anomalies.KINDS if kind in set(rows["kind"])]
    hues = dict(zip(kinds, shown.palette.categorical, strict=False))
    names = dict(zip(kinds, ("blue", "orange", "violet", "green"), strict=False))
    st.markdown(f":small[{'  '.join(f':{names[kind]}[●] {kind}' for kind in kinds)}]")
    total = int(rows["n"].sum())
    found = [
        Bar(
            label=move(str(row.source_label), str(row.target_label)),
            n=int(row.n),
            share=int(row.n) / total,
            hue=hues[str(row.kind)],
            key=str(place),
            hover=f"{row.kind}, from id {row.source} to id {row.target}",
        )
        for place, row in enumerate(rows.head(MOST_RANKED).itertuples())
    ]
    figure = bar_list(found, shown.palette, width=shown.width(), unit="time")
    return view.chart(figure, what, key=shown.key(key), clickable=True)


def counted(counts: pd.Series, shown: view.Shown, what: str) -> None:
    """A bar for each label of a series of counts, the most first."""
    total = int(counts.sum())
    found = [Bar(label=str(label), n=int(n), share=int(n) / total) for label, n in counts.head(MOST_RANKED).items()]
    figure = bar_list(found, shown.palette, width=shown.width(), unit="item")
    view.chart(figure, what, key=shown.key("counted"))


def intents(rows: pd.DataFrame, shown: view.Shown) -> None:
    figure = bar_list(bars(rows, MOST_BARS), shown.palette, width=shown.width(HALF))
    view.chart(figure, _spoken("Calls by intent", rows), key="intents")


def first_steps(rows: pd.DataFrame, shown: view.Shown) -> None:
    figure = bar_list(bars(rows, MOST_BARS), shown.palette, width=shown.width())
    view.chart(figure, _spoken("Calls by first step", rows), key="first")


def weekday_name(weekday: object) -> str:
    return "No date" if pd.isna(weekday) else WEEKDAYS[int(str(weekday))]  # type: ignore[call-overload]


def weekdays(rows: pd.DataFrame, shown: view.Shown) -> str:
    """Calls a day, and the weekday that was clicked; the week begins on Sunday where most data runs right to left."""
    dated = rows[rows["weekday"].notna()]
    if dated.empty:
        st.markdown(":small[:gray[No call has a date. Mark a column as the timestamp to see when people call.]]")
        return ""
    labels = list(shown.log.labels.values())
    from_sunday = sum(map(is_rtl, labels)) * 2 > len(labels)
    order = sorted(dated.itertuples(), key=lambda row: int(row.weekday) % 7 if from_sunday else int(row.weekday))
    busiest = max(float(row.calls_per_day) for row in order)
    clicked = view.chart(
        columns(
            [
                Column(
                    label=WEEKDAYS[int(row.weekday)][:3],
                    value=float(row.calls_per_day),
                    text=number(round(row.calls_per_day)),
                    strong=float(row.calls_per_day) == busiest,
                    hover=f"{plural(int(row.n_calls), 'call')} on {plural(int(row.n_days), 'day')}",
                    key=str(row.weekday),
                )
                for row in order
            ],
            shown.palette,
        ),
        "Calls a day by weekday",
        key=shown.key("weekdays"),
        clickable=True,
    )
    if len(rows) > len(dated):
        undated = int(rows["n_calls"].iloc[-1])
        st.markdown(f":small[:gray[{plural(undated, 'call')} without a date not shown.]]")
    return clicked


def depths(rows: pd.DataFrame, shown: view.Shown) -> None:
    """How far calls get, with the words for its three colours above."""
    if rows["left_mid_menu"].sum():
        st.markdown(":small[:blue[●] goes on  :red[●] left mid-menu  :gray[●] reached a destination]")
    figure = depth_columns(rows.head(MOST_DEPTHS), shown.palette, width=shown.width())
    view.chart(figure, "Calls by how many steps they take", key="depths")
    if len(rows) > MOST_DEPTHS:
        n = int(rows["goes_on"].iloc[MOST_DEPTHS])
        goes = "call goes" if n == 1 else "calls go"
        st.markdown(f":small[:gray[{number(n)} {goes} further, up to {number(len(rows))} steps.]]")


def spans(rows: pd.DataFrame, shown: view.Shown) -> None:
    """Calls by the days until the next one: first_day, last_day, n_calls."""
    most = int(rows["n_calls"].max())
    found = [
        Column(
            label=_days(int(row.first_day), int(row.last_day), shown),
            value=float(row.n_calls),
            text=number(int(row.n_calls)),
            strong=int(row.n_calls) == most,
            hover=f"after more than {plural(int(row.first_day) - 1, 'day')}" if row.first_day > 1 else "",
        )
        for row in rows.itertuples()
    ]
    view.chart(columns(found, shown.palette), "Calls by the days until the next call", key="spans")


def _days(first: int, last: int, shown: view.Shown) -> str:
    days = str(first) if first == last else f"{first}–{last}"
    return days if shown.is_narrow else f"Day {days}"


def next_steps(rows: pd.DataFrame, shown: view.Shown, *, lost: bool, key: str) -> str:
    """The Path Explorer's list; the id of the node that was clicked, "" where none was."""
    hues = branch_hues([str(node) for node in rows["node"].dropna()], shown.palette)
    figure = bar_list(
        bars(rows, MOST_STEPS, strong=False, hues=hues, lost=lost), shown.palette, width=shown.width(THIRD)
    )
    return view.chart(figure, _spoken("Calls by next step", rows), key=key, clickable=True)


def next_levels(tree: pd.DataFrame, shown: view.Shown, *, key: str) -> str:
    """The Path Explorer's icicle; the key of the tile that was clicked, "" where none was."""
    figure = icicle(tree, shown.palette, width=shown.width(TWO_THIRDS), height=520)
    return view.chart(figure, "The next four steps, each as tall as the calls that take it", key=key, clickable=True)


def figures_table(figures: pd.DataFrame) -> pd.DataFrame:
    """The one row of Summary as two columns of words."""
    row = figures.iloc[0]
    values = [_figure(name, row[name]) for name in FIGURES]
    return pd.DataFrame({"Figure": list(FIGURES.values()), "Value": values})


def _figure(name: str, value: object) -> str:
    if value is None or pd.isna(value):
        return "–"
    return f"{value:.4f}" if name == "mean_length" else number(value) if isinstance(value, int | float) else str(value)


def _spoken(what: str, rows: pd.DataFrame) -> str:
    """What a screen reader says of a bar list."""
    first = "; ".join(f"{row.label}: {number(int(row.n_calls))}" for row in rows.head(3).itertuples())
    return f"{what}. {first}"
