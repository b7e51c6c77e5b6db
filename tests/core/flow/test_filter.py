from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ViewError
from core.flow.filter import ALL, MISSING, Filter
from core.flow.paths import top_paths
from core.flow.spans import Span
from core.tables.calllog import CallLog
from tests import naive
from tests.logs import both

IDS = st.lists(st.text(min_size=1), max_size=4).map(tuple)
SPANS = st.none() | st.builds(Span, st.integers(0, 10**14), st.none() | st.integers(0, 10**14))
NUMBERS = st.none() | st.integers(1, 2**31)


def some(low: int, high: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.sets(st.integers(low, high)).map(sorted).map(tuple)


FILTERS = st.builds(
    Filter,
    first=st.none() | st.dates(),
    last=st.none() | st.dates(),
    weekdays=some(1, 7),
    hours=some(0, 23),
    files=IDS,
    intents=IDS,
    via=IDS,
    starts=IDS,
    ends=IDS,
    transitions=st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1)), max_size=3).map(tuple),
    links=IDS,
    begins=IDS,
    shortest=NUMBERS,
    longest=NUMBERS,
    lasts=SPANS,
    waits=SPANS,
    errors=st.just(()) | st.lists(st.text(), min_size=2, max_size=3).map(tuple),
    values=st.dictionaries(
        st.sampled_from(["outcome", "agent"]) | st.text(min_size=1),
        st.sets(st.text(), min_size=1, max_size=3).map(sorted).map(tuple),
        max_size=3,
    ).map(lambda columns: tuple(sorted(columns.items()))),
)

# Menu: 1 > 5 > 9 and 1 > 6. Each call has a path of its own; the city "NULL" is none.
FIRST = """call,when,node,parent,url,outcome,agent,city
A,2025-03-17 09:30,1,0,,,Noa,Haifa
A,2025-03-17 09:59,5,1,,open,Ben,Eilat
A,2025-03-17 10:01,9,5,http://x,solved,,
B,2025-03-18 10:00,1,0,,left,,
B,2025-03-18 10:01,6,1,"http://y,z",,,
C,,1,0,,,Noa,NULL
C,,5,1,,,,
C,,5,1,,,,
"""
SECOND = """call,when,node,parent,url,outcome,agent,city
A,2025-03-17 23:59,5,1,,solved,"Noa, junior",haifa
A,2025-03-18 00:01,9,5,,,,
"""
ROLES = {role: role for role in ("call", "node", "parent", "url", "outcome", "agent")} | {"timestamp": "when"}
A, B, C, D = ("1", "5", "9"), ("1", "6"), ("1", "5", "5"), ("5", "9")
MONDAY, TUESDAY = date(2025, 3, 17), date(2025, 3, 18)


@pytest.fixture(scope="module")
def log() -> Iterator[CallLog]:
    first = naive.File(FIRST, ROLES, "%Y-%m-%d %H:%M", attributes=("city",))
    with both(first, first._replace(text=SECOND, id="f,2")) as (log, _):
        yield log


def passing(log: CallLog, where: Filter) -> list[tuple[str, ...]]:
    """The paths of the calls that pass, in the order of A, B, C, D."""
    found = [tuple(nodes) for nodes in top_paths(log, where)["nodes"]]
    return [path for path in (A, B, C, D) if path in found]


@pytest.mark.parametrize(
    ("where", "paths"),
    [
        (ALL, [A, B, C, D]),
        (Filter(first=TUESDAY), [B]),
        (Filter(last=MONDAY), [A, D]),
        (Filter(first=MONDAY, last=TUESDAY), [A, B, D]),
        (Filter(first=TUESDAY, last=MONDAY), []),
        (Filter(weekdays=(1,)), [A, D]),
        (Filter(weekdays=(1, 2, 3, 4, 5, 6, 7)), [A, B, D]),
        (Filter(hours=(9,)), [A]),
        (Filter(hours=(10, 23)), [B, D]),
        (Filter(hours=(0,)), []),
        (Filter(files=("1",)), [A, B, C]),
        (Filter(files=("f,2",)), [D]),
        (Filter(files=("2",)), []),
        (Filter(files=("1", "f,2", "nowhere")), [A, B, C, D]),
        (Filter(intents=("5",)), [A, C, D]),
        (Filter(intents=("5", "6")), [A, B, C, D]),
        (Filter(intents=("1",)), []),
        (Filter(intents=("05",)), []),
        (Filter(intents=("'; DROP TABLE paths",)), []),
        (Filter(via=("9",)), [A, D]),
        (Filter(via=("1", "9")), [A]),
        (Filter(via=("9", "nowhere")), []),
        (Filter(starts=("5",)), [D]),
        (Filter(starts=("5", "1")), [A, B, C, D]),
        (Filter(ends=("9", "6")), [A, B, D]),
        (Filter(transitions=(("5", "9"),)), [A, D]),
        (Filter(transitions=(("5", "5"),)), [C]),
        (Filter(transitions=(("1", "5"), ("5", "9"))), [A]),
        (Filter(transitions=(("9", "5"),)), []),
        (Filter(transitions=(("nowhere", "nowhere"),)), []),
        (Filter(links=("http://x",)), [A, D]),
        (Filter(links=("http://x", "http://y,z")), [A, B, D]),
        (Filter(links=("http://nowhere",)), []),
        (Filter(begins=("1",)), [A, B, C]),
        (Filter(begins=("1", "5")), [A, C]),
        (Filter(begins=("1", "5", "9", "9")), []),
        (Filter(begins=("5", "nowhere")), []),
        (Filter(shortest=3), [A, C]),
        (Filter(longest=2), [B, D]),
        (Filter(shortest=3, longest=2), []),
        (Filter(values=(("outcome", ("solved",)),)), [A, D]),
        (Filter(values=(("outcome", ("open",)),)), []),
        (Filter(values=(("outcome", (MISSING,)),)), [C]),
        (Filter(values=(("outcome", (MISSING, "left")),)), [B, C]),
        (Filter(values=(("agent", ("Noa",)),)), [A, C]),
        (Filter(values=(("agent", ("Noa, junior", MISSING)),)), [B, D]),
        (Filter(values=(("city", ("Haifa",)),)), [A]),
        (Filter(values=(("city", (MISSING,)),)), [B, C]),
        (Filter(values=(("city", ("NULL",)),)), []),
        (Filter(values=(("agent", ("Noa",)), ("city", ("Haifa",)))), [A]),
        (Filter(values=(("agent", ()),)), [A, B, C, D]),
        (Filter(weekdays=(1,), intents=("6",)), []),
    ],
)
def test_calls_pass_that_fulfil_every_part(log: CallLog, where: Filter, paths: list[tuple[str, ...]]) -> None:
    assert passing(log, where) == paths


@pytest.mark.parametrize("column", ["customer", "City", "", "path"])
def test_a_column_that_is_not_there_cannot_be_filtered_by(log: CallLog, column: str) -> None:
    with pytest.raises(ViewError, match="has no column"):
        top_paths(log, Filter(values=((column, ("x",)),)))


@given(FILTERS)
def test_a_filter_is_the_same_behind_its_address(where: Filter) -> None:
    query = where.as_query()
    assert Filter.from_query(query) == where
    assert all(query.values())
    assert all(map(Filter.is_parameter, query))


def test_nothing_filtered_is_an_empty_address_and_false() -> None:
    assert Filter.from_query({}) == ALL and not ALL and ALL.as_query() == {}
    assert Filter(files=("1",))


def test_a_filter_reads_no_other_part_of_the_address() -> None:
    assert Filter.from_query({"session": "x", "prefix": "1,2", "from": "2025-03-01"}) == Filter(first=date(2025, 3, 1))
    assert not Filter.is_parameter("session") and not Filter.is_parameter("prefix")


def test_numbers_in_an_address_are_sorted_and_single() -> None:
    found = Filter.from_query({"weekday": "5,1,5,", "hour": "23,0", "min": "2"})
    assert found == Filter(weekdays=(1, 5), hours=(0, 23), shortest=2)


def test_an_address_names_columns_of_its_own_and_values_that_are_missing() -> None:
    where = ALL.with_values("outcome", [MISSING]).with_values("city", ["b", "a", "a"])
    assert where.as_query() == {"a.city": "a,b", "outcome": ","}
    assert Filter.from_query({"a.city": "a,b", "outcome": ","}) == where


def test_a_part_is_lifted_by_its_name_and_values_by_their_column() -> None:
    where = Filter(via=("1",), shortest=2).with_values("city", ["Haifa"]).with_values("agent", ["Noa"])
    assert where.without("via").without("city") == Filter(shortest=2, values=(("agent", ("Noa",)),))
    assert where.with_values("city", []) == where.without("city")
    assert where.with_values("city", ["Eilat"]).values_of("city") == ("Eilat",)
    assert where.values_of("nothing") == ()


def test_a_node_to_touch_is_asked_for_once() -> None:
    assert Filter(via=("1",)).passing("2").passing("1") == Filter(via=("1", "2"))


@pytest.mark.parametrize(
    "query",
    [
        {"from": "yesterday"},
        {"to": "2025-02-30"},
        {"from": "' OR 1=1"},
        {"weekday": "8"},
        {"weekday": "0"},
        {"weekday": "Monday"},
        {"weekday": "1;2"},
        {"hour": "24"},
        {"hour": "-1"},
        {"min": "0"},
        {"max": "many"},
        {"max": "9" * 5000},
        {"next": "1,2,3"},
    ],
)
def test_an_address_that_cannot_be_read_is_an_error_in_plain_words(query: dict[str, str]) -> None:
    with pytest.raises(ViewError, match="cannot be read"):
        Filter.from_query(query)
