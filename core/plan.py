"""What a session's record holds of its import: the facts of its files and the mapping of each header."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from core.ingest.facts import FileFacts
from core.ingest.mapping import ColumnMapping, Group, Role, groups, proposed, with_dates, with_role
from core.sessions import Session, StoredFile


def facts_of(file: StoredFile) -> FileFacts | None:
    """What the inspection found in the file, None where it was not looked at yet."""
    return msgspec.convert(file.facts, FileFacts) if file.facts else None


def inspected(session: Session) -> dict[str, FileFacts]:
    """File id -> facts, of the files that were looked at."""
    return {file.id: facts for file in session.files if (facts := facts_of(file)) is not None}


def header_groups(session: Session) -> list[Group]:
    """The usable files by header."""
    return groups(inspected(session))


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What a person chose for the files with one header, the newest choice last; the rest is guessed anew each time."""

    roles: dict[str, Role] = {}
    date_format: str = ""


def choices(session: Session, key: str) -> Choices:
    return msgspec.convert(session.plan.get(key, {}), Choices)


def mapping_of(session: Session, group: Group) -> ColumnMapping:
    """The mapping of the files in `group`: what is guessed from all of them, then what a person chose."""
    chosen = choices(session, group.key)
    mapping = proposed(group.columns)
    for column, role in chosen.roles.items():
        mapping = with_role(mapping, column, role)
    dated = next((one for one in group.columns if one.name == mapping.column(Role.TIMESTAMP)), None)
    if dated is not None and chosen.date_format in dated.formats:
        return msgspec.structs.replace(mapping, date_format=chosen.date_format)
    return with_dates(mapping, group.columns)


def with_facts(facts: dict[str, FileFacts]) -> Callable[[Session], Session]:
    """The change that keeps what an inspection found."""

    def change(session: Session) -> Session:
        files = tuple(
            msgspec.structs.replace(file, facts=_plain(facts[file.id])) if file.id in facts else file
            for file in session.files
        )
        return msgspec.structs.replace(session, files=files)

    return change


def with_roles(session: Session, key: str, wanted: Mapping[str, Role]) -> Session:
    """The session with roles (column -> role) chosen for the files whose header has `key`."""
    before = choices(session, key)
    kept = {column: role for column, role in before.roles.items() if column not in wanted}
    after = msgspec.structs.replace(before, roles={**kept, **wanted})
    return msgspec.structs.replace(session, plan={**session.plan, key: _plain(after)})


def with_date_format(session: Session, key: str, date_format: str) -> Session:
    """The session with a date format chosen for the files whose header has `key`."""
    after = msgspec.structs.replace(choices(session, key), date_format=date_format)
    return msgspec.structs.replace(session, plan={**session.plan, key: _plain(after)})


def fingerprint(session: Session) -> str:
    """A short text that changes when the usable files or what their columns are changes."""
    told = [(group.file_ids, mapping_of(session, group)) for group in header_groups(session)]
    return hashlib.blake2b(msgspec.json.encode(told), digest_size=8).hexdigest()


def _plain(value: Any) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(value)
    return plain
