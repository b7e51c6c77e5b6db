"""What a profile costs: `python -m benchmarks.profiles [--rows 10000000] [--folder FOLDER]`.

A file of 20 columns is made (ids, texts of few and of many values, dates, times, numbers with and without gaps), looked
at as an upload is, and profiled in a child process with its memory limit, from the CSV file to rows with types and what
is in their columns. The peer is DuckDB's own SUMMARIZE of the same file. Counted are the CPU seconds of the processes,
and the most memory that the child held. Exits with 1 where the ratio is above 4 or the child above its 512 MB.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from core.engine import quoted
from core.ingest.inspect import inspect
from core.jobs.memory import limit_this_process
from core.profile import build as profiling
from core.profile.schema import Wanted
from core.settings import MB, Guards, Settings
from core.work import engine_memory

BOUND = 4.0
LIMIT = Settings(home=Path()).job_memory

COLUMNS = """
    i AS id, printf('%05d', (hash(i * 7) % 100000)::INT) AS code, md5(i::VARCHAR) AS token,
    (TIMESTAMP '2025-01-01' + to_seconds((hash(i) % 31536000)::BIGINT))::VARCHAR AS at,
    (DATE '2020-01-01' + (hash(i * 3) % 2000)::INT)::VARCHAR AS day, (hash(i * 5) % 1000)::INT AS age,
    round(((hash(i * 11) % 1000000007) / 1000.0)::DOUBLE, 3) AS price,
    ((hash(i * 13) % 2000003) / 7.0)::DOUBLE AS measure,
    CASE WHEN hash(i * 17) % 10 >= 3 THEN round((hash(i * 17) % 100000) / 100.0, 2) END AS gaps,
    ['Haifa', 'Tel Aviv', 'Jerusalem', 'Eilat', 'Beer Sheva', 'Netanya'][1 + (hash(i * 19) % 6)::INT] AS city,
    'item ' || (hash(i * 23) % 5000)::VARCHAR AS item,
    ['תל אביב', 'חיפה', 'ירושלים'][1 + (hash(i * 29) % 3)::INT] AS town,
    ['true', 'false'][1 + (hash(i * 31) % 2)::INT] AS flag, 'user' || (hash(i * 37) % 900000)::VARCHAR AS visitor,
    printf('%02d:%02d:%02d', (hash(i * 41) % 24)::INT, (hash(i * 43) % 60)::INT, (hash(i * 47) % 60)::INT) AS clock,
    'a longer note with number ' || (hash(i * 53) % 1000000)::VARCHAR || ' in it' AS note, 'always' AS always,
    (hash(i * 59) % 100000000)::BIGINT AS amount, sqrt((hash(i * 61) % 1000000)::DOUBLE) AS root,
    ((hash(i * 67) % 100) / 10.0)::DOUBLE AS score
"""


def write(path: Path, n_rows: int) -> None:
    """Write the file to profile."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2; SET memory_limit = '1GB'; SET preserve_insertion_order = false")
        connection.execute(f"COPY (SELECT {COLUMNS} FROM range({n_rows}) t(i)) TO {quoted(str(path))} (HEADER)")


def summarize(path: Path, work: Path) -> None:
    """The peer."""
    with duckdb.connect() as connection:
        connection.execute(f"SET threads = 2; SET memory_limit = '{engine_memory(Settings(home=work)) // MB}MB'")
        connection.execute(f"SUMMARIZE SELECT * FROM read_csv({quoted(str(path))})").fetchall()


def profile(path: Path, work: Path) -> None:
    """Ours, after the inspection, which every upload has anyway."""
    limit_this_process(LIMIT)
    facts = inspect(path, work, Guards(), memory=engine_memory(Settings(home=work)))
    before = os.times()
    wanted = Wanted(file_id="big", dialect=facts.dialect, columns=facts.columns, rows=facts.rows)
    profiling.build([(path, wanted)], work, guards=Guards(), memory=engine_memory(Settings(home=work)))
    after = os.times()
    print(after.user + after.system - before.user - before.system)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profiles", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--part", choices=("summarize", "profile"), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        {"summarize": summarize, "profile": profile}[given.part](given.file, given.folder)
        return 0
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        path, work = given.file or Path(folder) / "big.csv", Path(folder) / "work"
        work.mkdir()
        if given.file is None:
            write(path, given.rows)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _child("summarize", path, work)
        peer = resource.getrusage(resource.RUSAGE_CHILDREN)
        cost = peer.ru_utime + peer.ru_stime - before.ru_utime - before.ru_stime
        ours = float(_child("profile", path, work))
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(f"SUMMARIZE  {cost:6.1f} CPU s")
    print(f"profile    {ours:6.1f} CPU s, {ours / cost:.2f} times that (at most {BOUND})")
    print(f"memory     {most // MB:6,} MB at most held by a child (of {LIMIT // MB})")
    return 0 if ours <= BOUND * cost and most <= LIMIT else 1


def _child(part: str, path: Path, work: Path) -> str:
    command = [sys.executable, "-m", "benchmarks.profiles", "--part", part, "--file", str(path), "--folder", str(work)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
