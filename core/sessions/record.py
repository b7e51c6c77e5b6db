"""The record of a session: typed, versioned, checksummed.

On disk it is one JSON object, `{"schema", "checksum", "length", "record"}`. The checksum (BLAKE2b, 128 bits) covers
the schema number and the bytes of the record, so that a flipped bit is found and never served.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

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
    """An upload. `id` is its name on disk; `name` is what the visitor called it, for showing only."""

    id: str
    name: str
    size: int
    sha256: str
    added: datetime
    facts: dict[str, Any] = {}


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


class SessionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list. Of a damaged record only the id and the owner are known, and the latter not always."""

    id: str
    owner: str = ""
    name: str = ""
    status: Status | None = None
    created: datetime | None = None
    updated: datetime | None = None
    n_files: int = 0
    size: int = 0
    tables: str = ""
    job: Job | None = None
    n_shares: int = 0
    damaged: bool = False
    expires: datetime | None = None
    last: Place | None = None


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    checksum: str
    length: int
    record: msgspec.Raw


MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: lambda record: record,  # had neither places nor shares, which begin empty
}
"""One function a version: from the record of that schema to the record of the next."""


def _checksum(schema: int, record: bytes) -> str:
    return hashlib.blake2b(b"%d:" % schema + record, digest_size=16).hexdigest()


def encode(session: Session) -> bytes:
    record = msgspec.json.encode(session)
    return msgspec.json.encode(_Envelope(SCHEMA, _checksum(SCHEMA, record), len(record), msgspec.Raw(record)))


def decode(data: bytes, session_id: str) -> Session:
    """The session in `data`, which must be that of `session_id`. Raises SessionDamaged or SessionTooNew."""
    session = read(data, session_id)
    if session.id != session_id:
        raise SessionDamaged(session_id, "the record belongs to another session")
    return session


def read(data: bytes, session_id: str = "") -> Session:
    """Any session in `data`; `session_id` is for the words of an error. Raises SessionDamaged or SessionTooNew."""
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
        record = bytes(envelope.record)
        if len(record) != envelope.length or _checksum(envelope.schema, record) != envelope.checksum:
            raise SessionDamaged(session_id, "the checksum does not match")
        if envelope.schema > SCHEMA:
            raise SessionTooNew(envelope.schema, SCHEMA)
        if envelope.schema < SCHEMA:
            record = msgspec.json.encode(_migrated(msgspec.json.decode(record), envelope.schema))
        session = msgspec.json.decode(record, type=Session)
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, RecursionError) as error:
        raise SessionDamaged(session_id, f"the record cannot be read: {error}") from error
    return session


def _migrated(record: dict[str, Any], schema: int) -> dict[str, Any]:
    for version in range(schema, SCHEMA):
        record = MIGRATIONS[version](record)
    return record


def summary(session: Session) -> SessionSummary:
    return SessionSummary(
        id=session.id,
        owner=session.owner,
        name=session.name,
        status=session.status,
        created=session.created,
        updated=session.updated,
        n_files=len(session.files),
        size=sum(file.size for file in session.files),
        tables=session.tables,
        job=session.job,
        n_shares=len(session.shares),
        last=session.last,
    )
