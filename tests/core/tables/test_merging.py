"""Which rows are one step, against loops over plain lists."""

from typing import NamedTuple

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tables import merging


class Row(NamedTuple):
    row: int
    number: int
    node: int
    instance: str | None
    moment: int | None
    phase: int | None


BEFORE, START, WITHIN, COMPLETE = range(4)


def leads(rows: list[Row]) -> dict[int, int]:
    """Row -> the row that leads its step, of the rows that have a phase."""
    found: dict[int, int] = {}
    places: dict[tuple[int, int, str | None], list[Row]] = {}
    for row in rows:
        if row.phase is not None:
            places.setdefault((row.number, row.node, row.instance), []).append(row)
    for same in places.values():
        same.sort(key=lambda row: (-1 if row.moment is None else row.moment, row.phase, row.row))
        waiting: list[int] = []
        for row in same:
            if row.phase == START:
                found[row.row] = row.row
                waiting.append(row.row)
            elif row.phase == COMPLETE:
                found[row.row] = waiting.pop(0) if waiting else row.row
        begun = [(place, row.row) for place, row in enumerate(same) if found.get(row.row) == row.row]
        for place, row in enumerate(same):
            if row.phase in (BEFORE, WITHIN):
                later = [one for at, one in begun if at > place]
                earlier = [one for at, one in begun if at < place][::-1]
                nearest = later + earlier[:1] if row.phase == BEFORE else earlier + later[:1]
                found[row.row] = nearest[0] if nearest else same[0].row
    return found


@st.composite
def logs(draw: st.DrawFn) -> list[Row]:
    one = st.tuples(
        st.integers(0, 1),
        st.integers(0, 1),
        st.sampled_from([None, None, "i"]),
        st.none() | st.integers(0, 6),
        st.sampled_from([START, START, COMPLETE, COMPLETE, BEFORE, WITHIN, None]),
    )
    return [Row(number, *values) for number, values in enumerate(draw(st.lists(one, min_size=1, max_size=30)))]


@settings(max_examples=100, deadline=None)
@given(logs())
def test_an_end_closes_the_earliest_open_start_and_the_rest_goes_with_them(rows: list[Row]) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            'CREATE TABLE taken (row BIGINT, number INT, node INT, instance VARCHAR, moment INT, phase INT, "at" INT)'
        )
        connection.executemany("INSERT INTO taken VALUES (?, ?, ?, ?, ?, ?, ?)", [(*row, row.moment) for row in rows])
        connection.execute(f"CREATE TABLE leads AS {merging.leads('taken')}")
        assert dict(connection.execute("FROM leads").fetchall()) == leads(rows)

        steps = dict(connection.execute(f"SELECT row, until FROM ({merging.steps('taken', 'leads')})").fetchall())
    expected = leads(rows)
    assert steps.keys() == {row.row for row in rows if expected.get(row.row, row.row) == row.row}
    for row in rows:
        lead = expected.get(row.row, row.row)
        if lead != row.row and row.phase == COMPLETE:
            begun = rows[lead].moment
            assert steps[lead] == (None if row.moment is None or begun is None else row.moment)
