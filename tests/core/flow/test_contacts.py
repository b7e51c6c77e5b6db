"""The traps of logs with customers, worked out by hand."""

import pytest

from core.errors import ViewError
from core.flow.agents import agents
from core.flow.comparing import compare, sides, usual_other
from core.flow.contacts import TOO_MANY, WORD, contacts, stand_ins
from core.flow.customers import first_contact, repeat_calls
from core.flow.filter import ALL, Filter
from core.flow.grouping import Grouping
from core.flow.outcomes import containment, guessed_self_service, outcomes
from core.ingest.unknown import is_unknown
from tests.logs import Opener, rows

HEADER = "call_id,call_date,rule_id,rule_parent_id,rule_text,outcome,customer_id,agent,handle_time_s\n"


def log_text(*calls: tuple[str, str, str, str], node: str = "1") -> str:
    """Calls of (id, time, customer, outcome) with a step each."""
    return HEADER + "".join(f"{one},2025-03-{at},{node},0,Menu,{outcome},{who},,\n" for one, at, who, outcome in calls)


# One customer: on the 1st, seven days later to the second, and a second more than seven days after that.
EDGE = log_text(
    ("a", "01 09:00:00", "k", "x"), ("b", "08 09:00:00", "k", "x"), ("c", "15 09:00:01", "k", "x"),
    ("d", "20 09:00:00", "other", "x"), ("e", "30 09:00:00", "third", "x"),
)  # fmt: skip


def known(frame, *columns: str) -> list[tuple[object, ...]]:
    return rows(frame[list(columns)])


def test_seven_days_to_the_second_are_within_seven_days(log_of: Opener) -> None:
    log = log_of(EDGE)
    told = known(first_contact(log, by="all"), "n_known", "n_again", "n_whole", "n_again_whole", "median_next")
    assert told == [(5, 1, 4, 1, 7 * 86_400.0)]
    assert known(repeat_calls(log, by="all"), "n_repeat", "n_whole", "n_repeat_whole") == [(1, 4, 1)]
    assert known(first_contact(log, by="all", days=8), "n_again") == [(2,)]


def test_the_next_call_counts_though_the_filter_leaves_it_out(log_of: Opener) -> None:
    log = log_of(EDGE)
    first_day = Filter.from_query({"to": "2025-03-01"})
    assert known(first_contact(log, first_day, by="all"), "n_calls", "n_again") == [(1, 1)]
    second = Filter.from_query({"from": "2025-03-08", "to": "2025-03-08"})
    assert known(repeat_calls(log, second, by="all"), "n_calls", "n_repeat") == [(1, 1)]


def test_an_id_on_an_implausible_share_of_the_calls_is_nobody(log_of: Opener) -> None:
    calls = [(f"m{n}", f"{n % 28 + 1:02} 09:00:{n:02}", "4711", "x") for n in range(40)]
    calls += [(f"p{n}", f"{n % 28 + 1:02} 10:00:{n:02}", f"p{n}", "x") for n in range(50)]
    calls += [(f"u{n}", f"{n % 28 + 1:02} 11:00:00", word, "x") for n, word in enumerate(("Anonymous", "-1", "000"))]
    log = log_of(log_text(*calls))
    found = rows(stand_ins(log))
    assert found[0] == ("4711", 40, TOO_MANY)
    assert {(one, n) for one, n, why in found[1:] if why == WORD} == {("Anonymous", 1), ("-1", 1), ("000", 1)}
    assert known(repeat_calls(log, by="all"), "n_calls", "n_known", "n_repeat") == [(93, 50, 0)]
    assert known(repeat_calls(log, by="all", implausible=100), "n_known") == [(90,)]


def test_few_customers_with_many_calls_each_are_somebody(log_of: Opener) -> None:
    calls = [(f"c{n}", f"{n % 28 + 1:02} 09:00:{n:02}", f"firm {n % 3}", "x") for n in range(40)]
    assert rows(stand_ins(log_of(log_text(*calls)))) == []


@pytest.mark.parametrize("word", ["0", "-1", "0000000", "Unknown", " ANONYMOUS ", "N/A", "לא ידוע", "0.0"])
def test_words_for_unknown_are_told(word: str) -> None:
    assert is_unknown(word)
    assert not is_unknown(f"{word}7") and not is_unknown("100") and not is_unknown("Nona")


def test_the_same_call_in_two_files_is_one_contact(log_of: Opener) -> None:
    one = log_text(("a", "01 09:00:00", "k", "x"), ("b", "02 09:00:00", "k", "x"))
    two = log_text(("b", "02 09:00:00", "k", "x"), ("c", "03 09:00:00", "k", "x"))
    log = log_of(one, two)
    assert contacts(log).twins == 1
    told = known(first_contact(log, by="all", days=1), "n_calls", "n_known", "n_again")
    assert told == [(4, 4, 3)]  # a is followed by b, both copies of b by c
    assert contacts(log).after.tolist() == [86_400, 86_400, 86_400, -1]


def test_calls_of_one_moment_stand_as_in_the_files(log_of: Opener) -> None:
    log = log_of(log_text(("z", "01 09:00:00", "k", "x"), ("a", "01 09:00:00", "k", "x")))
    assert contacts(log).after.tolist() == [0, -1]
    assert contacts(log).before.tolist() == [-1, 0]


def test_a_call_of_more_than_a_day_is_told(log_of: Opener) -> None:
    log = log_of(
        log_text(("a", "01 09:00:00", "k", "x"), ("a", "03 09:00:00", "k", "x"), ("b", "04 09:00:00", "k", "x"))
    )
    assert contacts(log).n_long == 1


def test_true_containment_leaves_out_who_calls_again_within_a_day(log_of: Opener) -> None:
    log = log_of(
        log_text(
            ("a", "01 09:00:00", "k", "self"), ("b", "02 09:00:00", "k", "self"), ("c", "02 09:00:01", "0", "self"),
            ("d", "03 10:00:00", "m", "agent"), ("e", "28 09:00:00", "m", "self"), ("f", "28 10:00:00", "n", "self"),
        )
    )  # fmt: skip
    found = containment(log, selfservice=["self"], by="all")
    told = known(found, "n_calls", "n_contained", "containment", "n_back", "true_containment", "n_unseen")
    # a is followed after 24 h; c is of nobody; e and f are on the last day.
    assert told == [(6, 5, 5 / 6, 1, 4 / 6, 3)]
    assert known(containment(log, selfservice=["self"], again=23, by="all"), "n_back") == [(0,)]
    assert known(containment(log, selfservice=[], by="all"), "n_contained", "n_unseen") == [(0, 0)]


def test_self_service_is_guessed_from_whole_words() -> None:
    assert guessed_self_service(["Self-Service", "not contained", "contained", "robot"]) == (
        "Self-Service",
        "contained",
    )


def test_the_share_of_one_outcome_counts_groups_without_it(log_of: Opener) -> None:
    log = log_of(log_text(("a", "01 09:00:00", "k", "x"), ("b", "01 09:00:00", "k", "y")))
    assert known(outcomes(log, by="all", ending="y"), "n_calls", "outcome", "n") == [(2, "y", 1)]
    assert known(outcomes(log, Filter(values=(("outcome", ("x",)),)), ending="y"), "n_calls", "n") == [(1, 0)]
    with pytest.raises(ViewError, match=r"No call has the outcome 'z'.*x, y"):
        outcomes(log, ending="z")


def agents_log() -> str:
    """Noa: 30 calls of 100 and 102 s in turn; Ben: 30 of 200 and 202 s; Zoe: 3 of 9,000 s; and one below zero."""
    lines = [HEADER]
    for agent, n, base in (("Noa", 30, 100), ("Ben", 30, 200), ("Zoe", 3, 9000)):
        lines += [
            f"{agent}{k},2025-03-01 09:00:{k:02},1,0,Menu,{end},k,{agent},{base + 2 * (k % 2)}\n"
            for k in range(n)
            for end in ("solved" if k % 3 else "left",)
        ]
    return "".join([*lines, "odd,2025-03-01 10:00:00,1,0,Menu,solved,k,Noa,-50\n"])


def test_an_agent_with_few_calls_is_held_back_and_counted(log_of: Opener) -> None:
    found = agents(log_of(agents_log()), ending="solved")
    told = known(found, "agent", "label", "n_agents", "n_calls", "n_timed", "mean_handle")
    assert told == [
        ("Ben", "Ben", 1, 30, 30, 201.0),
        ("Noa", "Noa", 1, 31, 30, 101.0),
        (None, "1 agent with fewer than 20 calls", 1, 3, None, None),
    ]
    # Of 30 values that are 1 s from their mean: s = sqrt(30 / 29), 1.96 * s / sqrt(30) = 0.36394.
    assert found["handle_high"].iloc[0] - 201 == pytest.approx(0.36394, abs=1e-4)
    assert found["share"].iloc[0] == 20 / 30
    assert found["handle_differs"].tolist()[:2] == [True, True]  # Zoe, held back, does not blur them
    assert found["share_differs"].tolist()[:2] == [False, False]
    assert agents(log_of(agents_log()), least=3)["agent"].tolist() == ["Ben", "Noa", "Zoe"]


def test_a_group_is_compared_with_its_rest(log_of: Opener) -> None:
    calls = [(f"a{n}", "01 09:00:00", "k", "x" if n < 30 else "y") for n in range(100)]
    calls += [(f"b{n}", "02 09:00:00", "k", "x" if n < 45 else "y") for n in range(100)]
    log = log_of(log_text(*calls))
    second_day = Filter.from_query({"from": "2025-03-02"})
    for where, against in ((second_day, ALL), (second_day, None), (ALL, None)):
        found = compare(log, where, against=against, of="outcome")
        assert known(found, "group", "n_first", "n_second", "changed") == [("x", 45, 30, True), ("y", 55, 70, True)]
        assert found["difference"].iloc[0] == pytest.approx(0.15)
        assert found["p"].iloc[0] == pytest.approx(0.02846, abs=1e-5) == found["q"].iloc[0]
    assert sides(log, second_day, ALL).n_both == 100
    assert usual_other(log) == Filter.from_query({"to": "2025-03-01"})
    assert compare(log, ALL, against=ALL).empty


def test_what_cannot_be_grouped_is_said(log_of: Opener) -> None:
    with pytest.raises(ViewError, match=r"cannot be grouped by 'colour'.*intent, leaf, variant, all"):
        Grouping(log_of(EDGE), "colour")
    with pytest.raises(ViewError, match="Shares cannot be of 'all'"):
        compare(log_of(EDGE), of="all")
