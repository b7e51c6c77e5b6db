"""The import report: what was found, decided, changed and rejected, and how to change it."""

from core.report import report_of
from pages.parts import cache, frame, report, state

session = state.service().shown(state.session())
log = cache.log(session)
told = report_of(session, log)
frame.title("Import report", f"{told.headline}. {told.total}.")
report.downloads(session, log, told)
report.notes(told)
for file in told.files:
    report.draw(file)
