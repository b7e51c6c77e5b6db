"""Second Choices: from which steps calls try several ways."""

from core import views
from pages.parts import pictures, view

VIEW = views.view("branches")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    with view.card("Calls that go on to several steps", "Click a step to see the calls that pass it."):
        several = rows[rows["n_several"] > 0].head(pictures.MOST_RANKED)
        several = several.drop(columns="n_calls").rename(columns={"n_several": "n_calls"})
        clicked = pictures.ranked(several, shown, "Steps by calls that try several ways on", key="branches")
    columns = {
        "node": ("Id", "text"),
        "label": ("Menu item", "data"),
        "n_calls": ("Calls that go on", "count"),
        "n_several": ("To several", "count"),
        "share": ("Share of these", "share"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if chosen := view.chosen(rows, "node", clicked, place):
        view.to_calls(shown.where.passing(chosen))
