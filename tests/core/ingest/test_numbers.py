"""Numbers in the notations of places, and what is no number although it has digits only."""

import duckdb
import pytest

from core.ingest.numbers import Notation, number, parsed, reading


@pytest.mark.parametrize(
    ("values", "notations"),
    [
        (["1", "20", None, "-3"], (Notation.POINT,)),
        (["1,234.56", "7"], (Notation.POINT,)),
        (["1.234,56", "7"], (Notation.COMMA,)),
        (["0,5", "1000"], (Notation.COMMA,)),
        (["1 234,5", "12\u00a0345"], (Notation.SPACE,)),
        (["1\u202f234", "12"], (Notation.SPACE,)),
        (["1'234.5", "2"], (Notation.APOSTROPHE,)),
        (["1.234", "5.678"], (Notation.POINT, Notation.COMMA)),
        (["1,234", "5,678"], (Notation.POINT, Notation.COMMA)),
        (["0.125", "1.234"], (Notation.POINT,)),
        (["1.5", "1,5"], ()),
        (["00001", "2"], ()),
        (["7", "007"], ()),
        (["1", "NA"], ()),
        (["+972501234567"], ()),
        (["1234567890123456"], ()),
        (["12e5"], ()),
        (["1.5e3", "2e-4"], (Notation.POINT,)),
        (["1,23.4"], ()),
        (["1 234\u00a0567"], ()),
        (["٣"], ()),
        (["nan"], ()),
        ([None], ()),
        ([], ()),
    ],
)
def test_a_notation_must_read_the_whole_column(values: list[str | None], notations: tuple[Notation, ...]) -> None:
    assert reading(values) == notations


@pytest.mark.parametrize(
    ("value", "notation", "expected"),
    [
        ("1,234.56", Notation.POINT, 1234.56),
        ("1.234.567,8", Notation.COMMA, 1234567.8),
        ("\u22121\u00a0234,5", Notation.SPACE, -1234.5),
        ("12\u2019345.5", Notation.APOSTROPHE, 12345.5),
        (".5", Notation.POINT, 0.5),
        ("007", Notation.POINT, None),
        ("1.234", Notation.COMMA, 1234),
        ("1.2345", Notation.COMMA, None),
        ("O'Hara", Notation.APOSTROPHE, None),
    ],
)
def test_the_reader_and_the_engine_read_the_same_number(value: str, notation: Notation, expected: float | None) -> None:
    assert number(value, notation) == expected
    assert duckdb.execute(f"SELECT {parsed('value', notation)} FROM (SELECT ? AS value)", [value]).fetchone() == (
        expected,
    )
