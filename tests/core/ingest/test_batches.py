"""A regular file parsed by Arrow: the same rows with the same clean values as the strict reader in SQL gives."""

import tempfile
from pathlib import Path

import duckdb
import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from core.engine import connect
from core.ingest import batches, guard, load, scan
from core.ingest.facts import Dialect
from core.ingest.plain import Plain, plain
from core.settings import Guards

WORDS = ["a", "1", " ", "\t", ",", '"', '""', "\n", "\r", "NULL", "null", "", "\u00a0", "é", "ש", ",\n", ',"', '",']
SOUP = st.lists(st.sampled_from(WORDS), max_size=25).map("".join)
VALUE = st.lists(st.sampled_from(["a", " ", "NULL", "null", "b, c", '"', "\n", "é", "\u2003"]), max_size=2).map("".join)
TABLE = st.lists(st.lists(VALUE, min_size=1, max_size=4), min_size=1, max_size=8)
QUOTED = st.builds(
    lambda rows, always, end: "".join(
        ",".join(f'"{one.replace(chr(34), chr(34) * 2)}"' if always or set(one) & set(',"\n\r') else one for one in row)
        + end
        for row in rows
    ),
    TABLE,
    st.booleans(),
    st.sampled_from(["\n", "\n\n"]),
)
NAMES = {"a": 0, "b": 1, "c": 2}


def by_arrow(file: Plain, coded: tuple[str, ...]) -> tuple[list[tuple[str | None, ...]], batches.Tally]:
    tally = batches.Tally()
    rows = []
    for batch in batches.batches(file, 3, NAMES, coded=coded, tally=tally):
        rows += [*zip(*(column.to_pylist() for column in batch.columns), strict=True)]
    return rows, tally


def by_sql(file: Plain, guards: Guards) -> list[tuple[str | None, ...]]:
    read = load.rows(file.path, file.dialect, 3, guards)
    columns = ", ".join(file.cleaned(place) for place in range(3))
    with connect(file.path.parent, memory=1 << 28) as connection:
        return connection.execute(f"SELECT {columns} FROM {read}").fetchall()


@settings(max_examples=400, deadline=None)
@given(
    SOUP | QUOTED,
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\ufeff"]),
    st.integers(0, 1),
    st.sampled_from([(), ("a", "b", "c")]),
)
def test_both_readers_read_the_same(text: str, end: str, bom: str, header: int, coded: tuple[str, ...]) -> None:
    guards = Guards()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "file.csv"
        path.write_bytes((bom + ("h,i,j\n" * header + text).replace("\n", end)).encode())
        dialect = Dialect(width=3, header=header)
        newline = guard.scan(path, dialect, guards).newline
        file = plain(path, msgspec.structs.replace(dialect, newline=newline), Path(name), 0, guards)
        try:
            rows, _ = by_arrow(file, coded)
        except batches.Unlike:
            event("unlike")
            return
        event("alike")
        try:
            expected = by_sql(file, guards)
        except duckdb.InvalidInputException:  # takes no file of several line ends, which open quotes can hide
            assert "\r" in text
            return
        assert rows == expected


def test_what_was_cleaned_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b'h,i,j\n1, x,NULL\n2,x ,"null"\n3,x,\n4," ",Null\n5, null ,y\n')
    file = plain(path, Dialect(width=3), tmp_path, 0, Guards())
    for coded in ((), ("a", "b", "c")):
        rows, tally = by_arrow(file, coded)
        assert rows == [("1", "x", None), ("2", "x", None), ("3", "x", None), ("4", None, None), ("5", None, "y")]
        assert tally.nulls == {"b": 2, "c": 3}
        assert tally.trimmed == {"b": 2}


@pytest.mark.parametrize("row", ['1, "2",3', "1,2\r,3", '1,"2,3', "1,2,3,"])
def test_what_readers_may_read_in_two_ways_is_left_to_the_strict_one(row: str, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(f"h,i,j\n1,2,3\n{row}\n".encode())
    dialect = Dialect(width=3)
    seen = scan.look(path, dialect, Guards())
    with pytest.raises(batches.Unlike):
        by_arrow(Plain(path, msgspec.structs.replace(dialect, regular=seen.regular), Guards(), path), ())


def test_a_block_of_nothing_but_refused_rows_is_passed_by(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"h,i,j\n" + b"1,2\n" * (batches.AT_ONCE // 2) + b"3,4,5\n")
    file = plain(path, Dialect(width=3), tmp_path, 0, Guards())
    assert file.dialect.regular
    assert [batch.num_rows for batch in batches.batches(file, 3, NAMES)] == [1]
