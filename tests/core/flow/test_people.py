"""Every figure of how calls end and who calls again equals plain loops, on random logs under random filters."""

from collections.abc import Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.flow.abandonment import abandonment
from core.flow.agents import agents
from core.flow.comparing import compare
from core.flow.contacts import contacts, stand_ins
from core.flow.customers import first_contact, next_calls, repeat_calls
from core.flow.filter import ALL
from core.flow.outcomes import containment, outcomes
from tests import naive, naive_chance, naive_people
from tests.logs import AGENTS, OUTCOMES, assert_same, filters, rows

BY = st.sampled_from(["intent", "leaf", "variant", "all"])
DAYS = st.sampled_from([1, 2, 7, 30])
IMPLAUSIBLE = st.sampled_from([0, 5, 100])
CHECKED = settings(deadline=None, max_examples=60)


@CHECKED
@given(data=st.data(), by=BY)
def test_outcomes_equal_plain_loops(samples: st.SearchStrategy, data: st.DataObject, by: str) -> None:
    log, expected, where, calls = data.draw(samples)
    found = outcomes(log, where, by=by)
    assert_same(found, naive_people.outcomes(expected, calls, by))
    assert found["n"].sum() == len(calls)


@CHECKED
@given(data=st.data(), by=BY, days=DAYS, implausible=IMPLAUSIBLE)
def test_repeat_calls_and_first_contact_equal_plain_loops(
    samples: st.SearchStrategy, data: st.DataObject, by: str, days: int, implausible: int
) -> None:
    log, expected, where, calls = data.draw(samples)
    given = {"by": by, "days": days, "implausible": implausible}
    assert_same(repeat_calls(log, where, **given), naive_people.repeat_calls(expected, calls, **given))
    again = first_contact(log, where, **given)
    assert_same(again, naive_people.first_contact(expected, calls, **given))
    spans = next_calls(log, where, days=days, implausible=implausible)
    after = naive_people.days_until_next(expected, calls, days, implausible)
    assert rows(spans[["n_calls"]]) == [
        (sum(first <= day <= last for day in after),)
        for first, last in zip(spans["first_day"], spans["last_day"], strict=True)
    ]
    assert len(after) == again["n_again"].sum() == spans["n_calls"].sum()


@CHECKED
@given(data=st.data(), by=BY, marked=st.sets(st.sampled_from(OUTCOMES)), hours=st.sampled_from([1, 24, 200]))
def test_containment_equals_plain_loops(
    samples: st.SearchStrategy, data: st.DataObject, by: str, marked: set[str], hours: int
) -> None:
    log, expected, where, calls = data.draw(samples)
    found = containment(log, where, selfservice=marked, again=hours, by=by)
    if not {"customer", "timestamp"} <= set(log.about.roles):
        found = found.iloc[:, :7]
        assert_same(found, [row[:7] for row in naive_people.containment(expected, calls, by, marked, hours, 5)])
    else:
        assert_same(found, naive_people.containment(expected, calls, by, marked, hours, 5))


@CHECKED
@given(data=st.data())
def test_abandonment_equals_plain_loops(samples: st.SearchStrategy, data: st.DataObject) -> None:
    log, expected, where, calls = data.draw(samples)
    found = abandonment(log, where)
    assert_same(found.drop(columns="depth"), naive_people.abandonment(expected, calls))
    assert rows(found[["depth"]]) == [(naive_people.depth(expected, node),) for node in found["node"]]


@CHECKED
@given(data=st.data(), least=st.sampled_from([1, 2, 5]))
def test_agents_equal_plain_loops(samples: st.SearchStrategy, data: st.DataObject, least: int) -> None:
    log, expected, where, calls = data.draw(samples)
    ends = [outcome for outcome in OUTCOMES if any(call.values.get("outcome") == outcome for call in expected.calls)]
    outcome = data.draw(st.sampled_from(ends)) if ends else ""
    found = agents(log, where, ending=outcome, least=least)
    shown = found[found["agent"].notna()]
    half = (shown["handle_high"] - shown["mean_handle"]).astype(float)
    told = shown[["agent", "n_calls", "n_timed", "mean_handle"]].assign(
        half=half, median=shown["median_handle"], n_outcome=shown["n_outcome"].astype("Float64").fillna(0).astype(int)
    )
    assert_same(told, naive_people.agents(expected, calls, outcome, least))
    assert found["n_calls"].sum() == sum(call.values.get("agent") is not None for call in calls)
    assert found["n_agents"].sum() == len({call.values["agent"] for call in calls if call.values.get("agent")})
    assert set(shown["agent"]) <= set(AGENTS)
    by = {agent: [call for call in calls if call.values.get("agent") == agent] for agent in shown["agent"]}
    shares, times = [], []
    for agent, own in by.items():
        others = [call for other, some in by.items() if other != agent for call in some]
        k, n, other_k, other_n = *ended(own, outcome), *ended(others, outcome)
        shares.append(naive_chance.proportions(k, n, other_k, other_n) if ends else None)
        mine, theirs = handled(own), handled(others)
        enough = min(len(mine), len(theirs)) >= max(least, 2)
        times.append(naive_chance.welch(mine, theirs) if enough else None)
        row = shown[shown["agent"] == agent].iloc[0]
        if ends:
            assert (row["low"], row["high"]) == pytest.approx(naive_people.wilson(k, n))
    for name, p in (("share_differs", shares), ("handle_differs", times)):
        q = naive_people.q_values(p)
        assert [one for (one,) in rows(shown[[name]])] == [None if one is None else one <= 0.05 for one in q]


@CHECKED
@given(data=st.data(), of=st.sampled_from(["intent", "leaf", "variant", "outcome"]))
def test_comparisons_equal_plain_loops(samples: st.SearchStrategy, data: st.DataObject, of: str) -> None:
    log, expected, where, calls = data.draw(samples)
    against = data.draw(st.just(ALL) | filters(expected))
    found = compare(log, where, against=against, of=of)
    told = found[["group", "n_first", "share_first", "n_second", "share_second"]]
    other = naive.passing(expected, against)
    wanted = naive_people.compare(expected, calls, other, of)
    assert sorted(rows(told), key=str) == sorted(wanted, key=str)
    p = [None if one != one else one for one in found["p"]]
    q = [None if one != one else one for one in found["q"]]
    assert q == pytest.approx(naive_people.q_values(p))
    n, other_n = int(found["n_first"].sum()), int(found["n_second"].sum())
    tested = []
    for row in found.itertuples():
        counts = (int(row.n_first), n, int(row.n_second), other_n)
        tested.append(naive_chance.proportions(*counts))
        assert (row.low, row.high) == pytest.approx(naive_chance.newcombe(*counts), abs=1e-12)
        assert row.difference == pytest.approx(row.n_first / n - row.n_second / other_n, abs=1e-12)
    assert p == pytest.approx(tested)
    changed = [one is not None and one <= 0.05 for one in q]
    assert [bool(one) for (one,) in rows(found[["changed"]])] == changed
    ranked = [(not one, -round(abs(size), 12)) for one, size in zip(changed, found["difference"], strict=True)]
    assert ranked == sorted(ranked), "what changed comes first, then the largest difference"


def ended(calls: Sequence[naive.Call], outcome: str) -> tuple[int, int]:
    """How many end with the outcome, of how many."""
    return sum(call.values.get("outcome") == outcome for call in calls), len(calls)


def handled(calls: Sequence[naive.Call]) -> list[float]:
    return [call.handle_time for call in calls if call.handle_time is not None]


@CHECKED
@given(data=st.data(), implausible=IMPLAUSIBLE)
def test_stand_ins_equal_plain_loops(samples: st.SearchStrategy, data: st.DataObject, implausible: int) -> None:
    log, expected, where, calls = data.draw(samples)
    found = stand_ins(log, where, implausible=implausible)
    assume(len(contacts(log).ids))
    wanted = naive_people.stand_ins(expected, implausible)
    assert {row[0]: row[1] for row in rows(found)} == {
        one: sum(call.customer == one for call in calls) for one in wanted
    }
