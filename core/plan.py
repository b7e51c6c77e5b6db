"""What a session's record holds of its import: the facts of its files and the mapping of each header."""

from collections.abc import Callable
from typing import Any

import msgspec

from core.ingest.facts import FileFacts
from core.ingest.mapping import ColumnMapping, Group, groups, proposed
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


def mapping_of(session: Session, group: Group) -> ColumnMapping:
    """The mapping of the files in `group`: the one that was kept, else the guess."""
    kept = session.plan.get(group.key)
    return proposed(group.columns) if kept is None else msgspec.convert(kept, ColumnMapping)


def with_facts(facts: dict[str, FileFacts]) -> Callable[[Session], Session]:
    """The change that keeps what an inspection found, and proposes a mapping for each header that is new."""

    def change(session: Session) -> Session:
        files = tuple(
            msgspec.structs.replace(file, facts=_plain(facts[file.id])) if file.id in facts else file
            for file in session.files
        )
        session = msgspec.structs.replace(session, files=files)
        for group in header_groups(session):
            if group.key not in session.plan:
                session = with_mapping(session, group.key, proposed(group.columns))
        return session

    return change


def with_mapping(session: Session, key: str, mapping: ColumnMapping) -> Session:
    """The session with `mapping` for the files whose header has `key`."""
    return msgspec.structs.replace(session, plan={**session.plan, key: _plain(mapping)})


def _plain(value: Any) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(value)
    return plain
