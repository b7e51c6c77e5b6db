"""What a session's record holds of its import: the facts of its files and the mapping of each header."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec

from core.errors import FileRefused, NotReady
from core.ingest import dates, mapping, zones
from core.ingest.facts import ColumnFacts, FileFacts, Wish
from core.ingest.guessing import proposed
from core.ingest.mapping import NOT_TO_HIDE, OF_A_MENU, ColumnMapping, Content, Group, Role, groups, with_role
from core.profile.schema import Wanted
from core.sessions import Session, StoredFile

_PART, _WISH = "part:", "written:"
"""Begins the keys of a plan that belong to files; the others belong to headers, but for this one:"""
_CLOCKS = "clocks"


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
    """What a person chose for the files with one header, the newest role last; the rest is guessed anew each time.

    `pseudonyms` says of columns whether pseudonyms are to stand for their values, where their role allows that.
    """

    roles: dict[str, Role] = {}
    pseudonyms: dict[str, bool] = {}
    date_format: str = ""
    content: Content | None = None


class Chosen(Choices, frozen=True, kw_only=True):
    """The choices made in this session, and those its owner made before, in another, which count where these do not."""

    before: Choices | None = None

    @property
    def whole(self) -> Choices:
        """Both together."""
        before = self.before or Choices()
        earlier = {column: role for column, role in before.roles.items() if column not in self.roles}
        return Choices(
            roles={**earlier, **self.roles},
            pseudonyms={**before.pseudonyms, **self.pseudonyms},
            date_format=self.date_format or before.date_format,
            content=self.content or before.content,
        )


def choices(session: Session, key: str) -> Chosen:
    return msgspec.convert(session.plan.get(key, {}), Chosen)


def mapping_of(session: Session, group: Group) -> ColumnMapping:
    """The mapping of the files in `group`: what is guessed from all of them, then what a person chose."""
    chosen = choices(session, group.key)
    whole = chosen.whole
    names_a_call = Role.CALL in whole.roles.values()
    found = proposed(group.columns, whole.content or (Content.CALLS if names_a_call else None))
    for column, role in whole.roles.items():
        if column in found.columns and (found.content is Content.CALLS or role in OF_A_MENU):
            found = with_role(found, column, role)
    dated = next((one for one in group.columns if one.name == found.column(Role.TIMESTAMP)), None)
    return msgspec.structs.replace(
        found,
        date_format=_date_format(chosen, dated) if dated else "",
        pseudonyms=tuple(
            name for name in found.columns if whole.pseudonyms.get(name) and found.roles[name] not in NOT_TO_HIDE
        ),
    )


def _date_format(chosen: Chosen, column: ColumnFacts) -> str:
    """The format that was chosen here, or one chosen before where the column itself does not settle it."""
    if chosen.date_format in column.formats:
        return chosen.date_format
    if chosen.before and chosen.before.date_format in dates.tied(column.formats):
        return chosen.before.date_format
    return dates.chosen(column.formats)


def check(session: Session) -> None:
    """Raise MappingIncomplete or FileRefused where the files that were looked at cannot be processed as they are."""
    found = header_groups(session)
    if not found:
        raise FileRefused("None of the files can be used.", "Add a CSV file with one row for each step of a call.")
    for group in found:
        mapping.check(mapping_of(session, group))
    if not has_calls(session):
        raise FileRefused(
            "The files describe the menu, and none of them has calls.",
            "Add a file with one row for each step of a call, or mark the file that has them.",
        )


def check_not_fixed(session: Session) -> None:
    """Raise NotReady where uploads were deleted after they were processed, so that nothing can be made anew."""
    if session.is_fixed:
        raise NotReady(
            "The uploads of this session were deleted, so it cannot be processed again, and its columns are fixed.",
            "Add the same files again, or start a new session with them.",
        )


def has_calls(session: Session) -> bool:
    """Whether any of the usable files is one of calls."""
    return any(mapping_of(session, group).content is Content.CALLS for group in header_groups(session))


def profiles_wanted(session: Session) -> dict[str, Wanted]:
    """File id -> what the typed rows of that file are to be made of, for each file that can be used."""
    facts = inspected(session)
    wanted = {}
    for group in header_groups(session):
        mapping = mapping_of(session, group)
        dated = mapping.column(Role.TIMESTAMP)
        for file_id in group.file_ids:
            wanted[file_id] = Wanted(
                file_id=file_id,
                dialect=facts[file_id].dialect,
                columns=facts[file_id].columns,
                rows=facts[file_id].rows,
                date_formats={dated: mapping.date_format} if dated and mapping.date_format else {},
                hidden=mapping.hidden,
            )
    return wanted


def unprofiled(session: Session) -> list[StoredFile]:
    """The usable files whose typed rows are not there, or were made of something else than is wanted now."""
    wanted = profiles_wanted(session)
    return [
        file
        for file in session.files
        if file.id in wanted and not file.forgotten and file.profile != wanted[file.id].folder
    ]


def with_profiles(folders: Mapping[str, str]) -> Callable[[Session], Session]:
    """The change that names the folders of profiles, by file id."""

    def change(session: Session) -> Session:
        files = tuple(msgspec.structs.replace(one, profile=folders.get(one.id, one.profile)) for one in session.files)
        return msgspec.structs.replace(session, files=files)

    return change


def with_facts(facts: dict[str, FileFacts]) -> Callable[[Session], Session]:
    """The change that keeps what an inspection found."""

    def change(session: Session) -> Session:
        files = tuple(
            msgspec.structs.replace(file, facts=_plain(facts[file.id])) if file.id in facts else file
            for file in session.files
        )
        return msgspec.structs.replace(session, files=files)

    return change


def part_of(session: Session, file_id: str) -> str:
    """The sheet of a workbook or the file of a zip that a person chose, "" where nobody did."""
    part: str = session.plan.get(_PART + file_id, {}).get("name", "")
    return part


def with_part(session: Session, file_id: str, part: str) -> Session:
    """The session with another part of a file chosen, which is to be looked at anew."""
    files = tuple(msgspec.structs.replace(file, facts={}) if file.id == file_id else file for file in session.files)
    return msgspec.structs.replace(session, files=files, plan={**session.plan, _PART + file_id: {"name": part}})


def wish_of(session: Session, file_id: str) -> Wish:
    """What a person said of how a file is written; all of it left to the guess where nobody did."""
    return msgspec.convert(session.plan.get(_WISH + file_id, {}), Wish)


def with_wish(session: Session, file_id: str, wish: Wish) -> Session:
    """The session with a file written as a person says, which is to be looked at anew."""
    files = tuple(msgspec.structs.replace(file, facts={}) if file.id == file_id else file for file in session.files)
    return msgspec.structs.replace(session, files=files, plan={**session.plan, _WISH + file_id: _plain(wish)})


def zone_of(session: Session) -> str:
    """The time zone that a person chose for the session's days and hours, "" where nobody did."""
    zone: str = session.plan.get(_CLOCKS, {}).get("zone", "")
    return zone


def with_zone(session: Session, zone: str) -> Session:
    """The session with days and hours told by the clocks of a time zone, "" for none. Raises ThroughlineError."""
    zones.check(zone)
    return msgspec.structs.replace(session, plan={**session.plan, _CLOCKS: {"zone": zone}})


def with_roles(session: Session, key: str, wanted: Mapping[str, Role]) -> Session:
    """The session with roles (column -> role) chosen for the files whose header has `key`."""
    before = choices(session, key)
    kept = {column: role for column, role in before.roles.items() if column not in wanted}
    return _with(session, key, msgspec.structs.replace(before, roles={**kept, **wanted}))


def with_pseudonyms(session: Session, key: str, wanted: Mapping[str, bool]) -> Session:
    """The session with pseudonyms chosen, or not (column -> whether), for the files whose header has `key`."""
    before = choices(session, key)
    return _with(session, key, msgspec.structs.replace(before, pseudonyms={**before.pseudonyms, **wanted}))


def with_date_format(session: Session, key: str, date_format: str) -> Session:
    """The session with a date format chosen for the files whose header has `key`."""
    return _with(session, key, msgspec.structs.replace(choices(session, key), date_format=date_format))


def with_content(session: Session, key: str, content: Content) -> Session:
    """The session with what the files whose header has `key` hold, as a person says."""
    return _with(session, key, msgspec.structs.replace(choices(session, key), content=content))


def with_earlier(session: Session, key: str, earlier: Choices) -> Session:
    """The session with what its owner chose before for the files whose header has `key`."""
    return _with(session, key, msgspec.structs.replace(choices(session, key), before=earlier))


def without_choices(session: Session, key: str) -> Session:
    """The session with nothing but guesses for the files whose header has `key`."""
    return _with(session, key, Chosen())


def _with(session: Session, key: str, chosen: Chosen) -> Session:
    return msgspec.structs.replace(session, plan={**session.plan, key: _plain(chosen)})


def fingerprint(session: Session) -> str:
    """A short text that changes when the usable files or what their columns are changes."""
    told: list[Any] = [(group.file_ids, mapping_of(session, group)) for group in header_groups(session)]
    told += [(file_id, facts.box.part) for file_id, facts in inspected(session).items() if facts.box.part]
    told += [zone] if (zone := zone_of(session)) else []
    return hashlib.blake2b(msgspec.json.encode(told), digest_size=8).hexdigest()


def _plain(value: Any) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(value)
    return plain


def timed_groups(session: Session) -> list[Group]:
    """The headers whose files tell the time of day."""
    return [group for group in header_groups(session) if dates.has_time(mapping_of(session, group).date_format)]


def clocks(session: Session, zone: str) -> str:
    """By which clock the session's times are told where `zone` is the time zone that was chosen, in words."""
    return clocks_of({mapping_of(session, group).date_format for group in header_groups(session)} - {""}, zone)


def clocks_of(formats: Collection[str], zone: str) -> str:
    """The same of times in these formats."""
    formats, absolute = set(formats), set(filter(dates.has_offset, formats))
    if zone:
        taken = (
            " Times without an offset are taken to be told by them already: of an hour that comes twice as the later "
            "one, of one that is skipped an hour later."
        )
        return f"Days and hours are told by the clocks of {zone}.{'' if absolute == formats else taken}"
    if not absolute:
        return (
            "Times are told as the files have them, without a time zone: where clocks are changed, an hour can be "
            "missing or come twice."
        )
    if absolute == formats:
        return "Times are told in UTC, by the offsets in the files."
    return "Times are told in UTC where a file has offsets, else as the file has them: the two cannot be compared."
