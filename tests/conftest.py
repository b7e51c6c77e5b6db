"""What many tests share: a store and a service, each on a home folder of its own, and a way to wait for something."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.service import Service
from core.sessions import EVERYONE, SessionStore
from core.settings import Settings

PATIENCE = 60.0


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "leaves_damage: the test damages its store, so that it is not checked at the end"
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def store(home: Path, request: pytest.FixtureRequest) -> Iterator[SessionStore]:
    """A store on `home` that must be whole when the test ends."""
    store = SessionStore(home)
    yield store
    if request.node.get_closest_marker("leaves_damage") is None:
        assert store.check() == []


@pytest.fixture
def service(home: Path, request: pytest.FixtureRequest) -> Iterator[Service]:
    """Throughline on `home`, whose store must be whole and whose jobs are called off when the test ends."""
    service = Service(Settings(home=home))
    yield service
    for one in service.store.active():
        service.cancel(one.id, by=EVERYONE)
    if request.node.get_closest_marker("leaves_damage") is None:
        assert service.store.check() == []


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Wait until a condition holds that another process brings about; only for what gives no event to wait for."""

    def wait(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "what was waited for did not happen"
            time.sleep(0.005)

    return wait
