"""Every error that Throughline raises on purpose.

    ThroughlineError                 what went wrong, and what the person can do
    ├── SettingError                 a setting cannot be read
    ├── StorageError                 the disk said no; the old state is kept
    │   ├── StorageFull
    │   └── StorageReadOnly
    ├── SessionError
    │   ├── SessionNotFound          also a KeyError
    │   ├── SessionReadOnly          seen by a share link, which changes nothing
    │   ├── SessionDamaged           the record does not match its checksum; the file is kept
    │   ├── SessionTooNew            written by a later Throughline
    │   └── VersionConflict          someone else saved first
    ├── UploadError                  a file that is being sent
    │   ├── UploadNotFound
    │   ├── UploadOutOfStep          another piece of it comes next
    │   └── UploadDamaged            what arrived is not what was sent
    ├── LimitExceeded                names the limit and its setting
    ├── FileRefused                  an upload that cannot be used
    ├── MappingIncomplete            a needed role has no column
    ├── NotReady                     the session has no tables yet
    ├── JobError
    │   └── JobCancelled
    ├── QueryError                   a question in SQL that is not answered
    └── ViewError                    no such view, or an address it cannot read

`str(error)` is one or two plain sentences that may be shown to anyone: no path, no SQL, no traceback.
"""


class ThroughlineError(Exception):
    """`problem` says what went wrong and where, `hint` what the person can do about it."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.problem} {self.hint}".strip()


class SettingError(ThroughlineError):
    pass


class StorageError(ThroughlineError):
    pass


class StorageFull(StorageError):
    pass


class StorageReadOnly(StorageError):
    pass


class SessionError(ThroughlineError):
    pass


class SessionNotFound(SessionError, KeyError):
    def __init__(self) -> None:
        super().__init__(
            "Session not found.",
            "It was deleted, it has expired, the address is not complete, or it belongs to someone else. "
            "Start a new one, or ask whoever sent the link for a share link.",
        )


class SessionReadOnly(SessionError):
    def __init__(self) -> None:
        super().__init__(
            "This session is shared with you to read, so it cannot be changed.",
            "Make a copy of your own and change that.",
        )


class SessionDamaged(SessionError):
    def __init__(self, session_id: str, detail: str) -> None:
        super().__init__(
            "This session's record on disk is damaged, so it is not shown.",
            "Its files are kept. Whoever runs this server can look at it with `python -m core check`.",
        )
        self.session_id = session_id
        self.detail = detail


class SessionTooNew(SessionError):
    def __init__(self, schema: int, known: int) -> None:
        super().__init__(
            f"This session was written by a later version of Throughline (format {schema}, known: {known}).",
            "Update Throughline to open it.",
        )


class VersionConflict(SessionError):
    def __init__(self) -> None:
        super().__init__("Someone else changed this session in the meantime.", "Load it again and repeat the change.")


class UploadError(ThroughlineError):
    pass


class UploadNotFound(UploadError, KeyError):
    def __init__(self) -> None:
        super().__init__(
            "Upload not found.", "It was cancelled, or left alone for a day. Choose the file again to send it anew."
        )


class UploadOutOfStep(UploadError):
    """`offset` is where the next piece begins, in bytes."""

    def __init__(self, offset: int) -> None:
        super().__init__(
            "This is not the piece of the file that comes next.", "The browser goes on from where the server is."
        )
        self.offset = offset


class UploadDamaged(UploadError):
    pass


class LimitExceeded(ThroughlineError):
    pass


class FileRefused(ThroughlineError):
    pass


class MappingIncomplete(ThroughlineError):
    """A role that is needed has no column; `available` are the columns to choose from."""

    def __init__(self, role: str, available: tuple[str, ...]) -> None:
        names = ", ".join(available[:12]) + (", …" if len(available) > 12 else "")
        super().__init__(f"No column is marked as the {role}.", f"Choose one of: {names}.")
        self.role = role
        self.available = available


class NotReady(ThroughlineError):
    pass


class JobError(ThroughlineError):
    pass


class JobCancelled(JobError):
    def __init__(self) -> None:
        super().__init__("The import was cancelled.", "The files are kept.")


class QueryError(ThroughlineError):
    """`said` is what the engine says of the question, in its own words and on several lines."""

    def __init__(self, problem: str, hint: str = "", said: str = "") -> None:
        super().__init__(problem, hint)
        self.said = said

    def __str__(self) -> str:
        return f"{super().__str__()}\n{self.said}".strip()


class ViewError(ThroughlineError):
    pass
