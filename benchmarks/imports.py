"""What an import costs: looking at a file and building all its tables, beside DuckDB merely parsing every column of it.

`python -m benchmarks.imports FILE` takes a file from `benchmarks.big_log`. Both parts of the import run as they do for
an upload, each in a child process of its own with the memory that a job has by default; their CPU seconds are those of
the whole child, its start included, as the system counts them, and their memory is the most that was resident. The peer
is one query that makes every value of every column and keeps none. Exits with 1 where the import costs more than four
times the peer, or a child takes more memory than a job may.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from core.engine import connect
from core.ingest.facts import FileFacts
from core.ingest.guessing import proposed
from core.ingest.inspect import inspect
from core.ingest.load import column, rows
from core.settings import Guards, Settings
from core.tables.bench import Nobody
from core.tables.build import build
from core.tables.raw import Source
from core.tables.schema import Found, read_about
from core.work import engine_memory

BOUND = 4.0
ROUNDS = 3  # of the peer, of which the fastest counts
PEER_MEMORY = 8 * 1024**3  # bytes: the peer may take what it likes
MB = 1024 * 1024


class Stages(Nobody):
    """Tells what each stage of a build took, in CPU seconds."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ()
        self._under_way = ""
        self._begun = time.process_time()

    def plan(self, *stages: str) -> None:
        self._names = stages

    def stage(self, number: int, *, total: int = 0, unit: str = "") -> None:
        self.end()
        self._under_way = self._names[number]

    def end(self) -> None:
        now = time.process_time()
        if self._under_way:
            print(f"    {self._under_way:<24} {now - self._begun:>7.1f} s", flush=True)
        self._begun = now


class Cost(NamedTuple):
    """CPU seconds of a child process, and the most memory that it held, in bytes."""

    seconds: float
    memory: int


def child(part: str, file: Path, folder: Path) -> Cost:
    """Run one part of the import in a process of its own."""
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.imports", str(file), "--part", part, "--in", folder])
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{part} failed")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def run(part: str, file: Path, folder: Path) -> None:
    """One part of the import, in this process."""
    memory = engine_memory(Settings(home=folder))
    facts = folder / "facts.json"
    if part == "inspect":
        work = folder / "work"
        work.mkdir()
        facts.write_bytes(msgspec.json.encode(inspect(file, work, Guards(), memory=memory)))
        return
    found = msgspec.json.decode(facts.read_bytes(), type=FileFacts)
    source = Source(file, file.name, found.dialect, proposed(found.columns), found.rows)
    stages = Stages()
    build([source], folder / "tables", guards=Guards(), memory=memory, watcher=stages)
    stages.end()


def peer(file: Path, facts: FileFacts) -> float:
    """CPU seconds of this process for parsing every column."""
    read = rows(file, facts.dialect, len(facts.columns), Guards())
    longest = ", ".join(f"max(strlen({column(number)}))" for number in range(len(facts.columns)))
    best = float("inf")
    with connect(file.parent, memory=PEER_MEMORY) as connection:
        for _ in range(ROUNDS):
            begun = time.process_time()
            ((n_rows, *_),) = connection.execute(f"SELECT count(*), {longest} FROM {read}").fetchall()
            best = min(best, time.process_time() - begun)
    assert n_rows == facts.rows - facts.unreadable
    return best


def told(found: Found) -> str:
    return f"{found.n_steps:,} steps, {found.n_calls:,} calls, {found.n_paths:,} paths"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imports", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--part", choices=("inspect", "build"), help=argparse.SUPPRESS)
    parser.add_argument("--in", type=Path, dest="folder", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    file = given.file.resolve()
    if given.part:
        run(given.part, file, given.folder)
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        costs = {part: child(part, file, folder) for part in ("inspect", "build")}
        facts = msgspec.json.decode((folder / "facts.json").read_bytes(), type=FileFacts)
        parsed = peer(file, facts)
        print(f"{file.stat().st_size / MB:,.0f} MB, {told(read_about(folder / 'tables').found)}")
    print(f"{'':<10} {'CPU, s':>8} {'ratio':>7} {'memory, MB':>11}")
    print(f"{'parse':<10} {parsed:>8.1f} {1:>7.1f}")
    for part, cost in costs.items():
        print(f"{part:<10} {cost.seconds:>8.1f} {cost.seconds / parsed:>7.1f} {cost.memory / MB:>11.0f}")
    seconds, memory = sum(cost.seconds for cost in costs.values()), max(cost.memory for cost in costs.values())
    print(f"{'import':<10} {seconds:>8.1f} {seconds / parsed:>7.1f} {memory / MB:>11.0f}")
    most = Settings(home=file.parent).job_memory
    held = seconds <= BOUND * parsed and memory <= most
    print("held" if held else f"not held: at most {BOUND:.0f} times the peer, in {most / MB:.0f} MB")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
