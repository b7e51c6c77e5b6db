"""Containment: how many calls stay in self-service, and how many of them truly."""

from core import views
from core.flow.outcomes import can_follow
from core.text import plural
from pages.parts import groups, settings, view

VIEW = views.view("containment")
shown = view.begin(VIEW)
given = settings.draw(VIEW, shown.log)
rows = view.answer(shown, VIEW, **given)
if len(rows) and VIEW.values(shown.log, **given)["selfservice"]:
    n, k, follows = shown.n_calls, int(rows["n_contained"].sum()), can_follow(shown.log)
    if follows:
        back = int(rows["n_back"].sum())
        left = f"without {plural(back, 'call')} whose customer called again within {given['again']} hours"
        groups.side_by_side(("Containment", k, n, "calls"), ("True containment", k - back, n, f"calls, {left}"))
        k -= back
    strict = {"value": "true_containment", "low": "true_low", "high": "true_high"} if follows else {}
    clicked = ""
    if given["by"] != "all":
        with view.card(f"{'True containment' if follows else 'Containment'} by group", groups.note(rows, "n_calls")):
            clicked = groups.measures(rows, shown, n="n_calls", overall=k / n, **{"value": "containment", **strict})
    columns = groups.columns(
        given["by"],
        n_contained=("Contained", "count"),
        containment=("Containment", "share"),
        low=("95% from", "percent"),
        high=("to", "percent"),
    )
    if follows:
        columns |= {
            "n_back": ("Called again", "count"),
            "true_containment": ("True containment", "share"),
            "true_low": ("95% from ", "percent"),
            "true_high": ("to ", "percent"),
            "n_unseen": ("Nobody knows", "count"),
        }
    place = view.behind(shown, VIEW, rows, columns)
    if follows:
        groups.unknown_customers(shown, float(given["implausible"]))
    if chosen := view.chosen(rows, "group", clicked, place):
        view.to_calls(groups.calls_of(shown.where, given["by"], chosen))
