"""Links by which others read a session: made, listed, revoked. A link's token names the session and holds a secret."""

import secrets
import uuid
from datetime import timedelta

import msgspec

from core.errors import LimitExceeded, SessionNotFound
from core.sessions.owners import hashed
from core.sessions.record import Session, Share, utc_now
from core.sessions.store import SessionStore

_MOST = 100
_ID_LENGTH = 32


def share(store: SessionStore, session_id: str, *, lasts: timedelta | None = None) -> str:
    """A new link's token, which is told this once only; without `lasts` it has no end but a revocation."""
    secret = secrets.token_urlsafe(32)
    moment = utc_now()
    made = Share(hash=hashed(secret), made=moment, expires=None if lasts is None else moment + lasts)

    def change(session: Session) -> Session:
        kept = tuple(one for one in session.shares if one.is_live(moment))
        if len(kept) >= _MOST:
            raise LimitExceeded(f"A session has at most {_MOST} links.", "Revoke some that are not needed.")
        return msgspec.structs.replace(session, shares=(*kept, made))

    store.update(session_id, change)
    return f"{uuid.UUID(session_id).hex}{secret}"


def revoke(store: SessionStore, session_id: str, share_hash: str) -> Session:
    """Take a link back; who holds it is told that there is no such session."""

    def change(session: Session) -> Session:
        kept = tuple(one for one in session.shares if one.hash != share_hash)
        return msgspec.structs.replace(session, shares=kept)

    return store.update(session_id, change)


def read_token(token: str) -> tuple[str, str]:
    """The session's id and the hash of the secret in a link's token. Raises SessionNotFound for what is no token."""
    named, secret = token[:_ID_LENGTH], token[_ID_LENGTH:]
    if not (len(named) == _ID_LENGTH and secret and named.isascii()):
        raise SessionNotFound
    try:
        return str(uuid.UUID(hex=named)), hashed(secret)
    except ValueError:
        raise SessionNotFound from None
