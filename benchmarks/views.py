"""What a filter change costs: all fifteen views from the compact tables, and the same from `steps` directly.

`python -m benchmarks.views FILE` imports FILE (from `benchmarks.big_log`), then changes the filter again and again, in
CPU seconds of this process. With `--tables FOLDER` the tables are kept there, and taken from there the next time. The
peer is DuckDB, answering the same fifteen questions from the table of steps; both must give the same counts. Exits with
1 where a filter change costs 50 ms or more.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks import peers
from core.flow.filter import ALL, Filter
from core.ingest.guessing import proposed
from core.ingest.inspect import inspect
from core.settings import Guards
from core.tables.build import build
from core.tables.calllog import CallLog
from core.tables.raw import Source
from core.views import BY_KEY, view

BOUND = 0.050  # CPU seconds for all views together
ROUNDS = 5
MEMORY = 1024**3
KEYS = tuple(peers.QUERIES)


def imported(file: Path, folder: Path) -> Path:
    """The tables of the log in `file`, built below `folder` unless they are there."""
    tables = folder / "tables"
    if tables.is_dir():
        return tables
    work = folder / "work"
    work.mkdir(parents=True)
    facts = inspect(file, work, Guards(), memory=MEMORY)
    source = Source(file, file.name, facts.dialect, proposed(facts.columns), facts.rows)
    build([source], tables, guards=Guards(), memory=MEMORY)
    return tables


def filters(log: CallLog) -> dict[str, Filter]:
    """One change of each sort: of a day, a weekday, a path, an attribute that is carried, and one that is not."""
    first = Filter.from_query({"from": log.about.found.first_day}).first
    assert first is not None
    intent = str(view("top-intents").frame(log)["node"].iloc[0])
    return {
        "no filter": ALL,
        "a month": Filter(first=first + timedelta(days=7), last=first + timedelta(days=37)),
        "a weekday": Filter(weekdays=(1,)),
        "an intent": Filter(intents=(intent,)),
        "an outcome": Filter(values=(("outcome", ("abandoned",)),)),
        "hours": Filter(hours=(9, 10)),
    }


def spent(action: Callable[[], Any], rounds: int) -> float:
    """CPU seconds of this process for the fastest of a few rounds."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        action()
        best = min(best, time.process_time() - begun)
    return best


def ours(log: CallLog, where: Filter) -> None:
    """All views, counted anew, as after a change of the filter."""
    log.forget()
    for key in KEYS:
        BY_KEY[key].frame(log, where)


def measure(log: CallLog, tables: Path) -> bool:
    steps = peers.Peers(log, tables)
    held = True
    print(f"{'filter':<12} {'calls':>10} {'ours, ms':>9} {'steps, ms':>10} {'ratio':>7}")
    for name, where in filters(log).items():
        ours(log, where)
        steps.check(where)
        fast = spent(lambda where=where: ours(log, where), ROUNDS)
        slow = spent(lambda where=where: steps.all(where), 1)
        n_calls = int(BY_KEY["summary"].frame(log, where)["n_calls"].iloc[0])
        print(f"{name:<12} {n_calls:>10,} {fast * 1000:>9.1f} {slow * 1000:>10.0f} {slow / fast:>6.0f}x", flush=True)
        held = held and fast < BOUND
    return held


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.views", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--tables", type=Path)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        tables = imported(given.file.resolve(), given.tables or Path(name))
        log = CallLog(tables)
        found = log.about.found
        print(
            f"{found.n_steps:,} steps, {found.n_calls:,} calls, {found.n_paths:,} paths, {len(log.cells.n):,} variants"
        )
        print(f"carried by the variants: {', '.join(log.about.carried) or 'nothing more'}")
        held = measure(log, tables)
    print("held" if held else f"not held: {BOUND * 1000:.0f} ms")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
