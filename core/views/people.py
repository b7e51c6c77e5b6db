"""The views of “Who, and how did it end?”."""

from core.view import View

SECTION = "Who, and how did it end?"

VIEWS: tuple[View, ...] = ()
