"""Call Durations: how long calls last."""

from core import views
from pages.parts import settings, times, view

VIEW = views.view("durations")
shown = view.begin(VIEW)
given = settings.draw(VIEW, shown.log)
rows = view.answer(shown, VIEW, **given)
if len(rows):
    with view.card("Calls by duration"):
        times.lengths(rows, shown)
        times.clock_note(shown)
    columns = {
        "kind": ("Kind", "text"),
        "from_s": ("From (s)", "count"),
        "to_s": ("To (s)", "count"),
        "n_calls": ("Calls", "count"),
        "share": ("Share of calls", "share"),
        "cumulative_share": ("Running total", "share"),
    }
    view.behind(shown, VIEW, rows, columns)
