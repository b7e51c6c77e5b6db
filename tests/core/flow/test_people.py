"""Every figure of how calls end and who calls again equals plain loops, on random logs under random filters."""

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
from tests import naive, naive_people
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
    assert next_calls(log, where, days=days, implausible=implausible)["n_calls"].sum() == again["n_again"].sum()


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
    assert_same(abandonment(log, where).drop(columns="depth"), naive_people.abandonment(expected, calls))


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
