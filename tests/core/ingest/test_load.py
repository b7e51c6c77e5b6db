"""Values as the reader cleans them, and reasons as it words them."""

from functools import cache
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engine import connect
from core.ingest import load
from core.ingest.facts import Dialect
from core.settings import Guards
from tests import naive
from tests.logs import MEMORY

TEXT = st.text(st.sampled_from("nNuUlL a\t\r\n\u00a0\u2003\u2028\u3000'éש"), max_size=8)


@cache
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def cleaned(value: str, *, padded: bool = True) -> str | None:
    query = f"SELECT {load.cleaned('value', padded=padded)} FROM unnest(?) AS one(value)"
    (row,) = connection().execute(query, [[value]]).fetchall()
    return None if row[0] is None else str(row[0])


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXT, max_size=10))
def test_outer_blanks_do_not_count_and_null_in_any_case_is_missing(values: list[str]) -> None:
    assert [cleaned(value) for value in values] == [naive.known(value) for value in values]


@pytest.mark.parametrize("value", ["", "NULL", "nUll", "a b", "null "])
def test_what_is_known_to_have_no_outer_blanks_is_cleaned_alike(value: str) -> None:
    assert cleaned(value.rstrip(), padded=False) == cleaned(value)


@pytest.mark.parametrize("value", ["NULL", " null ", "Null", "", " \t", "\u2003"])
def test_these_are_missing(value: str) -> None:
    assert cleaned(value) is None


@pytest.mark.parametrize("value", ["NA", "nan", "None", "0", "'NULL'", "NULLS", "-", "\u200b"])
def test_these_are_values(value: str) -> None:
    assert cleaned(value) == value


def test_refused_rows_come_in_file_order_with_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b,c\n1,2\n1,2,3\n1,2,3,4,5\n1\n\xff,2,3\n1,2,3\n")
    with connect(tmp_path, memory=MEMORY) as connection:

        def run(query: str) -> list[tuple[object, ...]]:
            return connection.execute(query).fetchall()

        assert run(f"SELECT count(*) FROM {load.rows(path, Dialect(), 3, Guards(), rejects='refused')}") == [(2,)]
        assert list(load.refused_rows(connection, "refused")) == [
            (6, "has 2 columns where 3 were expected"),
            (16, "has more than 3 columns where 3 were expected"),
            (26, "has 1 columns where 3 were expected"),
            (28, "holds bytes that are no text"),
        ]
        assert list(load.refused_rows(connection, "nothing was refused here")) == []


def test_empty_values_too_many_at_the_end_of_a_row_are_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n1,2,\n3,4,,\n5,6, \n")
    with connect(tmp_path, memory=MEMORY) as connection:
        query = f"SELECT c0 FROM {load.rows(path, Dialect(), 2, Guards(), rejects='refused')}"
        assert connection.execute(query).fetchall() == [("1",), ("3",)]
