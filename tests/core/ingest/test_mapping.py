"""Which column plays which role: guessed, changed, checked."""

import pytest

from core.errors import MappingIncomplete, ThroughlineError
from core.ingest import mapping
from core.ingest.facts import ColumnFacts, FileFacts
from core.ingest.mapping import Role, Sureness

CLASSIC = ("call_id", "call_date", "rule_id", "rule_parent_id", "rule_text", "popUpURL")
DATED = {"%m/%d/%Y": 9}


def columns(*names: str, **formats: dict[str, int]) -> tuple[ColumnFacts, ...]:
    return tuple(ColumnFacts(name=name, filled=9, formats=formats.get(name, {})) for name in names)


def test_the_classic_export_maps_itself() -> None:
    guesses = mapping.guess(columns(*CLASSIC, call_date=DATED))
    roles = (Role.CALL, Role.TIMESTAMP, Role.NODE, Role.PARENT, Role.LABEL, Role.URL)
    assert [guesses[name].role for name in CLASSIC] == list(roles)
    assert {guess.sureness for guess in guesses.values()} == {Sureness.SURE}


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Case ID", Role.CALL),
        ("session-id", Role.CALL),
        ("Activity", Role.NODE),
        ("concept:name", Role.NODE),
        ("org:resource", Role.AGENT),
        ("queue_wait_s", Role.QUEUE_WAIT),
        ("customerId", Role.CUSTOMER),
        ("weather", Role.ATTRIBUTE),
    ],
)
def test_usual_names_are_likely(name: str, role: Role) -> None:
    guess = mapping.guess(columns(name))[name]
    assert (guess.role, guess.sureness) == (role, Sureness.LIKELY)


def test_no_role_that_only_one_can_have_is_guessed_twice() -> None:
    guesses = mapping.guess(columns("case", "call_id", "session"))
    assert [guesses[name].role for name in ("case", "call_id", "session")] == [
        Role.ATTRIBUTE,
        Role.CALL,
        Role.ATTRIBUTE,
    ]


def test_a_column_of_dates_is_the_timestamp_whatever_its_name() -> None:
    assert mapping.guess(columns("wann", wann=DATED))["wann"].role is Role.TIMESTAMP
    assert mapping.guess(columns("time"))["time"].role is Role.ATTRIBUTE, "a time without dates is no timestamp"


def test_dates_that_can_be_read_in_two_ways_are_to_be_checked() -> None:
    found = columns("call_date", call_date={"%d/%m/%Y": 9, "%m/%d/%Y": 9})
    assert mapping.guess(found)["call_date"].sureness is Sureness.CHECK


def test_a_role_moves_to_another_column() -> None:
    before = mapping.proposed(columns("call_id", "rule_id", "other"))
    after = mapping.with_role(before, "other", Role.CALL)
    assert after.roles == {"call_id": Role.ATTRIBUTE, "rule_id": Role.NODE, "other": Role.CALL}
    assert (before.column(Role.CALL), after.column(Role.CALL)) == ("call_id", "other")


def test_what_is_needed_and_missing_is_named_with_what_there_is() -> None:
    found = mapping.proposed(columns("rule_id", "x"))
    assert mapping.missing(found) == (Role.CALL,)
    with pytest.raises(MappingIncomplete, match=r"No column is marked as the call\. Choose one of: rule_id, x"):
        mapping.check(found)


def test_roles_set_by_hand_win_and_wrong_ones_are_refused() -> None:
    found = mapping.proposed(columns("wer", "was", "wait"))
    changed = mapping.overridden(found, {"call": "wer", "node": "was", "queue_wait": "wait"})
    assert [changed.roles[name] for name in ("wer", "was", "wait")] == [Role.CALL, Role.NODE, Role.QUEUE_WAIT]
    with pytest.raises(MappingIncomplete, match="wer, was, wait"):
        mapping.overridden(found, {"call": "nobody"})
    with pytest.raises(ThroughlineError, match="no role named 'kaller'"):
        mapping.overridden(found, {"kaller": "wer"})


def test_files_with_one_header_are_mapped_together() -> None:
    def facts(*names: str, count: int = 1, problem: str = "") -> FileFacts:
        formats = {"%d/%m/%Y": count, "%m/%d/%Y": 5}
        return FileFacts(columns=columns(*names, when=formats) if not problem else (), problem=problem)

    found = mapping.groups(
        {"a": facts("id", "when", count=5), "b": facts("x", "y"), "c": facts("id", "when"), "d": facts(problem="empty")}
    )
    assert [group.file_ids for group in found] == [("a", "c"), ("b",)]
    assert found[0].columns[1].formats == {"%d/%m/%Y": 6, "%m/%d/%Y": 10}, "a tie in one file is settled by the other"
    assert (found[0].columns[0].filled, found[0].columns[0].hedge) == (18, "at least")


def test_headers_are_told_apart_by_every_name() -> None:
    keys = {mapping.key_of(header) for header in (("a", "b"), ("b", "a"), ("ab",), ("a", "b", ""))}
    assert len(keys) == 4
