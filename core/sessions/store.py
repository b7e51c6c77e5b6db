"""The session store: what may be done with sessions, and by whom."""

import logging
import os
import shutil
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from core.errors import LimitExceeded, SessionError, SessionNotFound, SessionReadOnly, VersionConflict
from core.files import FILE_MODE, make_folder, remove_folder, storage_errors, sync_folder
from core.sessions import housekeeping, parts
from core.sessions.housekeeping import Problem, SweepReport
from core.sessions.owners import SHARED, Owner, Visitor
from core.sessions.parts import Parts
from core.sessions.record import Progress, Session, SessionSummary, utc_now
from core.sessions.shelf import LOCK, OWNER, Pulse, Shelf
from core.settings import Limits

log = logging.getLogger("throughline.sessions")

NAME_LENGTH = 120


class SessionStore:
    """Sessions in `root`/sessions, one folder each.

    Every method may raise StorageError. A reader sees the old record or the new one; `update` and `save` hold the
    session's lock, so nothing is lost between processes, threads or servers on one folder.
    """

    def __init__(self, root: Path, *, limits: Limits | None = None, now: Callable[[], datetime] = utc_now) -> None:
        self.limits = limits or Limits()
        self._root, self._now = root, now
        self._shelf, self._bin = Shelf(root / "sessions"), Shelf(root / "deleted")
        self.parts = Parts(root / parts.FOLDER)
        if not self._shelf.root.is_dir():
            make_folder(root)
            make_folder(self._shelf.root)
            log.info("[SESSION] created the folder %s", self._shelf.root)

    def create(
        self, name: str, *, owner: Owner, fill: Callable[[Path, Session], Session] = lambda folder, session: session
    ) -> Session:
        """A new session, on disk when this returns; empty, or with what `fill` puts into its folder and record.

        Raises LimitExceeded where the owner has as many as they may.
        """
        self.admit(owner)
        moment = self._now()
        session = Session(
            id=str(uuid.uuid4()),
            name=name.encode(errors="replace").decode().strip()[:NAME_LENGTH] or "Untitled",
            owner=owner.key,
            created=moment,
            updated=moment,
            version=1,
        )
        # Made aside and moved into place whole, so that nobody ever sees half a session.
        nursery = Shelf(make_folder(self._root / "new"))
        folder = make_folder(nursery.folder(session.id))
        try:
            with storage_errors():
                for file, text in ((OWNER, owner.key), (LOCK, "")):
                    with os.fdopen(os.open(folder / file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "w") as it:
                        it.write(text)
            session = fill(folder, session)
            nursery.put(session)
            with storage_errors():
                folder.rename(self._shelf.folder(session.id))
                sync_folder(self._shelf.root)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        log.info("[SESSION] stored %s in file, status %s", session.id, session.status)
        return session

    def admit(self, owner: Owner) -> None:
        """Raise LimitExceeded where the owner has as many sessions as they may."""
        if owner == SHARED:
            return
        mine = [one for one in self._shelf.summaries() if one.owner == owner.key]
        theirs = sum(one.damaged or not self._has_expired(one) for one in mine)
        if theirs >= self.limits.sessions_per_owner:
            raise LimitExceeded(
                f"You have {theirs:,} sessions, which is as many as one may have.",
                "Delete some that are not needed, or raise THROUGHLINE_SESSIONS_PER_OWNER.",
            )

    def get(self, session_id: str, *, by: Visitor) -> Session:
        """The session. Raises SessionNotFound, also where it is not `by`'s to see; SessionDamaged; SessionTooNew."""
        session = self.peek(session_id, by=by)
        if self._now().timestamp() - self._shelf.seen(session_id) > 60:
            self._shelf.touch(session_id, self._now())
        log.info("[SESSION] found %s, status %s", session.id, session.status)
        return session

    def peek(self, session_id: str, *, by: Visitor) -> Session:
        """`get` without its log line and without being seen, for a page that looks twice a second."""
        try:
            session = self.read(session_id)
        except SessionNotFound:
            raise
        except SessionError:  # that it is there, and damaged, is told to nobody but its owner
            if not by.owns(self._shelf.owner(session_id)):
                raise SessionNotFound from None
            raise
        if not (by.owns(session.owner) or self._is_shared(session, by)) or self._has_expired(session):
            raise SessionNotFound
        return session

    def owned(self, session_id: str, *, by: Visitor) -> Session:
        """The session, to change it. Raises what `peek` does, and SessionReadOnly where it is only shared with `by`."""
        session = self.peek(session_id, by=by)
        if not by.owns(session.owner):
            raise SessionReadOnly
        return session

    def read(self, session_id: str) -> Session:
        """The session, for code that acts for no visitor, such as a job. Raises as `get` does."""
        session = self._shelf.load(session_id)
        if session.job is None or not session.job.active:
            return session
        pulse, begun = self._shelf.pulse(session_id), session.job.heartbeat
        if pulse is None or pulse.queued != session.job.queued or begun is None or pulse.heartbeat < begun:
            return session
        job = msgspec.structs.replace(session.job, progress=pulse.progress, heartbeat=pulse.heartbeat)
        return msgspec.structs.replace(session, job=job)

    def update(self, session_id: str, change: Callable[[Session], Session]) -> Session:
        """Apply `change` to the newest state, alone, and keep the result. Nobody's update is lost.

        `change` may run once and must not call the store. What it raises is raised here, and nothing is written;
        where it returns the session unchanged, nothing is written either.
        """
        with self._shelf.alone(session_id):
            before = self._shelf.load(session_id)
            after = change(before)
            return before if after is before else self._replace(before, after)

    def save(self, session: Session) -> Session:
        """Keep `session` if nobody saved since it was read (compare-and-set). Raises VersionConflict."""
        with self._shelf.alone(session.id):
            before = self._shelf.load(session.id)
            if before.version != session.version:
                raise VersionConflict
            return self._replace(before, session)

    def beat(self, session_id: str, queued: datetime, progress: Progress) -> None:
        """Tell how far the job that was `queued` then is; only whoever does it may. Raises SessionNotFound."""
        self._shelf.beat(session_id, Pulse(queued, self._now(), progress))

    def delete(self, session_id: str) -> None:
        """Remove the record, the files and the tables, for good. Raises SessionNotFound."""
        grave = make_folder(self._root / "trash") / f"{self._shelf.folder(session_id).name}.{uuid.uuid4().hex[:8]}"
        self._move(session_id, self._shelf, grave)
        log.info("[SESSION] deleted %s", session_id)
        remove_folder(grave)

    def discard(self, session_id: str) -> None:
        """Delete the session so that its owner can `restore` it for a while. Raises SessionNotFound."""
        if not self.limits.undo:
            return self.delete(session_id)
        self._shelf.folder(session_id)
        self._shelf.touch(session_id, self._now())
        self._move(session_id, self._shelf, make_folder(self._bin.root) / session_id)
        log.info("[SESSION] deleted %s, for now", session_id)
        return None

    def restore(self, session_id: str, *, by: Visitor) -> Session:
        """Undo `discard`. Raises SessionNotFound where it was not discarded, for too long, or is not `by`'s."""
        if session_id not in {one.id for one in self.list_discarded(by=by)}:
            raise SessionNotFound
        self._bin.touch(session_id, self._now())
        self._move(session_id, self._bin, self._shelf.folder(session_id))
        log.info("[SESSION] restored %s", session_id)
        return self._shelf.load(session_id)

    def purge(self, session_id: str, *, by: Visitor) -> None:
        """Remove a discarded session for good at once. Raises SessionNotFound as `restore` does."""
        if session_id not in {one.id for one in self.list_discarded(by=by)}:
            raise SessionNotFound
        grave = make_folder(self._root / "trash") / f"{session_id}.{uuid.uuid4().hex[:8]}"
        self._move(session_id, self._bin, grave)
        log.info("[SESSION] deleted %s", session_id)
        remove_folder(grave)

    def list_sessions(self, *, by: Visitor) -> list[SessionSummary]:
        """What is `by`'s, newest change first. Damaged ones are listed as such last."""
        whole, damaged, moment = [], [], self._now()
        for one in self._shelf.summaries():
            if not by.owns(one.owner):
                continue
            if one.damaged:
                damaged.append(one)
            elif (end := self.expires(one)) is None or end > moment:
                whole.append(msgspec.structs.replace(one, expires=end))
        return sorted(whole, key=lambda one: (one.updated, one.id), reverse=True) + damaged

    def list_discarded(self, *, by: Visitor) -> list[SessionSummary]:
        """The sessions of `by` that can be restored, with when they are gone for good as `expires`; newest first."""
        found = [
            msgspec.structs.replace(one, expires=_moment(self._bin.seen(one.id) + self.limits.undo))
            for one in self._bin.summaries()
            if by.owns(one.owner)
        ]
        found = [one for one in found if one.expires is not None and one.expires > self._now()]
        return sorted(found, key=lambda one: (one.expires, one.id), reverse=True)

    def active(self) -> list[SessionSummary]:
        """The sessions with a job that waits or runs, the longest waiting first."""
        waiting = [(one.job.queued, one.id, one) for one in self._shelf.summaries() if one.job and one.job.active]
        return [one for _, _, one in sorted(waiting, key=lambda row: row[:2])]

    def used(self) -> int:
        """Bytes of all sessions' uploads together, and of those under way."""
        return sum(one.size for one in self._shelf.summaries()) + self.parts.reserved()

    def expires(self, session: Session | SessionSummary) -> datetime | None:
        """When the session ends if nobody looks at it before, None for never."""
        ends = []
        if self.limits.idle:
            ends.append(self._shelf.seen(session.id) + self.limits.idle)
        if self.limits.lifetime and session.created is not None:
            ends.append(session.created.timestamp() + self.limits.lifetime)
        return _moment(min(ends)) if ends else None

    def folder(self, session_id: str) -> Path:
        """The session's folder, where its uploads and tables lie. Raises SessionNotFound for a malformed id."""
        return self._shelf.folder(session_id)

    def sweep(self) -> SweepReport:
        """Remove what has expired and what no record names, unless another process is just doing that."""
        report = housekeeping.sweep(self._root, self._shelf, self._bin, self.limits, self._now())
        if report.removed or report.expired:
            log.info("[SESSION] swept %d leftovers, %d expired", len(report.removed), len(report.expired))
        return report

    def check(self) -> list[Problem]:
        """Look at every session and change nothing."""
        return housekeeping.check(self._shelf, self._now())

    def _is_shared(self, session: Session, by: Visitor) -> bool:
        return bool(by.share) and any(one.hash == by.share and one.is_live(self._now()) for one in session.shares)

    def _has_expired(self, session: Session | SessionSummary) -> bool:
        end = self.expires(session)
        return end is not None and end <= self._now()

    def _move(self, session_id: str, shelf: Shelf, target: Path) -> None:
        with shelf.alone(session_id), storage_errors():
            try:
                shelf.folder(session_id).rename(target)
            except FileNotFoundError:  # somebody else did it while we waited
                raise SessionNotFound from None
            sync_folder(shelf.root)
            sync_folder(target.parent)

    def _replace(self, before: Session, after: Session) -> Session:
        kept = {
            "id": before.id,
            "created": before.created,
            "version": before.version + 1,
            "updated": self._now(),
        }
        after = msgspec.structs.replace(after, **kept)
        self._shelf.put(after)
        level = logging.INFO if after.status != before.status else logging.DEBUG
        log.log(level, "[SESSION] updated %s, status %s", after.id, after.status)
        return after


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
