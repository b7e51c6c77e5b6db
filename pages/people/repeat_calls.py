"""Repeat Calls: who calls again, and how soon."""

from core import views
from core.flow.customers import next_calls
from pages.parts import groups, pictures, settings, view

VIEW = views.view("repeat-calls")
shown = view.begin(VIEW)
given = settings.draw(VIEW, shown.log)
rows = view.answer(shown, VIEW, **given)
if len(rows):
    values = VIEW.values(shown.log, **given)
    days, known = values["days"], int(rows["n_known"].sum())
    repeats, repeats_whole, whole = (int(rows[name].sum()) for name in ("n_repeat", "n_repeat_whole", "n_whole"))
    groups.side_by_side(
        ("Repeat calls", repeats, known, "calls with a known customer"),
        ("Strictly", repeats_whole, whole, f"calls, without those of the log's first {days} days"),
    )
    spans = next_calls(shown.log, shown.where, days=days, implausible=values["implausible"])
    if spans["n_calls"].sum():
        with view.card("How long until the next call", "Calls that are followed by another, by the days in between."):
            pictures.spans(spans, shown)
    clicked = ""
    if given["by"] != "all" and known:
        with view.card("What people call again for", groups.note(rows, "n_known")):
            most = rows.sort_values("low", ascending=False, kind="stable")
            overall = repeats / known
            clicked = groups.measures(most, shown, value="share", n="n_known", overall=overall)
    columns = groups.columns(
        given["by"],
        n_known=("With a customer", "count"),
        n_repeat=("Repeat calls", "count"),
        share=("Share", "share"),
        low=("95% from", "percent"),
        high=("to", "percent"),
        n_whole=("After the first days", "count"),
        share_whole=("Share of these", "percent"),
        median_before=("Median since the call before", "seconds"),
    )
    place = view.behind(shown, VIEW, rows, columns)
    groups.unknown_customers(shown, values["implausible"])
    if chosen := view.chosen(rows, "group", clicked, place):
        view.to_calls(groups.calls_of(shown.where, given["by"], chosen))
