"""Calls: those behind a number, one by one."""

from pages.parts import call_list, one_call, view
from pages.parts.pagefiles import CALLS_KEY

DEFINITION = (
    "The calls that pass the filter. A call is one call id in one file; it was made when its first step with a date "
    "was, it was for its second step where its first is a root of the menu, else for its first."
)

shown = view.head(CALLS_KEY, "Calls", DEFINITION)
call = one_call.chosen(shown.log)
if call is None:
    call_list.draw(shown)
else:
    one_call.draw(shown, call)
