"""Compare: what differs between two groups of calls."""

import pandas as pd

from core import views
from core.flow.comparing import OUTCOME, SHARES
from pages.parts import comparison, settings, view

VIEW = views.view("compare")
shown = view.begin(VIEW)
given = settings.draw(VIEW, shown.log)
other = comparison.other_of(shown, given)
rows = view.answer(shown, VIEW, **given)
comparison.draw(shown, other)
if len(rows):
    of = given["of"]
    with view.card("What differs most", comparison.note(rows)):
        clicked = comparison.chart(rows, shown)
    columns = {"group": ("Id", "text"), "label": (SHARES[of], "data")}
    if of in (OUTCOME, "variant"):
        del columns["group"]
    columns |= {
        "n_first": ("First", "count"),
        "share_first": ("Share", "percent"),
        "n_second": ("Second", "count"),
        "share_second": ("Share ", "percent"),
        "difference": ("Points apart", "points"),
        "low": ("95% from", "points"),
        "high": ("to", "points"),
        "q": ("q", "number"),
        "changed": ("Differs", "bool"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if place is not None:
        clicked = "" if pd.isna(rows["group"].iloc[place]) else str(rows["group"].iloc[place])
    if clicked or place is not None:
        view.to_calls(comparison.calls_of(shown.where, of, clicked))
