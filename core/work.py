"""The kinds of jobs that Throughline has: look at files, build the tables from them, and profile their columns."""

import uuid
from collections.abc import Callable, Mapping

import msgspec

from core.files import make_folder, remove_folder
from core.habits import Habits
from core.ingest.facts import FileFacts
from core.ingest.inspect import inspect
from core.ingest.pseudonyms import Pseudonyms
from core.jobs import Kind, Reporter
from core.jobs.memory import allowed
from core.plan import (
    check,
    fingerprint,
    header_groups,
    inspected,
    mapping_of,
    part_of,
    profiles_wanted,
    unprofiled,
    wish_of,
    with_facts,
    with_profiles,
    zone_of,
)
from core.privacy import discreet, hidden, outdated, wants_pseudonyms
from core.profile import build as profiling
from core.sessions import Session, SessionStore, Status, secret
from core.sessions.shelf import PROFILES, inside
from core.sessions.uploads import path_of
from core.settings import Settings
from core.tables import schema
from core.tables.build import build
from core.tables.raw import Source

INSPECT = "inspect"
BUILD = "build"
PROFILE = "profile"
FILE_ID = 8
"""As many letters of a file's id tell it from the few others of its session."""
TOO_MUCH = "Split the file, leave out columns that are not needed, or raise THROUGHLINE_JOB_MEMORY_MB."

Commit = Callable[[Session], Session]


def engine_memory(settings: Settings) -> int:
    """What DuckDB may take inside a job: what the job may take, less Python and its libraries."""
    return allowed(settings.job_memory) * 9 // 20


def kinds(store: SessionStore, settings: Settings) -> Mapping[str, Kind]:
    """The jobs by name."""
    habits = Habits(settings)

    def seen(found: dict[str, FileFacts], session: Session) -> Session:
        """The session with the facts of files that were just looked at, and what its owner chose before for such."""
        return habits.recalled(with_facts(found)(session), found)

    def look(session: Session, reporter: Reporter) -> Commit:
        found = _inspected(store, settings, session, reporter)

        def commit(now: Session) -> Session:
            return msgspec.structs.replace(seen(found, now), status=Status.RECEIVING)

        return commit

    def work(session: Session, reporter: Reporter) -> Commit:
        found = _inspected(store, settings, session, reporter)
        session = seen(found, session)
        made_of, hides = fingerprint(session), sorted(hidden(session))
        mapped = {one.key: msgspec.to_builtins(mapping_of(session, one)) for one in header_groups(session)}
        pseudonyms = pseudonyms_of(session)
        clear(session)
        tables = make_folder(store.folder(session.id) / "tables", parents=False)
        generation = uuid.uuid4().hex
        account = build(
            _sources(store, session),
            tables / generation,
            guards=settings.guards,
            memory=engine_memory(settings),
            watcher=reporter,
            pseudonyms=pseudonyms,
        )

        def commit(now: Session) -> Session:
            hidden_before = {tuple(one) for one in now.found.get("hides", ())}
            return msgspec.structs.replace(
                discreet(seen(found, now), pseudonyms),
                status=Status.READY,
                tables=generation,
                retired=now.tables if hidden_before.issuperset(hides) else "",
                found={**schema.as_record(account), "of": made_of, "hides": hides, "mapped": mapped},
            )

        return commit

    def profile(session: Session, reporter: Reporter) -> Commit:
        clear_profiles(session)
        folder = make_folder(store.folder(session.id) / PROFILES, parents=False)
        wanted = profiles_wanted(session)
        files = unprofiled(session)
        profiling.build(
            [(path_of(store, session.id, file), wanted[file.id]) for file in files],
            folder,
            guards=settings.guards,
            memory=engine_memory(settings),
            watcher=reporter,
            pseudonyms=pseudonyms_of(session),
        )
        return with_profiles({file.id: wanted[file.id].folder for file in files})

    def pseudonyms_of(session: Session) -> Pseudonyms | None:
        return Pseudonyms(secret.of(store, session.id)) if wants_pseudonyms(session) else None

    def clear_profiles(session: Session) -> None:
        """Remove what runs before this one left beside the profiles that the record names."""
        for path in inside(store.folder(session.id) / PROFILES):
            if path.name not in {file.profile for file in session.files}:
                remove_folder(path)

    def clear(session: Session) -> None:
        """Remove what runs before this one left, but not what is served or may still be read."""
        folder = store.folder(session.id)
        remove_folder(folder / "work")
        clear_profiles(session)
        if (folder / "tables").is_dir():
            for tables in (folder / "tables").iterdir():
                if tables.name not in (session.tables, session.retired):
                    remove_folder(tables)

    def kind(run: Callable[[Session, Reporter], Commit], waiting: Status, running: Status) -> Kind:
        return Kind(run=run, waiting=waiting, running=running, noun="import", too_much=TOO_MUCH, clear=clear)

    return {
        INSPECT: kind(look, Status.RECEIVING, Status.RECEIVING),
        BUILD: kind(work, Status.QUEUED, Status.PROCESSING),
        PROFILE: Kind(run=profile, waiting=None, running=None, noun="profile", too_much=TOO_MUCH, clear=clear_profiles),
    }


def _inspected(store: SessionStore, settings: Settings, session: Session, reporter: Reporter) -> dict[str, FileFacts]:
    """The facts of the files that were not looked at before, or of which values were taken out that may be shown."""
    known = inspected(session).keys() - outdated(session)
    fresh = [file for file in session.files if file.id not in known and not file.forgotten]
    if not fresh:
        return {}
    work = make_folder(store.folder(session.id) / "work", parents=False)
    found = {}
    try:
        reporter.plan("Looking at the files")
        reporter.stage(0, total=sum(file.size for file in fresh), unit="bytes")
        for done, file in enumerate(fresh, 1):
            found[file.id] = inspect(
                path_of(store, session.id, file),
                work,
                settings.guards,
                memory=engine_memory(settings),
                part=part_of(session, file.id),
                wish=wish_of(session, file.id),
            )
            reporter.advance(sum(one.size for one in fresh[:done]))
    finally:
        remove_folder(work)
    return found


def _sources(store: SessionStore, session: Session) -> list[Source]:
    check(session)
    mappings = {file_id: mapping_of(session, group) for group in header_groups(session) for file_id in group.file_ids}
    facts = inspected(session)
    return [
        Source(
            path_of(store, session.id, file),
            file.name,
            facts[file.id].dialect,
            mappings[file.id],
            facts[file.id].rows,
            file.id[:FILE_ID],
            zone_of(session),
        )
        for file in session.files
        if file.id in mappings
    ]
