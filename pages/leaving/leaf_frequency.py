"""Last Steps: where calls end."""

from dataclasses import replace

from core import views
from pages.parts import pictures, view

VIEW = views.view("leaf-frequency")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    with view.card("Calls by last step", "Red: the menu goes on from there. Click one to see its calls."):
        stops = {str(shown.log.ids[node]) for node, n in enumerate(shown.log.n_children) if n > 0}
        clicked = pictures.ranked(rows, shown, "Calls by last step", key="leaves", stops=stops)
    place = view.behind(shown, VIEW, rows, view.SHARED)
    if chosen := view.chosen(rows, "node", clicked, place):
        view.to_calls(replace(shown.where, ends=(chosen,)))
