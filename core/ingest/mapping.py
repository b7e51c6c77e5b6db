"""Which column plays which role, and what a file tells: changed by the person, checked before use."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

import msgspec

from core.errors import MappingIncomplete, ThroughlineError
from core.ingest.facts import ColumnFacts, FileFacts
from core.ingest.lifecycle import Phase


class Role(StrEnum):
    CALL = "call"
    NODE = "node"
    PARENT = "parent"
    LABEL = "label"
    URL = "url"
    TIMESTAMP = "timestamp"
    END = "end"
    OUTCOME = "outcome"
    CUSTOMER = "customer"
    AGENT = "agent"
    QUEUE_WAIT = "queue wait"
    HANDLE_TIME = "handle time"
    ERROR = "error"
    LIFECYCLE = "lifecycle"
    INSTANCE = "instance"
    ATTRIBUTE = "attribute"
    UNUSED = "not used"


class Treatment(StrEnum):
    """What becomes of a column's values in an import: they are kept, stood for by pseudonyms, or left out."""

    KEEP = "keep"
    PSEUDONYM = "pseudonym"
    LEFT_OUT = "left out"


class Content(StrEnum):
    """What a file tells: the steps of calls, or nothing but the menu that they move in."""

    CALLS = "calls"
    MENU = "menu"


REQUIRED = {Content.CALLS: (Role.CALL, Role.NODE), Content.MENU: (Role.NODE,)}
OF_A_MENU = (Role.NODE, Role.PARENT, Role.LABEL, Role.URL, Role.UNUSED)
"""The roles that columns of a file that describes the menu can have."""
MANY = (Role.ATTRIBUTE, Role.UNUSED)
"""Roles that any number of columns may have; every other role belongs to one column at most."""
NOT_TO_HIDE = (*OF_A_MENU, Role.TIMESTAMP, Role.END, Role.QUEUE_WAIT, Role.HANDLE_TIME, Role.LIFECYCLE)
"""Roles whose values are read, counted or shown as what they are, so that no pseudonym can stand for them."""
SPARE = {Content.CALLS: Role.ATTRIBUTE, Content.MENU: Role.UNUSED}
"""The role of a column that has no other."""

NAMES = {
    Role.CALL: "Call",
    Role.NODE: "Step: menu item or screen",
    Role.PARENT: "Parent of the menu item",
    Role.LABEL: "Label of the menu item",
    Role.URL: "Link of the menu item",
    Role.TIMESTAMP: "Date or time",
    Role.END: "End of the step",
    Role.OUTCOME: "Outcome of the call",
    Role.CUSTOMER: "Customer",
    Role.AGENT: "Agent",
    Role.QUEUE_WAIT: "Seconds in the queue",
    Role.HANDLE_TIME: "Seconds of handling",
    Role.ERROR: "Technical error",
    Role.LIFECYCLE: "Start or complete of a step",
    Role.INSTANCE: "Instance of a step: pairs its start and complete",
    Role.ATTRIBUTE: "Kept with the call",
    Role.UNUSED: "Left out",
}
"""What a person is told of each role."""


class ColumnMapping(msgspec.Struct, frozen=True, kw_only=True):
    """The roles of the columns of all files with one header. `date_format` is "" where no column has dates.

    `pseudonyms` are the columns whose values pseudonyms stand for; none of them has a role of NOT_TO_HIDE.
    """

    columns: tuple[str, ...]
    roles: dict[str, Role]
    date_format: str = ""
    content: Content = Content.CALLS
    pseudonyms: tuple[str, ...] = ()

    def column(self, role: Role) -> str | None:
        """The one column with `role`, None where there is none."""
        return next(iter(self.all(role)), None)

    def all(self, role: Role) -> tuple[str, ...]:
        """The columns with `role`, in the file's order."""
        return tuple(name for name in self.columns if self.roles.get(name) is role)

    def treatment(self, column: str) -> Treatment:
        if self.roles.get(column) is Role.UNUSED:
            return Treatment.LEFT_OUT
        return Treatment.PSEUDONYM if column in self.pseudonyms else Treatment.KEEP

    @property
    def hidden(self) -> dict[str, Treatment]:
        """The columns whose values are not kept as they are, in the file's order."""
        told = {name: self.treatment(name) for name in self.columns}
        return {name: treatment for name, treatment in told.items() if treatment is not Treatment.KEEP}


def key_of(header: Iterable[str]) -> str:
    """A short name for a header: files with the same one share a mapping."""
    return hashlib.blake2b("\0".join(header).encode(), digest_size=8).hexdigest()


def with_role(mapping: ColumnMapping, column: str, role: Role) -> ColumnMapping:
    """The mapping with `column` as `role`; whoever had a role that only one can have is left with the spare one.

    Raises MappingIncomplete where there is no such column.
    """
    if column not in mapping.columns:
        raise MappingIncomplete(role, mapping.columns)
    roles = dict(mapping.roles)
    if role not in MANY and (holder := mapping.column(role)):
        roles[holder] = SPARE[mapping.content]
    roles[column] = role
    return msgspec.structs.replace(mapping, roles=roles)


def missing(mapping: ColumnMapping) -> tuple[Role, ...]:
    """The roles that are needed and that no column has."""
    return tuple(role for role in REQUIRED[mapping.content] if mapping.column(role) is None)


def check(mapping: ColumnMapping) -> None:
    """Raise MappingIncomplete where a needed role has no column."""
    for role in missing(mapping):
        raise MappingIncomplete(role, mapping.columns)


class Group(NamedTuple):
    """The files that share a header, by their ids, and what is known of their columns together."""

    key: str
    file_ids: tuple[str, ...]
    columns: tuple[ColumnFacts, ...]


def groups(files: Mapping[str, FileFacts]) -> list[Group]:
    """The usable `files` (id -> facts) by header, in the order in which they came."""
    by_key: dict[str, list[str]] = {}
    for file_id, facts in files.items():
        if facts.usable:
            by_key.setdefault(key_of(facts.header), []).append(file_id)
    return [Group(key, tuple(ids), _together([files[one] for one in ids])) for key, ids in by_key.items()]


def _together(files: list[FileFacts]) -> tuple[ColumnFacts, ...]:
    if len(files) == 1:
        return files[0].columns
    return tuple(_merged(same) for same in zip(*(facts.columns for facts in files), strict=True))


def _merged(columns: tuple[ColumnFacts, ...]) -> ColumnFacts:
    """One column of several files: counts add up, and so do the values that a date format reads."""
    formats: Counter[str] = Counter()
    phases: Counter[Phase] = Counter()
    for column in columns:
        formats.update(column.formats)
        phases.update(column.phases)
    return ColumnFacts(
        name=columns[0].name,
        filled=sum(column.filled for column in columns),
        distinct=max(column.distinct for column in columns),
        hedge="at least",
        samples=columns[0].samples,
        formats=dict(formats),
        phases=dict(phases),
        first=columns[0].first,
        nulls=sum(column.nulls for column in columns),
        trimmed=sum(column.trimmed for column in columns),
        looks_like=next((column.looks_like for column in columns if column.looks_like), ""),
    )


def overridden(mapping: ColumnMapping, wanted: Mapping[str, str]) -> ColumnMapping:
    """The mapping with roles set by hand, `wanted` being role -> column. Raises ThroughlineError."""
    for name, column in wanted.items():
        try:
            role = Role(name.strip().lower().replace("_", " "))
        except ValueError:
            known = ", ".join(role.value for role in Role)
            raise ThroughlineError(f"There is no role named {name!r}.", f"The roles are: {known}.") from None
        mapping = with_role(mapping, column, role)
    return mapping
