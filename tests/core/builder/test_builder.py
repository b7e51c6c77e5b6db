"""What a chart adds up, against plain loops."""

import math
import statistics
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.builder import Draft, data, fields_of, suggestions
from core.builder.data import MISSING, OTHERS, nice
from core.errors import ViewError
from core.sql import Tables
from core.sql.tables import Part

WORDS = st.one_of(st.none(), st.sampled_from([*"abcdefgh", "it's", "מחיר"]))
ROWS = st.lists(st.tuples(WORDS, WORDS, st.one_of(st.none(), st.integers(-50, 50))), min_size=1, max_size=60)
HOW = {
    "rows": len,
    "distinct": lambda group: len({y for y in group if y is not None}),
    "sum": lambda group: sum(y for y in group if y is not None),
    "mean": lambda group: statistics.fmean(y for y in group if y is not None),
    "median": lambda group: statistics.median(y for y in group if y is not None),
    "min": lambda group: min(y for y in group if y is not None),
    "max": lambda group: max(y for y in group if y is not None),
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Tables of columns given as lists."""
    folder = tmp_path_factory.mktemp("tables")
    numbers = iter(range(10**6))

    def open_(**columns):
        path = folder / f"{next(numbers)}.parquet"
        pq.write_table(pa.table(columns), path)
        table = (Part(str(path)),)
        return Tables({"rows": table}), fields_of(table)

    return open_


@settings(deadline=None, max_examples=60)
@given(rows=ROWS, how=st.sampled_from(list(HOW)))
def test_words_are_added_up_by_their_places_and_parts(opened, rows, how):
    x, colour, y = (list(column) for column in zip(*rows, strict=True))
    tables, known = opened(
        **{"the x": pa.array(x, pa.string()), "colour": pa.array(colour, pa.string()), "y": pa.array(y, pa.int64())}
    )
    drawn = data(tables, Draft("rows", "the x", how, "y" if how != "rows" else "", colour="colour"), known)

    counts = Counter(one for one in colour if one is not None)
    kept = sorted(counts, key=lambda one: (-counts[one], one.encode()))[:5]
    assert list(drawn.colours) == kept
    groups = defaultdict(list)
    for word, part, value in rows:
        place = MISSING if part is None else kept.index(part) + 1 if part in kept else OTHERS
        groups[MISSING if word is None else drawn.x.values.index(word) + 1, place].append(value)
    found = {(row.x, row.colour): (row.value, row.n) for row in drawn.rows.itertuples()}
    assert set(found) == set(groups)
    for key, group in groups.items():
        value, n = found[key]
        assert n == len(group)
        if how in ("rows", "distinct") or any(one is not None for one in group):
            assert math.isclose(value, HOW[how](group))
        else:
            assert math.isnan(value)
    assert (drawn.n_rows, drawn.n_missing) == (len(rows), 0)


def test_of_many_words_the_most_frequent_stand_by_themselves(opened):
    words = [f"w{n:02}" for n in range(30) for _ in range(60 - n)]
    tables, known = opened(word=words)
    drawn = data(tables, Draft("rows", "word"), known)
    assert drawn.x.values == tuple(f"w{n:02}" for n in range(20))
    others = drawn.rows.set_index("x").loc[OTHERS]
    assert others["value"] == sum(60 - n for n in range(20, 30))
    assert drawn.rows["value"].sum() == len(words)


def test_numbers_fall_into_ranges_of_one_width_and_none_is_lost(opened):
    values = [n / 7 for n in range(-300, 700)] + [None, float("nan"), float("inf")]
    tables, known = opened(number=values)
    drawn = data(tables, Draft("rows", "number"), known)
    width = drawn.x.width
    assert width == 10
    expected = Counter(math.floor(one / width) * width for one in values[:-3])
    assert dict(zip(drawn.rows["x"], drawn.rows["value"], strict=True)) == expected
    assert (drawn.n_rows, drawn.n_missing) == (1003, 3)


def test_few_numbers_stand_by_themselves(opened):
    tables, known = opened(stars=[5, 5, 4, 1, None])
    drawn = data(tables, Draft("rows", "stars"), known)
    assert drawn.rows[["x", "value"]].values.tolist() == [[1, 1], [4, 1], [5, 2]]
    assert drawn.n_missing == 1


@pytest.mark.parametrize(
    ("days", "unit"), [(0, "hour"), (60, "day"), (400, "month"), (5000, "year")], ids=lambda one: str(one)
)
def test_moments_fall_into_what_their_span_asks_for(opened, days, unit):
    first = datetime(2024, 1, 31, 10, 59)
    tables, known = opened(at=[first, first + timedelta(minutes=2), first + timedelta(days=days)])
    drawn = data(tables, Draft("rows", "at"), known)
    assert drawn.x.unit == unit
    assert drawn.rows["value"].sum() == 3
    begins = {"hour": first.replace(minute=0), "day": datetime(2024, 1, 31), "month": datetime(2024, 1, 1)}
    assert drawn.rows["x"][0] == begins.get(unit, datetime(2024, 1, 1))


@pytest.mark.parametrize(("width", "expected"), [(0, 1), (0.3, 0.5), (1, 1), (2.1, 2.5), (6, 10), (1234, 2000)])
def test_ranges_have_round_widths(width, expected):
    assert nice(width) == pytest.approx(expected)


@pytest.mark.parametrize(
    "draft",
    [
        Draft("rows", "nope"),
        Draft("rows", "word", "mean", "word"),
        Draft("rows", "word", "mean"),
        Draft("rows", "word", "eval"),
        Draft("rows", "word", kind="heat"),
        Draft("rows", "word", colour='"; DROP'),
    ],
)
def test_what_does_not_fit_the_table_is_refused_in_words(opened, draft):
    tables, known = opened(word=["a"], number=[1])
    with pytest.raises(ViewError):
        data(tables, draft, known)


def test_names_of_columns_are_names_and_no_sql(opened):
    name = 'a"; DROP VIEW rows; --'
    tables, known = opened(**{name: ["x", "y", "y"], "x": [1, 2, 3], "value": [1, 2, 3]})
    drawn = data(tables, Draft("rows", name, "sum", "x", colour="value"), known)
    assert drawn.rows["value"].sum() == 6


def test_an_address_holds_a_draft():
    draft = Draft("rows_1", "a&b=c", "mean", "מחיר", colour="x", facet="y", kind="line")
    assert Draft.from_query(draft.as_query()) == draft
    assert Draft.from_query({}) is None
    assert Draft("rows", "x").as_query() == {"c.table": "rows", "c.x": "x"}


def test_what_is_suggested_can_be_drawn_and_begins_with_time(opened):
    days = [date(2025, 1, 1) + timedelta(days=one % 50) for one in range(200)]
    tables, known = opened(
        id=list(range(200)), day=days, city=["Haifa", "Eilat"] * 100, price=[one % 37 / 2 for one in range(200)]
    )
    found = suggestions(tables, "rows", known)
    assert found[0] == Draft("rows", "day")
    assert Draft("rows", "city", "mean", "price") in found
    assert all(one.y != "id" for one in found)
    for one in found:
        data(tables, one, known)


def test_a_table_of_nothing_but_missing_values_is_drawn(opened):
    tables, known = opened(word=pa.array([None, None], pa.string()), number=pa.array([None, None], pa.int64()))
    for one in suggestions(tables, "rows", known):
        assert data(tables, one, known).n_rows == 2
