"""Who a session belongs to, and who may see it."""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import StorageError
from core.files import atomic_write, locked, make_folder, read_regular, storage_errors

_BYTES = 32


@dataclass(frozen=True)
class Owner:
    """`key` is what the record stores of its owner: never a secret, at most the hash of one."""

    key: str


SHARED = Owner("shared")
"""Nobody in particular: a session that whoever reaches this server may see and change."""


@dataclass(frozen=True)
class Visitor:
    """Someone who asks for a session.

    `keys` are the owner keys that are theirs; `share` the hash of the share link's secret that they came with, ""
    without one; `sees_all` one of a trusted team, or whoever has a shell on the server.
    """

    keys: frozenset[str] = frozenset()
    share: str = ""
    sees_all: bool = False

    def owns(self, owner: str) -> bool:
        """Whether what belongs to `owner` is theirs to change."""
        return self.sees_all or owner in self.keys or owner == SHARED.key


EVERYONE = Visitor(sees_all=True)
"""One trusted team, which sees and changes all sessions."""


@dataclass(frozen=True)
class Keyring:
    """Issues secrets to visitors, and tells those it issued from all others.

    A secret is 256 random bits and their HMAC under this server's own key; owners are named by a hash of it.
    """

    key: bytes = field(repr=False)

    @classmethod
    def at(cls, home: Path) -> "Keyring":
        """The keyring of the server on `home`, which keeps its key in the file `key` there. Raises StorageError."""
        path = make_folder(home) / "key"
        with storage_errors(), locked(home / "key.lock"):
            if not path.exists():
                with atomic_write(path) as file:
                    file.write(secrets.token_bytes(_BYTES))
            key = read_regular(path)
        if len(key) != _BYTES:
            raise StorageError(
                "The key by which this server knows its visitors is damaged.",
                "Put the file `key` back as it was. If it is removed, a new one is made, which knows none of them.",
            )
        return cls(key)

    @property
    def name(self) -> str:
        """What this server's cookie is called: cookies know no port, so that two servers need two names."""
        return f"throughline_{self._mac('name', '')[:8].lower().replace('-', '0').replace('_', '1')}"

    def issue(self) -> str:
        """A new secret."""
        drawn = secrets.token_urlsafe(_BYTES)
        return f"{drawn}.{self._mac('owner', drawn)}"

    def owner(self, secret: str) -> Owner | None:
        """Whom the secret names; None where this server did not issue it."""
        drawn, _, mac = secret.partition(".")
        if not _same(mac, self._mac("owner", drawn)):
            return None
        return Owner(f"browser:{hashed(drawn)}")

    def ticket(self, purpose: str, seconds: float) -> str:
        """A text that stands for `purpose` for that long, and that nobody else can make."""
        until = f"{int(time.time() + seconds)}"
        return f"{until}.{self._mac('ticket', f'{until}:{purpose}')}"

    def admits(self, ticket: str, purpose: str) -> bool:
        """Whether `ticket` was made for `purpose` and has not run out."""
        until, _, mac = ticket.partition(".")
        is_number = until.isascii() and until.isdecimal()  # nothing of the purpose, which the MAC covers as well
        genuine = is_number and _same(mac, self._mac("ticket", f"{until}:{purpose}"))
        return genuine and int(until) >= time.time()

    def _mac(self, use: str, text: str) -> str:
        digest = hmac.digest(self.key, f"{use}:{text}".encode(errors="replace"), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def signed_in(issuer: str, subject: str) -> Owner:
    """The owner that a login provider vouches for, by the provider's name for them."""
    return Owner("user:" + hashed(f"{len(issuer)}:{issuer}{subject}"))


def hashed(secret: str) -> str:
    """What is stored of a secret. It has too many bits to be guessed, so that a plain hash tells nothing of it."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), right.encode())
