"""Words for the phases of a step."""

import duckdb
import pytest

from core.ingest.lifecycle import WORDS, Phase, phase_of, rank


@pytest.mark.parametrize(
    ("word", "phase"),
    [
        ("schedule", Phase.BEFORE),
        ("START", Phase.START),
        ("Resume", Phase.WITHIN),
        ("COMPLETE", Phase.COMPLETE),
        ("ATE_ABORT", Phase.COMPLETE),
        ("beendet", Phase.COMPLETE),
        ("התחלה", Phase.START),
        ("unknown", None),
        ("", None),
    ],
)
def test_words_are_known_in_any_case(word: str, phase: Phase | None) -> None:
    assert phase_of(word) is phase


def test_the_database_ranks_words_as_they_are_told_here() -> None:
    words = [*WORDS, *map(str.upper, WORDS), "unknown", "'", None]
    order = list(Phase)
    expected = [None if word is None or (one := phase_of(word)) is None else order.index(one) for word in words]
    query = f"SELECT {rank('word')} FROM (SELECT unnest(?) AS word)"
    assert [found for (found,) in duckdb.execute(query, [words]).fetchall()] == expected
