"""Which column plays which role: guessed with a reason, changed by the person, checked before use."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

import msgspec

from core.errors import MappingIncomplete, ThroughlineError
from core.ingest import dates
from core.ingest.facts import ColumnFacts, FileFacts


class Role(StrEnum):
    CALL = "call"
    NODE = "node"
    PARENT = "parent"
    LABEL = "label"
    URL = "url"
    TIMESTAMP = "timestamp"
    OUTCOME = "outcome"
    CUSTOMER = "customer"
    AGENT = "agent"
    QUEUE_WAIT = "queue wait"
    HANDLE_TIME = "handle time"
    ERROR = "error"
    ATTRIBUTE = "attribute"
    UNUSED = "not used"


REQUIRED = (Role.CALL, Role.NODE)
MANY = (Role.ATTRIBUTE, Role.UNUSED)
"""Roles that any number of columns may have; every other role belongs to one column at most."""

NAMES = {
    Role.CALL: "Call",
    Role.NODE: "Step: menu item or screen",
    Role.PARENT: "Parent of the menu item",
    Role.LABEL: "Label of the menu item",
    Role.URL: "Link of the menu item",
    Role.TIMESTAMP: "Date or time",
    Role.OUTCOME: "Outcome of the call",
    Role.CUSTOMER: "Customer",
    Role.AGENT: "Agent",
    Role.QUEUE_WAIT: "Seconds in the queue",
    Role.HANDLE_TIME: "Seconds of handling",
    Role.ERROR: "Technical error",
    Role.ATTRIBUTE: "Kept with the call",
    Role.UNUSED: "Left out",
}
"""What a person is told of each role."""


class Sureness(StrEnum):
    SURE = "Sure"
    LIKELY = "Likely"
    CHECK = "Please check"


class Guess(NamedTuple):
    role: Role
    sureness: Sureness
    reason: str


class ColumnMapping(msgspec.Struct, frozen=True, kw_only=True):
    """The roles of the columns of all files with one header. `date_format` is "" where no column has dates."""

    columns: tuple[str, ...]
    roles: dict[str, Role]
    date_format: str = ""

    def column(self, role: Role) -> str | None:
        """The one column with `role`, None where there is none."""
        return next(iter(self.all(role)), None)

    def all(self, role: Role) -> tuple[str, ...]:
        """The columns with `role`, in the file's order."""
        return tuple(name for name in self.columns if self.roles.get(name) is role)


_CLASSIC = {
    "call_id": Role.CALL,
    "call_date": Role.TIMESTAMP,
    "rule_id": Role.NODE,
    "rule_parent_id": Role.PARENT,
    "rule_text": Role.LABEL,
    "popUpURL": Role.URL,
}

_USUAL = {
    Role.CALL: "call, callid, case, caseid, session, sessionid, visit, visitid, contact, contactid, conversationid, "
    "journey, journeyid, trace, traceid, caseconceptname",
    Role.NODE: "node, nodeid, rule, ruleid, activity, activityname, event, eventname, page, pagename, screen, step, "
    "action, menuitem, menuoption, conceptname",
    Role.PARENT: "parent, parentid, nodeparent, ruleparent, ruleparentid, parentnode, parentnodeid",
    Role.LABEL: "label, ruletext, nodelabel, nodetext, nodename, text, title",
    Role.URL: "url, link, popupurl, pageurl",
    Role.TIMESTAMP: "timestamp, time, date, datetime, calldate, calltime, completetimestamp, eventtime, timetimestamp, "
    "at, steptime",
    Role.OUTCOME: "outcome, result, disposition, calloutcome",
    Role.CUSTOMER: "customer, customerid, client, clientid, user, userid, caller, callerid",
    Role.AGENT: "agent, agentid, employee, resource, orgresource, operator",
    Role.QUEUE_WAIT: "queuewait, queuewaits, wait, waits, waitingtime, queuetime",
    Role.HANDLE_TIME: "handletime, handletimes, talktime, aht",
    Role.ERROR: "error, errorcode, errors",
}
_BY_NAME = {name: role for role, names in _USUAL.items() for name in names.split(", ")}
_MOSTLY = 0.9  # of a column's values must be dates for it to be guessed as the timestamp


def key_of(header: Iterable[str]) -> str:
    """A short name for a header: files with the same one share a mapping."""
    return hashlib.blake2b("\0".join(header).encode(), digest_size=8).hexdigest()


def guess(columns: Iterable[ColumnFacts]) -> dict[str, Guess]:
    """A role for each column, by the classic export's names, then by usual names, then by dates in it."""
    columns = tuple(columns)
    guesses: dict[str, Guess] = {}
    free = set(Role) - set(MANY)
    for names, sureness in ((_CLASSIC, Sureness.SURE), (_BY_NAME, Sureness.LIKELY)):
        for column in columns:
            plain = column.name if names is _CLASSIC else re.sub(r"[\W_]+", "", column.name).lower()
            role = names.get(plain)
            if column.name in guesses or role not in free or (role is Role.TIMESTAMP and not column.formats):
                continue
            free.discard(role)
            guesses[column.name] = Guess(role, sureness, f"named {column.name}")
    if Role.TIMESTAMP in free:
        dated = (one for one in columns if one.name not in guesses and _share_of_dates(one) >= _MOSTLY)
        if (first := next(dated, None)) is not None:
            guesses[first.name] = Guess(Role.TIMESTAMP, Sureness.LIKELY, "its values are dates")
    for column in columns:
        known = guesses.setdefault(column.name, Guess(Role.ATTRIBUTE, Sureness.LIKELY, "not known by its name"))
        if known.role is Role.TIMESTAMP and len(dates.tied(column.formats)) > 1:
            guesses[column.name] = Guess(Role.TIMESTAMP, Sureness.CHECK, "its dates can be read in two ways")
    return {column.name: guesses[column.name] for column in columns}


def _share_of_dates(column: ColumnFacts) -> float:
    return max(column.formats.values(), default=0) / column.filled if column.filled else 0.0


def proposed(columns: Iterable[ColumnFacts]) -> ColumnMapping:
    """The guesses as a mapping, complete or not."""
    columns = tuple(columns)
    roles = {name: one.role for name, one in guess(columns).items()}
    mapping = ColumnMapping(columns=tuple(column.name for column in columns), roles=roles)
    return with_dates(mapping, columns)


def with_dates(mapping: ColumnMapping, columns: Iterable[ColumnFacts]) -> ColumnMapping:
    """The mapping with the date format that reads most of its timestamp column."""
    formats = next((one.formats for one in columns if one.name == mapping.column(Role.TIMESTAMP)), {})
    return msgspec.structs.replace(mapping, date_format=dates.chosen(formats))


def with_role(mapping: ColumnMapping, column: str, role: Role) -> ColumnMapping:
    """The mapping with `column` as `role`; whoever had a role that only one can have becomes an attribute.

    Raises MappingIncomplete where there is no such column.
    """
    if column not in mapping.columns:
        raise MappingIncomplete(role, mapping.columns)
    roles = dict(mapping.roles)
    if role not in MANY and (holder := mapping.column(role)):
        roles[holder] = Role.ATTRIBUTE
    roles[column] = role
    return msgspec.structs.replace(mapping, roles=roles)


def missing(mapping: ColumnMapping) -> tuple[Role, ...]:
    """The roles that are needed and that no column has."""
    return tuple(role for role in REQUIRED if mapping.column(role) is None)


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
    formats: dict[str, int] = {}
    for column in columns:
        for date_format, count in column.formats.items():
            formats[date_format] = formats.get(date_format, 0) + count
    return ColumnFacts(
        name=columns[0].name,
        filled=sum(column.filled for column in columns),
        distinct=max(column.distinct for column in columns),
        hedge="at least",
        samples=columns[0].samples,
        formats=formats,
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
