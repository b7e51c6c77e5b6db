import datetime as dt
import os
import signal
import subprocess
import threading

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import QueryError
from core.settings import QueryLimits
from core.sql import ask, asking, columns_of
from core.sql.tables import Part

LIMITS = QueryLimits(seconds=20)


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Calls as they are, and rows in two files whose columns have other names."""
    folder = tmp_path_factory.mktemp("tables [1]")
    calls = {"call": [0, 1, 2], "label": ["Main", "מחיר", None], "date": [dt.date(2025, 1, day) for day in (5, 6, 7)]}
    pq.write_table(pa.table(calls), folder / "calls.parquet")
    pq.write_table(pa.table({"c0": [1.5, 2.5]}), folder / "rows_0.parquet")
    pq.write_table(pa.table({"c1": ["a", "b"]}), folder / "rows_1.parquet")
    parts = (Part(str(folder / "rows_0.parquet"), ("Price €",)), Part(str(folder / "rows_1.parquet"), ('say "so"',)))
    return {"calls": (Part(str(folder / "calls.parquet")),), "rows": parts}


def test_the_tables_answer(tables):
    found = ask(tables, "SELECT label, count(*) AS n, sum(call) AS s FROM calls GROUP BY ALL ORDER BY s", LIMITS)
    assert found.rows.astype(object).where(found.rows.notna(), None).values.tolist() == [
        ["Main", 1, 0],
        ["מחיר", 1, 1],
        [None, 1, 2],
    ]
    assert not found.is_cut


def test_the_rows_of_a_file_go_by_the_names_of_its_columns(tables):
    found = ask(tables, 'SELECT "Price €", "say ""so""" AS said FROM rows ORDER BY said DESC', LIMITS)
    assert found.rows.values.tolist() == [[2.5, "b"], [1.5, "a"]]
    assert columns_of(tables["rows"]).values.tolist() == [["Price €", "number"], ['say "so"', "text"]]


def test_of_many_rows_the_first_are_shown_and_it_says_so(tables):
    found = ask(tables, "SELECT * FROM range(100000) r(n)", QueryLimits(rows=10))
    assert found.rows["n"].tolist() == list(range(10))
    assert found.is_cut


def test_values_of_any_type_can_be_shown(tables):
    found = ask(
        tables,
        """
        SELECT {'a': 1, 'b': [1, NULL]} AS struct, map {'k': 1} AS map, [1, 2] AS list,
               INTERVAL '1 day 2 seconds' AS span, TIME '10:00' AS clock, 'x'::BLOB AS bytes,
               170141183460469231731687303715884105727 AS wide,
               1.5::DECIMAL(5, 2) AS price, 1 AS same, 2 AS same
        """,
        LIMITS,
    )
    (row,) = found.rows.to_dict("records")
    assert list(row.pop("list")) == [1, 2]
    assert row == {
        "struct": '{"a": 1, "b": [1, null]}',
        "map": '[["k", 1]]',
        "span": "1 days 2 s",
        "clock": "10:00:00",
        "bytes": "78",
        "wide": "170141183460469231731687303715884105727",
        "price": 1.5,
        "same": 1,
        "same (2)": 2,
    }


def test_an_answer_without_rows_has_its_columns(tables):
    found = ask(tables, "SELECT call, label FROM calls WHERE false", LIMITS)
    assert (len(found.rows), list(found.rows)) == (0, ["call", "label"])


def test_a_question_without_an_end_is_stopped_and_told(tables):
    with pytest.raises(QueryError, match=r"^The question was stopped after 1 seconds"):
        ask(tables, "SELECT count(*) FROM range(1000000000000) r(n) WHERE n % 7 = 3", QueryLimits(seconds=1))


def test_one_that_takes_too_much_memory_is_told(tables):
    with pytest.raises(QueryError, match=r"^The question took more memory than it may"):
        ask(tables, "SELECT list(n) FROM range(1000000000) r(n)", LIMITS)


def test_the_words_of_the_engine_name_the_column_and_no_file(tables):
    with pytest.raises(QueryError) as refused:
        ask(tables, "SELECT nope FROM calls", LIMITS)
    assert "nope" in refused.value.said
    assert "/" not in str(refused.value)


@pytest.mark.parametrize(
    "query", ["COPY calls TO 'x'", "SELECT * FROM read_text('/etc/passwd')", "", " " * 30_000 + "x"]
)
def test_what_is_no_question_to_the_tables_is_refused(tables, query):
    with pytest.raises(QueryError):
        ask(tables, query, LIMITS)


def test_the_server_goes_on_where_the_process_is_killed(tables, monkeypatch):
    """As the kernel kills one that takes all memory."""
    begin = subprocess.Popen.communicate

    def killed(process, *args, **settings):
        os.kill(process.pid, signal.SIGKILL)
        return begin(process, *args, **settings)

    monkeypatch.setattr(subprocess.Popen, "communicate", killed)
    with pytest.raises(QueryError, match=r"^The question took more memory than it may"):
        ask(tables, "FROM calls", LIMITS)
    monkeypatch.undo()
    assert len(ask(tables, "FROM calls", LIMITS).rows) == 3


def test_who_waits_too_long_for_a_turn_is_told(tables, monkeypatch):
    monkeypatch.setattr(asking, "_turns", threading.BoundedSemaphore(1))
    asking._turns.acquire()
    with pytest.raises(QueryError, match=r"^Others are asking just now"):
        ask(tables, "FROM calls", QueryLimits(seconds=1))
