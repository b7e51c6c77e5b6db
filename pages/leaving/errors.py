"""Errors: where technical errors meet callers."""

from core import views
from pages.parts import pictures, settings, view

VIEW = views.view("errors")
shown = view.begin(VIEW)
given = settings.draw(VIEW, shown.log)
rows = view.answer(shown, VIEW, **given)
if len(rows):
    with view.card("Steps with an error", "And their share of all errors. Click one to see its calls with one."):
        told = rows.assign(n_calls=rows["n_errors"], share=rows["n_errors"] / rows["n_errors"].sum())
        clicked = pictures.ranked(told, shown, "Menu items by steps with an error", key="errors", unit="error")
    columns = {
        "node": ("Id", "text"),
        "label": ("Menu item", "data"),
        "n_steps": ("Steps", "count"),
        "n_errors": ("With an error", "count"),
        "error_rate": ("Share of steps", "share"),
        "n_calls": ("Calls with one", "count"),
        "n_ended": ("Of these ended", "count"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if chosen := view.chosen(rows, "node", clicked, place):
        view.to_calls(shown.where.erring(chosen, VIEW.values(shown.log, **given)["fine"]))
