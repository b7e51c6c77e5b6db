"""The one way to write a file, to lock, and to read what someone else may have put in its place."""

import errno
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from filelock import lock_descriptor, unlock_descriptor

from core.errors import StorageError, StorageFull, StorageReadOnly

FOLDER_MODE = 0o700
FILE_MODE = 0o600
POLL = 0.002  # seconds between attempts at a lock

_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn an OSError of a write into a StorageError in plain words."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(
                "The disk is full, so nothing was changed.",
                "Free some space and try again; what was there is kept.",
            ) from error
        if error.errno in _READ_ONLY:
            raise StorageReadOnly(
                "The storage folder cannot be written to.", "Check its permissions; what was there is kept."
            ) from error
        raise StorageError("The storage did not accept the change.", "What was there before is kept.") from error


@contextmanager
def atomic_write(path: Path, *, durable: bool = True) -> Iterator[BinaryIO]:
    """Write `path` so that a reader sees the old file or the new one, also after a crash or a full disk.

    What is not `durable` survives the death of this process, but may be the old file again after a power cut; it is
    for what is written twice a second and soon worth nothing.

    The temporary file has one fixed name beside `path`, so writers of the same path must hold a lock, and a crash
    leaves at most one, which the next writer removes. Raises StorageError; the old file then stands as it was.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    with storage_errors():
        try:
            temporary.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(temporary, flags, FILE_MODE), "wb") as file:
                yield file
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        if durable:
            sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make what another library wrote to `path` durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable, where the system can (Windows opens no folders)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_regular(path: Path | str) -> bytes:
    """The bytes of a regular file; a link, folder, pipe or device in its place is an OSError, never followed."""
    return read_with_stat(path)[0]


def open_regular(path: Path | str) -> BinaryIO:
    """A regular file, to be read; a link, folder, pipe or device in its place is an OSError, never followed."""
    descriptor = os.open(path, _READ)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file")
    return os.fdopen(descriptor, "rb")


def read_with_stat(path: Path | str) -> tuple[bytes, os.stat_result]:
    """`read_regular`, and what the system knows of just that file."""
    descriptor = os.open(path, _READ)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        data = b""  # through a file object it would take twice as long, and thousands of small files are read
        while (left := found.st_size - len(data)) > 0 and (more := os.read(descriptor, left)):
            data += more
        return data, found
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path | str, *, timeout: float | None = None) -> Iterator[bool]:
    """Hold an exclusive lock on `path` against all threads and processes; the kernel frees it if we die.

    Yields whether the lock was had within `timeout` seconds; without a timeout it waits and always is. The lock file
    stays where it is. Its folder must exist: none is made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), FILE_MODE)
    try:
        mine = _lock(descriptor, timeout)
        try:
            yield mine
        finally:
            if mine:  # closing alone would leave it with a child process that is just being started
                unlock_descriptor(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, timeout: float | None) -> bool:
    if timeout is None:
        return lock_descriptor(descriptor, poll_interval=POLL)
    deadline = time.monotonic() + timeout
    while not lock_descriptor(descriptor, blocking=False):
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL)
    return True


def twin(source: Path, target: Path) -> None:
    """The same file in another folder: what it holds never changes, so one copy on disk is enough where that works."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
        target.chmod(FILE_MODE)
        sync_file(target)


def make_folder(path: Path, *, parents: bool = True) -> Path:
    """Make `path`, and its missing parents where `parents`, readable by nobody else whatever the umask is."""
    with storage_errors():
        missing = [folder for folder in (path, *(path.parents if parents else ())) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        if missing:
            path.chmod(FOLDER_MODE)
    return path


def remove_folder(path: Path) -> None:
    """Remove a folder and all in it; nothing happens where there is none. Raises StorageError."""
    with storage_errors(), suppress(FileNotFoundError):
        shutil.rmtree(path)
