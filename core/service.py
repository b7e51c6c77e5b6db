"""Everything that can be done with Throughline, in one place for the pages and the command line."""

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import msgspec

from core import sql
from core.choosing import Choosing
from core.errors import (
    LimitExceeded,
    NotReady,
    SessionDamaged,
    SessionTooNew,
    ThroughlineError,
)
from core.habits import Habits
from core.ingest.facts import Wish
from core.ingest.pseudonyms import Pseudonyms
from core.jobs import Runner
from core.plan import (
    check,
    check_not_fixed,
    facts_of,
    fingerprint,
    inspected,
    unprofiled,
    with_facts,
    with_part,
    with_wish,
)
from core.privacy import discreet, hidden, place_without, wants_pseudonyms
from core.profile.tables import Rows
from core.sessions import (
    JobState,
    Keyring,
    Owner,
    Place,
    Session,
    SessionStore,
    Visitor,
    arrivals,
    bundle,
    secret,
    shares,
    uploads,
)
from core.sessions.shelf import PROFILES
from core.sessions.store import NAME_LENGTH
from core.settings import Settings
from core.tables.calllog import CallLog
from core.work import BUILD, INSPECT, PROFILE, kinds

PROJECT = Path(__file__).resolve().parent.parent

MOST_VIEWS = 100

SAMPLES = {
    "calls": ("Sample calls", "clinic_helpline.csv"),
    "visits": ("Sample shop visits", "web_shop_visits.csv"),
}
"""Key -> the session's name and the file in `sample_data/`."""


class Service(Choosing):
    """Sessions, their files, their jobs and their tables, on one home folder.

    What changes a session says by whom; it raises SessionNotFound where they may not see it, and SessionReadOnly where
    they may only see it.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(SessionStore(settings.home, limits=settings.limits), Habits(settings))
        self.settings = settings

    @cached_property
    def keyring(self) -> Keyring:
        return Keyring.at(self.settings.home)

    @cached_property
    def runner(self) -> Runner:
        return Runner(
            self.store,
            self.settings.home,
            kinds=kinds(self.store, self.settings),
            at_once=self.settings.jobs_at_once,
            command=lambda session_id: [sys.executable, "-m", "core", "work", session_id],
            environment=self.settings.environment(),
            folder=PROJECT,
        )

    def create(self, files: Iterable[tuple[str, BinaryIO]], *, owner: Owner, name: str = "") -> Session:
        """A new session that holds `files` (name, content), safe on disk when this returns.

        Where a file is refused for a limit, the others are kept and the session's notices say why; where all are, the
        session is taken back and the refusal raised.
        """
        files = list(files)
        session = self.store.create(name or title([uploads.shown(one) for one, _ in files]), owner=owner)
        try:
            return self._add(session.id, files)
        except BaseException:
            self.store.delete(session.id)
            raise

    def add(self, session_id: str, files: Iterable[tuple[str, BinaryIO]], *, by: Visitor) -> Session:
        """Add `files` (name, content) to a session. Raises what `uploads.receive` raises where all are refused."""
        self.store.owned(session_id, by=by)
        return self._add(session_id, files)

    def take(self, uploader: Owner, part_ids: Sequence[str], *, owner: Owner, by: Visitor) -> Session:
        """Put uploads that came in pieces into the session they are for. Raises what `arrivals.take` raises."""
        names = [self.store.parts.get(uploader, one).name for one in part_ids]
        return arrivals.take(self.store, uploader, part_ids, owner=owner, by=by, name=title(names))

    def _add(self, session_id: str, files: Iterable[tuple[str, BinaryIO]]) -> Session:
        refusals: list[ThroughlineError] = []
        taken = 0
        for name, content in files:
            try:
                uploads.receive(self.store, session_id, name, content)
                taken += 1
            except ThroughlineError as refusal:
                refusals.append(refusal)
        if refusals and not taken:
            raise refusals[0]
        return self.store.update(
            session_id,
            lambda now: msgspec.structs.replace(now, notices=(*now.notices, *map(str, refusals))) if refusals else now,
        )

    def sample(self, key: str, *, owner: Owner) -> Session:
        """A new session with one of SAMPLES, on its way to being ready."""
        name, file = SAMPLES[key]
        with (PROJECT / "sample_data" / file).open("rb") as content:
            session = self.create([(file, content)], owner=owner, name=name)
        return self.runner.submit(session.id, BUILD)

    def look(self, session_id: str, *, by: Visitor) -> Session:
        """Have the session's new files looked at, in the background; an import under way begins again with them."""
        session = self.store.owned(session_id, by=by)
        building = session.job is not None and session.job.active and session.job.kind == BUILD
        return self.runner.submit(session_id, BUILD if building else INSPECT)

    def process(self, session_id: str, *, by: Visitor) -> Session:
        """Have the tables built, in the background. Raises MappingIncomplete, FileRefused."""
        self.store.owned(session_id, by=by)

        def ready(session: Session) -> Session:
            check_not_fixed(session)
            if len(inspected(session)) == len(session.files):  # else the job looks first, and checks then
                check(session)
            return session

        return self.runner.submit(session_id, BUILD, ready)

    def profile(self, session_id: str, *, by: Visitor) -> Session:
        """Have the columns of its files looked at, in the background, unless that is done or another job is under way.

        Where another is, ask again once it has ended.
        """
        session = self.store.owned(session_id, by=by)
        return self.runner.submit(session_id, PROFILE) if unprofiled(session) else session

    def cancel(self, session_id: str, *, by: Visitor) -> Session:
        self.store.owned(session_id, by=by)
        return self.runner.cancel(session_id)

    def remove_file(self, session_id: str, file_id: str, *, by: Visitor) -> Session:
        self.store.owned(session_id, by=by)
        return uploads.remove(self.store, session_id, file_id)

    def rename(self, session_id: str, name: str, *, by: Visitor) -> Session:
        kept = " ".join(name.split())[:NAME_LENGTH]
        return self._change(
            session_id, lambda session: msgspec.structs.replace(session, name=kept) if kept else session, by
        )

    def discard(self, session_id: str, *, by: Visitor) -> None:
        """Delete the session; its owner can have it back with `restore` for a while."""
        self._leave(session_id, by)
        self.store.discard(session_id)

    def delete(self, session_id: str, *, by: Visitor) -> None:
        """Delete the session for good."""
        self._leave(session_id, by)
        self.store.delete(session_id)

    def _leave(self, session_id: str, by: Visitor) -> None:
        with suppress(SessionDamaged, SessionTooNew):  # has no job that could be read and called off
            self.cancel(session_id, by=by)

    def restore(self, session_id: str, *, by: Visitor) -> Session:
        """Undo `discard`."""
        return self.store.restore(session_id, by=by)

    def copy(self, session_id: str, *, by: Visitor, owner: Owner) -> Session:
        """A session of `owner` with what this one holds; also of one that is only shared with `by`.

        The latter comes without the uploads where these hold values that the tables do not. Raises NotReady where it
        then would hold nothing.
        """
        session = self.store.peek(session_id, by=by)
        bare = not by.owns(session.owner) and bool(hidden(session))
        if bare and not session.tables:
            raise NotReady("This session has not been processed yet.", "Ask whoever shared it to process it.")
        shown = self.shown(session) if bare else session
        return bundle.copy(self.store, shown, owner=owner, name=f"Copy of {session.name}", with_uploads=not bare)

    def unpack(self, archive: BinaryIO, *, owner: Owner) -> Session:
        """A session from a zip that `bundle.pack` made, on its way to being what it was."""
        session, was_ready = bundle.unpack(self.store, archive, owner=owner)
        if not session.files:
            return session
        return self.runner.submit(session.id, BUILD if was_ready else INSPECT)

    def unpack_arrived(self, uploader: Owner, part_id: str, *, owner: Owner) -> Session:
        """The same from a zip that came in pieces. Raises what `unpack` and `Parts.once` raise."""
        with self.store.parts.once(uploader, part_id) as archive:
            return self.unpack(archive, owner=owner)

    def share(self, session_id: str, *, by: Visitor, lasts: timedelta | None = None) -> str:
        """The token of a new link to read the session by; without `lasts` it has no end."""
        self.store.owned(session_id, by=by)
        return shares.share(self.store, session_id, lasts=lasts)

    def revoke(self, session_id: str, share_hash: str, *, by: Visitor) -> Session:
        self.store.owned(session_id, by=by)
        return shares.revoke(self.store, session_id, share_hash)

    def stand(self, session_id: str, place: Place, *, by: Visitor) -> None:
        """Note where the session's owner is, so that they find themselves there when they come back."""

        def change(session: Session) -> Session:
            kept = place_without(session, place)
            return session if session.last == kept else msgspec.structs.replace(session, last=kept)

        self._change(session_id, change, by)

    def save_view(self, session_id: str, place: Place, *, by: Visitor) -> Session:
        """Keep a named place; one of the same name is replaced. Raises LimitExceeded."""

        def change(session: Session) -> Session:
            others = tuple(one for one in session.views if one.name != place.name)
            if len(others) >= MOST_VIEWS:
                raise LimitExceeded(
                    f"A session keeps at most {MOST_VIEWS} saved views.", "Delete some that are not needed."
                )
            return msgspec.structs.replace(session, views=(*others, place_without(session, place)))

        return self._change(session_id, change, by)

    def drop_view(self, session_id: str, name: str, *, by: Visitor) -> Session:
        def change(session: Session) -> Session:
            kept = tuple(one for one in session.views if one.name != name)
            return msgspec.structs.replace(session, views=kept)

        return self._change(session_id, change, by)

    def choose_part(self, session_id: str, file_id: str, part: str, *, by: Visitor) -> Session:
        """Read another sheet or file of what was uploaded, and look at it in the background."""
        return self._read_anew(session_id, lambda session: with_part(session, file_id, part), by)

    def choose_writing(self, session_id: str, file_id: str, wish: Wish, *, by: Visitor) -> Session:
        """Read a file as a person says that it is written, and look at it in the background."""
        return self._read_anew(session_id, lambda session: with_wish(session, file_id, wish), by)

    def _read_anew(self, session_id: str, change: Callable[[Session], Session], by: Visitor) -> Session:
        self._change_reading(session_id, change, by)
        return self.look(session_id, by=by)

    def shown(self, session: Session) -> Session:
        """The session as its record may be shown: without the values of columns that are to be hidden."""
        if not hidden(session):
            return session
        key = secret.of(self.store, session.id) if wants_pseudonyms(session) and not session.is_fixed else None
        return discreet(session, Pseudonyms(key) if key else None)

    def forget_uploads(self, session_id: str, *, by: Visitor) -> Session:
        """Delete the uploads of a session and keep its tables. Raises NotReady where these are not made of them."""
        shown = self.shown(self.store.owned(session_id, by=by))

        def change(session: Session) -> Session:
            if is_working(session) or not session.tables or session.found.get("of") != fingerprint(session):
                raise NotReady(
                    "The uploads can be deleted only once they are processed as they are now.",
                    "Process the session first.",
                )
            facts = {file.id: known for file in shown.files if (known := facts_of(file)) is not None}
            return discreet(with_facts(facts)(session), None)

        return uploads.forget(self.store, session_id, change)

    def open(self, session: Session) -> CallLog:
        """The session's tables. Raises NotReady where there are none yet."""
        if not session.tables:
            raise NotReady("This session has not been processed yet.", "Press Process first.")
        return self.open_tables(session.id, session.tables)

    def open_rows(self, session_id: str, profile: str) -> Rows:
        """The typed rows of a file, by its `profile`. Raises NotReady where they are not there."""
        return Rows(self.store.folder(session_id) / PROFILES / profile)

    def offered(self, session: Session) -> dict[str, sql.Table]:
        """The tables that can be asked in SQL, by name; none before the session was processed."""
        return sql.offered(session, self.store.folder(session.id))

    def ask(self, session: Session, query: str) -> sql.Answer:
        """The answer of the session's tables to a question in SQL. Raises QueryError, and NotReady without tables."""
        tables = self.offered(session)
        if not tables:
            raise NotReady("This session has not been processed yet.", "Press Process first.")
        return sql.ask(tables, query, self.settings.sql)

    def open_tables(self, session_id: str, generation: str) -> CallLog:
        return CallLog(self.store.folder(session_id) / "tables" / generation)


def title(names: list[str]) -> str:
    """A name for a session from the names of its files."""
    if not names:
        return "Untitled"
    stem = names[0].rsplit(".", 1)[0] or names[0]
    return stem if len(names) == 1 else f"{stem} and {len(names) - 1} more"


def is_working(session: Session) -> bool:
    """Whether its files are being looked at or imported, or are about to be."""
    return session.job is not None and session.job.active and session.job.kind != PROFILE


def has_failed(session: Session) -> bool:
    """Whether looking at its files or importing them failed."""
    return session.job is not None and session.job.state is JobState.FAILED and session.job.kind != PROFILE


def has_rows(session: Session) -> bool:
    """Whether there are rows with types of any of its files."""
    return any(file.profile for file in session.files)


def is_profiling(session: Session) -> bool:
    """Whether its columns are being looked at, or are about to be."""
    return session.job is not None and session.job.active and session.job.kind == PROFILE


def unusable(session: Session) -> list[tuple[str, str, str]]:
    """Name, problem and hint of each file that cannot be used."""
    looked = ((file.name, facts_of(file)) for file in session.files)
    return [(name, facts.problem, facts.hint) for name, facts in looked if facts is not None and not facts.usable]
