"""Rows with types: a type only where all values of a column agree, and pages of them in any order."""

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest

from core.errors import NotReady, ViewError
from core.profile import tables
from core.profile.tables import Rows

Opened = Callable[..., Rows]


def types(rows: Rows) -> dict[str, str]:
    return {one.name: one.type.value for one in rows.profile.columns}


def values(rows: Rows, column: str) -> list[object]:
    cells = rows.page(0, rows.profile.rows)[column]
    return [None if missing else value for value, missing in zip(cells.tolist(), cells.isna(), strict=True)]


def test_each_column_gets_the_type_of_all_of_its_values(opened: Opened) -> None:
    rows = opened(
        "n,price,day,at,clock,ok,city\n"
        "1,2.50,2025-01-31,2025-01-31 10:00:01,10:00,yes,Haifa\n"
        "-20,1.0e3,2025-02-01,2025-02-01 23:59:59,23:59,no,חיפה\n"
        ", ,NULL,,,,\n"
    )
    assert types(rows) == {
        "n": "whole number",
        "price": "number",
        "day": "date",
        "at": "date and time",
        "clock": "time of day",
        "ok": "yes or no",
        "city": "text",
    }
    first = rows.page(0, 1).iloc[0].to_dict()
    assert (first["n"], first["price"], first["ok"], first["city"]) == (1, 2.5, True, "Haifa")
    assert first["at"] == datetime(2025, 1, 31, 10, 0, 1)
    assert first["day"].date() == date(2025, 1, 31)
    assert first["clock"] == time(10, 0)
    assert rows.page(2, 1).isna().all(axis=None)
    assert {one.missing for one in rows.profile.columns} == {1}


@pytest.mark.parametrize(
    "ids",
    ["00001,00002", "7,007", "1,1_000", "12345678901234567890,2", "1.5,00002.5", "a1,2", "NO,NO", "inf,1", "+5,6"],
)
def test_what_is_no_number_in_every_row_stays_text_as_it_was_written(opened: Opened, ids: str) -> None:
    rows = opened("id,x\n" + "".join(f"{one},1\n" for one in ids.split(",")))
    assert types(rows)["id"] == "text"
    assert values(rows, "id") == ids.split(",")


def test_a_contradiction_far_below_the_first_rows_counts_as_much(opened: Opened) -> None:
    numbers = "".join(f"{n},{n},{n}\n" for n in range(3000))
    rows = opened(f"a,b,c\n{numbers}1.25,x1,7\n")
    assert types(rows) == {"a": "number", "b": "text", "c": "whole number"}
    assert values(rows, "a")[-2:] == [2999.0, 1.25]
    assert values(rows, "b")[-2:] == ["2999", "x1"]


def test_a_word_for_missing_is_missing_among_numbers_and_a_value_among_texts(opened: Opened) -> None:
    rows = opened("n,id\n1,NA\nNA,x\n-,y\nNA,NA\n")
    assert types(rows) == {"n": "whole number", "id": "text"}
    told = rows.profile.columns[0]
    assert (told.missing, told.stand_ins) == (3, {"NA": 2, "-": 1})
    assert values(rows, "id") == ["NA", "x", "y", "NA"]


def test_the_format_that_was_chosen_for_dates_reads_them(opened: Opened) -> None:
    text = "day,x\n1/3/2025,1\n2/3/2025,1\n"
    assert values(opened(text), "day")[0] == datetime(2025, 3, 1)
    assert values(opened(text, day="%m/%d/%Y"), "day")[0] == datetime(2025, 1, 3)


def test_numbers_are_read_in_the_notation_of_their_place(opened: Opened) -> None:
    rows = opened("a;b;c\n1.234,5;0.1;0.30000000000000004\n2;2,000;-1e-3\n")
    assert set(types(rows).values()) == {"number"}
    assert rows.page(0, 2).to_numpy().tolist() == [[1234.5, 0.1, 0.30000000000000004], [2.0, 2000.0, -0.001]]


def test_one_row_one_value_and_nothing_but_missing_are_tables_too(opened: Opened) -> None:
    assert values(opened("a,b\n1,\n"), "a") == [1]
    rows = opened("a,b\n,\n,NULL\n")
    assert types(rows) == {"a": "text", "b": "text"}
    assert [one.missing for one in rows.profile.columns] == [2, 2]


def test_rows_that_do_not_fit_are_counted_apart(opened: Opened) -> None:
    rows = opened("a,b\n1,2\n1,2,3\n4,5\n")
    assert (rows.profile.rows, rows.profile.unreadable) == (2, 1)
    assert rows.page(0, 9).index.tolist() == [1, 2]


def test_a_header_may_be_anything(opened: Opened) -> None:
    rows = opened('"a ""b"" c; DROP","file_row_number",c0\n3,y,1\n1,x,2\n')
    assert list(rows.page(0, 5).columns) == ['a "b" c; DROP', "file_row_number", "c0"]
    assert rows.page(0, 5, sort='a "b" c; DROP')["c0"].tolist() == [2, 1]
    assert rows.frame('SELECT "file_row_number" AS it FROM rows ORDER BY 1')["it"].tolist() == ["x", "y"]


def test_pages_sort_by_a_column_with_missing_last_and_ties_as_in_the_file(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = [3, None, 1, 3, 2, None, 1, 0]
    rows = opened("n,place\n" + "".join(f"{'' if n is None else n},{at}\n" for at, n in enumerate(cells)))
    wanted = sorted(range(len(cells)), key=lambda at: (cells[at] is None, cells[at] or 0, at))
    down = sorted(range(len(cells)), key=lambda at: (cells[at] is None, -(cells[at] or 0), at))
    for size in (1, 3, 8):
        for first in range(0, len(cells), size):
            assert rows.page(first, size, sort="n")["place"].tolist() == wanted[first : first + size]
            assert rows.page(first, size, sort="n", descending=True)["place"].tolist() == down[first : first + size]
            assert rows.page(first, size)["place"].tolist() == list(range(len(cells)))[first : first + size]
    assert rows.page(8, 3, sort="n").empty
    monkeypatch.setattr(tables, "DEEPEST", 2)
    assert rows.page(6, 2, sort="n")["place"].tolist() == wanted[6:]
    with pytest.raises(ViewError, match="this far"):
        rows.page(4, 1, sort="n")
    with pytest.raises(ViewError, match="no such column"):
        rows.page(0, 1, sort="z")


def test_a_wide_file_is_written_in_parts_and_read_as_one(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.profile.schema.WIDTH", 40)
    header = ",".join(f"v{number}" for number in range(100))
    rows = opened(f"{header}\n" + "\n".join(",".join(str(n * 100 + at) for at in range(100)) for n in range(30)))
    assert set(types(rows).values()) == {"whole number"}
    assert rows.page(29, 1).iloc[0].tolist() == list(range(2900, 3000))
    assert rows.page(0, 2, sort="v99", descending=True).index.tolist() == [30, 29]
    assert rows.frame("SELECT sum(v0 + v99) AS it FROM rows")["it"].item() == sum(200 * n + 99 for n in range(30))


def test_a_folder_without_rows_is_not_ready(tmp_path: Path) -> None:
    with pytest.raises(NotReady):
        Rows(tmp_path)
