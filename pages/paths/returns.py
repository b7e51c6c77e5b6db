"""Ways Back: where calls come back to a step they met before."""

from dataclasses import replace

from core import views
from pages.parts import pictures, view

VIEW = views.view("returns")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    with view.card("The most frequent ways back", "Click one to see the calls that make this move."):
        clicked = pictures.moves(rows, shown, "Moves back to a step that the call met before", key="returns")
    columns = {
        "source": ("From id", "text"),
        "source_label": ("From", "data"),
        "target": ("Back to id", "text"),
        "target_label": ("Back to", "data"),
        "n": ("Times", "count"),
        "n_calls": ("Calls", "count"),
        "kind": ("Kind", "text"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if place is None and clicked:
        place = int(clicked)
    if place is not None:
        move = (str(rows["source"].iloc[place]), str(rows["target"].iloc[place]))
        view.to_calls(replace(shown.where, transitions=(*shown.where.transitions, move)))
