"""The session store: the only code that reads or writes `session.json`."""

import logging
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from core.errors import SessionDamaged, SessionError, SessionNotFound, StorageError, VersionConflict
from core.files import (
    atomic_write,
    locked,
    make_folder,
    read_regular,
    remove_folder,
    storage_errors,
    sync_folder,
)
from core.sessions.owners import Owner, Visitor
from core.sessions.record import Session, SessionSummary, decode, encode, summary, utc_now
from core.settings import Limits

log = logging.getLogger("throughline.sessions")

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)
RECORD = "session.json"
LOCK = ".lock"
KEPT = (RECORD, "uploads", "tables")
NAME_LENGTH = 120
LITTER_AGE = 3600.0


@dataclass(frozen=True)
class Problem:
    """Something that `check` found wrong in a session's folder."""

    session_id: str
    detail: str


@dataclass(frozen=True)
class SweepReport:
    """What a sweep removed; `kept` are the damaged sessions that it left alone."""

    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


class SessionStore:
    """Sessions in `root`/sessions, one folder each.

    Every method may raise StorageError. A reader sees the old record or the new one; `update` and `save` hold the
    session's lock, so nothing is lost between processes, threads or servers on one folder.
    """

    def __init__(self, root: Path, *, limits: Limits | None = None, now: Callable[[], datetime] = utc_now) -> None:
        self.limits = limits or Limits()
        self._root = root / "sessions"
        self._trash = root / "trash"
        self._now = now
        if not self._root.is_dir():
            make_folder(root)
            make_folder(self._root)
            log.info("[SESSION] created the folder %s", self._root)

    def create(self, name: str, *, owner: Owner) -> Session:
        """A new, empty session, on disk when this returns."""
        moment = self._now()
        session = Session(
            id=str(uuid.uuid4()),
            name=name.encode(errors="replace").decode().strip()[:NAME_LENGTH] or "Untitled",
            owner=owner.key,
            created=moment,
            updated=moment,
            version=1,
        )
        folder = make_folder(self._root / session.id)
        try:
            self._write(session)
            with storage_errors():
                sync_folder(self._root)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        log.info("[SESSION] stored %s in file, status %s", session.id, session.status)
        return session

    def get(self, session_id: str, *, by: Visitor) -> Session:
        """The session. Raises SessionNotFound, also where it is not `by`'s to see; SessionDamaged; SessionTooNew."""
        session = self.peek(session_id, by=by)
        log.info("[SESSION] found %s, status %s", session.id, session.status)
        return session

    def peek(self, session_id: str, *, by: Visitor) -> Session:
        """`get` without its log line, for a page that looks twice a second."""
        session = self._read(session_id)
        if not by.may_see(session.owner):
            raise SessionNotFound
        return session

    def read(self, session_id: str) -> Session:
        """The session, for code that acts for no visitor, such as a job. Raises as `get` does."""
        return self._read(session_id)

    def update(self, session_id: str, change: Callable[[Session], Session]) -> Session:
        """Apply `change` to the newest state, alone, and keep the result. Nobody's update is lost.

        `change` may run once and must not call the store. What it raises is raised here, and nothing is written;
        where it returns the session unchanged, nothing is written either.
        """
        with self._alone(session_id):
            before = self._read(session_id)
            after = change(before)
            return before if after is before else self._replace(before, after)

    def save(self, session: Session) -> Session:
        """Keep `session` if nobody saved since it was read (compare-and-set). Raises VersionConflict."""
        with self._alone(session.id):
            before = self._read(session.id)
            if before.version != session.version:
                raise VersionConflict
            return self._replace(before, session)

    def delete(self, session_id: str) -> None:
        """Remove the record, the files and the tables. Raises SessionNotFound."""
        grave = make_folder(self._trash) / f"{self._folder(session_id).name}.{uuid.uuid4().hex[:8]}"
        with self._alone(session_id), storage_errors():
            try:
                self._folder(session_id).rename(grave)
            except FileNotFoundError:  # somebody else did it while we waited
                raise SessionNotFound from None
            sync_folder(self._root)
        log.info("[SESSION] deleted %s", session_id)
        remove_folder(grave)

    def list_sessions(self, *, by: Visitor) -> list[SessionSummary]:
        """What `by` may see, newest change first. Damaged ones, whose owner is not known, are listed as such last."""
        whole, damaged = [], []
        for session_id in self._ids():
            try:
                session = self._read(session_id)
            except SessionNotFound:
                continue
            except SessionError:
                damaged.append(SessionSummary(id=session_id, damaged=True))
            else:
                if by.may_see(session.owner):
                    whole.append(summary(session))
        return sorted(whole, key=lambda one: (one.updated, one.id), reverse=True) + damaged

    def active(self) -> list[SessionSummary]:
        """The sessions with a job that waits or runs, the longest waiting first."""
        waiting = [
            (session.job.queued, session.id, summary(session))
            for session in self._readable()
            if session.job and session.job.active
        ]
        return [one for _, _, one in sorted(waiting, key=lambda row: row[:2])]

    def folder(self, session_id: str) -> Path:
        """The session's folder, where its uploads and tables lie. Raises SessionNotFound for a malformed id."""
        return self._folder(session_id)

    def sweep(self) -> SweepReport:
        """Remove what no record names: litter of writers, builders, creations and deletions that were cut off."""
        removed, kept = [], []
        if self._trash.is_dir():
            for grave in list(self._trash.iterdir()):
                shutil.rmtree(grave, ignore_errors=True)
                removed.append(grave.name)
        for session_id in self._ids():
            if self._is_husk(session_id):
                shutil.rmtree(self._folder(session_id), ignore_errors=True)
                removed.append(session_id)
                continue
            try:
                with self._alone(session_id):
                    removed += [str(path.name) for path in self._litter(self._read(session_id), remove=True)]
            except SessionNotFound:
                continue
            except (SessionError, StorageError):
                kept.append(session_id)
        if removed:
            log.info("[SESSION] swept %d leftovers", len(removed))
        return SweepReport(tuple(removed), tuple(kept))

    def check(self) -> list[Problem]:
        """Look at every session and change nothing."""
        problems = []
        for session_id in self._ids():
            try:
                session = self._read(session_id)
            except SessionNotFound:
                problems.append(Problem(session_id, "a folder without a record"))
            except SessionDamaged as error:
                problems.append(Problem(session_id, error.detail))
            except SessionError as error:
                problems.append(Problem(session_id, error.problem))
            else:
                problems += [Problem(session_id, detail) for detail in self._missing(session)]
        return problems

    def _folder(self, session_id: str) -> Path:
        if not isinstance(session_id, str) or not ID.fullmatch(session_id):
            raise SessionNotFound
        return self._root / session_id

    def _ids(self) -> list[str]:
        return sorted(path.name for path in self._root.iterdir() if ID.fullmatch(path.name))

    def _readable(self) -> Iterator[Session]:
        for session_id in self._ids():
            try:
                yield self._read(session_id)
            except SessionError:
                continue

    def _read(self, session_id: str) -> Session:
        path = self._folder(session_id) / RECORD
        try:
            data = read_regular(path)
        except (FileNotFoundError, NotADirectoryError):
            raise SessionNotFound from None
        except OSError as error:
            raise SessionDamaged(session_id, f"the record cannot be opened: {error.strerror}") from error
        return decode(data, session_id)

    @contextmanager
    def _alone(self, session_id: str) -> Iterator[None]:
        folder = self._folder(session_id)
        with ExitStack() as stack:
            with storage_errors():
                try:
                    stack.enter_context(locked(folder / LOCK))
                except (FileNotFoundError, NotADirectoryError):
                    raise SessionNotFound from None
            yield

    def _replace(self, before: Session, after: Session) -> Session:
        kept = {
            "id": before.id,
            "created": before.created,
            "version": before.version + 1,
            "updated": self._now(),
        }
        after = msgspec.structs.replace(after, **kept)
        self._write(after)
        level = logging.INFO if after.status != before.status else logging.DEBUG
        log.log(level, "[SESSION] updated %s, status %s", after.id, after.status)
        return after

    def _write(self, session: Session) -> None:
        with atomic_write(self._folder(session.id) / RECORD) as file:
            file.write(encode(session))

    def _missing(self, session: Session) -> list[str]:
        folder = self._folder(session.id)
        lost = [
            f"the upload {file.id} is missing" for file in session.files if not (folder / "uploads" / file.id).is_file()
        ]
        if session.tables and not (folder / "tables" / session.tables).is_dir():
            lost.append("the tables are missing")
        return lost + [f"{path.name} belongs to nothing" for path in self._litter(session, remove=False)]

    def _litter(self, session: Session, *, remove: bool) -> list[Path]:
        """Old temporary files, and what an idle session holds that its record does not name.

        What is younger than an hour may belong to an upload under way, whose record is written last.
        """
        folder = self._folder(session.id)
        litter = [path for path in folder.iterdir() if path.name not in KEPT and not path.name.endswith(".lock")]
        if session.job and session.job.active:
            litter = [path for path in litter if path.name.endswith(".tmp")]
        else:
            named = {file.id for file in session.files}
            litter += [path for path in _inside(folder / "uploads") if path.name not in named]
            litter += [
                path for path in _inside(folder / "tables") if path.name not in (session.tables, session.retired)
            ]
        litter = [path for path in litter if self._is_old(path)]
        if remove:
            with storage_errors():
                for path in litter:
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        return litter

    def _is_husk(self, session_id: str) -> bool:
        """Whether this is what a creation or a deletion left that was cut off: an old folder, no record, no uploads."""
        folder = self._folder(session_id)
        return self._is_old(folder) and not os.path.lexists(folder / RECORD) and not _inside(folder / "uploads")

    def _is_old(self, path: Path) -> bool:
        try:
            return path.lstat().st_mtime < self._now().timestamp() - LITTER_AGE
        except OSError:  # gone in the meantime
            return False


def _inside(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []
