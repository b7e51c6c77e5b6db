"""Sessions on disk: a folder each, with one JSON record that is never half written and never lost."""

from core.sessions.housekeeping import Problem, SweepReport
from core.sessions.owners import EVERYONE, SHARED, Keyring, Owner, Visitor
from core.sessions.record import (
    Failure,
    Job,
    JobState,
    Place,
    Progress,
    Session,
    SessionSummary,
    Share,
    Status,
    StoredFile,
    utc_now,
)
from core.sessions.store import SessionStore

__all__ = [
    "EVERYONE",
    "SHARED",
    "Failure",
    "Job",
    "JobState",
    "Keyring",
    "Owner",
    "Place",
    "Problem",
    "Progress",
    "Session",
    "SessionStore",
    "SessionSummary",
    "Share",
    "Status",
    "StoredFile",
    "SweepReport",
    "Visitor",
    "utc_now",
]
