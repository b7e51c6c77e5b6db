"""Files that lie on the server's disk already, in a folder that its operator offers to everyone who reaches it."""

import os
import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from core.errors import FileRefused, StorageError
from core.files import open_regular

MOST = 1000
"""Files that are listed, the newest first."""


class Offered(NamedTuple):
    """A file in the folder; `size` is in bytes."""

    name: str
    size: int
    changed: datetime


def listed(folder: Path) -> list[Offered]:
    """The regular files of the folder itself, the newest first: no links, no folders, nothing hidden.

    Raises StorageError where the folder cannot be read.
    """
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    about = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(about.st_mode) and not entry.name.startswith("."):
                        changed = datetime.fromtimestamp(about.st_mtime, UTC)
                        found.append(Offered(entry.name, about.st_size, changed))
    except OSError as error:
        raise StorageError(
            "The folder on the server cannot be read.", "Whoever runs it set it in THROUGHLINE_FOLDER."
        ) from error
    return sorted(found, key=lambda one: (one.changed, one.name), reverse=True)[:MOST]


def opened(folder: Path, name: str) -> BinaryIO:
    """A file of the folder, to be read. Raises FileRefused where it has none of that name, or no plain file."""
    if name in {one.name for one in listed(folder)}:
        with suppress(OSError):
            return open_regular(folder / name)
    raise FileRefused("A file is not in the folder on the server any more, or cannot be read.", "Choose again.")
