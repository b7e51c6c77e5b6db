"""What an import found, decided, changed and rejected, in words, and how to change it."""

from core.report.making import report_of, rows_not_taken
from core.report.told import Fact, FileReport, Reason, Report
from core.report.written import as_html, as_text, how_found, how_written, lines_of, what_lies_below, what_was_mended

__all__ = [
    "Fact",
    "FileReport",
    "Reason",
    "Report",
    "as_html",
    "as_text",
    "how_found",
    "how_written",
    "lines_of",
    "report_of",
    "rows_not_taken",
    "what_lies_below",
    "what_was_mended",
]
