from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ViewError
from core.flow import summary
from core.flow.filter import ALL, Filter, join_ids, split_ids
from tests.logs import HEADER, opened

IDS = st.lists(st.text(min_size=1), max_size=4).map(tuple)
FILTERS = st.builds(
    Filter,
    first=st.none() | st.dates(),
    last=st.none() | st.dates(),
    weekdays=st.sets(st.integers(1, 7)).map(sorted).map(tuple),
    files=st.sets(st.integers(1, 10_000), max_size=5).map(sorted).map(tuple),
    intents=IDS,
)
# Monday 17 March: A for 5. Tuesday 18 March: B for 6. No date: C for 5.
SMALL = HEADER + "A,2025-03-17,1,0,,\nA,2025-03-17,5,1,,\nB,2025-03-18,1,0,,\nB,2025-03-18,6,1,,\nC,,1,0,,\nC,,5,1,,\n"


@given(FILTERS)
def test_a_filter_is_the_same_behind_its_address(where: Filter) -> None:
    query = where.as_query()
    assert Filter.from_query(query) == where
    assert all(query.values())


@given(IDS)
def test_joined_ids_split_into_the_same_ids(ids: tuple[str, ...]) -> None:
    assert split_ids(join_ids(ids)) == ids


@given(st.text())
def test_any_text_splits_into_ids_that_join_and_split_again(text: str) -> None:
    ids = split_ids(text)
    assert split_ids(join_ids(ids)) == ids or ids == ("",)


def test_an_id_with_a_comma_or_backslash_is_one_id() -> None:
    assert join_ids(("a,b", "c\\", "d")) == "a\\,b,c\\\\,d"
    assert split_ids("a\\,b,c\\\\,d") == ("a,b", "c\\", "d")
    assert split_ids("") == ()


def test_nothing_filtered_is_an_empty_address_and_false() -> None:
    assert Filter.from_query({}) == ALL and not ALL and ALL.as_query() == {}
    assert Filter(files=(1,))


def test_a_filter_reads_no_other_part_of_the_address() -> None:
    assert Filter.from_query({"session": "x", "prefix": "1,2", "from": "2025-03-01"}) == Filter(first=date(2025, 3, 1))


def test_numbers_in_an_address_are_sorted_and_single() -> None:
    assert Filter.from_query({"weekday": "5,1,5,", "file": "3,2"}) == Filter(weekdays=(1, 5), files=(2, 3))


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
        {"file": "-1"},
        {"file": "10001"},
        {"file": "9" * 5000},
    ],
)
def test_an_address_that_cannot_be_read_is_an_error_in_plain_words(query: dict[str, str]) -> None:
    with pytest.raises(ViewError, match="cannot be read"):
        Filter.from_query(query)


@pytest.mark.parametrize(
    ("where", "n_calls"),
    [
        (ALL, 3),
        (Filter(first=date(2025, 3, 18)), 1),
        (Filter(last=date(2025, 3, 17)), 1),
        (Filter(first=date(2025, 3, 17), last=date(2025, 3, 18)), 2),
        (Filter(first=date(2025, 3, 18), last=date(2025, 3, 17)), 0),
        (Filter(weekdays=(1,)), 1),
        (Filter(weekdays=(1, 2, 3, 4, 5, 6, 7)), 2),
        (Filter(intents=("5",)), 2),
        (Filter(intents=("5", "6")), 3),
        (Filter(intents=("1",)), 0),
        (Filter(intents=("05",)), 0),
        (Filter(intents=("'; DROP TABLE paths",)), 0),
        (Filter(files=(1,)), 3),
        (Filter(files=(2,)), 0),
        (Filter(weekdays=(1,), intents=("6",)), 0),
    ],
)
def test_a_call_without_a_date_passes_only_where_dates_are_not_filtered(where: Filter, n_calls: int) -> None:
    with opened(SMALL) as log:
        assert summary.summary(log, where)["n_calls"].iloc[0] == n_calls
