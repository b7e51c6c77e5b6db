"""What a look at the bytes says of a file: which columns have values with outer blanks, and where rows stand."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ingest import load, scan
from core.ingest.facts import Dialect
from core.settings import Guards

VALUE = st.text(st.sampled_from(["a", " ", "\t", ",", '"', "\n", "\u00a0", "\u2003", "\u2013", "é", "ש"]), max_size=4)
ROWS = st.lists(st.tuples(VALUE, VALUE, VALUE), min_size=1, max_size=12)


def looked(text: str, guards: Guards | None = None, delimiter: str = ",") -> scan.Look:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "file.csv"
        path.write_bytes(text.encode())
        return scan.look(path, Dialect(delimiter=delimiter), guards or Guards())


@settings(max_examples=200, deadline=None)
@given(ROWS, st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]), st.booleans(), st.sampled_from([8, 200, 1 << 20]))
def test_no_column_with_outer_blanks_is_missed(
    rows: list[tuple[str, ...]], quoting: int, bom: bool, line_bytes: int
) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=quoting, lineterminator="\n").writerows([("h", "i", "j"), *rows])
    found = looked("\ufeff" * bom + file.getvalue(), Guards(line_bytes=line_bytes))
    assert found.orderly or line_bytes < 1000, "the csv module closes its quotes"
    padded = {place for row in rows for place, value in enumerate(row) if value != value.strip(load.BLANKS)}
    assert found.padded is None or padded <= found.padded


@pytest.mark.parametrize(
    ("row", "padded"),
    [
        ('1,"a, b","c ""d"" e"', set()),
        ("1, 2,3", {1}),
        ("1,2 ,3", {1}),
        ('"1 ",2,"\n3"', {0, 2}),
        ("1,\u00a02,3\u2003", {1, 2}),
        ("1,a\u00a0b,c\u2013d", set()),
        ('ד"ר,5" pipe,3 ', {2}),
    ],
)
def test_only_columns_with_outer_blanks_are_named(row: str, padded: set[int]) -> None:
    found = looked(f"h,i,j\n{row}")
    assert (found.orderly, found.padded, found.n_records) == (True, padded, 2)


def test_a_blank_at_the_beginning_of_a_line_is_seen_wherever_blocks_begin() -> None:
    for lines in range(1, 9):
        assert looked("h,i,j\n" + "1,2,3\n" * lines + " 1,2,3\n" * lines, Guards(line_bytes=8)).padded == {0}


def test_where_a_value_of_several_lines_hides_the_column_it_may_be_any() -> None:
    assert looked('h,i,j\n1,"2\r\n",3').padded is None
    assert looked('h,i,j\n1,"x\ny",3 ').padded is None


def test_many_values_with_outer_blanks_cost_no_more_and_name_the_same_columns() -> None:
    assert looked("h,i,j\n" + '1, 2,"3, 3"\n' * 5000).padded == {1}


def test_a_tab_that_parts_columns_is_no_blank() -> None:
    assert looked("h\ti\n1\t\t\n2\t 3\n", delimiter="\t").padded == {1}


def test_quotes_out_of_order_are_seen(tmp_path: Path) -> None:
    for text in ('h,i\n1,"never\n2,3\n', 'h,i\n1,"2"x\n', 'h,i\n5" x,"a\nb"\n'):
        assert not looked(text).orderly
