"""Roles that are changed and checked; files that share a header."""

import pytest

from core.errors import MappingIncomplete, ThroughlineError
from core.ingest import mapping
from core.ingest.facts import ColumnFacts, FileFacts
from core.ingest.guessing import proposed
from core.ingest.lifecycle import Phase
from core.ingest.mapping import ColumnMapping, Content, Role


def columns(*names: str, **formats: dict[str, int]) -> tuple[ColumnFacts, ...]:
    return tuple(ColumnFacts(name=name, filled=9, formats=formats.get(name, {})) for name in names)


def test_a_role_moves_to_another_column() -> None:
    before = proposed(columns("call_id", "rule_id", "other"))
    after = mapping.with_role(before, "other", Role.CALL)
    assert after.roles == {"call_id": Role.ATTRIBUTE, "rule_id": Role.NODE, "other": Role.CALL}
    assert (before.column(Role.CALL), after.column(Role.CALL)) == ("call_id", "other")


def test_in_a_menu_a_column_that_loses_its_role_is_left_out() -> None:
    before = ColumnMapping(columns=("a", "b"), roles={"a": Role.NODE, "b": Role.UNUSED}, content=Content.MENU)
    assert mapping.with_role(before, "b", Role.NODE).roles == {"a": Role.UNUSED, "b": Role.NODE}


def test_what_is_needed_and_missing_is_named_with_what_there_is() -> None:
    found = proposed(columns("rule_id", "x"))
    assert mapping.missing(found) == (Role.CALL,)
    with pytest.raises(MappingIncomplete, match=r"No column is marked as the call\. Choose one of: rule_id, x"):
        mapping.check(found)


def test_a_menu_needs_no_call() -> None:
    found = ColumnMapping(columns=("a", "b"), roles={"a": Role.NODE, "b": Role.PARENT}, content=Content.MENU)
    mapping.check(found)
    with pytest.raises(MappingIncomplete, match="the node"):
        mapping.check(mapping.with_role(found, "a", Role.LABEL))


def test_roles_set_by_hand_win_and_wrong_ones_are_refused() -> None:
    found = proposed(columns("wer", "was", "wait"))
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


def test_of_files_with_one_header_the_words_for_phases_add_up() -> None:
    def facts(**phases: int) -> FileFacts:
        return FileFacts(columns=(ColumnFacts(name="what", filled=9, phases={Phase(p): n for p, n in phases.items()}),))

    (found,) = mapping.groups({"a": facts(start=5), "b": facts(complete=4, start=1)})
    assert found.columns[0].phases == {Phase.START: 6, Phase.COMPLETE: 4}


def test_headers_are_told_apart_by_every_name() -> None:
    keys = {mapping.key_of(header) for header in (("a", "b"), ("b", "a"), ("ab",), ("a", "b", ""))}
    assert len(keys) == 4
