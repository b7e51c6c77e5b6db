"""Top Intents: what people call for."""

from dataclasses import replace

from core import views
from pages.parts import pictures, view

VIEW = views.view("top-intents")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    with view.card("Calls by intent", "Click an intent to see its calls."):
        clicked = pictures.ranked(rows, shown, "Calls by intent", key="intents")
    place = view.behind(shown, VIEW, rows, view.SHARED)
    if chosen := view.chosen(rows, "node", clicked, place):
        view.to_calls(replace(shown.where, intents=(chosen,)))
