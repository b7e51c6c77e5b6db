"""Uploads over real connections to real processes, one of which is killed in the middle of a piece."""

import hashlib
import http.client
import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from core import receiving
from core.service import PROJECT
from core.sessions import Keyring, Owner, SessionStore, Visitor, arrivals, uploads

CHUNK = 64 * 1024  # as receiver.py has it
FILE = random.Random(5).randbytes(5 * CHUNK + 777)
SHA256 = hashlib.sha256
Start = Callable[..., "Receiver"]


class Receiver:
    """A process that receives on `home`, and a browser with a cookie of that home."""

    def __init__(self, home: Path, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        self.home, self.process, self.port = home, process, int(process.stdout.readline())
        self.keyring = Keyring.at(home)

    def visitor(self) -> tuple[Owner, dict[str, str]]:
        """Somebody new, and the headers that their browser sends."""
        secret = self.keyring.issue()
        owner = self.keyring.owner(secret)
        assert owner is not None
        headers = {"Cookie": f"{self.keyring.name}={secret}", "Sec-Fetch-Site": "same-origin"}
        return owner, headers | {"Upload-Pass": receiving.admission(self.keyring, owner, "", owner)}

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, dict[str, object]]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        line.request(method, f"/calls/upload{path}", body, headers)
        answer = line.getresponse()
        data = answer.read()
        line.close()
        return answer.status, json.loads(data)

    def begin(self, headers: dict[str, str], size: int = len(FILE)) -> str:
        status, told = self.ask("POST", "", headers, json.dumps({"name": "../../march.csv", "size": size}).encode())
        assert (status, told["offset"], told["chunk"], told["name"]) == (201, 0, CHUNK, "march.csv")
        return str(told["id"])

    def send(self, headers: dict[str, str], part: str, number: int) -> tuple[int, dict[str, object]]:
        piece = FILE[number * CHUNK : (number + 1) * CHUNK]
        said = {"Upload-Offset": str(number * CHUNK), "Upload-Sum": SHA256(piece).hexdigest()}
        return self.ask("PATCH", f"/{part}", headers | said, piece)

    def finish(self, headers: dict[str, str], part: str) -> tuple[int, dict[str, object]]:
        sums = [SHA256(FILE[start : start + CHUNK]).digest() for start in range(0, len(FILE), CHUNK)]
        return self.ask("POST", f"/{part}", headers | {"Upload-Sum": SHA256(b"".join(sums)).hexdigest()})


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    begun: list[subprocess.Popen[str]] = []

    def begin(file_bytes: int = 1 << 30) -> Receiver:
        process = subprocess.Popen(
            [sys.executable, str(PROJECT / "tests" / "core" / "receiver.py"), str(home), str(file_bytes)],
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        begun.append(process)
        return Receiver(home, process)

    yield begin
    for process in begun:
        process.kill()
        process.wait()


def test_a_server_killed_in_the_middle_of_a_piece_keeps_what_it_acknowledged(start: Start, home: Path) -> None:
    first, second = start(), start()
    owner, headers = first.visitor()
    part = first.begin(headers)
    assert [first.send(headers, part, number)[1]["offset"] for number in (0, 1)] == [CHUNK, 2 * CHUNK]
    with socket.create_connection(("127.0.0.1", first.port)) as line:
        head = {**headers, "Upload-Offset": str(2 * CHUNK), "Upload-Sum": "0" * 64, "Content-Length": str(CHUNK)}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        line.sendall(f"PATCH /calls/upload/{part} HTTP/1.1\r\nHost: here\r\n{lines}\r\n".encode())
        line.sendall(FILE[2 * CHUNK : 2 * CHUNK + CHUNK // 2])
        # The server has read the half when it hands over what came before on a second line.
        assert first.ask("GET", f"/{part}", headers)[1]["offset"] == 2 * CHUNK
        first.process.kill()
        first.process.wait()
        with suppress(OSError):
            line.recv(1)

    # Another process on the same folder knows how far it is, and so would the same one, started again.
    third = start()
    for there in (second, third):
        status, told = there.ask("GET", f"/{part}", headers)
        assert (status, told["offset"]) == (200, 2 * CHUNK)
    answers = [(second if number % 2 else third).send(headers, part, number)[0] for number in range(2, 6)]
    assert answers == [200] * 4
    status, told = second.finish(headers, part)
    assert (status, told["sha256"]) == (200, SHA256(FILE).hexdigest())
    store = SessionStore(home)
    session = arrivals.take(store, owner, [part], owner=owner, by=Visitor(frozenset({owner.key})), name="march")
    assert uploads.path_of(store, session.id, session.files[0]).read_bytes() == FILE
    assert third.ask("GET", "", headers) == (200, {"chunk": CHUNK, "uploads": []})


def test_what_goes_wrong_is_said_and_where_to_go_on(start: Start) -> None:
    receiver = start(len(FILE))
    _, headers = receiver.visitor()
    part = receiver.begin(headers)
    assert receiver.send(headers, part, 1) == (
        409,
        {
            "problem": "This is not the piece of the file that comes next.",
            "hint": "The browser goes on from where the server is.",
            "offset": 0,
        },
    )
    wrong = {**headers, "Upload-Offset": "0", "Upload-Sum": SHA256(b"else").hexdigest()}
    assert receiver.ask("PATCH", f"/{part}", wrong, FILE[:CHUNK])[0] == 422
    assert receiver.ask("PATCH", f"/{part}", wrong, FILE[: CHUNK + 1])[0] == 422
    assert receiver.ask("GET", f"/{part}", headers)[1]["offset"] == 0
    status, told = receiver.ask("POST", "", headers, json.dumps({"name": "x" * 999, "size": len(FILE) + 1}).encode())
    assert status == 413
    assert "THROUGHLINE_FILE_MB" in str(told["hint"])
    for odd in (b"", b"{", b'{"name": 1, "size": 2}', b'{"name": "a", "size": -1}', b'{"name": "a", "size": "b"}'):
        assert receiver.ask("POST", "", headers, odd)[0] == 422
    assert receiver.ask("POST", "", headers, b" " * 20_000)[0] == 413
    assert receiver.ask("DELETE", f"/{part}", headers) == (200, {})
    assert receiver.send(headers, part, 0)[0] == 404


def test_only_a_page_of_ours_in_its_visitors_browser_may_send(start: Start) -> None:
    receiver = start()
    anna, headers = receiver.visitor()
    ben, others = receiver.visitor()
    part = receiver.begin(headers)
    never = receiver.ask("GET", f"/{'0' * 32}", headers)
    assert never[0] == 404
    assert receiver.ask("GET", f"/{part}", others) == never
    assert receiver.send(others, part, 0) == never
    assert receiver.ask("DELETE", f"/{part}", others) == never
    assert receiver.ask("GET", "", others) == (200, {"chunk": CHUNK, "uploads": []})

    elsewhere = Keyring(b"x" * 32)
    cookie = headers["Cookie"]
    without = {name: value for name, value in headers.items() if name != "Upload-Pass"}
    for forged in (
        without,
        {**headers, "Sec-Fetch-Site": "cross-site"},
        {**headers, "Sec-Fetch-Site": "same-site"},
        {**without, "Upload-Pass": headers["Upload-Pass"], "Sec-Fetch-Site": "", "Origin": "http://evil.example"},
        {**headers, "Cookie": others["Cookie"]},  # Anna's pass in Ben's browser
        {**headers, "Cookie": ""},
        {**headers, "Upload-Pass": f"{anna.key} {others['Upload-Pass'].partition(' ')[2]}"},
        {**headers, "Upload-Pass": receiving.admission(elsewhere, anna, "", anna)},
        {**headers, "Upload-Pass": receiving.admission(receiver.keyring, anna, "", ben)},
        {"Cookie": cookie, "Upload-Pass": ""},
    ):
        status, told = receiver.ask("GET", f"/{part}", forged)
        assert (status, told["problem"]) == (403, "This page may not send files any more.")
    at_home = {**without, "Upload-Pass": headers["Upload-Pass"], "Sec-Fetch-Site": ""}
    assert receiver.ask("GET", f"/{part}", {**at_home, "Origin": f"http://127.0.0.1:{receiver.port}"})[0] == 200
