"""A real server and a real browser, on a home folder of the test's own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 60_000  # milliseconds: only a hung page takes that long
FAILED = pytest.StashKey[bool]()

expect.set_options(timeout=PATIENCE)


class Server:
    """`streamlit run streamlit_app.py`, which may be killed and started again on the same port and home."""

    def __init__(self, home: Path, log: Path, **environment: str) -> None:
        self.home, self.log, self._environment = home, log, environment
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless", "true"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--server.port", str(self.port), "--server.address", "127.0.0.1"],
                cwd=PROJECT,
                env={**os.environ, **self._environment, "THROUGHLINE_HOME": str(self.home)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """kill -9, as a crash would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def kill_with_children(self) -> None:
        """kill -9 of the server and of the jobs it started, as a power cut would."""
        assert self._process is not None
        children = subprocess.run(
            ["pgrep", "-P", str(self._process.pid)], capture_output=True, text=True, check=False
        ).stdout.split()
        self.kill()
        for child in children:
            with_pid = int(child)
            try:
                os.kill(with_pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


@contextmanager
def serving(home: Path, **environment: str) -> Iterator[Server]:
    """A server on `home` with these settings, whose log must hold no traceback at the end."""
    server = Server(home, home.with_name("server.log"), **environment)
    server.start()
    yield server
    server.kill_with_children()
    words = server.log.read_text(errors="replace")
    assert "Traceback" not in words, words


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "home") as server:
        yield server


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        reason = "no Chromium is installed, so no browser test can run"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
    yield browser
    browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def newcomer(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[[], BrowserContext]]:
    """Fresh browsers, as many as are asked for; nothing that they show may ask a foreign host for anything.

    Where the test fails, what their pages showed at last is printed.
    """
    contexts: list[BrowserContext] = []
    foreign: list[str] = []

    def note(url: str) -> None:
        if urlsplit(url).hostname != "127.0.0.1" and not url.startswith(("data:", "blob:")):
            foreign.append(url)

    def come() -> BrowserContext:
        context = chromium.new_context(viewport={"width": 1440, "height": 1600}, accept_downloads=True)
        context.set_default_timeout(PATIENCE)
        context.on("request", lambda request: note(request.url))
        contexts.append(context)
        return context

    yield come
    for context in contexts:
        for page in context.pages if request.node.stash.get(FAILED, False) else ():
            print(f"--- {page.url}\n{page.locator('body').inner_text()}")
        context.close()
    assert foreign == []


@pytest.fixture
def context(newcomer: Callable[[], BrowserContext]) -> BrowserContext:
    return newcomer()


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Page:
    return open_page(context, server.url)


def open_page(context: BrowserContext, url: str) -> Page:
    """A new tab on `url`, once the server listens."""
    listening(url)
    page = context.new_page()
    page.goto(url)
    return page


def listening(url: str) -> None:
    """Wait until somebody listens at the address; nothing is asked, so that the first request stays the browser's."""
    where = urlsplit(url)
    for _ in range(600):
        try:
            socket.create_connection((where.hostname or "", where.port or 80), timeout=PATIENCE / 1000).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.1)
    pytest.fail(f"nothing answers at {url}")
