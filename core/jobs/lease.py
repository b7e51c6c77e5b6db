"""Who works on a session: the holder of a kernel lock, which a dead process cannot go on holding."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.files import FILE_MODE, locked, make_folder, storage_errors

LOCK, HOLDER = ".job.lock", ".job.holder.lock"
PATIENCE = 2.0  # seconds: a look at the lock by `is_held` must not cost a worker its turn


@contextmanager
def lease(folder: Path) -> Iterator[bool]:
    """Hold the lease on the session in `folder`; yields whether it is ours. Raises StorageError where it cannot be."""
    with locked(folder / LOCK, timeout=PATIENCE) as mine:
        if mine:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            with storage_errors(), os.fdopen(os.open(folder / HOLDER, flags, FILE_MODE), "w") as holder:
                holder.write(f"{socket.gethostname()} {os.getpid()}")
        yield mine


def is_held(folder: Path) -> bool:
    """Whether a living process works on the session in `folder`."""
    try:
        with locked(folder / LOCK, timeout=0) as free:
            return not free
    except FileNotFoundError:
        return False


def evict(folder: Path) -> bool:
    """Kill the process that holds the lease on the session in `folder`; whether it is one of this machine's."""
    with suppress(OSError, ValueError):
        host, pid = (folder / HOLDER).read_text().split()
        if host == socket.gethostname() and is_held(folder):
            os.kill(int(pid), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
            return True
    return False


@contextmanager
def seat(root: Path, seats: int) -> Iterator[bool]:
    """Hold one of the `seats` for jobs at once under `root`; yields whether one was free."""
    chairs = make_folder(root / "seats")
    for number in range(seats):
        with locked(chairs / f"{number}.lock", timeout=0) as mine:
            if mine:
                yield True
                return
    yield False
