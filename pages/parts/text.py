"""The one way by which text that a visitor brought reaches Markdown."""

import re

from core.text import clean, isolate

_SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")
_MADE_UP = re.compile(
    r"(?<=https:)(?=//)|(?<=http:)(?=//)|(?<=www)(?=\.)|(?<=@)|(?<=[<>~])(?==)|(?<=<)(?=-)|(?<=-)(?=>)|(?<=:)(?=streamlit:)",
    re.IGNORECASE,
)
_JOINER = "\N{WORD JOINER}"


def literal(text: str) -> str:
    """`text` as it is: no Markdown, link, image, icon or formula in it comes alive; its direction stays its own."""
    return isolate(sentence(clean(text)))


def sentence(text: str) -> str:
    """A sentence of ours with isolated data in it: the same as `literal`, but without an isolate around the whole."""
    # Streamlit makes links of bare addresses and symbols of "->" even where every character is escaped; an invisible
    # joiner prevents that.
    return _SPECIAL.sub(r"\\\1", _MADE_UP.sub(_JOINER, text))
