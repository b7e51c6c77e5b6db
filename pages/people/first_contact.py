"""First Contact: how many calls are settled the first time, and which bring people back."""

from core import views
from core.flow.customers import next_calls
from pages.parts import groups, pictures, settings, view

VIEW = views.view("first-contact")
shown = view.begin(VIEW)
given = settings.draw(VIEW, shown.log)
rows = view.answer(shown, VIEW, **given)
if len(rows):
    values = VIEW.values(shown.log, **given)
    days, known = values["days"], int(rows["n_known"].sum())
    again, again_whole, whole = (int(rows[name].sum()) for name in ("n_again", "n_again_whole", "n_whole"))
    groups.side_by_side(
        ("First-contact resolution", known - again, known, "calls with a known customer"),
        ("Strictly", whole - again_whole, whole, f"calls, without those of the log's last {days} days"),
    )
    clicked = ""
    if given["by"] != "all" and known:
        with view.card("What brings people back", groups.note(rows, "n_known")):
            worst = rows.sort_values("high", kind="stable")
            overall = 1 - again / known
            clicked = groups.measures(worst, shown, value="resolution", n="n_known", overall=overall)
    spans = next_calls(shown.log, shown.where, days=days, implausible=values["implausible"])
    if spans["n_calls"].sum():
        with view.card("How long until the next call", "Calls that are followed by another, by the days in between."):
            pictures.spans(spans, shown)
    columns = groups.columns(
        given["by"],
        n_known=("With a customer", "count"),
        n_again=("Followed by another", "count"),
        resolution=("First-contact resolution", "share"),
        low=("95% from", "percent"),
        high=("to", "percent"),
        n_whole=("Can be followed fully", "count"),
        resolution_whole=("Resolution of these", "percent"),
        median_next=("Median until the next call", "seconds"),
    )
    place = view.behind(shown, VIEW, rows, columns)
    groups.unknown_customers(shown, values["implausible"])
    if chosen := view.chosen(rows, "group", clicked, place):
        view.to_calls(groups.calls_of(shown.where, given["by"], chosen))
