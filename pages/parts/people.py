"""Agents as dots in a funnel plot."""

import pandas as pd

from core.charts.funnel_plot import Person, funnel_plot
from core.flow.agents import handle_spread, usual_outcome
from core.text import isolate, lasting, percent, plural, share_of
from pages.parts import view

HEIGHT = 360


def outcome_of(shown: view.Shown, ending: str) -> str:
    """The outcome whose share is shown, isolated."""
    return isolate(ending or usual_outcome(shown.log, shown.where))


def handle_times(rows: pd.DataFrame, shown: view.Shown, least: int) -> str:
    """Agents by how many calls have a handle time and its mean; the one that was clicked."""
    told = rows[rows["mean_handle"].notna()]
    people = [
        Person(
            name=str(row["agent"]),
            n=int(row["n_timed"]),
            value=float(row["mean_handle"]),
            differs=row["handle_differs"] is True,
            hover=f"{lasting(float(row['mean_handle']))} on average over {plural(int(row['n_timed']), 'call')}\n"
            f"95% interval {lasting(float(row['handle_low']))} to {lasting(float(row['handle_high']))}",
        )
        for row in told.to_dict("records")
    ]
    mean, spread = handle_spread(shown.log, shown.where, least=least)
    return _drawn(people, shown, mean, spread, share=False)


def shares(rows: pd.DataFrame, shown: view.Shown) -> str:
    """Agents by their calls and the share with the outcome; the one that was clicked."""
    people = [
        Person(
            name=str(row["agent"]),
            n=int(row["n_calls"]),
            value=float(row["share"]),
            differs=row["share_differs"] is True,
            hover=f"{share_of(int(row['n_outcome']), int(row['n_calls']))} calls, {percent(float(row['share']))}\n"
            f"95% interval {percent(float(row['low']))} to {percent(float(row['high']))}",
        )
        for row in rows.to_dict("records")
    ]
    mean = int(rows["n_outcome"].sum()) / int(rows["n_calls"].sum())
    return _drawn(people, shown, mean, (mean * (1 - mean)) ** 0.5, share=True)


def _drawn(people: list[Person], shown: view.Shown, mean: float, spread: float, *, share: bool) -> str:
    figure = funnel_plot(
        people, shown.palette, width=shown.width(), height=HEIGHT, mean=mean, spread=spread, share=share
    )
    what = "Agents by how many calls they have and what those are like"
    return view.chart(figure, what, key=shown.key("shares" if share else "handling"), clickable=True)
