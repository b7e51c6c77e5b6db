"""Ids that name nobody: what systems write where they do not know who it was."""

import pyarrow as pa
import pyarrow.compute as pc

from core.engine import quoted

_WORDS = (
    "anonymous, anonym, anonymus, anonymized, anónimo, anonimo, anonyme, unknown, unbekannt, desconocido, inconnu, "
    "undefined, unidentified, unavailable, not available, n/a, n.a., #n/a, nan, none, nil, (none), (null), (blank), "
    "no value, private, private number, withheld, restricted, blocked, hidden, no caller id, guest, gast, -, --, ?, "
    "אנונימי, לא ידוע, לא מזוהה, חסוי"
)
STAND_INS = frozenset(_WORDS.split(", "))
"""Words, in lower case, that stand for "unknown" where a customer is to be named."""
NUMBERS = r"^(?:-?0+(?:\.0+)?|-1)$"
"""Numbers that do: 0, 000, -1."""


def are_unknown(ids: pa.Array) -> pa.Array:
    """Which of these texts name nobody, as booleans; letters may be of any case."""
    lowered = pc.utf8_lower(pc.utf8_trim_whitespace(ids))
    words = pc.is_in(lowered, value_set=pa.array(sorted(STAND_INS), lowered.type))
    return pc.or_(words, pc.match_substring_regex(lowered, NUMBERS))


def unknown(value: str) -> str:
    """SQL for whether the text `value`, without outer blanks, names nobody."""
    words = ", ".join(map(quoted, sorted(STAND_INS)))
    return f"lower({value}) IN ({words}) OR regexp_matches({value}, {quoted(NUMBERS)})"


def is_unknown(text: str) -> bool:
    """Whether `text` names nobody.

    >>> is_unknown("000"), is_unknown("Anonymous"), is_unknown("100")
    (True, True, False)
    """
    return bool(are_unknown(pa.array([text], pa.string()))[0].as_py())
