import importlib.util
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from types import ModuleType

import pytest

from core.files import locked
from core.jobs import Runner
from core.sessions import SHARED, Session, SessionStore

CHILD = Path(__file__).with_name("child.py")
PROJECT = CHILD.parents[3]
ENVIRONMENT = {"PYTHONPATH": str(PROJECT)}
PATIENCE = 60.0


@pytest.fixture(scope="session")
def child() -> ModuleType:
    """The module `child.py`, for its kinds of job."""
    spec = importlib.util.spec_from_file_location("jobs_child", CHILD)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def start() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start `child.py` with arguments; it is ended with the test."""
    with ExitStack() as stack:

        def start(*arguments: object) -> "subprocess.Popen[str]":
            process = subprocess.Popen(
                [sys.executable, str(CHILD), *map(str, arguments)],
                env={**os.environ, **ENVIRONMENT},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start


class Pipes:
    """Both ends of the pipes of jobs of the kind `wait`, so that nobody is kept waiting for the other to open them."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._started = self._pipe("started")
        self._go: dict[str, int] = {}
        self._told: list[str] = []
        self.pids: list[int] = []

    def _pipe(self, name: str) -> int:
        os.mkfifo(self._home / name)
        return os.open(self._home / name, os.O_RDWR)

    def expect(self, session: Session) -> None:
        self._go[session.id] = self._pipe(f"{session.id}.go")

    def started(self) -> tuple[str, int]:
        """The session and the process of the next job that waits."""
        while not self._told:
            assert select.select([self._started], [], [], PATIENCE)[0], "no job has started"
            self._told += os.read(self._started, 65536).decode().splitlines()
        session_id, pid = self._told.pop(0).split()
        self.pids.append(int(pid))
        return session_id, int(pid)

    def go(self, session: Session) -> None:
        os.write(self._go[session.id], b".")

    def close(self) -> None:
        for descriptor in (self._started, *self._go.values()):
            os.close(descriptor)


@pytest.fixture
def pipes(store: SessionStore, home: Path) -> Iterator[Pipes]:
    pipes = Pipes(home)
    yield pipes
    pipes.close()
    for pid in pipes.pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def make(store: SessionStore, pipes: Pipes) -> Callable[[str], Session]:
    """Make a session that may have a job of the kind `wait`."""

    def make(name: str) -> Session:
        session = store.create(name, owner=SHARED)
        pipes.expect(session)
        return session

    return make


@pytest.fixture
def command(home: Path) -> Callable[[str], list[str]]:
    """The command line that does a session's job."""
    return lambda session_id: [sys.executable, str(CHILD), "work", str(home), session_id]


@pytest.fixture
def runner(
    store: SessionStore, home: Path, child: ModuleType, command: Callable[[str], list[str]]
) -> Callable[..., Runner]:
    """Make a runner, as each server process has one."""

    def make(at_once: int = 1, command: Callable[[str], list[str]] = command, **options: float) -> Runner:
        return Runner(
            store,
            home,
            kinds=child.kinds(home),
            at_once=at_once,
            command=command,
            environment=ENVIRONMENT,
            folder=home,
            **options,
        )

    return make


@pytest.fixture
def freed(store: SessionStore) -> Callable[[Session], None]:
    """Wait until nobody works on a session any more."""

    def wait(session: Session) -> None:
        with locked(store.folder(session.id) / ".job.lock", timeout=PATIENCE) as free:
            assert free

    return wait
