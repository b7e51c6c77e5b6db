"""All views count the same calls: against each other, against plain loops, and from whichever table."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.flow.filter import ALL, MISSING, Filter
from core.flow.selection import EPOCH, Selection, Source, as_date, select, selection
from core.tables.arrays import NO_DAY
from core.tables.calllog import CallLog
from core.views import VIEWS
from tests import naive, naive_views
from tests.logs import LOGS, assert_same, both, filters

Frames = dict[str, pd.DataFrame]
Counted = Counter[tuple[tuple[str, ...], int, date | None]]


def frames(log: CallLog, where: Filter) -> Frames:
    """The tables of all views that this log can have."""
    return {one.key: one.frame(log, where) for one in VIEWS if one.key in naive_views.VIEWS and not one.missing(log)}


@settings(deadline=None, max_examples=15)
@given(st.data())
def test_every_view_of_a_fresh_log_equals_plain_loops(data: st.DataObject) -> None:
    with both(*data.draw(LOGS)) as (log, expected):
        for where in (ALL, *(data.draw(filters(expected)) for _ in range(4))):
            calls = naive.passing(expected, where)
            for key, frame in frames(log, where).items():
                assert_same(frame, naive_views.VIEWS[key](expected, calls))


# From variants and from calls


def counted(found: Selection) -> Counted:
    """The calls by path, file and day."""
    counts: Counted = Counter()
    for path, file, day, n in zip(found.cells.path, found.cells.file, found.cells.day, found.cells.n, strict=True):
        nodes = found.log.paths.nodes[found.log.paths.at[path] : found.log.paths.at[path + 1]]
        counts[tuple(found.log.ids[nodes]), int(file) + 1, None if day == NO_DAY else as_date(int(day))] += int(n)
    return counts


@pytest.mark.parametrize("source", [Source.CALLS, Source.SQL])
@settings(deadline=None)
@given(data=st.data())
def test_the_calls_are_the_same_counted_from_variants_and_from_calls(
    samples: st.SearchStrategy, source: Source, data: st.DataObject
) -> None:
    log, _, where, calls = data.draw(samples)
    one, other = selection(log, where), selection(log, where, source)
    assert counted(one) == counted(other) == Counter((call.path, call.file, call.day) for call in calls)
    assert one.weights.tolist() == other.weights.tolist()
    assert one.n_calls == other.n_calls == len(calls)
    assert one.span == other.span
    assert [days.tolist() for days in one.by_day] == [days.tolist() for days in other.by_day]


@pytest.fixture(scope="module")
def wide() -> Iterator[tuple[CallLog, naive.Log]]:
    """A log of 400 calls with so many tickets that only the table of the calls has them."""
    chance = random.Random(3)
    lines = ["call,node,parent,timestamp,city,ticket\n"]
    for call in range(400):
        day = date(2025, 3, 1) + timedelta(days=chance.randrange(20))
        city, ticket = chance.choice(["Haifa", "ירושלים", ""]), f"T{chance.randrange(200)}" if call % 5 else ""
        for _ in range(chance.randrange(1, 5)):
            lines.append(f"{call},{chance.randrange(5)},0,{day if call % 7 else ''},{city},{ticket}\n")
    roles = {role: role for role in ("call", "node", "parent", "timestamp")}
    with both(naive.File("".join(lines), roles, "%Y-%m-%d", attributes=("city", "ticket"))) as found:
        yield found


def test_a_column_of_many_values_is_read_from_the_calls(wide: tuple[CallLog, naive.Log]) -> None:
    log, _ = wide
    assert log.about.carried == ("attribute.city",)
    some = {call.values["ticket"] for call in wide[1].calls if "ticket" in call.values}
    assert len(some) > 60


@pytest.mark.parametrize(
    "where",
    [
        Filter(values=(("ticket", ("T1", "T2", "T150")),)),
        Filter(values=(("ticket", (MISSING, "T7")),)),
        Filter(values=(("ticket", (MISSING,)),)),
        Filter(values=(("city", (MISSING, "ירושלים")), ("ticket", (MISSING,)))),
        Filter(first=date(2025, 3, 4), last=date(2025, 3, 12), values=(("ticket", (MISSING,)),)),
        Filter(weekdays=(1, 7), longest=2, values=(("ticket", (MISSING,)),)),
        Filter(files=("1",), via=("3",), values=(("ticket", (MISSING,)),)),
        Filter(files=("2",), values=(("ticket", (MISSING,)),)),
        Filter(values=(("ticket", ("x' OR 1=1",)),)),
        Filter(values=(("city", ("Haifa",)),)),
    ],
)
def test_views_under_a_filter_that_only_the_calls_carry(wide: tuple[CallLog, naive.Log], where: Filter) -> None:
    log, expected = wide
    calls = naive.passing(expected, where)
    taken = Counter((call.path, call.file, call.day) for call in calls)
    assert counted(select(log, where)) == taken == counted(selection(log, where, Source.SQL))
    for key, frame in frames(log, where).items():
        assert_same(frame, naive_views.VIEWS[key](expected, calls))


def test_days_are_counted_from_1970() -> None:
    assert (as_date(0), as_date(-1)) == (EPOCH, date(1969, 12, 31))


# All views tell the same totals

Total = Callable[[pd.DataFrame], object]


def sums(column: str) -> Total:
    return lambda frame: int(frame[column].sum())


def per_node(column: str) -> Total:
    """The figures that are not 0, by node."""
    return lambda frame: {node: int(n) for node, n in zip(frame["node"], frame[column], strict=True) if n}


def paths_of(frame: pd.DataFrame) -> list[tuple[list[str], int]]:
    return [(nodes, int(n)) for nodes, n in zip(frame["nodes"], frame["n_calls"], strict=True)]


TOTALS: dict[str, dict[str, Total]] = {
    "calls": {
        "summary": sums("n_calls"),
        "top-intents": sums("n_calls"),
        "leaf-frequency": sums("n_calls"),
        "path-explorer": sums("n_calls"),
        "top-paths": sums("n_calls"),
        "node-funnel": sums("drop_off"),
        "depth-funnel": lambda frame: int(frame["n_calls"].max()) if len(frame) else 0,
        "dead-ends": sums("terminations"),
        "weekday-trends": sums("n_calls"),
    },
    "steps": {
        "summary": sums("n_steps"),
        "top-paths": lambda frame: sum(len(nodes) * n for nodes, n in paths_of(frame)),
        "node-funnel": sums("reach"),
        "depth-funnel": sums("n_calls"),
        "dead-ends": sums("reach"),
    },
    "moves": {
        "top-paths": lambda frame: sum((len(nodes) - 1) * n for nodes, n in paths_of(frame)),
        "node-funnel": sums("transitions"),
        "flow-map": sums("n"),
        "entropy": sums("n"),
        "coverage": sums("n"),
    },
    "moves off the menu": {
        "anomalies": sums("n"),
        "flow-map": lambda frame: int(frame.loc[frame["kind"] != "menu", "n"].sum()),
    },
    "nodes": {"summary": sums("n_nodes"), "node-funnel": len, "dead-ends": len},
    "paths": {"summary": sums("n_variants"), "top-paths": len},
    "longest": {
        "summary": lambda frame: int(frame["max_length"].fillna(0).iloc[0]),
        "depth-funnel": len,
        "top-paths": lambda frame: max(map(len, frame["nodes"]), default=0),
    },
    "calls that end on each node": {
        "leaf-frequency": per_node("n_calls"),
        "node-funnel": per_node("drop_off"),
        "dead-ends": per_node("terminations"),
    },
    "times on each node": {"node-funnel": per_node("reach"), "dead-ends": per_node("reach")},
    "moves from each node": {
        "node-funnel": per_node("transitions"),
        "entropy": per_node("n"),
        "coverage": per_node("n"),
        "flow-map": lambda frame: {node: int(n) for node, n in frame.groupby("source")["n"].sum().items()},
    },
}
"""What several views tell, and where each of them does."""


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_whatever_two_views_tell_they_tell_alike(samples: st.SearchStrategy, data: st.DataObject) -> None:
    log, _, where, _ = data.draw(samples)
    shown = frames(log, where)
    for what, told in TOTALS.items():
        for one, other in combinations([key for key in told if key in shown], 2):
            assert told[one](shown[one]) == told[other](shown[other]), (what, one, other)


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_shares_of_all_calls_add_up_to_one(samples: st.SearchStrategy, data: st.DataObject) -> None:
    log, _, where, calls = data.draw(samples)
    shown = frames(log, where)
    whole = pytest.approx(1.0 if calls else 0.0)
    for key in ("top-intents", "leaf-frequency", "path-explorer", "top-paths"):
        assert shown[key]["share"].sum() == whole, key
    assert shown["top-paths"]["cumulative_share"].max() == whole or not calls


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_an_item_of_the_menu_is_touched_or_not_reached(samples: st.SearchStrategy, data: st.DataObject) -> None:
    log, expected, where, _ = data.draw(samples)
    shown = frames(log, where)
    if "unreachable" in shown:
        unreached, touched = set(shown["unreachable"]["node"]), set(shown["node-funnel"]["node"])
        assert not unreached & touched
        assert unreached | touched >= expected.in_menu
