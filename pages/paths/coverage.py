"""Choice Coverage: how much the one or two most frequent choices cover."""

from core import views
from core.charts.measures import coverage_bars
from pages.parts import pictures, view

VIEW = views.view("coverage")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    with view.card(
        "The items with the most moves", "Dark: the most frequent next step. Paler: the second. Gray: all others."
    ):
        clicked = pictures.measured(
            coverage_bars, rows, shown, "Menu items by how much their first choices cover", key="top"
        )
    columns = {
        "node": ("Id", "text"),
        "label": ("Menu item", "data"),
        "n": ("Moves", "count"),
        "top1_share": ("Most frequent", "share"),
        "top2_share": ("Two most frequent", "share"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if chosen := view.chosen(rows, "node", clicked, place):
        view.to_calls(shown.where.passing(chosen))
