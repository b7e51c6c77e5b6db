"""A session's own random bytes, for whatever has to be known to nobody but this session's own work."""

import secrets
from pathlib import Path

from core.errors import StorageError
from core.files import atomic_write, read_regular, storage_errors
from core.sessions.record import Session
from core.sessions.shelf import SECRET
from core.sessions.store import SessionStore

_BYTES = 32


def of(store: SessionStore, session_id: str) -> bytes:
    """The secret of the session, made when it is first asked for. Not to be called while the session is held.

    Raises SessionNotFound, StorageError.
    """
    path = store.folder(session_id) / SECRET

    def made(session: Session) -> Session:
        if not path.exists():
            with atomic_write(path) as file:
                file.write(secrets.token_bytes(_BYTES))
        return session

    if not path.exists():
        store.update(session_id, made)
    with storage_errors():
        found = read_regular(path)
    if len(found) != _BYTES:
        raise StorageError(
            "The secret of this session is damaged.",
            "Put the file `.secret` of its folder back as it was, or remove it: then a new one is made.",
        )
    return found


def forget(folder: Path) -> None:
    """Remove the secret of the session in `folder`, which must be held."""
    (folder / SECRET).unlink(missing_ok=True)
