"""Dead Ends: which menu items stop calls although the menu goes on."""

from dataclasses import replace

from core import views
from core.charts.scatter import dead_end_scatter
from pages.parts import view

VIEW = views.view("dead-ends")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    with view.card(
        "Reach against the share that ends there",
        "Red: the menu goes on. Gray: a destination. On a dotted curve the same number of calls is lost.",
    ):
        figure = dead_end_scatter(rows, shown.palette, width=shown.width(), height=460)
        clicked = view.chart(
            figure,
            "Menu items by how often they are reached and how many calls end there",
            key=shown.key("ends"),
            clickable=True,
        )
    columns = {
        "node": ("Id", "text"),
        "label": ("Menu item", "data"),
        "reach": ("Reached", "count"),
        "terminations": ("Ended there", "count"),
        "termination_rate": ("Share that ends", "share"),
        "has_children": ("Menu goes on", "bool"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if chosen := view.chosen(rows, "node", clicked, place):
        view.to_calls(replace(shown.where, ends=(chosen,)))
