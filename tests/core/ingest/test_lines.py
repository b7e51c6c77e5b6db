"""Where rows stand in the file: what the reader takes and refuses is found again, whatever the quotes do."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engine import connect
from core.errors import FileRefused
from core.ingest import load
from core.ingest.facts import Dialect
from core.ingest.lines import Place
from core.ingest.mend import SPOILED, Aside
from core.ingest.plain import plain
from core.ingest.scan import misfits
from core.settings import Guards
from tests import naive
from tests.logs import MEMORY, inspected

# Pieces of which rows are made: fields, delimiters, quotes, blanks, and line ends.
PIECES = st.sampled_from(["a", "b c", ",", ",", '"', '""', '"x,y"', " ", "\n", "\n", "\n1,2,3\n", '"two\nlines"'])
MESS = st.lists(PIECES, max_size=25).map("".join)


class Reading:
    """What DuckDB makes of a text with three columns, and where the lines of it are found."""

    def __init__(self, text: str, end: str = "\n", guards: Guards | None = None) -> None:
        guards = guards or Guards()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            path = folder / "file.csv"
            path.write_bytes(text.replace("\n", end).encode())
            file = plain(path, Dialect(width=3), folder, 0, guards)
            self.aside, self.mends = file.aside, file.mends
            with connect(folder, memory=MEMORY) as connection:

                def run(query: str) -> list[tuple[object, ...]]:
                    return connection.execute(query).fetchall()

                self.values = run(f"FROM {load.rows(file.path, file.dialect, 3, guards, rejects='refused')}")
                self.refused = list(load.refused_rows(connection, "refused"))
            if file.dialect.orderly:
                seen = [
                    one
                    for some in misfits(file.path, file.dialect, guards, 3)
                    for one in zip(some.starts, some.n_values, strict=True)
                ]
                assert [load.misfit(n, 3) for _, n in seen] == [reason for _, reason in self.refused]
            rows, offsets = np.arange(len(self.values)), np.array([offset for offset, _ in self.refused], np.int64)
            located = file.locate(rows, offsets)
            places = {(one.refused, one.number): one.place for one in located}
        self.counted = located.counted
        self.taken = [places.get((False, row)) for row in rows.tolist()]
        self.strays = [places.get((True, row)) for row in range(len(offsets))]


@settings(max_examples=150, deadline=None)
@given(MESS, st.sampled_from(["\n", "\r\n"]))
def test_reader_and_locator_agree_on_where_rows_begin_and_leave_no_line_out(mess: str, end: str) -> None:
    found = Reading(f"h,i,j\n{mess}", end)
    assert found.counted in (len(found.values), None)
    assert None not in found.taken and None not in found.strays
    places = [*found.taken, *found.strays, *found.aside]
    assert len({place.line for place in places if place}) == len(places)
    assert not any(reason == SPOILED for _, reason in found.refused), "the reader sees no spoiled quotes"
    covered = [range(place.line, place.line + place.text.count("\n") + 1) for place in places if place]
    for number, line in enumerate(mess.split("\n"), 2):
        assert not line or any(number in lines for lines in covered), f"line {number} is part of no row"


FIELD = st.sampled_from(["", "a", "x,y", 'say "so"', "two\nlines", "שיחה", "NULL"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(FIELD, min_size=1, max_size=4), max_size=12), st.booleans())
def test_lines_and_texts_are_those_of_the_csv_module(rows: list[list[str]], bom: bool) -> None:
    quoted = [",".join('"' + value.replace('"', '""') + '"' for value in row) for row in rows]
    text = ("\ufeff" if bom else "") + "\n\n".join(["h,i,j", *quoted])
    found = Reading(text)
    expected = naive.records(text)[1:]
    whole = [Place(line, raw) for line, values, raw in expected if naive.fits(values, 3)]
    broken = [Place(line, raw) for line, values, raw in expected if not naive.fits(values, 3)]
    assert (found.taken, found.strays, found.aside, found.mends) == (whole, broken, (), ())
    taken = [tuple(value or None for value in values[:3]) for _, values, _ in expected if naive.fits(values, 3)]
    assert found.values == taken


@pytest.mark.parametrize(
    ("text", "values", "mended"),
    [
        ('h,i,j\n1,"never,3\n4,5,6\n7,8,9\n', [("1", '"never', "3"), ("4", "5", "6"), ("7", "8", "9")], 1),
        ('h,i,j\n1,2,3\n4,5,"6', [("1", "2", "3"), ("4", "5", '"6')], 1),
        ('h,i,j\n1,"2"x,3\n4,5,6\n', [("1", '"2"x', "3"), ("4", "5", "6")], 1),
        ('h,i,j\n1,"2,3\n4,"5",6\n', [("1", '"2', "3"), ("4", "5", "6")], 1),
        ('h,i,j\n1,"2,3\n4,"",6\n7,8,9\n', [("1", '"2', "3"), ("4", None, "6"), ("7", "8", "9")], 1),
        ('h,i,j\n1,"a "b", c",3\n4,""x, y"",6\n', [("1", 'a "b", c', "3"), ("4", '"x, y"', "6")], 2),
        ('h,i,j\n1,"x"2\n4,5,6\n', [("1", "x", "2"), ("4", "5", "6")], 1),
        ('h,i,j\n1,5" pipe,ד"ר\n4,5,6\n', [("1", '5" pipe', 'ד"ר'), ("4", "5", "6")], 0),
        ('h,i,j\n1, "2,2" ,3\n4,5,6\n', [("1", "2,2", "3"), ("4", "5", "6")], 0),
        ('h,i,j\n1,"a\nb",c,d\n4,"5"x,6\n', [("4", '"5"x', "6")], 1),
    ],
)
def test_a_quote_in_the_wrong_place_is_read_as_a_part_of_its_value(
    text: str, values: list[tuple[str | None, ...]], mended: int
) -> None:
    found = Reading(text)
    assert [tuple(value or None for value in row) for row in found.values] == values
    assert (sum(mend.rows for mend in found.mends), found.aside) == (mended, ())


@pytest.mark.parametrize("row", ['4,"5,6"x', '"4"5"6"7,"8"9', '"' * 50, 'a "b,c" d'])
def test_a_row_that_can_be_read_in_no_way_or_in_two_is_set_aside_with_its_text(row: str) -> None:
    found = Reading(f"h,i,j\n1,2,3\n{row}\n7,8,9\n")
    assert [one[0] for one in found.values] == ["1", "7"]
    told = [(one.line, one.text) for one in found.aside] + [(one.line, one.text) for one in found.strays if one]
    assert told == [(3, row)]


def test_the_text_of_a_mended_row_is_that_of_the_upload() -> None:
    found = Reading('h,i,j\n1,"2"x,3\n4,5,6\n')
    assert found.taken == [Place(2, '1,"2"x,3'), Place(3, "4,5,6")]


def test_bytes_that_are_no_text_cost_their_row_only(tmp_path: Path) -> None:
    facts = inspected(tmp_path, "a,b\n" + "שלום,1\n" * 50 + "x,2\n")
    assert (facts.rows, facts.unreadable, facts.dialect.encoding) == (51, 0, "utf-8")
    damaged = b"a,b\n" + "שלום,1\n".encode() * 50 + b"\xe9,2\n" + b"x,3\n"
    facts = inspected(tmp_path, damaged)
    assert (facts.rows, facts.unreadable, facts.dialect.encoding) == (52, 1, "utf-8")


def test_a_quote_that_never_ends_in_a_long_file_loses_no_row() -> None:
    rows = "".join(f"{number},x,y\n" for number in range(200_000))
    found = Reading(f'h,i,j\n1,"never,3\n{rows}')
    assert (len(found.values), found.aside) == (200_001, ())
    assert found.values[0] == ("1", '"never', "3")


def test_a_value_that_goes_on_longer_than_a_line_may_be_is_taken_as_never_closed() -> None:
    found = Reading('h,i,j\n1,"' + "x\n" * 600 + '",3"\n4,5,6\n', guards=Guards(line_bytes=1000))
    assert (found.aside[0].line, found.aside[0].reason) == (2, SPOILED)
    assert found.values == [("4", "5", "6")]


def test_a_header_with_a_spoiled_quote_is_refused_with_its_line() -> None:
    with pytest.raises(FileRefused, match=r"^The header, in line 1, has a quote that is not closed"):
        Reading('h,"i\n1,2,3\n')


def test_a_long_row_is_shown_by_its_beginning() -> None:
    (place,) = Reading("h,i,j\n" + "x" * 2000 + "\n").strays
    assert place == Place(2, "x" * 500)


def test_rows_behind_a_preamble_of_blank_lines_have_the_files_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b'\n \nh,i,j\n1,2,3\n4,5\n"\n')
    file = plain(path, Dialect(preamble=2, width=3), tmp_path, 0, Guards())
    assert file.aside == (Aside(6, '"', SPOILED),)
    located = file.locate(np.array([0]), np.array([14]))
    assert list(located) == [(False, 0, Place(4, "1,2,3")), (True, 0, Place(5, "4,5"))]
    assert located.counted == 1


@pytest.mark.parametrize(
    "text", ["a,b,c\r\n1,2,3\n4,5,6\r7,8,9\n", "a,b,c\n1,2,3\r\n4,5,6\n7,8,9", "a,b,c\r1,2,3\r4,5,6\r7,8,9\r"]
)
def test_line_ends_of_several_kinds_in_one_file_are_all_line_ends(tmp_path: Path, text: str) -> None:
    facts = inspected(tmp_path, text)
    assert (facts.rows, facts.unreadable) == (3, 0)
    assert facts.preview == (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"))
