"""Choice Entropy: where the next step is hardest to foresee."""

from core import views
from core.charts.measures import entropy_bars
from core.flow.findings.paths import common
from pages.parts import pictures, view

VIEW = views.view("entropy")
shown = view.begin(VIEW)
rows = view.answer(shown, VIEW)
if len(rows):
    often, least = common(shown.log, shown.where, rows)
    with view.card(
        "The hardest to foresee",
        f"Items with at least {least} moves; the table has all. Green: settled. Red: wide open.",
    ):
        clicked = pictures.measured(
            entropy_bars, often, shown, "Menu items by the entropy of their next step", key="bits"
        )
    columns = {
        "node": ("Id", "text"),
        "label": ("Menu item", "data"),
        "n": ("Moves", "count"),
        "entropy_bits": ("Bits", "number"),
        "perplexity": ("Perplexity", "number"),
        "branching_factor": ("Next steps", "count"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    if chosen := view.chosen(rows, "node", clicked, place):
        view.to_calls(shown.where.passing(chosen))
