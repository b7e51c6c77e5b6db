"""Item Funnel: how many go on from each menu item."""

from core import views
from core.charts.measures import funnel_bars
from pages.parts import pictures, view

VIEW = views.view("node-funnel")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    with view.card(
        "The most reached items",
        "Blue: goes on. Red: ends there although the menu goes on. Gray: ends at a destination.",
    ):
        goes_on = rows["node"].map(lambda node: bool(shown.log.n_children[shown.log.codes[node]] > 0))
        told = rows.assign(has_children=goes_on)
        clicked = pictures.measured(funnel_bars, told, shown, "Menu items by how often they are reached", key="funnel")
    columns = {
        "node": ("Id", "text"),
        "label": ("Menu item", "data"),
        "reach": ("Reached", "count"),
        "transitions": ("Went on", "count"),
        "drop_off": ("Ended there", "count"),
        "n_calls": ("Calls", "count"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if chosen := view.chosen(rows, "node", clicked, place):
        view.to_calls(shown.where.passing(chosen))
