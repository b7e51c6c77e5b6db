"""Exports that a spreadsheet opens as they are meant."""

import csv
import io

import pandas as pd
import pytest

from core.export import as_csv


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_a_spreadsheet_would_run_is_made_inert(start: str) -> None:
    cell = f"{start}HYPERLINK(1)"
    assert read(as_csv(pd.DataFrame({cell: [cell, "plain"]}))) == [[f"'{cell}"], [f"'{cell}"], ["plain"]]


def test_numbers_stay_numbers() -> None:
    frame = pd.DataFrame({"n": [-564, 3], "share": [-0.25, 1.0]})
    assert read(as_csv(frame)) == [["n", "share"], ["-564", "-0.25"], ["3", "1.0"]]


def test_missing_values_are_empty_and_hebrew_is_kept() -> None:
    frame = pd.DataFrame({"node": ["1", None], "label": ["מחיר ביקור", "Ended here"]})
    data = as_csv(frame)
    assert data.startswith(b"\xef\xbb\xbf")
    assert read(data) == [["node", "label"], ["1", "מחיר ביקור"], ["", "Ended here"]]


def test_a_table_without_rows_still_has_its_header() -> None:
    assert read(as_csv(pd.DataFrame(columns=["node", "n_calls"]))) == [["node", "n_calls"]]
