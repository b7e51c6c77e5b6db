"""A real log of a clinic and one of a hospital, against figures that were computed elsewhere."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from core.flow import calendar, intents, paths, summary
from core.service import PROJECT
from core.tables.calllog import CallLog
from tests.logs import opened, rows

DATA = PROJECT.parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real logs are not ours to ship and are not here")


@pytest.fixture(scope="module")
def log() -> Iterator[CallLog]:
    with opened((DATA / "clinic_calls_01_02.csv").read_bytes()) as log:
        yield log


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / "expected" / "clinic_calls_01_02.json").read_text())
    return found


def test_the_summary(log: CallLog, expected: dict[str, Any]) -> None:
    figures = summary.summary(log).iloc[0]
    known = expected["lengths_summary"]
    assert figures["n_calls"] == known["count"] == 3950
    assert figures["mean_length"] == pytest.approx(known["avg"], abs=1e-12)
    assert [figures[f"{name}_length"] for name in ("median", "p90", "p95", "min", "max")] == [
        known[name] for name in ("median", "p90", "p95", "min", "max")
    ]
    assert (figures["n_steps"], figures["n_variants"], figures["n_rejected"]) == (19_879, len(expected["top_paths"]), 0)


def test_intents_and_leaves(log: CallLog, expected: dict[str, Any]) -> None:
    for found, name in ((intents.top_intents(log), "top_intents"), (intents.leaf_frequency(log), "leaf_frequency")):
        told = {(str(node), n) for node, n, _ in expected[name]}
        assert {(node, n) for node, _, n, _ in rows(found)} == told
    assert rows(intents.top_intents(log))[0][::2] == ("6748", 2962)


def test_where_calls_go_from_every_single_step(log: CallLog, expected: dict[str, Any]) -> None:
    first = {path[1]: 0 for path, _ in expected["top_paths"] if len(path) > 1}
    for path, n in expected["top_paths"]:
        if len(path) > 1:
            first[path[1]] += n
    found = paths.path_explorer(log, prefix=("1",))
    assert {int(node): n for node, _, n, _, _ in rows(found) if node} == first
    assert {int(node): n for node, _, n, _, _ in rows(found) if node} == dict(expected["branch_distribution"]["1"])


@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_the_path_explorer_on_all_prefixes(log: CallLog, expected: dict[str, Any], length: int) -> None:
    known = [([str(node) for node in path], n) for path, n in expected["top_paths"]]
    for prefix in sorted({tuple(path[:length]) for path, _ in known if len(path) >= length}):
        begun = [(path, n) for path, n in known if tuple(path[:length]) == prefix]
        following: dict[str | None, int] = {}
        for path, n in begun:
            step = path[length] if len(path) > length else None
            following[step] = following.get(step, 0) + n
        assert {node: n for node, _, n, _, _ in rows(paths.path_explorer(log, prefix=prefix))} == following


def test_weekdays_and_depths(log: CallLog, expected: dict[str, Any]) -> None:
    assert {str(row[0]): row[1] for row in rows(calendar.weekday_trends(log))} == expected["weekday_trends"]
    found = summary.depths(log)
    assert dict(zip(found["depth"].astype(str), found["goes_on"], strict=True)) == expected["depth_funnel"]


def test_calls_that_end_mid_menu(log: CallLog, expected: dict[str, Any]) -> None:
    ends = {str(node): n for node, _, n, _, has_children in expected["dead_ends"] if has_children and n}
    assert {node: n for node, _, n in rows(summary.mid_menu_ends(log))} == ends


def test_the_hospitals_log_with_another_delimiter_and_a_case_named_na() -> None:
    with opened((DATA / "eventdataR_sepsis.csv").read_bytes()) as log:
        figures = summary.summary(log).iloc[0]
        assert (figures["n_calls"], figures["n_steps"], figures["n_variants"]) == (1050, 15_214, 846)
        assert log.row("SELECT count(*) FROM calls WHERE call_id = 'NA'") == (1,)
