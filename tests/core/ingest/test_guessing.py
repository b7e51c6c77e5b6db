"""Which column plays which role, and what a file tells: by names and by values, each with its reason."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from core.ingest.facts import ColumnFacts, FileFacts
from core.ingest.guessing import Guess, Sureness, content_of, guess, proposed
from core.ingest.mapping import Content, Role
from core.service import PROJECT
from tests.logs import inspected

CLASSIC = ("call_id", "call_date", "rule_id", "rule_parent_id", "rule_text", "popUpURL")
DATED = {"%m/%d/%Y": 9}
SHARED_DATA = PROJECT.parent / "shared" / "data"
Look = Callable[[str], FileFacts]


def columns(*names: str, **formats: dict[str, int]) -> tuple[ColumnFacts, ...]:
    return tuple(ColumnFacts(name=name, filled=9, formats=formats.get(name, {})) for name in names)


@pytest.fixture
def look(tmp_path: Path) -> Look:
    return lambda text: inspected(tmp_path, text)


def roles(facts: FileFacts) -> dict[str, str]:
    """Column -> role, of those that have one."""
    spare = (Role.ATTRIBUTE, Role.UNUSED)
    return {name: one.role.value for name, one in guess(facts.columns).items() if one.role not in spare}


def table(header: str, *rows: list[object]) -> str:
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"


def test_the_classic_export_maps_itself() -> None:
    guesses = guess(columns(*CLASSIC, call_date=DATED))
    expected = (Role.CALL, Role.TIMESTAMP, Role.NODE, Role.PARENT, Role.LABEL, Role.URL)
    assert [guesses[name].role for name in CLASSIC] == list(expected)
    assert {one.sureness for one in guesses.values()} == {Sureness.SURE}


def test_a_name_without_values_is_likely_and_with_values_that_agree_is_sure(look: Look) -> None:
    assert guess(columns("Case ID"))["Case ID"] == Guess(Role.CALL, Sureness.LIKELY, "its name says so")
    found = guess(look(table("Case ID,Activity", *([n // 3, n % 5] for n in range(30)))).columns)
    assert found["Case ID"] == Guess(
        Role.CALL, Sureness.SURE, "its name says so; each value stands on 3.0 rows on average"
    )
    assert found["Activity"] == Guess(Role.NODE, Sureness.SURE, "its name says so; its 5 values come again and again")


def test_values_that_contradict_a_name_ask_to_be_checked(look: Look) -> None:
    found = guess(look(table("call_id,event", *([n, n % 4] for n in range(30)))).columns)
    assert found["call_id"].role is Role.CALL
    assert found["call_id"].sureness is Sureness.CHECK
    assert "nearly every row has another value" in found["call_id"].reason


def test_no_role_that_only_one_can_have_is_guessed_twice() -> None:
    names = ("case", "call_id", "session", "activity", "step", "event", "date", "timestamp", "agent", "employee")
    guesses = guess(columns(*names, date=DATED, timestamp=DATED))
    taken = [one.role for one in guesses.values() if one.role is not Role.ATTRIBUTE]
    assert sorted(taken) == sorted({Role.CALL, Role.NODE, Role.TIMESTAMP, Role.AGENT})
    assert guesses["call_id"].role is Role.CALL, "the classic name goes first"
    assert guesses["timestamp"].role is Role.TIMESTAMP


def test_a_column_of_dates_is_the_timestamp_whatever_its_name() -> None:
    assert guess(columns("wann", wann=DATED))["wann"].role is Role.TIMESTAMP
    assert guess(columns("time"))["time"].role is Role.ATTRIBUTE, "a time without dates is no timestamp"


def test_of_several_columns_of_dates_the_one_with_the_time_of_the_step_is_taken(look: Look) -> None:
    rows = ([n // 3, "1980-01-01", f"2026-03-01 10:{n:02}:00", n % 4] for n in range(30))
    assert roles(look(table("call,born,happened,node", *rows)))["happened"] == "timestamp"


def test_dates_that_can_be_read_in_two_ways_are_to_be_checked() -> None:
    found = columns("call_date", call_date={"%d/%m/%Y": 9, "%m/%d/%Y": 9})
    assert guess(found)["call_date"].sureness is Sureness.CHECK


def test_a_few_unreadable_dates_do_not_hide_the_timestamp_and_many_ask_to_be_checked() -> None:
    column = ColumnFacts(name="date", filled=100, formats={"%Y-%m-%d": 60})
    assert guess([column])["date"] == Guess(
        Role.TIMESTAMP, Sureness.CHECK, "its name says so; only 60% of its values are dates"
    )


def test_names_that_say_nothing_are_told_by_their_values(look: Look) -> None:
    chance = random.Random(4)
    rows = []
    for call in range(60):
        town, points = chance.choice(["Haifa", "Eilat", "Jaffa"]), chance.random()
        for step in range(chance.randint(2, 6)):
            at = f"{call % 28 + 1:02}.03.2026 10:{step:02}"
            rows.append([f"k{call}", town, at, f"screen {chance.randrange(9)}", f"{points:.3f}"])
    found = guess(look(table("a,b,c,d,e", *rows)).columns)
    told = {name: one.role for name, one in found.items()}
    assert told == {
        "a": Role.CALL,
        "b": Role.ATTRIBUTE,
        "c": Role.TIMESTAMP,
        "d": Role.NODE,
        "e": Role.ATTRIBUTE,
    }
    assert {found[name].sureness for name in "acd"} == {Sureness.LIKELY}, "a guess from values alone is never sure"
    assert "rows on average" in found["a"].reason and "9 values" in found["d"].reason


def test_with_a_few_rows_values_prove_nothing(look: Look) -> None:
    assert roles(look("a,b\n1,x\n1,y\n2,x\n")) == {}


def test_a_step_that_could_be_either_of_two_columns_is_asked_for(look: Look) -> None:
    chance = random.Random(6)
    rows = [[n // 4, f"x{chance.randrange(5)}", f"y{chance.randrange(5)}"] for n in range(80)]
    assert roles(look(table("call,one,other", *rows))) == {"call": "call"}


def test_a_label_without_an_id_stands_for_the_step(look: Look) -> None:
    rows = [[n // 4, f"Menu {n % 6}", n % 7] for n in range(40)]
    assert roles(look(table("call,label,key", *rows))) == {"call": "call", "label": "node"}


def test_visits_that_name_nothing_but_links_have_them_as_steps(look: Look) -> None:
    rows = [[n // 4, f"https://shop.example/{n % 6}"] for n in range(40)]
    assert roles(look(table("session,url", *rows))) == {"session": "call", "url": "node"}


def test_a_customer_is_the_call_where_nothing_else_is(look: Look) -> None:
    mixed = [[n % 13, n % 4] for n in range(60)]
    assert roles(look(table("patient,activity", *mixed))) == {"patient": "call", "activity": "node"}
    beside = [[n // 4, n // 4 % 9, n % 3] for n in range(60)]
    assert roles(look(table("visit,patient,activity", *beside))) == {
        "visit": "call",
        "patient": "customer",
        "activity": "node",
    }


def test_seconds_that_are_no_numbers_are_not_taken_for_seconds(look: Look) -> None:
    rows = [[n // 3, n % 4, "00:01:30", n] for n in range(30)]
    assert roles(look(table("call,node,queue_wait,handle_time", *rows))) == {
        "call": "call",
        "node": "node",
        "handle_time": "handle time",
    }


def test_a_column_of_start_and_complete_is_the_lifecycle_whatever_its_name(look: Look) -> None:
    rows = []
    for step in range(40):
        rows += [[step // 4, step % 5, step, "START"], [step // 4, step % 5, step, "Complete"]]
    assert roles(look(table("case,activity,nr,what", *rows))) == {
        "case": "call",
        "activity": "node",
        "nr": "instance",
        "what": "lifecycle",
    }


def test_an_outcome_is_no_lifecycle(look: Look) -> None:
    rows = [[n // 3, n % 4, ("complete", "aborted")[n // 3 % 2]] for n in range(60)]
    assert "lifecycle" not in roles(look(table("call,node,end", *rows))).values()


def test_an_event_log_of_the_xes_standard_maps_itself(look: Look) -> None:
    header = "case:concept:name,concept:name,time:timestamp,lifecycle:transition,org:resource,concept:instance"
    rows = []
    for step in range(40):
        for second, word in ((10, "start"), (40, "complete")):
            at = f"2026-03-01T10:{step:02}:{second}.000Z"
            rows.append([f"case {step // 4}", f"task {step % 5}", at, word, f"r{step % 3}", f"i{step}"])
    found = look(table(header, *rows))
    assert list(roles(found).values()) == ["call", "node", "timestamp", "lifecycle", "agent", "instance"]
    assert proposed(found.columns).date_format == "%Y-%m-%dT%H:%M:%S.%fZ"


MENU = "id,parent_id,name,url\n1,0,Main,\n2,1,Prices,\n3,1,Hours,https://example.org\n4,2,Visit,\n"


def test_a_file_of_items_and_their_parents_without_a_call_describes_the_menu(look: Look) -> None:
    found = look(MENU)
    assert content_of(found.columns) == (
        Content.MENU,
        "it has menu items with their parents, labels and links, and no call",
    )
    assert roles(found) == {"id": "node", "parent_id": "parent", "name": "label", "url": "url"}
    assert proposed(found.columns).content is Content.MENU


def test_a_list_of_items_and_labels_describes_the_menu_too(look: Look) -> None:
    found = look("rule_id,rule_text,owner\n1,Main,me\n2,Prices,you\n")
    assert content_of(found.columns).content is Content.MENU
    assert guess(found.columns)["owner"].role is Role.UNUSED


def test_a_log_whose_call_is_not_named_is_no_menu(look: Look) -> None:
    rows = [[n // 3, n % 4, 0 if n % 4 == 0 else 1] for n in range(60)]
    found = look(table("wer,node,parent", *rows))
    assert content_of(found.columns).content is Content.CALLS
    assert roles(found) == {"wer": "call", "node": "node", "parent": "parent"}
    repeated = look("node,parent\n" + "1,0\n2,1\n" * 30)
    assert content_of(repeated.columns).content is Content.CALLS, "the items of a menu do not come again and again"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "eventdataR_patients.csv",
            {
                "handling": "node",
                "patient": "call",
                "employee": "agent",
                "handling_id": "instance",
                "registration_type": "lifecycle",
                "time": "timestamp",
            },
        ),
        (
            "eventdataR_sepsis.csv",
            {
                "Case ID": "call",
                "Activity": "node",
                "Complete Timestamp": "timestamp",
                "lifecycle:transition": "lifecycle",
            },
        ),
    ],
)
def test_real_logs_map_themselves(tmp_path: Path, name: str, expected: dict[str, str]) -> None:
    if not (SHARED_DATA / name).is_file():
        pytest.skip("the real log is not here")
    facts = inspected(tmp_path, (SHARED_DATA / name).read_bytes())
    assert roles(facts) == expected
    assert all(one.sureness is not Sureness.CHECK for one in guess(facts.columns).values())


def test_the_sample_logs_map_themselves(tmp_path: Path) -> None:
    clinic = inspected(tmp_path, (PROJECT / "sample_data" / "clinic_helpline.csv").read_bytes())
    assert list(roles(clinic).values()) == [
        *("call", "timestamp", "node", "parent", "label", "url"),
        *("outcome", "customer", "agent", "queue wait", "handle time", "error"),
    ]
    shop = inspected(tmp_path, (PROJECT / "sample_data" / "web_shop_visits.csv").read_bytes())
    assert roles(shop) == {"visit": "call", "time": "timestamp", "page": "node"}
    assert [guess(shop.columns)[name].role for name in ("country", "device", "ordered")] == [Role.ATTRIBUTE] * 3


def test_of_a_start_and_an_end_in_two_columns_each_has_its_role(look: Look) -> None:
    times = [(f"2025-05-{n % 28 + 1:02} 09:00:00", f"2025-05-{n % 28 + 1:02} 09:00:30") for n in range(40)]
    found = look(table("case,activity,start time,end time", *([n // 2, n % 3, *pair] for n, pair in enumerate(times))))
    assert roles(found) == {"case": "call", "activity": "node", "start time": "timestamp", "end time": "end"}
    assert (
        guess(found.columns)["end time"].reason == "its name says so; its values are dates, written as the beginnings"
    )
    days = look(table("case,activity,date,end time", *([n // 2, n % 3, s[:10], e] for n, (s, e) in enumerate(times))))
    assert "end" not in roles(days).values(), "an end in another format cannot be read with the beginnings"
