"""Agents: whose calls are unlike the others'."""

from core import views
from core.ingest.mapping import Role
from pages.parts import people, settings, view

VIEW = views.view("agents")
shown = view.begin(VIEW)
given = settings.draw(VIEW, shown.log)
rows = view.answer(shown, VIEW, **given)
if len(rows):
    clicked = ""
    known = rows[rows["agent"].notna()]
    note = "Between the dotted lines 95% would be if all agents were alike. Blue: differs from the others."
    columns = {"label": ("Agent", "data"), "n_calls": ("Calls", "count")}
    if Role.HANDLE_TIME.value in shown.log.about.roles and known["mean_handle"].notna().any():
        with view.card("Handle time", f"{note} In seconds, as the mapped column says."):
            clicked = people.handle_times(known, shown, int(given["least"]))
        columns |= {
            "n_timed": ("With a handle time", "count"),
            "mean_handle": ("Mean", "seconds"),
            "handle_low": ("95% from", "seconds"),
            "handle_high": ("to", "seconds"),
            "median_handle": ("Median", "seconds"),
            "handle_differs": ("Differs", "bool"),
        }
    if known["share"].notna().any():
        outcome = people.outcome_of(shown, given["ending"])
        if known["share"].nunique() > 1:
            with view.card(f"Calls that end as {outcome}", note):
                clicked = people.shares(known, shown) or clicked
        columns |= {
            "n_outcome": (f"End as {outcome}", "count"),
            "share": ("Share", "share"),
            "low": ("95% from ", "percent"),
            "high": ("to ", "percent"),
            "share_differs": ("Differs ", "bool"),
        }
    place = view.behind(shown, VIEW, rows, columns)
    if place is not None and isinstance(rows["agent"].iloc[place], str):
        clicked = str(rows["agent"].iloc[place])
    if clicked:
        view.to_calls(shown.where.with_values("agent", [clicked]))
