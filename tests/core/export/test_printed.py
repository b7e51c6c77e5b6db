import json

import pandas as pd
import pyarrow as pa
import pytest

from core.export.printed import as_json, as_text

FRAME = pd.DataFrame(
    {
        "node": ["שיחה", None],
        "n": pd.array([1, None], "Int64"),
        "share": [0.5, float("nan")],
        "ok": [True, False],
        "path": [["1", "2"], []],
        "labels": pd.arrays.ArrowExtensionArray(pa.array([["a", "b"], ["c"]])),
    }
)


def test_json_has_lists_as_lists_and_what_is_missing_as_null() -> None:
    text = as_json(FRAME)
    assert json.loads(text) == [
        {"node": "שיחה", "n": 1, "share": 0.5, "ok": True, "path": ["1", "2"], "labels": ["a", "b"]},
        {"node": None, "n": None, "share": None, "ok": False, "path": [], "labels": ["c"]},
    ]
    assert "שיחה" in text


def test_a_single_row_is_one_object() -> None:
    assert json.loads(as_json(FRAME.head(1)[["node", "n"]], single=True)) == {"node": "שיחה", "n": 1}


@pytest.mark.parametrize("n", [0, 1, 300])
def test_text_has_a_line_for_the_header_and_each_row(n: int) -> None:
    frame = pd.DataFrame({"node": [str(number) for number in range(n)], "path": [["1", "x y"]] * n})
    lines = as_text(frame).splitlines()
    if n:
        assert lines[0].split() == ["node", "path"]
        assert [line.split(maxsplit=1) for line in lines[1:]] == [[str(number), "1 | x y"] for number in range(n)]


def test_text_shows_a_dash_for_what_is_missing() -> None:
    assert as_text(FRAME[["node", "n"]]).splitlines()[-1].split() == ["–", "–"]


def test_the_figures_of_a_single_row_stand_below_each_other() -> None:
    figures = pd.DataFrame({"n_calls": [3], "first_day": [None], "mean": [1.25]})
    assert [line.split() for line in as_text(figures, single=True).splitlines()] == [
        ["n_calls", "3"],
        ["first_day", "–"],
        ["mean", "1.25"],
    ]
