"""The one way by which text that a visitor brought reaches Markdown."""

import re

from core.text import clean, isolate

_SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")


def literal(text: str) -> str:
    """`text` as it is: no Markdown, link, image, icon or formula in it comes alive; its direction stays its own."""
    return isolate(_SPECIAL.sub(r"\\\1", clean(text)))


def sentence(text: str) -> str:
    """A sentence of ours with isolated data in it: the same as `literal`, but without an isolate around the whole."""
    return _SPECIAL.sub(r"\\\1", text)
