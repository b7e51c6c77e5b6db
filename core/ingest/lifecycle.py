"""The words by which a log tells what happened to a step: that it was planned, begun, held up or ended."""

from collections.abc import Mapping
from enum import StrEnum

from core.engine import quoted


class Phase(StrEnum):
    """In the order in which a step goes through them."""

    BEFORE = "before"
    START = "start"
    WITHIN = "within"
    COMPLETE = "complete"


_WORDS = {
    Phase.BEFORE: "schedule, scheduled, assign, assigned, reassign, reassigned, enqueue, enqueued, planned, geplant, "
    "programado, planifié, תוכנן",
    Phase.START: "start, started, begin, begins, began, begun, beginn, begonnen, gestartet, anfang, inicio, iniciado, "
    "comienzo, début, commencé, démarré, התחלה, התחיל",
    Phase.WITHIN: "suspend, suspended, resume, resumed, pause, paused, unterbrochen, fortgesetzt, suspendido, "
    "reanudado, suspendu, repris, הושהה, חודש",
    Phase.COMPLETE: "complete, completed, end, ended, finish, finished, autoskip, manualskip, skip, skipped, withdraw, "
    "withdrawn, ate_abort, pi_abort, abort_activity, abort_case, abort, aborted, ende, beendet, abgeschlossen, fin, "
    "finalizado, completado, terminado, terminé, achevé, סיום, הסתיים, הושלם",
}
WORDS: Mapping[str, Phase] = {word: phase for phase, words in _WORDS.items() for word in words.split(", ")}
"""Word, in lower case -> phase: those of the XES standard, and what people write for start and end."""


def phase_of(value: str) -> Phase | None:
    """The phase that `value` names in any case, None for a word that is not known."""
    return WORDS.get(value.lower())


def in_phase(value: str, phase: Phase) -> str:
    """SQL for whether the text `value` names the phase."""
    words = ", ".join(quoted(word) for word, one in WORDS.items() if one is phase)
    return f"lower({value}) IN ({words})"


def rank(value: str) -> str:
    """SQL for the phase that the text `value` names, as a number in the order of Phase; NULL where it names none."""
    cases = " ".join(f"WHEN {in_phase(value, phase)} THEN {number}" for number, phase in enumerate(Phase))
    return f"CASE {cases} END"
