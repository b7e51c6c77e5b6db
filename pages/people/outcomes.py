"""Outcomes: how calls end."""

from core import views
from core.flow.facets import NO_VALUE
from core.flow.outcomes import outcomes
from core.text import isolate
from pages.parts import groups, settings, view

VIEW = views.view("outcomes")
shown = view.begin(VIEW)
given = settings.draw(VIEW, shown.log)
rows = view.answer(shown, VIEW, **given)
if len(rows):
    by = given["by"]
    every = outcomes(shown.log, shown.where, by=by)
    with view.card("What they end as", "Click a row to see its calls."):
        clicked = groups.composed(every.assign(kind=every["outcome"].fillna(NO_VALUE)), shown, "Outcomes", key="made")
    known = every[every["outcome"].notna()]
    ending = given["ending"] or (str(known.groupby("outcome")["n"].sum().idxmax()) if len(known) else "")
    if ending and by != "all":
        one = outcomes(shown.log, shown.where, by=by, ending=ending)
        with view.card(f"How sure the share of {isolate(ending)} is", groups.note(one, "n_calls")):
            sure = groups.measures(one, shown, value="share", n="n_calls", overall=one["n"].sum() / shown.n_calls)
            clicked = sure or clicked
    columns = groups.columns(
        by,
        outcome=("Outcome", "data"),
        n=("Of them", "count"),
        share=("Share", "share"),
        low=("95% from", "percent"),
        high=("to", "percent"),
    )
    place = view.behind(shown, VIEW, rows, columns)
    if place is not None:
        row = rows.iloc[place]
        where = groups.calls_of(shown.where, by, str(row["group"]))
        view.to_calls(where.with_values("outcome", [row["outcome"] if isinstance(row["outcome"], str) else ""]))
    if clicked:
        view.to_calls(groups.calls_of(shown.where, by, clicked))
