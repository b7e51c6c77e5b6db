"""Which file each page is."""

from core.sessions import Place
from core.views import BY_KEY, VIEWS, View

START = "pages/data/start.py"
FILES = "pages/data/files.py"
REPORT = "pages/data/import_report.py"
SESSIONS = "pages/data/sessions.py"
CALLS = "pages/data/calls.py"
SQL = "pages/data/sql.py"
CHARTS = "pages/data/charts.py"
PROFILE = "pages/data/profile.py"
CALLS_KEY, SQL_KEY, CHARTS_KEY, PROFILE_KEY = "calls", "sql", "charts", "profile"
"""What the pages are called that are no views, where views go by their keys."""
_OTHERS = {CALLS_KEY: CALLS, SQL_KEY: SQL, CHARTS_KEY: CHARTS, PROFILE_KEY: PROFILE}
_FOLDERS = {
    "Overview": "overview",
    "What do they want?": "wants",
    "Where do they go?": "paths",
    "Where do they leave?": "leaving",
    "Is the menu sound?": "menu",
    "When, and how long?": "time",
    "Who, and how did it end?": "people",
}


def page_of(view: View) -> str:
    """The file of a view's page: its section's folder, its key."""
    return f"pages/{_FOLDERS[view.section]}/{view.key.replace('-', '_')}.py"


def page_at(place: Place | None) -> str:
    """The file of the page where someone stood; where that is none that there is, the first view's."""
    if place and place.page in _OTHERS:
        return _OTHERS[place.page]
    view = BY_KEY.get(place.page) if place else None
    return page_of(view or VIEWS[0])
