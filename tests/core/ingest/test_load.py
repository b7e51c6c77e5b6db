"""Values as the reader cleans them, and reasons as it words them."""

from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engine import connect
from core.ingest import load
from core.ingest.facts import Dialect
from core.settings import Limits
from tests import naive
from tests.logs import MEMORY

# Unicode's separators of records and groups are no blanks of a value, though Python strips them too.
TEXT = st.text(st.sampled_from("nNuUlL a\t\r\n\u00a0\u2003\u2028\u3000'éש"), max_size=8)


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXT, max_size=30))
def test_outer_blanks_do_not_count_and_null_in_any_case_is_missing(values: list[str]) -> None:
    cleaned = f"SELECT {load.cleaned('value')} FROM unnest(?) AS one(value)"
    found = duckdb.connect().execute(cleaned, [values]).fetchall()
    assert [value for (value,) in found] == [naive.known(value) for value in values]


@pytest.mark.parametrize("value", ["NULL", " null ", "Null", "", " \t", "\u2003"])
def test_these_are_missing(value: str) -> None:
    assert duckdb.connect().execute(f"SELECT {load.cleaned('?::VARCHAR')}", [value] * 8).fetchone() == (None,)


@pytest.mark.parametrize("value", ["NA", "nan", "None", "0", "'NULL'", "NULLS", "-", "\u200b"])
def test_these_are_values(value: str) -> None:
    query = f"SELECT {load.cleaned('value')} FROM unnest(?) AS one(value)"
    assert duckdb.connect().execute(query, [[value]]).fetchone() == (value,)


def test_refused_rows_come_in_file_order_with_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b,c\n1,2\n1,2,3\n1,2,3,4,5\n1\n\xff,2,3\n1,2,3\n")
    with connect(tmp_path, memory=MEMORY) as connection:

        def run(query: str) -> list[tuple[object, ...]]:
            return connection.execute(query).fetchall()

        assert run(f"SELECT count(*) FROM {load.rows(path, Dialect(), 3, Limits(), rejects='refused')}") == [(2,)]
        assert load.refused_rows(run, "refused") == [
            (6, "has 2 columns where 3 were expected"),
            (16, "has more than 3 columns where 3 were expected"),
            (26, "has 1 columns where 3 were expected"),
            (28, "holds bytes that are no text"),
        ]
        assert load.refused_rows(run, "nothing was refused here") == []


def test_empty_values_too_many_at_the_end_of_a_row_are_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n1,2,\n3,4,,\n5,6, \n")
    with connect(tmp_path, memory=MEMORY) as connection:
        query = f"SELECT c0 FROM {load.rows(path, Dialect(), 2, Limits(), rejects='refused')}"
        assert connection.execute(query).fetchall() == [("1",), ("3",)]
