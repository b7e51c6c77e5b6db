"""A large file through a real browser, interrupted twice: `python -m benchmarks.uploads FILE [--import]`.

Starts the server on a temporary home and drops FILE (such as `benchmarks.big_log` draws) in Chromium. At a third the
page is loaded again and the file chosen again; at two thirds the server is killed with kill -9, and started again after
ten seconds. Prints how long it took beside the same bytes read, hashed and copied durably in pieces of the same size,
by how much the memory of the server grew, how many pieces were sent more than once, and whether the hashes agree. With
`--import` the session is processed as well, and the most memory of an import's process is printed.

Exits with 1 where the server grew by 60 MB or more, more than four pieces were sent twice, or the hashes differ.
"""

import argparse
import hashlib
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Page, Request, expect, sync_playwright

from core.sessions import SessionStore
from core.settings import MB, Settings
from core.text import file_size
from tests.browser.conftest import ARGUMENTS, NAMES, Server, listening
from tests.browser.steps import process, session_of, upload

MOST_GROWTH = 60 * MB
MOST_AGAIN = 4  # pieces: one that was under way at each interruption, and what was read ahead
OUTAGE = 10.0  # seconds
LONG = 3_600_000  # milliseconds
_PIECE = Settings(home=Path()).chunk


class Memory(threading.Thread):
    """The most resident memory that the server and its children were seen with, in bytes."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self._server, self.server, self.children = server, 0, 0

    def now(self) -> int:
        return _resident(self._server.pid)

    def run(self) -> None:
        while True:
            self.server = max(self.server, self.now())
            self.children = max([self.children, *map(_resident, _children(self._server.pid))])
            time.sleep(0.05)


def _resident(pid: int) -> int:
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("VmRSS")).split()[1])
    return 0


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _hashed(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def peer(source: Path, folder: Path) -> float:
    """Seconds to read, hash and copy the file in pieces, each synced before the next."""
    began = time.monotonic()
    with source.open("rb") as file, (folder / "peer").open("wb") as copy:
        while piece := file.read(_PIECE):
            hashlib.sha256(piece).digest()
            copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
    (folder / "peer").unlink()
    return time.monotonic() - began


def _until(page: Page, server: Server, share: float, size: int) -> None:
    """Wait until as much of the file is safe on the server's disk."""
    parts = SessionStore(server.home).parts
    while sum(path.stat().st_size for path in parts.root.glob("*/*/received")) // 32 * _PIECE < share * size:
        page.wait_for_timeout(50)


def run(source: Path, folder: Path, *, to_the_end: bool) -> bool:
    """Do it, print it; whether all bounds hold."""
    size, sent = source.stat().st_size, [0]
    server = Server(folder / "home", folder / "server.log")
    memory = Memory(server)

    def count(request: Request) -> None:
        if request.method == "PATCH":
            offset = int(request.headers["upload-offset"])
            sent[0] += min(_PIECE, size - offset)

    server.start()
    listening(server.url)
    with sync_playwright() as playwright:
        found = next(path for name in NAMES if (path := shutil.which(name)))
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        page = browser.new_page()
        page.set_default_timeout(LONG)
        expect.set_options(timeout=LONG)
        page.on("request", count)
        page.goto(server.url)
        expect(page.get_by_role("button", name="Try sample calls")).to_be_visible()
        page.wait_for_timeout(3000)
        before = memory.now()
        memory.start()
        began = time.monotonic()
        upload(page, source)
        _until(page, server, 1 / 3, size)
        page.reload()
        expect(page.get_by_text("Choose the same file again")).to_be_visible()
        upload(page, source)
        _until(page, server, 2 / 3, size)
        server.kill()
        time.sleep(OUTAGE)
        server.start()
        page.wait_for_url(re.compile("session="))
        took = time.monotonic() - began
        growth = memory.server - before
        session_id = session_of(page)
        (file,) = SessionStore(server.home).read(session_id).files
        agree = file.sha256 == _hashed(source) == _hashed(server.home / f"sessions/{session_id}/uploads/{file.id}")
        again = (sent[0] - size) / _PIECE
        alone = peer(source, folder)
        print(
            f"{file_size(size)} in {took:.0f} s, with {OUTAGE:.0f} s of outage and one reload; the peer {alone:.0f} s"
        )
        print(f"server: {file_size(before)} before, {file_size(memory.server)} at most, {growth / MB:.1f} MB more")
        print(f"sent more than once: {again:.1f} pieces of {file_size(_PIECE)}; hashes agree: {agree}")
        if to_the_end:
            began = time.monotonic()
            process(page)
            expect(page.get_by_role("heading", name="Summary", exact=True)).to_be_visible()
            print(
                f"looked at and imported in {time.monotonic() - began:.0f} s, with {file_size(memory.children)} at most"
            )
        browser.close()
    server.kill_with_children()
    return growth < MOST_GROWTH and again <= MOST_AGAIN and agree


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.uploads", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--import", action="store_true", dest="to_the_end")
    parser.add_argument(
        "--folder", type=Path, help="on which disk; without it, the system's folder for temporary files"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        sys.exit(0 if run(given.file, Path(folder), to_the_end=given.to_the_end) else 1)


if __name__ == "__main__":
    main()
