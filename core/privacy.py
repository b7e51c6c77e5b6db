"""What is not to be kept as it is: which columns those are, and the session's record without their values."""

from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, urlencode

import msgspec

from core.errors import ThroughlineError
from core.flow.ids import join_ids, split_ids
from core.ingest.facts import ColumnFacts, FileFacts
from core.ingest.mapping import NAMES, NOT_TO_HIDE, ColumnMapping, Group, Role, Treatment
from core.ingest.pseudonyms import Pseudonyms
from core.parameters import AGAINST, EVERY
from core.plan import (
    header_groups,
    inspected,
    mapping_of,
    profiles_wanted,
    unprofiled,
    with_facts,
    with_profiles,
    with_pseudonyms,
    with_roles,
)
from core.sessions import Place, Session

_OF_A_CALL = ("call", "find")
"""What addresses call parts of call ids, besides the values of a filter."""
_OF_ERRORS = Role.ERROR.value
"""What they call a node with the words that are no error there."""
_OF_OUTCOMES = ("ending", "selfservice")
"""Settings of views that name outcomes."""


def hidden(session: Session) -> set[tuple[str, str]]:
    """(header's key, column) of each column whose values are not to be kept as they are."""
    return {(group.key, column) for group in header_groups(session) for column in mapping_of(session, group).hidden}


def wants_pseudonyms(session: Session) -> bool:
    return any(mapping_of(session, group).pseudonyms for group in header_groups(session))


def pseudonymised(session: Session, group: Group, wanted: Mapping[str, bool]) -> Session:
    """The session with pseudonyms chosen for columns of a header, or not (column -> whether).

    Raises ThroughlineError where a column's values are needed as they are.
    """
    found = mapping_of(session, group)
    for column, hides in wanted.items():
        role = found.roles.get(column, Role.UNUSED)
        if hides and role in NOT_TO_HIDE:
            raise ThroughlineError(
                f"No pseudonyms can stand for the values of {column}: its role is {NAMES[role].lower()}.",
                "Give it another role, or leave it out.",
            )
    return with_pseudonyms(session, group.key, wanted)


def hiding(session: Session, replaced: Collection[str], left_out: Collection[str]) -> Session:
    """The session with columns `replaced` by pseudonyms, and others `left_out`, in every header that has them.

    Raises ThroughlineError where a column's values are needed as they are, or no file has it.
    """
    found = header_groups(session)
    everywhere = [column.name for group in found for column in group.columns]
    for column in (*replaced, *left_out):
        if column not in everywhere:
            raise ThroughlineError(f"No file has a column {column}.", f"There are: {', '.join(everywhere[:12])}.")
    for group in found:
        names = {column.name for column in group.columns}
        session = with_roles(session, group.key, dict.fromkeys(names & set(left_out), Role.UNUSED))
        session = pseudonymised(session, group, dict.fromkeys(names & set(replaced), True))
    return session


def outdated(session: Session) -> set[str]:
    """The ids of files of which the record lacks values that may be shown again."""
    facts, found = inspected(session), set()
    for group in header_groups(session):
        now = mapping_of(session, group).hidden
        for file_id in group.file_ids:
            if any(now.get(column) != was for column, was in facts[file_id].hidden.items()):
                found.add(file_id)
    return found


def discreet(session: Session, pseudonyms: Pseudonyms | None) -> Session:
    """The session without the values of hidden columns: pseudonyms stand for them, or nothing.

    It names no typed rows in which they would be. Without `pseudonyms` nothing stands for any of them.
    """
    facts, wanted = inspected(session), profiles_wanted(session)
    changed = {}
    for group in header_groups(session):
        mapping = mapping_of(session, group)
        for file_id in group.file_ids:
            told = _told(facts[file_id], mapping, pseudonyms)
            if told is not facts[file_id]:
                changed[file_id] = told
    session = with_facts(changed)(session) if changed else session
    raw = [file.id for file in unprofiled(session) if file.profile and wanted[file.id].hidden]
    session = with_profiles(dict.fromkeys(raw, ""))(session) if raw else session
    views = tuple(place_without(session, place) for place in session.views)
    last = session.last and place_without(session, session.last)
    return msgspec.structs.replace(session, views=views, last=last)


def _told(facts: FileFacts, mapping: ColumnMapping, pseudonyms: Pseudonyms | None) -> FileFacts:
    """The facts of a file as `discreet` has them; the same object where there is nothing to change."""
    wanted = {
        name: treatment
        for name, treatment in mapping.hidden.items()
        if facts.hidden.get(name) not in (treatment, Treatment.LEFT_OUT)
    }
    if not wanted:
        return facts

    def value(name: str, given: str | None) -> str | None:
        if given is None or name not in wanted:
            return given
        return pseudonyms.of(given) if pseudonyms and wanted[name] is Treatment.PSEUDONYM else None

    def column(one: ColumnFacts) -> ColumnFacts:
        samples = tuple(told for sample in one.samples if (told := value(one.name, sample)) is not None)
        return msgspec.structs.replace(one, samples=samples)

    return msgspec.structs.replace(
        facts,
        columns=tuple(map(column, facts.columns)),
        preview=tuple(tuple(map(value, facts.header, row)) for row in facts.preview),
        mends=tuple(msgspec.structs.replace(one, text="", values=()) for one in facts.mends),
        hidden={**facts.hidden, **{name: treatment.value for name, treatment in wanted.items()}},
    )


def place_without(session: Session, place: Place) -> Place:
    """The place without what a filter on a hidden column asked for by value."""
    query = dict(place.query)
    for group in header_groups(session):
        mapping = mapping_of(session, group)
        for column, treatment in mapping.hidden.items():
            role = mapping.roles[column]
            names: tuple[str, ...] = (*_OF_A_CALL, role.value) if role is Role.CALL else (role.value, f"a.{column}")
            names += _OF_OUTCOMES if role is Role.OUTCOME else ()
            query = _without(query, names, treatment)
            if query.get(AGAINST, EVERY) != EVERY:  # a filter of its own
                query |= {AGAINST: urlencode(_without(dict(parse_qsl(query[AGAINST], True)), names, treatment))}
    return place if query == place.query else msgspec.structs.replace(place, query=query)


def _without(query: Mapping[str, str], names: tuple[str, ...], treatment: Treatment) -> dict[str, str]:
    kept = dict(query)
    for name in names:
        if name in kept:
            values = split_ids(kept[name])
            known = tuple(one for one in values if Pseudonyms.is_one(one) or not one)
            kept.pop(name)
            if known and treatment is Treatment.PSEUDONYM and name not in (*_OF_A_CALL, _OF_ERRORS):
                kept[name] = join_ids(known)
    return kept
