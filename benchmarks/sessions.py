"""The session store against the bare calls of the system that it is made of: python -m benchmarks.sessions

Every figure stands beside its peer, which is measured in turns with it, on the same folder and so on the same disk. Of
each the best round counts. The exit code is 1 where a bound does not hold.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from core.sessions import SHARED, Owner, Session, SessionStore, Status, StoredFile, Visitor, housekeeping, utc_now
from core.sessions.record import encode
from core.sessions.shelf import LOCK, OWNER, RECORD, Shelf
from core.settings import DAY, Limits

ROUNDS = 5
SESSIONS = 10_000
RECORD_BYTES = 5000
WRITES = 40  # in a round
READS = 2000
REMOVED = 500

LIMITS = Limits()
OURS = Owner("browser:" + "0" * 64)
VISITOR = Visitor(frozenset({OURS.key}))


class Figure(NamedTuple):
    """Seconds that `what` and its `peer` took; `most` is the bound, as a ratio or in `seconds`, None without one."""

    what: str
    seconds: float
    peer: str
    peer_seconds: float
    most_ratio: float | None = None
    most_seconds: float | None = None

    @property
    def ratio(self) -> float:
        return self.seconds / self.peer_seconds

    @property
    def holds(self) -> bool:
        return (self.most_ratio is None or self.ratio <= self.most_ratio) and (
            self.most_seconds is None or self.seconds <= self.most_seconds
        )

    def __str__(self) -> str:
        bound = f"at most {self.most_ratio:g} times" if self.most_ratio else "-"
        if self.most_seconds:
            bound = f"at most {self.most_seconds:g} s"
        verdict = "" if self.holds else "  DOES NOT HOLD"
        return (
            f"{self.what:<44}{_time(self.seconds):>9}  {self.peer:<40}{_time(self.peer_seconds):>9}"
            f"{self.ratio:>8.2f}  {bound}{verdict}"
        )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sessions", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, help="where to work, on the disk to be measured; the system's by default"
    )
    parser.add_argument("--sessions", type=int, default=SESSIONS, help=f"to list and to sweep ({SESSIONS:,})")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of which the best counts ({ROUNDS})")
    given = parser.parse_args(arguments)
    print(f"{'what':<44}{'time':>9}  {'peer':<40}{'time':>9}{'ratio':>8}  bound")
    found = []
    with tempfile.TemporaryDirectory(prefix="throughline-benchmark-", dir=given.folder) as folder:
        for measure in (one_session, listing, sweeping):
            home = Path(folder) / measure.__name__
            for figure in measure(home, given.sessions, given.rounds):
                print(figure, flush=True)
                found.append(figure)
            shutil.rmtree(home)
    return 0 if all(figure.holds for figure in found) else 1


def one_session(home: Path, n_sessions: int, rounds: int) -> list[Figure]:
    """Changing, reading and making one session whose record has 5 KB."""
    store = SessionStore(home)
    made = store.create("one", owner=SHARED, fill=lambda folder, fresh: _filled(fresh))
    record = store.folder(made.id) / RECORD
    data, beside = record.read_bytes(), home / "peer"
    beside.mkdir()

    def updated() -> None:
        store.update(made.id, lambda now: msgspec.structs.replace(now, found={"n": now.version}))

    update, write = _best(rounds, WRITES, updated, lambda: durable_write(beside / "record", data))
    get, read = _best(rounds, READS, lambda: store.get(made.id, by=VISITOR), record.read_bytes)
    create, again = _best(
        rounds,
        WRITES,
        lambda: store.create("another", owner=SHARED),
        lambda: durable_write(beside / "record", data),
    )
    return [
        Figure("update of a record of 5 KB", update, "durable write of the same bytes", write, most_ratio=2.5),
        Figure("get of the same", get, "reading the same file", read),
        Figure("create of an empty session", create, "durable write of one file of 5 KB", again),
    ]


def listing(home: Path, n_sessions: int, rounds: int) -> list[Figure]:
    """Listing many sessions, all of one visitor: by a store that never saw them, and by one that did."""
    fill(home, n_sessions)
    known = SessionStore(home)

    def listed(store: SessionStore) -> None:
        assert len(store.list_sessions(by=VISITOR)) == n_sessions

    listed(known)
    peer = "scandir, and stat of folder and record"
    first, look = _best(rounds, 1, lambda: listed(SessionStore(home)), lambda: walk(home / "sessions"))
    again, look_again = _best(rounds, 1, lambda: listed(known), lambda: walk(home / "sessions"))
    return [
        Figure(f"first listing of {n_sessions:,} sessions", first, peer, look, most_seconds=0.6),
        Figure("listing them again", again, peer, look_again, most_seconds=0.6),
    ]


def sweeping(home: Path, n_sessions: int, rounds: int) -> list[Figure]:
    """Sweeping a home half of whose sessions have expired, by a store that knows them, as a server's does.

    A sweep moves aside and then removes. After the first they are out of everyone's sight; how long the second takes is
    up to the file system.
    """
    fill(home, n_sessions)
    shelf, discarded, moment = Shelf(home / "sessions"), Shelf(home / "deleted"), utc_now().timestamp()
    half = shelf.ids()[::2]
    for session_id in half:
        os.utime(shelf.path(session_id, LOCK), (moment - LIMITS.idle - DAY,) * 2)

    def aside() -> None:
        report = housekeeping.set_aside(home, shelf, discarded, LIMITS, moment, moment)
        assert list(report.expired) == half

    sweeps, looks = [], []
    for _ in range(rounds):
        assert sum(1 for _ in shelf.summaries()) == n_sessions
        looks.append(_timed(lambda: walk(shelf.root)))
        sweeps.append(_timed(aside))
        for session_id in half:
            (home / "trash" / session_id).rename(shelf.folder(session_id))

    removals, peers = [], []
    for _ in range(rounds):
        for folder in (home / "trash", home / "peer"):
            for session_id in half[:REMOVED]:
                shutil.copytree(shelf.folder(session_id), folder / session_id)
        removals.append(_timed(lambda: housekeeping.empty(home, moment)))
        peers.append(_timed(lambda: shutil.rmtree(home / "peer")))
        assert list((home / "trash").iterdir()) == []
    return [
        Figure(
            f"sweep: {len(half):,} of {n_sessions:,} sessions moved aside",
            min(sweeps),
            "scandir, and stat of folder and record",
            min(looks),
            most_seconds=0.6,
        ),
        Figure(f"sweep: {REMOVED:,} of them removed", min(removals), "rmtree of the same", min(peers)),
    ]


def durable_write(path: Path, data: bytes) -> None:
    """The least that makes a file's new content survive a power cut, and never be seen by halves."""
    temporary = path.with_suffix(".tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.write(descriptor, data)
    os.fsync(descriptor)
    os.close(descriptor)
    temporary.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def walk(folder: Path) -> None:
    """The least that tells whether anything changed: a look at each folder and at its record."""
    with os.scandir(folder) as entries:
        for entry in entries:
            entry.stat()
            os.stat(f"{entry.path}/{RECORD}")  # noqa: PTH116 (nothing shall slow down the peer)


def fill(home: Path, number: int) -> None:
    """Put sessions with records of 5 KB into a new home, without the syncing that the store would do for each."""
    (home / "sessions").mkdir(parents=True)
    moment = utc_now() - timedelta(days=2)
    for _ in range(number):
        fresh = Session(id=str(uuid.uuid4()), name="Calls", owner=OURS.key, created=moment, updated=moment, version=1)
        folder = home / "sessions" / fresh.id
        folder.mkdir()
        for name, data in ((OWNER, OURS.key.encode()), (LOCK, b""), (RECORD, encode(_filled(fresh)))):
            (folder / name).write_bytes(data)
            os.utime(folder / name, (moment.timestamp(),) * 2)
        os.utime(folder, (moment.timestamp(),) * 2)


def _filled(session: Session) -> Session:
    """The session with a file of a few dozen columns, so that its record has about RECORD_BYTES."""
    columns = [{"name": f"column {n}", "filled": 1000, "distinct": n, "samples": ["one", "two"]} for n in range(48)]
    file = StoredFile(
        id="0" * 32, name="calls.csv", size=1, sha256="0" * 64, added=session.created, facts={"columns": columns}
    )
    full = msgspec.structs.replace(session, files=(file,), status=Status.READY, tables="0" * 32)
    return msgspec.structs.replace(full, plan={"rest": "x" * (RECORD_BYTES - len(encode(full)))})


def _best(rounds: int, times: int, ours: Callable[[], object], peer: Callable[[], object]) -> tuple[float, float]:
    """Seconds for one of each: the mean over `times` of them in turns, in the round where it was least."""
    mine, theirs = [], []
    for _ in range(rounds):
        pairs = [(_timed(ours), _timed(peer)) for _ in range(times)]
        mine.append(sum(one for one, _ in pairs) / times)
        theirs.append(sum(other for _, other in pairs) / times)
    return min(mine), min(theirs)


def _timed(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def _time(seconds: float) -> str:
    return (
        f"{seconds:.3f} s"
        if seconds >= 0.1
        else f"{seconds * 1e3:.2f} ms"
        if seconds >= 1e-3
        else f"{seconds * 1e6:.0f} us"
    )


if __name__ == "__main__":
    sys.exit(main())
