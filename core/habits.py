"""What each owner chose for files with a header, so that the next session with such a file begins with it.

<home>/choices/<hash of the owner's key>.json    the owner's choices, the newest last
<home>/choices/lock                              whoever writes one of them holds it

No name of a column is kept: a header is a hash, and a column is its place in it.
"""

import hashlib
import logging
from collections.abc import Collection
from pathlib import Path

import msgspec

from core.errors import StorageError
from core.files import atomic_write, locked, make_folder, read_regular, storage_errors
from core.ingest.mapping import Content, Group, Role
from core.plan import Choices, choices, header_groups, with_earlier
from core.sessions import SHARED, Session
from core.settings import Access, Settings

log = logging.getLogger("throughline.habits")

MOST_BYTES = 64 * 1024
"""Of one owner's file; the oldest choices go first."""
MOST_OWNERS = 2000
"""Files in the folder; those that were not written for longest go first."""


class _Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Choices with columns as their places in the header, from 0."""

    roles: dict[int, Role] = {}
    pseudonyms: dict[int, bool] = {}
    date_format: str = ""
    content: Content | None = None


_FILE = msgspec.json.Decoder(dict[str, _Kept])


class Habits:
    """The choices of all owners on one home folder. One owner's are never another's.

    What belongs to everybody has habits only where everybody is one team.
    """

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.home / "choices"
        self._is_team = settings.access is Access.SHARED

    def recalled(self, session: Session, new_files: Collection[str]) -> Session:
        """The session with what its owner chose before for headers that only `new_files` (ids) bring to it."""
        fresh = [
            group
            for group in header_groups(session)
            if group.key not in session.plan and set(group.file_ids) <= set(new_files)
        ]
        kept = self._read(session.owner) if fresh and self._has_habits(session) else {}
        for group in fresh:
            if group.key in kept:
                session = with_earlier(session, group.key, _named(kept[group.key], group))
        return session

    def remember(self, session: Session, key: str) -> None:
        """Keep what was chosen for the files of `session` whose header has `key`; nothing chosen is forgotten.

        It is a comfort: where the disk takes no more, the log is told and nothing else happens.
        """
        group = next((group for group in header_groups(session) if group.key == key), None)
        if group is None or not self._has_habits(session):
            return
        chosen = _placed(choices(session, key).whole, group)
        try:
            with storage_errors(), locked(make_folder(self._folder) / "lock"):
                kept = {one: known for one, known in self._read(session.owner).items() if one != key}
                self._write(session.owner, kept if chosen == _Kept() else {**kept, key: chosen})
        except StorageError as error:
            log.warning("choices could not be remembered: %s", error)

    def _has_habits(self, session: Session) -> bool:
        return self._is_team or session.owner != SHARED.key

    def _path(self, owner: str) -> Path:
        return self._folder / f"{hashlib.sha256(owner.encode()).hexdigest()}.json"

    def _read(self, owner: str) -> dict[str, _Kept]:
        try:
            return _FILE.decode(read_regular(self._path(owner)))
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            log.warning("choices cannot be read, and are guessed anew: %s", error)
            return {}

    def _write(self, owner: str, kept: dict[str, _Kept]) -> None:
        encoded = msgspec.json.encode(kept)
        while len(encoded) > MOST_BYTES:
            kept.pop(next(iter(kept)))
            encoded = msgspec.json.encode(kept)
        path = self._path(owner)
        if not path.exists():
            self._make_room()
        with atomic_write(path) as file:
            file.write(encoded)

    def _make_room(self) -> None:
        files = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in files[: max(0, len(files) - MOST_OWNERS + 1)]:
            path.unlink(missing_ok=True)


def _placed(chosen: Choices, group: Group) -> _Kept:
    places = {column.name: place for place, column in enumerate(group.columns)}
    roles = {places[name]: role for name, role in chosen.roles.items() if name in places}
    pseudonyms = {places[name]: one for name, one in chosen.pseudonyms.items() if name in places}
    return _Kept(roles=roles, pseudonyms=pseudonyms, date_format=chosen.date_format, content=chosen.content)


def _named(kept: _Kept, group: Group) -> Choices:
    names = dict(enumerate(column.name for column in group.columns))
    roles = {names[place]: role for place, role in kept.roles.items() if place in names}
    pseudonyms = {names[place]: one for place, one in kept.pseudonyms.items() if place in names}
    return Choices(roles=roles, pseudonyms=pseudonyms, date_format=kept.date_format, content=kept.content)
