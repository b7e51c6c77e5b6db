"""What is hidden in the clinic's sample about outcomes, customers and agents is found by the views."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.flow.filter import ALL, Filter
from core.tables.calllog import CallLog
from core.views import view
from sample_data import make
from tests.logs import opened

SAMPLE = Path(make.__file__).with_name("clinic_helpline.csv")


@pytest.fixture(scope="module")
def log() -> Iterator[CallLog]:
    with opened(SAMPLE.read_bytes()) as log:
        yield log


@pytest.fixture(scope="module")
def facts() -> make.Facts:
    return make.facts()


def told(log: CallLog, key: str, where: Filter = ALL, **given: str) -> str:
    one = view(key)
    found = one.finding(log, where, one.frame(log, where, **given), **given)
    return f"{found.headline}. {found.evidence}"


def test_the_answer_that_makes_people_call_again_is_named(log: CallLog, facts: make.Facts) -> None:
    fact = facts["call_again"]
    rows = view("first-contact").frame(log, by="leaf").set_index("group")
    after = rows.loc[list(fact["node_ids"])]
    assert (after["n_known"].sum(), after["n_again"].sum()) == (fact["n_calls"], fact["n_again"])
    assert log.labels["1212"] in told(log, "first-contact")


def test_the_id_of_everybody_who_hides_their_number_is_found(log: CallLog, facts: make.Facts) -> None:
    every = view("repeat-calls").frame(log, by="all").iloc[0]
    assert every["n_calls"] - every["n_known"] == facts["anonymous"]["n_calls"]
    assert "1,699 calls without a known customer" in told(log, "repeat-calls")


def test_the_agent_who_seems_slow_on_few_calls_is_held_back(log: CallLog, facts: make.Facts) -> None:
    fact, rows = facts["slow_agent"], view("agents").frame(log)
    assert fact["agent"] not in set(rows["agent"])
    assert rows.iloc[-1]["n_calls"] == fact["n_calls"]
    assert "Held back: 1 agent with fewer than 20 calls, 7 calls in all" in told(log, "agents")
    all_of_them = view("agents").frame(log, least="1").set_index("agent")
    assert round(all_of_them.loc[fact["agent"], "mean_handle"]) == fact["mean_s"]


def test_the_steps_before_the_price_are_where_calls_break_off(log: CallLog, facts: make.Facts) -> None:
    rows = view("abandonment").frame(log).set_index("node")
    for name in ("dead_end_english", "dead_end_hebrew"):
        (node,) = facts[name]["node_ids"]
        assert (rows.loc[node, "n_calls"], rows.loc[node, "n_touched"]) == (
            facts[name]["n_ended"],
            facts[name]["n_calls"],
        )
    assert "Visit price" in told(log, "abandonment")


def test_the_change_of_the_menu_and_the_outage_are_seen_as_differences(log: CallLog, facts: make.Facts) -> None:
    before = {"against": "to=2026-04-30"}
    rows = view("compare").frame(log, Filter.from_query({"from": facts["menu_change"]["day"]}), **before)
    assert set(rows["group"].head(4)) == {*facts["menu_change"]["old"], *facts["menu_change"]["new"]}
    assert rows["changed"].head(4).all()
    day = facts["outage"]["day"]
    ends = view("compare").frame(log, Filter.from_query({"from": day, "to": day}), of="outcome").set_index("group")
    assert ends.loc["error", "n_first"] == facts["outage"]["n_errors"]
    assert ends.loc["error", "changed"] and ends.loc["error", "low"] > 0.2


def test_outcomes_and_containment_add_up(log: CallLog) -> None:
    rows = view("outcomes").frame(log)
    assert rows["n"].sum() == log.about.found.n_calls
    by_leaf = told(log, "outcomes", by="leaf")  # no call that ends with a representative is one of self-service
    assert f"From 0% of 658 (\u2068{log.labels['2900']}\u2069) to 100% of 306" in by_leaf
    every = view("containment").frame(log, by="all").iloc[0]
    assert every["n_contained"] == rows.loc[rows["outcome"] == "self_service", "n"].sum()
    assert every["n_back"] > 0 and every["true_containment"] < every["containment"]
    assert "Say which outcomes are self-service" in told(log, "containment", selfservice=",")
