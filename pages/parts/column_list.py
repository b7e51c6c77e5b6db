"""The columns of a table as a list, and one of them in full."""

from datetime import date

import pandas as pd
import streamlit as st

from core.charts import theme
from core.charts.bar_list import Bar, bar_list
from core.charts.histogram import histogram
from core.profile.measures import QUANTILES, Histogram
from core.profile.remarks import Remark, because, figure, remarks
from core.profile.schema import ColumnProfile, Profile
from core.text import clean, day, number, percent, plural
from pages.parts import state, view, viewport
from pages.parts.text import literal, sentence

_ROW_PX, _MOST_ROWS = 35, 14


def draw(profile: Profile, key: str) -> None:
    """All columns, and below them the one that was chosen."""
    rows = overview(profile)
    settings = {
        "Missing": st.column_config.ProgressColumn(format="%.1f%%", min_value=0, max_value=100),
        "Different": st.column_config.NumberColumn(format="localized"),
        "Column": st.column_config.TextColumn(pinned=True),
        "To look at": st.column_config.TextColumn(width="medium"),
    }
    event = st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        height=min(len(rows) + 1, _MOST_ROWS) * _ROW_PX + 3,
        column_config=settings,
        on_select="rerun",
        selection_mode="single-row",
        key=f"columns:{key}",
        placeholder="–",
    )
    chosen = event.selection.rows
    if not chosen:
        st.markdown(":small[:gray[Choose a row to see its column in full.]]")
    one(profile.columns[chosen[0] if chosen else 0], profile.rows, key)


def overview(profile: Profile) -> pd.DataFrame:
    """A row a column: Column, Type, Missing (percent), Different, From, To, Most frequent, To look at."""
    spans = [_span(column) for column in profile.columns]
    return pd.DataFrame(
        {
            "Column": [clean(column.name) for column in profile.columns],
            "Type": [column.type.value for column in profile.columns],
            "Missing": [100 * column.missing / max(profile.rows, 1) for column in profile.columns],
            "Different": [column.distinct for column in profile.columns],
            "From": [span[0] for span in spans],
            "To": [span[1] for span in spans],
            "Most frequent": [clean(column.top[0][0]) if column.top else None for column in profile.columns],
            "To look at": [
                ", ".join(told.matter for told in remarks(column, profile.rows)) or None for column in profile.columns
            ],
        }
    )


def _span(column: ColumnProfile) -> tuple[str | None, str | None]:
    if column.numbers:
        return figure(column.numbers.least), figure(column.numbers.most)
    return (column.days.first, column.days.last) if column.days else (None, None)


def one(column: ColumnProfile, n_rows: int, key: str) -> None:
    """A column in full: what is odd in it, how its values lie, which are frequent, and its figures."""
    told = remarks(column, n_rows)
    st.header(literal(column.name), anchor=False)
    st.markdown(f"{column.type.value.capitalize()}. {sentence(because(column, n_rows))}")
    for remark in told:
        _remark(remark)
    palette, window = theme.palette(state.mode()), viewport.window()
    narrow = window < viewport.NARROW
    shape = column.numbers.histogram if column.numbers else column.days.histogram if column.days else column.clocks
    left, right = st.columns([3, 2]) if not narrow else (st.container(), st.container())
    width = round(viewport.room(window) * (1 if narrow else 0.55))
    with left:
        if shape:
            with view.card(*_headed(shape)):
                between = not shape.unit
                view.chart(
                    histogram(_labels(shape), shape.counts, palette, between=between, width=width),
                    f"How the values of {clean(column.name)} lie",
                    key=f"histogram:{key}",
                )
        if column.top:
            filled = n_rows - column.missing
            with view.card("Most frequent values", f"of {plural(filled, 'value')}"):
                bars = [Bar(label=text, n=n, share=n / filled) for text, n in column.top]
                view.chart(
                    bar_list(bars, palette, width=width, unit="row"),
                    f"The most frequent values of {clean(column.name)}",
                    key=f"top:{key}",
                )
    with right, view.card("In figures"):
        st.dataframe(figures(column, n_rows), hide_index=True, width="stretch", height="content", key=f"figures:{key}")


def _remark(remark: Remark) -> None:
    st.markdown(f":red[:material/visibility:] **{remark.matter.capitalize()}.** {sentence(remark.words)}")


def _headed(shape: Histogram) -> tuple[str, str]:
    if shape.unit:
        return f"Rows by {shape.unit}", ""
    return (
        "How the values lie",
        f"{plural(len(shape.counts), 'bar')}; each holds its left edge, the last one both",
    )


def _labels(shape: Histogram) -> list[str]:
    """The words below the bars: edges of numbers, else the day, month, year or hour of each bar."""
    if shape.unit in ("day", "month", "year"):
        starts = [date.fromisoformat(str(edge)) for edge in shape.edges[:-1]]
        written = {"day": day, "month": lambda one: day(one)[2:], "year": lambda one: str(one.year)}[shape.unit]
        return [written(one).strip() for one in starts]
    if shape.unit == "hour":
        return [f"{hour:02}" for hour in range(len(shape.counts))]
    return [figure(float(edge)) for edge in shape.edges]


def figures(column: ColumnProfile, n_rows: int) -> pd.DataFrame:
    """Figure, Value of a column, in words."""
    filled = n_rows - column.missing
    rows = [
        ("Values", number(filled)),
        ("Missing", f"{number(column.missing)}, {percent(column.missing / max(n_rows, 1))}"),
        ("Different values", f"{column.hedge} {number(column.distinct)}".strip()),
    ]
    if column.numbers:
        told = column.numbers
        spread = [("Standard deviation", figure(told.std))] if told.std is not None else []
        rows += [("Mean", figure(told.mean)), *spread, ("Least", figure(told.least))]
        rows += [
            ("Median" if share == 0.5 else f"{share:.0%} are at most", figure(value))
            for share, value in zip(QUANTILES, told.quantiles, strict=True)
        ]
        rows += [("Most", figure(told.most)), ("Zero", number(told.n_zero)), ("Negative", number(told.n_negative))]
        rows.append(("Outliers", number(told.outliers)))
    if column.days:
        found = column.days
        rows += [("First", found.first), ("Last", found.last)]
        rows.append(("Days with a row", f"{number(found.n_days)} of {number(found.span)}"))
        if found.gap:
            rows.append(("Longest gap", f"{plural(found.gap, 'day')}, {found.gap_first} to {found.gap_last}"))
    if column.lengths:
        length = column.lengths
        rows.append(("Characters", f"{number(length.least)} to {number(length.most)}, mean {figure(length.mean)}"))
    return pd.DataFrame(rows, columns=["Figure", "Value"])
