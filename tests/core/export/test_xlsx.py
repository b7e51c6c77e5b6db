"""Workbooks, read back from the parts that they are made of."""

import io
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

import pandas as pd
import pytest

from core.export import as_xlsx, write_xlsx
from core.export.xlsx import LONGEST_TEXT
from core.service import PROJECT

NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


class Sheet(NamedTuple):
    cells: list[list[object]]
    rtl: bool
    xml: str


def read(data: bytes) -> list[Sheet]:
    """The sheets: a cell is text, a float, a bool, or None; days are counted from 30 December 1899."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    names = sorted(name for name in archive.namelist() if name.startswith("xl/worksheets/sheet"))
    return [sheet(archive.read(name).decode()) for name in names]


def sheet(xml: str) -> Sheet:
    root = ET.fromstring(xml)
    view = root.find("m:sheetViews/m:sheetView", NS)
    assert view is not None
    return Sheet([list(cells(row)) for row in root.iterfind(".//m:row", NS)], view.get("rightToLeft") == "1", xml)


def cells(row: ET.Element) -> Iterator[object]:
    place = 0
    for one in row.iterfind("m:c", NS):
        column = ord(one.get("r", "A")[0]) - ord("A")
        yield from [None] * (column - place)
        place = column + 1
        text, number = one.findtext("m:is/m:t", None, NS), one.findtext("m:v", None, NS)
        assert one.find("m:f", NS) is None, "a formula"
        yield text if text is not None else number == "1" if one.get("t") == "b" else float(number or "nan")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\n"])
def test_text_that_a_spreadsheet_would_run_is_made_inert(start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    (found,) = read(as_xlsx(pd.DataFrame({text: [text, "plain"]})))
    assert found.cells == [[f"'{text}"], [f"'{text}"], ["plain"]]


def test_numbers_are_numbers_and_numbers_in_text_are_text() -> None:
    frame = pd.DataFrame({"node": ["007", "1"], "n": [-564, 3], "share": [-0.25, 1.0], "mid": [True, False]})
    (found,) = read(as_xlsx(frame))
    assert found.cells == [["node", "n", "share", "mid"], ["007", -564, -0.25, True], ["1", 3, 1.0, False]]


def test_an_address_is_text_and_no_link() -> None:
    data = as_xlsx(pd.DataFrame({"url": ["https://example.org/?a=1&b=<2>"]}))
    (found,) = read(data)
    assert found.cells[1] == ["https://example.org/?a=1&b=<2>"]
    assert "hyperlink" not in found.xml
    assert not [name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if "sheet1.xml.rels" in name]


def test_days_are_days() -> None:
    frame = pd.DataFrame(
        {"at": pd.to_datetime(["2025-01-01 12:00:00", None]), "day": [date(2025, 1, 2), date(1899, 1, 1)]}
    )
    (found,) = read(as_xlsx(frame))
    assert found.cells[1] == [45658.5, 45659.0]
    assert datetime(1899, 12, 30) + timedelta(days=45658.5) == datetime(2025, 1, 1, 12)
    assert found.cells[2] == [None, "1899-01-01"], "Excel knows no day before 1900"


def test_missing_values_are_empty_cells() -> None:
    frame = pd.DataFrame({"node": ["1", None], "x": [float("nan"), float("inf")], "n": pd.array([1, None], "Int64")})
    (found,) = read(as_xlsx(frame))
    assert found.cells == [["node", "x", "n"], ["1", None, 1.0]]


def test_a_list_is_one_text() -> None:
    (found,) = read(as_xlsx(pd.DataFrame({"nodes": [["1", "674"], ["=x"], []]})))
    assert found.cells[1:] == [["1 | 674"], ["'=x"], [""]]


def test_a_sheet_is_read_from_the_right_where_most_of_its_text_is() -> None:
    hebrew = pd.DataFrame({"label": ["מחיר ביקור", "שעות", "Fax"], "node": ["1", "2", "3"]})
    assert read(as_xlsx(hebrew))[0].rtl
    assert not read(as_xlsx(hebrew.assign(label=["Prices", "שעות", "Fax"])))[0].rtl
    assert not read(as_xlsx(pd.DataFrame({"n": [1, 2]})))[0].rtl


def test_odd_letters_come_through() -> None:
    odd = ["a\x00b", "_x0041_", " blanks ", "two\nlines", "𝄞", "<b>&amp;</b>"]
    (found,) = read(as_xlsx(pd.DataFrame({"label": odd})))
    # What XML cannot hold, and what looks like its stand-in, is written as Excel itself writes it.
    assert [row[0] for row in found.cells[1:]] == ["a_x0000_b", "_x005F_x0041_", *odd[2:]]


@pytest.mark.parametrize("letter", ["x", "𝄞"])
def test_text_that_no_cell_can_hold_is_cut_and_says_so(letter: str) -> None:
    (found,) = read(as_xlsx(pd.DataFrame({"label": [letter * LONGEST_TEXT * 2]})))
    text = str(found.cells[1][0])
    assert text.endswith("…") and set(text[:-1]) == {letter}
    assert LONGEST_TEXT - 2 <= len(text.encode("utf-16-le")) // 2 <= LONGEST_TEXT


def test_rows_that_do_not_fit_go_on_on_the_next_sheet() -> None:
    target = io.BytesIO()
    write_xlsx((pd.DataFrame({"n": range(begin, begin + 4)}) for begin in (0, 4, 8)), target, most_rows=6)
    sheets = [[row[0] for row in one.cells] for one in read(target.getvalue())]
    assert sheets == [["n", 0, 1, 2, 3, 4], ["n", 5, 6, 7, 8, 9], ["n", 10, 11]]


def test_rows_that_just_fit_make_no_empty_sheet() -> None:
    target = io.BytesIO()
    write_xlsx([pd.DataFrame({"n": range(5)})], target, most_rows=6)
    assert [len(one.cells) for one in read(target.getvalue())] == [6]


def test_a_table_without_rows_still_has_its_header() -> None:
    (found,) = read(as_xlsx(pd.DataFrame(columns=["node", "n_calls"])))
    assert found.cells == [["node", "n_calls"]]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told in other units elsewhere")
def test_memory_does_not_grow_with_the_rows() -> None:
    """Ten times the rows, each process on its own: the peak grows by a small part of what the rows weigh."""
    script = (
        "import resource, sys, tempfile\n"
        "import pandas as pd\n"
        "from core.export import write_xlsx\n"
        "frame = pd.DataFrame({'label': [f'{n} ' + 'x' * 400 for n in range(2000)]})\n"
        "with tempfile.TemporaryFile() as target:\n"
        "    write_xlsx((frame for _ in range(int(sys.argv[1]))), target)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )

    def peak(n: int) -> int:
        command = [sys.executable, "-c", script, str(n)]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
        return int(done.stdout) * 1024

    assert peak(30) - peak(3) < 27 * 2000 * 400 / 4
