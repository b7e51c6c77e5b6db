"""Off-menu Moves: transitions that the menu does not have."""

from dataclasses import replace

from core import views
from pages.parts import pictures, view

VIEW = views.view("anomalies")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    with view.card("The most frequent moves off the menu", "Click a move to see the calls that make it."):
        clicked = pictures.moves(rows, shown, "Moves that the menu does not have", key="moves")
    columns = {
        "source": ("From id", "text"),
        "source_label": ("From", "data"),
        "target": ("To id", "text"),
        "target_label": ("To", "data"),
        "n": ("Times", "count"),
        "kind": ("Kind", "text"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if place is None and clicked:
        place = int(clicked)
    if place is not None:
        move = (str(rows["source"].iloc[place]), str(rows["target"].iloc[place]))
        view.to_calls(replace(shown.where, transitions=(*shown.where.transitions, move)))
