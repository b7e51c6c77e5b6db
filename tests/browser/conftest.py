"""A real server and a real browser, on a home folder of the test's own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 30_000  # milliseconds: only a hung page takes that long

expect.set_options(timeout=PATIENCE)


class Server:
    """`streamlit run streamlit_app.py`, which may be killed and started again on the same port and home."""

    def __init__(self, home: Path, log: Path) -> None:
        self.home, self.log = home, log
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
                env={**os.environ, "THROUGHLINE_HOME": str(self.home)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

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


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "home", tmp_path / "server.log")
    server.start()
    yield server
    server.kill_with_children()
    words = server.log.read_text(errors="replace")
    assert "Traceback" not in words, words


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


@pytest.fixture
def context(chromium: Browser, server: Server) -> Iterator[BrowserContext]:
    """A fresh browser; nothing that it shows may ask a foreign host for anything."""
    context = chromium.new_context(viewport={"width": 1440, "height": 1600}, accept_downloads=True)
    context.set_default_timeout(PATIENCE)
    foreign: list[str] = []

    def note(url: str) -> None:
        if not url.startswith((server.url, server.url.replace("http", "ws"), "data:", "blob:")):
            foreign.append(url)

    context.on("request", lambda request: note(request.url))
    yield context
    context.close()
    assert foreign == []


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Page:
    return open_page(context, server.url)


def open_page(context: BrowserContext, url: str) -> Page:
    """A new tab on `url`, once the server answers."""
    page = context.new_page()
    for _ in range(200):
        try:
            page.goto(url)
            break
        except Exception as error:
            if "ERR_CONNECTION_REFUSED" not in str(error):
                raise
            page.wait_for_timeout(100)
    else:
        pytest.fail(f"nothing answers at {url}")
    return page
