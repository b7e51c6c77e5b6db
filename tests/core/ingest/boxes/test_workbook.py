"""Workbooks: what a person sees in the cells is what is read, row numbers stay, hostile ones are refused."""

import csv
import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from core.errors import FileRefused
from core.ingest.boxes import Taken, look, row_of, take
from core.settings import Guards

MB = 1024 * 1024
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def related(*targets: tuple[str, str]) -> str:
    found = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="x">{found}</Relationships>'


def handmade(sheet: str, texts: str = "<sst/>", **more: str) -> bytes:
    """A workbook of one sheet with this `sheetData`; in the names of `more` entries "__" stands for a slash."""
    entries = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": related(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": '<workbook xmlns:r="x"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": related(("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "strings.xml")),
        "xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData>{sheet}</sheetData></worksheet>",
        "xl/strings.xml": texts,
        **{name.replace("__", "/"): text for name, text in more.items()},
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return data.getvalue()


def taken(folder: Path, data: bytes, wanted: str = "", guards: Guards | None = None) -> Taken:
    path = folder / "upload"
    path.write_bytes(data)
    return take(path, look(path, wanted, guards or Guards()), folder / "taken.csv", guards or Guards())


def read(found: Taken) -> list[list[str]]:
    with found.path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def made(folder: Path, sheets: Mapping[str, list[list[Any]]], **options: Any) -> bytes:
    path = folder / "made.xlsx"
    with xlsxwriter.Workbook(path, options) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    value, code = value if isinstance(value, tuple) else (value, None)
                    sheet.write(number, column, value, book.add_format({"num_format": code}) if code else None)
    return path.read_bytes()


def test_cells_are_read_as_a_person_sees_them(tmp_path: Path) -> None:
    moment = datetime(2025, 3, 31, 9, 5, 7)
    cells: list[tuple[Any, str]] = [
        ("plain", "plain"),
        ("שלום, עולם", "שלום, עולם"),
        ("007", "007"),
        (7, "7"),
        (-3.0, "-3"),
        (0.1 + 0.2, "0.3"),
        (972541234567, "972541234567"),
        (1e-7, "0.0000001"),
        (True, "TRUE"),
        (False, "FALSE"),
        ((42, "00000"), "00042"),
        ((0.5, "0%"), "0.5"),
        ((1234.5, '#,##0.00 "days"'), "1234.5"),
        ((3, "[Red]0"), "3"),
        ((moment, "dd/mm/yyyy hh:mm"), "2025-03-31 09:05:07"),
        ((datetime(2025, 3, 31), "dd/mm/yyyy hh:mm"), "2025-03-31 00:00:00"),
        ((moment + timedelta(milliseconds=250), "hh:mm:ss.000 d/m/y"), "2025-03-31 09:05:07.250"),
        ((date(2025, 3, 31), "[$-409]d-mmm-yy;@"), "2025-03-31"),
        ((moment, "d/m/yy"), "2025-03-31 09:05:07"),
        ((date(1900, 1, 1), "d/m/yy"), "1900-01-01"),
        ((date(1900, 3, 1), "d/m/yy"), "1900-03-01"),
        ((time(9, 5), "h:mm AM/PM"), "09:05:00"),
        ((timedelta(hours=30, minutes=5), "[h]:mm:ss"), "30:05:00"),
        ((-1.5, "d/m/yy"), "-1.5"),
    ]
    data = made(tmp_path, {"S": [["head", "x"], *([value, "x"] for value, _ in cells)]})
    assert [row[0] for row in read(taken(tmp_path, data))[1:]] == [text for _, text in cells]


def test_workbooks_that_count_days_from_1904_have_the_same_dates(tmp_path: Path) -> None:
    rows = [["head", "x"], [(datetime(2025, 3, 31, 9, 5), "d/m/yy h:mm"), 1]]
    assert read(taken(tmp_path, made(tmp_path, {"S": rows}, date_1904=True)))[1] == ["2025-03-31 09:05:00", "1"]


def test_a_formula_is_its_value_and_a_run_of_formats_one_text(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "made.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["call", "step"])
        sheet.write_formula(1, 0, '="c"&1', None, "c1")
        sheet.write_rich_string(1, 1, "Main ", book.add_format({"bold": True}), "menu")
        sheet.write_formula(2, 0, "=1+1", None, 2)
        sheet.write(2, 1, "x\ny")
    assert read(taken(tmp_path, (tmp_path / "made.xlsx").read_bytes()))[1:] == [["c1", "Main menu"], ["2", "x\ny"]]


def test_rows_keep_their_numbers_and_empty_columns_before_the_table_are_left_out(tmp_path: Path) -> None:
    rows = [[], [], [None, None, "call", "step"], [None, None, "1", "two\nlines"], [], [None, None, "2", "z"]]
    found = taken(tmp_path, made(tmp_path, {"S": rows}))
    text = found.path.read_text(encoding="utf-8")
    assert text == '\n\ncall,step\n1,"two\nlines"\n\n2,z\n'
    assert [row_of(line, found.rest) for line in range(1, 8)] == [1, 2, 3, 4, 4, 5, 6]


def test_a_cell_far_to_the_right_or_left_of_the_first_rows_loses_nothing(tmp_path: Path) -> None:
    rows: list[list[Any]] = [[None, "call", "step"], *([None, f"c{n}", "s"] for n in range(400))]
    rows += [[None, "c", "s", None, "a note"], ["another", "c", "s"]]
    found = read(taken(tmp_path, made(tmp_path, {"S": rows})))
    assert {len(row) for row in found} == {5}
    assert found[0] == ["", "call", "step", "", ""] and found[401:] == [
        ["", "c", "s", "", "a note"],
        ["another", "c", "s", "", ""],
    ]


def test_a_value_merged_over_several_rows_stands_in_each_of_them(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "made.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:C1", "All calls")
        sheet.write_row(1, 0, ["call", "step", "note"])
        sheet.merge_range("A3:A5", "c1")
        for row, step in enumerate("xyz", 2):
            sheet.write(row, 1, step)
        sheet.write_row(5, 0, ["c2", "x"])
    rows = read(taken(tmp_path, (tmp_path / "made.xlsx").read_bytes()))
    assert rows == [
        ["All calls", "", ""],
        ["call", "step", "note"],
        ["c1", "x", ""],
        ["c1", "y", ""],
        ["c1", "z", ""],
        ["c2", "x", ""],
    ]


def test_the_first_sheet_with_a_table_is_taken_or_the_one_that_is_wanted(tmp_path: Path) -> None:
    sheets = {"About": [["An export"]], "Calls": [["call", "step"], ["1", "x"]], "More": [["a", "b"], ["3", "y"]]}
    data = made(tmp_path, sheets)
    (tmp_path / "upload").write_bytes(data)
    box = look(tmp_path / "upload", "", Guards())
    assert ([part.name for part in box.parts], box.part) == (["About", "Calls", "More"], "Calls")
    assert read(taken(tmp_path, data, "More"))[1] == ["3", "y"]
    with pytest.raises(FileRefused, match="no 'Nothing' in this file"):
        taken(tmp_path, data, "Nothing")


def test_what_other_programs_write_is_read_too(tmp_path: Path) -> None:
    """Cells without references, texts in place, prefixes, escapes, dates as text, pronunciations."""
    sheet = (
        '<row><c t="inlineStr"><is><t>call</t></is></c>'
        '<c t="inlineStr"><is><r><t>st</t></r><r><t>ep</t></r></is></c></row>'
        '<row><c t="s"><v>0</v></c><c t="d"><v>2025-03-31T09:05:00</v></c></row>'
        '<row r="5"><c r="B5"><v>12345678901234567890</v></c><c r="A5" t="e"><v>#N/A</v></c></row>'
    )
    texts = "<sst><si><t>a_x000D_\nb</t><rPh sb='0' eb='1'><t>never</t></rPh></si></sst>"
    found = taken(tmp_path, handmade(sheet, texts))
    assert read(found) == [
        ["call", "step"], ["a\nb", "2025-03-31T09:05:00"], [], [], ["#N/A", "12345678901234567890"],
    ]  # fmt: skip
    cells = '<x:c r="A1"><x:v>1</x:v></x:c><x:c r="B1"><x:v>2</x:v></x:c>'
    sheet = f'<x:worksheet xmlns:x="y"><x:sheetData><x:row r="1">{cells}</x:row></x:sheetData></x:worksheet>'
    assert read(taken(tmp_path, handmade("", **{"xl__worksheets__sheet1.xml": sheet}))) == [["1", "2"]]


RUNS = f"<sst><si>{f'<r><t>{chr(120) * 90_000}</t></r>' * 12}</si></sst>"


@pytest.mark.parametrize(
    ("sheet", "more", "words"),
    [
        ('<row><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>', {}, "16,384 columns .*THROUGHLINE_COLUMNS"),
        ('<row r="1048577"><c><v>1</v></c></row>', {}, "row 1,048,577 is not in order"),
        ('<row r="3"><c><v>1</v></c></row><row r="3"><c><v>1</v></c></row>', {}, "row 3 is not in order"),
        ('<row><c t="s"><v>7</v></c></row>', {}, "row 1 is not in order"),
        ('<row><c r="AAAA1"><v>7</v></c></row>', {}, "row 1 is not in order"),
        ("<row/>", {"xl__strings.xml": RUNS}, "A cell of the workbook is longer"),
        (f'<row><c t="str"><v>{"x" * 2_000_000}</v></c></row>', {}, "THROUGHLINE_LINE_KB"),
        ("", {"xl__strings.xml": '<!DOCTYPE x [<!ENTITY a "b">]><sst/>'}, "declares a document type or entities"),
        ("<row>" * 60, {}, "nested deeper"),
        ("", {"_rels__.rels": related(("officeDocument", "word/document.xml"))}, "Office file without sheets"),
        ("<row/>", {"xl__workbook.xml": "<workbook/>"}, "has no sheet of cells"),
    ],
)
def test_a_hostile_or_damaged_workbook_is_refused_in_words(
    tmp_path: Path, sheet: str, more: dict[str, str], words: str
) -> None:
    with pytest.raises(FileRefused, match=words):
        taken(tmp_path, handmade(sheet, **more))


def test_two_cells_in_far_corners_take_neither_memory_nor_disk(tmp_path: Path) -> None:
    sheet = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="ALL1048576"><v>2</v></c></row>'
    found = taken(tmp_path, handmade(sheet))
    assert found.path.stat().st_size < 2 * MB
    assert found.path.read_bytes().count(b"\n") == 1_048_576


def test_one_long_text_in_many_cells_is_no_way_to_fill_the_disk(tmp_path: Path) -> None:
    text = f"<sst><si><t>{'x' * 30_000}</t></si></sst>"
    rows = "".join(f'<row r="{n}"><c t="s"><v>0</v></c></row>' for n in range(1, 20_000))
    with pytest.raises(FileRefused, match="THROUGHLINE_UNPACKED_RATIO"):
        taken(tmp_path, handmade(rows, text))
    assert not list(tmp_path.glob("*.body"))


def test_a_sheet_that_unpacks_to_no_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="more than 200 times its size"):
        taken(tmp_path, handmade(" " * (64 * MB)))


def test_texts_that_take_nothing_in_the_file_and_much_in_memory_are_refused_early(tmp_path: Path) -> None:
    some = "".join(f"<si><t>{number * 7919 % 65536:04x}</t></si>{'<si/>' * 100}" for number in range(3000))
    cells = '<row><c t="s"><v>0</v></c><c t="s"><v>101</v></c></row>'
    data = handmade(cells, f"<sst>{some}</sst>")
    assert len(some) < 200 * len(data), "it is not refused for the size of what is packed"
    with pytest.raises(FileRefused, match="THROUGHLINE_UNPACKED_RATIO"):
        taken(tmp_path, data)


def test_a_hundred_thousand_ids_one_after_the_other_are_no_bomb(tmp_path: Path) -> None:
    texts = "".join(f"<si><t>C{number:07}</t></si>" for number in range(100_000))
    rows = "".join(f'<row><c t="s"><v>{number}</v></c><c><v>1</v></c></row>' for number in range(100_000))
    found = read(taken(tmp_path, handmade(rows, f"<sst>{texts}</sst>")))
    assert (len(found), found[-1]) == (100_000, ["C0099999", "1"])
