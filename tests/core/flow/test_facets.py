"""What can be chosen, with its counts: always those of a loop over all calls."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from core.errors import ViewError
from core.flow.facets import MOST_VALUES, NO_VALUE, PARTS, column_facet, columns, facet, has_times
from core.flow.filter import ALL, MISSING, Filter
from core.tables.calllog import CallLog
from tests.core.flow.made_calls import LINKS, Made, make, opened_calls, passes
from tests.logs import opened, rows

CALLS = make()
WHERES = (
    ALL,
    Filter(first=date(2025, 3, 4), weekdays=(1, 3, 5), ends=("1", "4")),
    Filter(intents=("2", "4"), via=("1",), shortest=2),
    Filter(hours=(8, 9, 10, 11), files=("2",), longest=4),
    Filter(values=(("outcome", ("left", MISSING)), ("region", ("דרום", "north")))),
    Filter(values=(("ticket", (MISSING, "T7", "T8")),), starts=("1",)),
    Filter(values=(("agent", ("Ben, junior",)), ("ticket", ("T11", "T149")))),
    Filter(transitions=(("1", "3"),), begins=("1",)),
    Filter(links=("https://example.org/?a=1", "https://example.org/x"), via=("5",)),
    Filter(ends=("nowhere",), files=("9",), values=(("outcome", ("lost",)),)),
)
OF_A_CALL: dict[str, Callable[[Made], list[Any]]] = {
    "weekdays": lambda call: [call.start.isoweekday()] if call.start else [],
    "hours": lambda call: [call.start.hour] if call.start else [],
    "files": lambda call: [str(call.file)],
    "intents": lambda call: [call.intent],
    "via": lambda call: sorted(set(call.path)),
    "links": lambda call: sorted({LINKS[node] for node in call.path if node in LINKS}),
    "starts": lambda call: [call.path[0]],
    "ends": lambda call: [call.path[-1]],
    "lengths": lambda call: [len(call.path)],
}
COLUMNS = ("outcome", "agent", "region", "ticket", "files")


@pytest.fixture(scope="module")
def log() -> Iterator[CallLog]:
    with opened_calls(CALLS) as log:
        yield log


def counted(where: Filter, values: Callable[[Made], list[Any]]) -> Counter[Any]:
    return Counter(value for call in CALLS if passes(call, where) for value in values(call))


def told(log: CallLog, where: Filter, part: str) -> dict[Any, int]:
    return {value: n for value, _, n in rows(facet(log, where, part)) if n}


@pytest.mark.parametrize("where", WHERES, ids=str)
@pytest.mark.parametrize("part", PARTS)
def test_each_choice_shows_how_many_calls_it_would_give(log: CallLog, where: Filter, part: str) -> None:
    without = where.without("shortest").without("longest") if part == "lengths" else where.without(part)
    assert told(log, where, part) == counted(where if part == "via" else without, OF_A_CALL[part])


@pytest.mark.parametrize("where", WHERES, ids=str)
@pytest.mark.parametrize("column", COLUMNS)
def test_each_value_of_a_column_shows_how_many_calls_it_would_give(log: CallLog, where: Filter, column: str) -> None:
    found = {value: n for value, _, n in rows(column_facet(log, where, column)) if n}
    assert found == counted(where.with_values(column, ()), lambda call: [call.columns[column] or MISSING])


@pytest.mark.parametrize("part", ["hours", "intents", "ends", "outcome", "ticket"])
def test_choosing_a_value_gives_the_calls_that_it_showed(log: CallLog, part: str) -> None:
    where = Filter(via=("1",), values=(("region", ("north", MISSING)),))
    for value, n in told(log, where, part).items():
        one = Filter(**{**vars(where), part: (value,)}) if part in PARTS else where.with_values(part, [value])
        assert sum(passes(call, one) for call in CALLS) == n


def test_the_most_calls_come_first_and_a_week_a_day_and_lengths_keep_their_order(log: CallLog) -> None:
    for part in ("intents", "via", "ticket"):
        counts = [n for _, _, n in rows(facet(log, ALL, part))]
        assert counts == sorted(counts, reverse=True)
    for part in ("weekdays", "hours", "lengths"):
        values = [value for value, _, _ in rows(facet(log, ALL, part))]
        assert values == sorted(values)


def test_what_has_no_value_is_called_none(log: CallLog) -> None:
    n = sum(not call.columns["outcome"] for call in CALLS)
    assert (MISSING, NO_VALUE, n) in rows(facet(log, ALL, "outcome"))


@pytest.mark.parametrize("column", ["outcome", "ticket"])
def test_what_is_chosen_is_offered_also_where_no_call_has_it(log: CallLog, column: str) -> None:
    where = Filter(values=((column, (MISSING, "lost")),))
    found = rows(facet(log, where, column, limit=2, search="no such text"))
    assert {value: label for value, label, _ in found} == {MISSING: NO_VALUE, "lost": "lost"}
    assert ("lost", "lost", 0) in found


def test_an_unknown_id_in_the_address_is_offered_so_that_it_can_be_taken_away(log: CallLog) -> None:
    where = Filter(intents=("nowhere",), files=("9",))
    assert ("nowhere", "nowhere", 0) in rows(facet(log, where, "intents"))
    assert ("9", "9", 0) in rows(facet(log, where, "files"))


@pytest.mark.parametrize("column", ["region", "ticket"])
def test_a_limit_leaves_the_values_with_most_calls(log: CallLog, column: str) -> None:
    every = rows(facet(log, ALL, column))
    assert rows(facet(log, ALL, column, limit=3)) == every[:3]
    assert rows(facet(log, ALL, column, limit=len(every) + 1)) == every


def test_a_search_looks_in_labels_and_ids_in_any_case_of_letters(log: CallLog) -> None:
    assert {value for value, _, _ in rows(facet(log, ALL, "ends", search="hOURS"))} == {"3", "5"}
    assert [value for value, _, _ in rows(facet(log, ALL, "ends", search="4"))] == ["4"]
    assert {value for value, _, _ in rows(facet(log, ALL, "region", search="ORTH"))} == {"north"}
    tickets = {call.columns["ticket"] for call in CALLS}
    found = {value for value, _, _ in rows(facet(log, ALL, "ticket", search="t14"))}
    assert found == {ticket for ticket in tickets if "T14" in ticket} != set()


def test_a_search_is_text_and_no_pattern(log: CallLog) -> None:
    for search in ("%", "_", "' OR true --", "T.*"):
        assert rows(facet(log, ALL, "ticket", search=search)) == []


def test_a_column_that_is_not_there_is_said(log: CallLog) -> None:
    with pytest.raises(ViewError, match="no column 'colour'"):
        facet(log, ALL, "colour")


def test_columns_with_few_values_are_offered_and_times_only_where_there_are_some(log: CallLog) -> None:
    assert columns(log) == COLUMNS
    assert has_times(log)
    many = "".join(f"c{n},1,2025-03-01,x{n},\n" for n in range(MOST_VALUES * 2))
    with opened("call_id,rule_id,call_date,ticket,empty\n" + many) as wide:
        assert columns(wide) == ()
        assert not has_times(wide)
        assert rows(facet(wide, ALL, "hours")) == []
