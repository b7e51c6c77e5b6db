"""Sessions on disk: a folder each, with one JSON record that is never half written and never lost."""

from core.sessions.owners import EVERYONE, SHARED, Owner, Visitor
from core.sessions.record import (
    Failure,
    Job,
    JobState,
    Progress,
    Session,
    SessionSummary,
    Status,
    StoredFile,
    utc_now,
)
from core.sessions.store import Problem, SessionStore, SweepReport

__all__ = [
    "EVERYONE",
    "SHARED",
    "Failure",
    "Job",
    "JobState",
    "Owner",
    "Problem",
    "Progress",
    "Session",
    "SessionStore",
    "SessionSummary",
    "Status",
    "StoredFile",
    "SweepReport",
    "Visitor",
    "utc_now",
]
