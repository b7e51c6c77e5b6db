"""A folder of sessions on disk, a folder each: the only code that reads or writes `session.json`.

<id>/session.json    the record
<id>/.owner          the owner's key, for when the record is damaged
<id>/.lock           whoever changes the session holds it; its time is when the session was last seen
<id>/pulse.json      what the job under way has done so far, and that it lives; lost without harm
<id>/.secret         random bytes that are the session's own; in no zip
<id>/uploads/, tables/, profiles/
"""

import os
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec

from core.errors import SessionDamaged, SessionError, SessionNotFound, StorageError
from core.files import atomic_write, locked, read_regular, read_with_stat, storage_errors
from core.sessions.record import Progress, Session, SessionSummary, decode, decode_summary, encode

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)
RECORD, OWNER, LOCK, PULSE, SECRET = "session.json", ".owner", ".lock", "pulse.json", ".secret"
UPLOADS, TABLES, PROFILES = "uploads", "tables", "profiles"
NAMES = frozenset({RECORD, OWNER, LOCK, PULSE, SECRET, UPLOADS, TABLES, PROFILES})
_SETTLED = 1_000_000_000  # nanoseconds: files that changed later than that ago may change again with the same time


class Pulse(msgspec.Struct, frozen=True):
    """`queued` tells of which job it is."""

    queued: datetime
    heartbeat: datetime
    progress: Progress


class Shelf:
    """The sessions in the folder `root`."""

    def __init__(self, root: Path) -> None:
        self.root, self._base = root, f"{root}/"
        self._known: dict[str, tuple[tuple[int, ...], SessionSummary]] = {}

    def folder(self, session_id: str) -> Path:
        """The session's folder. Raises SessionNotFound where the id is none."""
        return Path(self.path(session_id, ""))

    def path(self, session_id: str, name: str) -> str:
        """The path of a file of the session, as text: thousands are looked at, and making path objects takes longer.

        Raises SessionNotFound where the id is none.
        """
        if not isinstance(session_id, str) or not ID.fullmatch(session_id):
            raise SessionNotFound
        return f"{self._base}{session_id}/{name}"

    def ids(self) -> list[str]:
        try:
            return sorted(name for name in os.listdir(self.root) if ID.fullmatch(name))  # noqa: PTH208 (far faster)
        except FileNotFoundError:
            return []

    def load(self, session_id: str) -> Session:
        """The session as its record has it. Raises SessionNotFound, SessionDamaged, SessionTooNew."""
        return decode(self._read(session_id)[0], session_id)

    def _read(self, session_id: str) -> tuple[bytes, os.stat_result]:
        try:
            return read_with_stat(self.path(session_id, RECORD))
        except (FileNotFoundError, NotADirectoryError):
            raise SessionNotFound from None
        except OSError as error:
            raise SessionDamaged(session_id, f"the record cannot be opened: {error.strerror}") from error

    def put(self, session: Session) -> None:
        """Write the record; the session must be held `alone`. Raises StorageError."""
        folder = self.folder(session.id)
        with atomic_write(folder / RECORD) as file:
            file.write(encode(session))
        self.touch(session.id, session.updated)

    @contextmanager
    def alone(self, session_id: str, *, timeout: float | None = None) -> Iterator[bool]:
        """Hold the session against all other writers; yields whether it was had. Raises SessionNotFound."""
        with ExitStack() as stack:
            with storage_errors():
                try:
                    mine = stack.enter_context(locked(self.path(session_id, LOCK), timeout=timeout))
                except (FileNotFoundError, NotADirectoryError):
                    raise SessionNotFound from None
            yield mine

    def beat(self, session_id: str, pulse: Pulse) -> None:
        """Tell how far the job under way is; only the holder of its lease may. Raises SessionNotFound, StorageError."""
        try:
            with atomic_write(self.folder(session_id) / PULSE, durable=False) as file:
                file.write(msgspec.json.encode(pulse))
        except StorageError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                raise SessionNotFound from None
            raise

    def pulse(self, session_id: str) -> Pulse | None:
        """What the job under way told last, None where nothing that can be read is there."""
        try:
            return msgspec.json.decode(read_regular(self.path(session_id, PULSE)), type=Pulse)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def touch(self, session_id: str, moment: datetime) -> None:
        """The session was seen, or changed, at `moment`."""
        stamp = moment.timestamp()
        with suppress(OSError):  # a folder that cannot be written to is told where something has to be kept
            os.utime(self.path(session_id, LOCK), (stamp, stamp))

    def seen(self, session_id: str) -> float:
        """When the session was last seen or changed, in seconds since the epoch."""
        return changed(self.path(session_id, LOCK)) or changed(self.path(session_id, RECORD))

    def owner(self, session_id: str) -> str:
        """The key of the session's owner as it stands beside the record, "" where that cannot be read."""
        try:
            return read_regular(self.path(session_id, OWNER)).decode()
        except (OSError, UnicodeDecodeError):
            return ""

    def summaries(self) -> Iterator[SessionSummary]:
        """A line for each session, damaged ones too; what did not change since the last call is not read again."""
        ids = self.ids()
        for gone in self._known.keys() - set(ids):
            self._known.pop(gone, None)
        for session_id in ids:
            try:
                yield self._known_line(session_id) or self._fresh_line(session_id)
            except SessionNotFound:
                continue
            except SessionError:
                yield SessionSummary(id=session_id, owner=self.owner(session_id), damaged=True)

    def _known_line(self, session_id: str) -> SessionSummary | None:
        """The session's line as it was last read, where its record did not change since."""
        known = self._known.get(session_id)
        if known is None:
            return None
        try:
            return known[1] if _signature(os.lstat(self.path(session_id, RECORD))) == known[0] else None
        except OSError:
            return None

    def _fresh_line(self, session_id: str) -> SessionSummary:
        data, found = self._read(session_id)
        line = decode_summary(data, session_id)
        if time.time_ns() - found.st_mtime_ns > _SETTLED:
            self._known[session_id] = (_signature(found), line)
        return line


def _signature(found: os.stat_result) -> tuple[int, ...]:
    """What changes when a file is replaced by another."""
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def changed(path: str | Path) -> float:
    """When `path` itself was last changed, in seconds since the epoch; 0 where there is none."""
    try:
        return os.lstat(path).st_mtime
    except OSError:
        return 0.0


def inside(folder: Path) -> list[Path]:
    """What lies in `folder`; nothing where it is none, or has just gone."""
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
