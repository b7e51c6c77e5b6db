"""Options of the form NAME=VALUE."""

from core.errors import ThroughlineError

_PAIRS = {"--map": ("ROLE=COLUMN", 'call="Case ID"'), "--filter": ("NAME=VALUE", "weekday=1,2")}
"""What an option takes that may be repeated, and an example."""


def pair(option: str, text: str) -> tuple[str, str]:
    """The two sides of what is given to an option. Raises ThroughlineError where it has no two."""
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        form, example = _PAIRS[option]
        raise ThroughlineError(f"{option} {text!r} is not of the form {form}.", f"For example: {option} {example}.")
    return name, value
