"""The record of a session: typed, versioned, checksummed.

On disk it is one JSON object, `{"schema", "checksum", "length", "record"}`. The checksum (BLAKE2b, 128 bits) covers
the schema number and the bytes of the record, so that a flipped bit is found and never served.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from core.errors import SessionDamaged, SessionTooNew

SCHEMA = 2


def utc_now() -> datetime:
    return datetime.now(UTC)


class Status(StrEnum):
    NEW = "new"
    RECEIVING = "receiving"
    QUEUED = "queued"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """`stage` of the `stages` is being done: `done` of `total` units of it (`total` 0 where it is not known)."""

    stages: tuple[str, ...] = ()
    stage: int = 0
    done: int = 0
    total: int = 0
    unit: str = ""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong in words; `reference` finds the rest in the log."""

    problem: str
    hint: str = ""
    reference: str = ""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    state: JobState
    queued: datetime
    started: datetime | None = None
    heartbeat: datetime | None = None
    attempt: int = 0
    progress: Progress = Progress()
    failure: Failure | None = None

    @property
    def active(self) -> bool:
        return self.state in (JobState.QUEUED, JobState.RUNNING)


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A link by which others may read the session. Of its secret only the hash is kept."""

    hash: str
    made: datetime
    expires: datetime | None = None

    def is_live(self, moment: datetime) -> bool:
        return self.expires is None or moment < self.expires


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where someone stood: a page and the parameters of its address, the session aside; named where it was saved."""

    page: str
    query: dict[str, str] = {}
    name: str = ""


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """An upload. `id` is its name on disk; `name` is what the visitor called it, for showing only.

    `profile` is the folder of what was made of this file alone, "" where there is none; it can be made again.
    One that is `forgotten` was deleted from the disk after it was processed; what was made of it stays.
    """

    id: str
    name: str
    size: int
    sha256: str
    added: datetime
    facts: dict[str, Any] = {}
    profile: str = ""
    forgotten: bool = False

    @property
    def on_disk(self) -> int:
        """Its bytes on disk."""
        return 0 if self.forgotten else self.size


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """`plan`, `found`, `notices` and a file's `facts` belong to the application; the store only keeps them.

    `tables` names the generation that serves the views, "" before the first; `retired` the one it replaced. `last` is
    where its owner last stood, `views` are the places they saved. What a running job's `progress` and `heartbeat` are,
    a reader is told from a file beside the record.
    """

    id: str
    name: str
    owner: str
    created: datetime
    updated: datetime
    version: int = 0
    status: Status = Status.NEW
    files: tuple[StoredFile, ...] = ()
    notices: tuple[str, ...] = ()
    plan: dict[str, Any] = {}
    job: Job | None = None
    tables: str = ""
    retired: str = ""
    found: dict[str, Any] = {}
    last: Place | None = None
    views: tuple[Place, ...] = ()
    shares: tuple[Share, ...] = ()

    @property
    def is_fixed(self) -> bool:
        """Whether uploads were deleted, so that its tables cannot be made anew."""
        return any(file.forgotten for file in self.files)


class SessionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list. Of a damaged record only the id and the owner are known, and the latter not always.

    `size` is that of the uploads on disk; `forgotten` tells that some were deleted after they were processed.
    """

    id: str
    owner: str = ""
    name: str = ""
    status: Status | None = None
    created: datetime | None = None
    updated: datetime | None = None
    n_files: int = 0
    size: int = 0
    forgotten: bool = False
    tables: str = ""
    job: Job | None = None
    n_shares: int = 0
    damaged: bool = False
    expires: datetime | None = None
    last: Place | None = None


class _Sized(msgspec.Struct, frozen=True):
    size: int
    forgotten: bool = False

    @property
    def on_disk(self) -> int:
        return 0 if self.forgotten else self.size


class _Outline(msgspec.Struct, frozen=True, kw_only=True):
    """What a line of the list is made of. Reading only that of thousands of records takes half the time."""

    id: str
    name: str
    owner: str
    created: datetime
    updated: datetime
    status: Status = Status.NEW
    files: tuple[_Sized, ...] = ()
    job: Job | None = None
    tables: str = ""
    last: Place | None = None
    shares: tuple[Share, ...] = ()


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    checksum: str
    length: int
    record: msgspec.Raw


_Read = TypeVar("_Read", Session, _Outline)
_ENVELOPE = msgspec.json.Decoder(_Envelope)
_HEAD = re.compile(rb'{"schema":(\d{1,9}),"checksum":"([0-9a-f]{32})","length":(\d{1,9}),"record":')
_SESSION, _OUTLINE = msgspec.json.Decoder(Session), msgspec.json.Decoder(_Outline)


MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: lambda record: record,  # had neither places nor shares, which begin empty
}
"""One function a version: from the record of that schema to the record of the next."""


def _checksum(schema: int, record: bytes | memoryview) -> str:
    digest = hashlib.blake2b(b"%d:" % schema, digest_size=16)
    digest.update(record)
    return digest.hexdigest()


def encode(session: Session) -> bytes:
    record = msgspec.json.encode(session)
    return msgspec.json.encode(_Envelope(SCHEMA, _checksum(SCHEMA, record), len(record), msgspec.Raw(record)))


def decode(data: bytes, session_id: str) -> Session:
    """The session in `data`, which must be that of `session_id`. Raises SessionDamaged or SessionTooNew."""
    return _named(read(data, session_id), session_id)


def decode_summary(data: bytes, session_id: str) -> SessionSummary:
    """The line of the session in `data`, which must be that of `session_id`. Raises as `decode` does."""
    return summary(_named(_read(data, session_id, _OUTLINE), session_id))


def read(data: bytes, session_id: str = "") -> Session:
    """Any session in `data`; `session_id` is for the words of an error. Raises SessionDamaged or SessionTooNew."""
    return _read(data, session_id, _SESSION)


def _named(found: _Read, session_id: str) -> _Read:
    if found.id != session_id:
        raise SessionDamaged(session_id, "the record belongs to another session")
    return found


def _read(data: bytes, session_id: str, decoder: "msgspec.json.Decoder[_Read]") -> _Read:
    try:
        schema, checksum, length, record = _opened(data)
        if len(record) != length or _checksum(schema, record) != checksum:
            raise SessionDamaged(session_id, "the checksum does not match")
        if schema > SCHEMA:
            raise SessionTooNew(schema, SCHEMA)
        if schema < SCHEMA:
            return decoder.decode(msgspec.json.encode(_migrated(msgspec.json.decode(record), schema)))
        return decoder.decode(record)
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, RecursionError) as error:
        raise SessionDamaged(session_id, f"the record cannot be read: {error}") from error


def _opened(data: bytes) -> tuple[int, str, int, memoryview]:
    """Schema, checksum, length, record; where `encode` wrote them, without looking through the record for its end."""
    head = _HEAD.match(data)
    if head and data.endswith(b"}") and len(data) == head.end() + int(head[3]) + 1:
        return int(head[1]), head[2].decode(), int(head[3]), memoryview(data)[head.end() : -1]
    found = _ENVELOPE.decode(data)
    return found.schema, found.checksum, found.length, memoryview(found.record)


def _migrated(record: dict[str, Any], schema: int) -> dict[str, Any]:
    for version in range(schema, SCHEMA):
        record = MIGRATIONS[version](record)
    return record


def summary(session: Session | _Outline) -> SessionSummary:
    return SessionSummary(
        id=session.id,
        owner=session.owner,
        name=session.name,
        status=session.status,
        created=session.created,
        updated=session.updated,
        n_files=len(session.files),
        size=sum(file.on_disk for file in session.files),
        forgotten=any(file.forgotten for file in session.files),
        tables=session.tables,
        job=session.job,
        n_shares=len(session.shares),
        last=session.last,
    )
