"""The calls behind a number, and what each of them did: always those of a loop over all calls."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

import pandas as pd
import pytest

from core.errors import ViewError
from core.flow.calls import (
    CALL_COLUMNS,
    ORDERS,
    STEP_COLUMNS,
    all_calls,
    call_steps,
    calls,
    known_roles,
    n_calls,
    name_of,
    neighbours,
    number_of,
    row_of,
)
from core.flow.filter import ALL, MISSING, Filter
from core.flow.selection import select
from core.tables.calllog import CallLog
from tests.core.flow.made_calls import LINKS, MENU, Made, make, opened_calls, passes
from tests.core.flow.test_facets import WHERES
from tests.logs import opened, rows

CALLS = make()
LABELS = {node: label for node, (_, label) in MENU.items()}
COLUMNS = ("outcome", "customer", "agent", "region", "ticket", "files")


@pytest.fixture(scope="module")
def log() -> Iterator[CallLog]:
    with opened_calls(CALLS) as log:
        yield log


def row(call: Made) -> tuple[object, ...]:
    own = (call.call_id, call.start, len(call.path), LABELS[call.intent], LABELS[call.path[-1]])
    values = [call.columns[column] or None for column in COLUMNS]
    return (*own, *values[:3], None, None, *values[3:])


def told(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """The rows without the number and the file, at as a whole moment."""
    at = [None if pd.isna(one) else one.to_pydatetime() for one in frame["at"]]
    return [(one[1], moment, *one[4:]) for one, moment in zip(rows(frame.assign(at=None)), at, strict=True)]


@pytest.mark.parametrize("where", WHERES, ids=str)
def test_the_calls_are_those_that_pass_in_the_order_of_the_files(log: CallLog, where: Filter) -> None:
    found = calls(log, where)
    assert tuple(found.columns) == (*CALL_COLUMNS, "attribute.region", "attribute.ticket", "attribute.files")
    assert told(found) == [row(call) for call in CALLS if passes(call, where)]


@pytest.mark.parametrize("where", WHERES, ids=str)
def test_there_are_as_many_as_every_view_says(log: CallLog, where: Filter) -> None:
    expected = sum(passes(call, where) for call in CALLS)
    assert n_calls(log, where) == select(log, where).n_calls == len(calls(log, where)) == expected


@pytest.mark.parametrize("order", ORDERS)
def test_pages_one_after_the_other_are_all_rows_once(log: CallLog, order: str) -> None:
    where = Filter(via=("2",))
    pages = [calls(log, where, limit=7, offset=offset, order=order) for offset in range(0, 120, 7)]
    every = calls(log, where, order=order)
    pd.testing.assert_frame_equal(pd.concat([page for page in pages if len(page)], ignore_index=True), every)
    assert told(calls(log, where, limit=7, offset=10_000, order=order)) == []


def test_calls_are_ordered_by_time_and_length_and_those_without_a_date_come_last(log: CallLog) -> None:
    dated = sorted(call.start for call in CALLS if call.start)
    oldest, newest = calls(log, order="oldest")["at"], calls(log, order="newest")["at"]
    assert list(oldest.dropna()) == dated and oldest.tail(len(CALLS) - len(dated)).isna().all()
    assert list(newest.dropna()) == dated[::-1] and newest.tail(len(CALLS) - len(dated)).isna().all()
    lengths = sorted(len(call.path) for call in CALLS)
    assert list(calls(log, order="shortest")["n_steps"]) == lengths
    assert list(calls(log, order="longest")["n_steps"]) == lengths[::-1]


@pytest.mark.parametrize("batch", [7, 1000])
@pytest.mark.parametrize("order", ["log", "longest"])
def test_an_export_has_the_same_rows_in_batches(log: CallLog, batch: int, order: str) -> None:
    where = Filter(values=(("outcome", ("left", MISSING)),))
    batches = list(all_calls(log, where, order=order, batch=batch))
    assert max(map(len, batches)) <= batch
    pd.testing.assert_frame_equal(pd.concat(batches, ignore_index=True), calls(log, where, order=order))


def test_an_export_of_no_calls_still_has_its_columns(log: CallLog) -> None:
    (only,) = all_calls(log, Filter(ends=("nowhere",)))
    assert len(only) == 0 and tuple(only.columns)[:12] == CALL_COLUMNS


@pytest.mark.parametrize("search", ["call 01", "CALL 01", "-1", "99-0", "%", "_", "' OR true --", "nobody"])
def test_a_search_finds_call_ids_that_hold_the_text(log: CallLog, search: str) -> None:
    where = Filter(files=("2",))
    expected = [row(call) for call in CALLS if passes(call, where) and search.lower() in call.call_id.lower()]
    assert told(calls(log, where, search=search)) == expected
    assert n_calls(log, where, search) == len(expected)


def test_a_call_is_named_by_its_file_and_its_id(log: CallLog) -> None:
    for file_id, place in (("1", 0), ("2", 1)):
        number = number_of(log, file_id, "Call 007-0")
        assert log.row('SELECT file, call_id FROM calls WHERE "call" = ?', [number]) == (place, "Call 007-0")
    for file_id, call_id in (("3", "Call 007-0"), ("1", "call 007-0"), ("1", ""), ("", "'; DROP TABLE calls")):
        with pytest.raises(ViewError, match="no call with the id"):
            number_of(log, file_id, call_id)


@pytest.mark.parametrize("order", ["log", "longest"])
def test_a_call_has_the_calls_beside_it_in_the_list(log: CallLog, order: str) -> None:
    where = Filter(via=("2",))
    numbers = list(calls(log, where, order=order, search="call 0")["call"])
    for place, number in enumerate(numbers):
        before = numbers[place - 1] if place else None
        after = numbers[place + 1] if place + 1 < len(numbers) else None
        told = neighbours(log, number, where, order=order, search="call 0")
        assert told == (place + 1, len(numbers), before, after)
    other = next(number for number in range(len(CALLS)) if number not in numbers)
    assert neighbours(log, other, where, order=order, search="call 0") is None


def test_a_row_and_a_name_are_those_of_the_list(log: CallLog) -> None:
    every = calls(log)
    for number in (0, 1, 119, 120, len(CALLS) - 1):
        pd.testing.assert_series_equal(row_of(log, number), every.iloc[number], check_names=False)
        assert number_of(log, *name_of(log, number)) == number


def test_only_roles_that_a_column_has_are_told(log: CallLog) -> None:
    assert known_roles(log) == ("outcome", "customer", "agent")
    with opened("call_id,rule_id,queue_wait\nA,1,4.5\n") as other:
        assert known_roles(other) == ("queue_wait",)
        assert list(calls(other)["queue_wait"]) == [4.5]


def test_a_call_is_read_step_by_step(log: CallLog) -> None:
    for number, call in list(enumerate(CALLS))[::9]:
        found = call_steps(log, number)
        assert tuple(found.columns) == STEP_COLUMNS
        assert list(found["position"]) == list(range(1, len(call.path) + 1))
        assert list(found["node"]) == call.path
        assert list(found["label"]) == [LABELS[node] for node in call.path]
        assert [None if pd.isna(one) else one for one in found["url"]] == [LINKS.get(node) for node in call.path]
        seen: Counter[str] = Counter()
        for node, visit in zip(call.path, found["visit"], strict=True):
            seen[node] += 1
            assert visit == seen[node]
        moments = [None if pd.isna(one) else one.to_pydatetime() for one in found["at"]]
        assert moments == [call.at(position) for position in range(len(call.path))]
        gaps = [None if pd.isna(one) else one for one in found["seconds"]]
        assert gaps == [None, *(call.gaps[1:] if call.start else [None] * (len(call.path) - 1))]


def test_days_without_a_time_give_no_seconds() -> None:
    with opened("call_id,rule_id,call_date\nA,1,2025-03-01\nA,2,2025-03-02\n") as log:
        steps = call_steps(log, 0)
        assert steps["seconds"].isna().all()
        assert list(steps["at"]) == [datetime(2025, 3, 1), datetime(2025, 3, 2)]


def test_a_step_without_a_time_breaks_the_seconds_on_both_of_its_sides() -> None:
    steps = ("1,2025-03-01 10:00:00", "2,", "1,2025-03-01 10:00:09", "1,2025-03-01 10:00:12")
    with opened("call_id,rule_id,call_date\n" + "".join(f"A,{step}\n" for step in steps)) as log:
        assert rows(call_steps(log, 0)[["node", "visit", "seconds"]]) == [
            ("1", 1, None),
            ("2", 1, None),
            ("1", 2, None),
            ("1", 3, 3.0),
        ]


def test_an_order_that_is_not_there_is_said(log: CallLog) -> None:
    with pytest.raises(ViewError, match="cannot be ordered"):
        calls(log, ALL, order="call; DROP TABLE calls")


def test_calls_of_some_days_are_told_with_their_file() -> None:
    with opened("call_id,rule_id,call_date\nA,1,2025-03-01\n", "call_id,rule_id,call_date\nA,1,2025-03-02\n") as log:
        found = calls(log, Filter(first=date(2025, 3, 2)))
        assert rows(found[["call", "call_id", "file"]]) == [(1, "A", "a.csv")]
