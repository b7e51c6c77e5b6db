"""Call Durations: how long calls last."""

from dataclasses import replace

from core import views
from core.flow.durations import span_of
from pages.parts import odd_calls, settings, times, view
from pages.parts.pagefiles import page_of

VIEW = views.view("durations")
shown = view.begin(VIEW)
given = settings.draw(VIEW, shown.log)
rows = view.answer(shown, VIEW, **given)
if len(rows):
    odd_calls.note(shown, page_of(VIEW))
    with view.card("Calls by duration", "Click a bar to see its calls."):
        clicked = times.lengths(rows, shown)
        times.clock_note(shown)
    columns = {
        "kind": ("Kind", "text"),
        "from_s": ("From (s)", "count"),
        "to_s": ("To (s)", "count"),
        "n_calls": ("Calls", "count"),
        "share": ("Share of calls", "share"),
        "cumulative_share": ("Running total", "share"),
    }
    place = view.behind(shown, VIEW, rows, columns)
    chosen = clicked if place is None else place
    if chosen is not None and (span := span_of(rows, chosen, **VIEW.values(shown.log, **given))):
        view.to_calls(replace(shown.where, lasts=span))
