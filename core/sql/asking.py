"""Putting a question to a process of its own: it can be crafted, or never end, and the server goes on."""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec
import pandas as pd
import pyarrow as pa

from core.errors import QueryError
from core.settings import QueryLimits
from core.sql.tables import Table

AT_ONCE = 2
"""Questions that are answered at the same time; the others wait their turn."""
LONGEST = 20_000
"""Characters of a question."""
GRACE = 3
"""Seconds that the process has to start and to end, beside the time for the question."""
PROJECT = Path(__file__).resolve().parents[2]
_turns = threading.BoundedSemaphore(AT_ONCE)


class Question(msgspec.Struct, frozen=True):
    """What the process is told: where the tables lie, the query, the limits, and where its answer goes."""

    tables: dict[str, Table]
    query: str
    limits: QueryLimits
    folder: str


class Told(msgspec.Struct, frozen=True):
    """What the process tells beside the rows: whether there were more, or why there are none."""

    is_cut: bool = False
    problem: str = ""
    hint: str = ""
    said: str = ""


def too_long(limits: QueryLimits) -> tuple[str, str]:
    """Problem and hint of a question that takes too much time."""
    return (
        f"The question was stopped after {limits.seconds} seconds.",
        "Ask for less: fewer rows, a filter, no join without a condition. Or raise THROUGHLINE_SQL_SECONDS.",
    )


TOO_MUCH = (
    "The question took more memory than it may.",
    "Ask for less: fewer columns, a filter, smaller values. Or raise THROUGHLINE_SQL_MEMORY_MB.",
)
"""Problem and hint of a question that takes too much memory."""


CANNOT = ("This SQL cannot be answered.", "DESCRIBE and the name of a table list its columns.")
NOT_ALLOWED = ("That is not allowed here.", "Ask the tables of this session only.")


class Answer(NamedTuple):
    """`rows` as far as they are shown; `is_cut` says whether there are more."""

    rows: pd.DataFrame
    is_cut: bool


ROWS = "rows.arrow"


def ask(tables: Mapping[str, Table], query: str, limits: QueryLimits) -> Answer:
    """The rows that answer `query`, asked of `tables` by name. Raises QueryError, in words."""
    if not query.strip():
        raise QueryError("There is no question yet.", "Write one, such as SELECT count(*) FROM calls.")
    if len(query) > LONGEST:
        raise QueryError(f"A question may have {LONGEST:,} characters; this one has {len(query):,}.", "Shorten it.")
    if not _turns.acquire(timeout=limits.seconds):
        raise QueryError("Others are asking just now.", "Ask again in a moment.")
    try:
        with tempfile.TemporaryDirectory(prefix="throughline-") as folder:
            question = Question(dict(tables), query, limits, folder)
            return _answered(question)
    finally:
        _turns.release()


def _answered(question: Question) -> Answer:
    command = [sys.executable, "-m", "core.sql.answering"]
    try:
        done = subprocess.run(
            command,
            input=msgspec.json.encode(question),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT,
            timeout=question.limits.seconds + GRACE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise QueryError(*too_long(question.limits)) from None
    if done.returncode != 0:
        raise QueryError(*TOO_MUCH)
    told = msgspec.json.decode(done.stdout, type=Told)
    if told.problem:
        raise QueryError(told.problem, told.hint, told.said)
    with pa.OSFile(str(Path(question.folder) / ROWS)) as source:
        return Answer(pa.ipc.open_file(source).read_all().to_pandas(), told.is_cut)
