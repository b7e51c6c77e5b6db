"""The one registry of views: what each is called, asks, means, needs and computes; a file a section."""

from collections.abc import Mapping

from core.errors import ViewError
from core.view import View
from core.views import leaving, menu, overview, paths, people, time, wants

VIEWS: tuple[View, ...] = (
    *overview.VIEWS,
    *wants.VIEWS,
    *paths.VIEWS,
    *leaving.VIEWS,
    *menu.VIEWS,
    *time.VIEWS,
    *people.VIEWS,
)

BY_KEY: Mapping[str, View] = {view.key: view for view in VIEWS}


def view(key: str) -> View:
    """The view named `key`. Raises ViewError, naming those there are."""
    if key not in BY_KEY:
        raise ViewError(f"There is no view named {key[:40]!r}.", f"There are: {', '.join(BY_KEY)}.")
    return BY_KEY[key]


def sections() -> dict[str, list[View]]:
    """The views by the question under which they stand, in order."""
    grouped: dict[str, list[View]] = {}
    for one in VIEWS:
        grouped.setdefault(one.section, []).append(one)
    return grouped
