"""Logs for tests: random ones, and the way from their files to an open call log, which is that of an upload."""

import csv
import io
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.flow.filter import Filter
from core.flow.spans import Span
from core.ingest.facts import FileFacts
from core.ingest.guessing import proposed
from core.ingest.inspect import columns_of, inspect
from core.ingest.mapping import ColumnMapping, Role
from core.ingest.written import how_written
from core.settings import Guards
from core.tables.build import build
from core.tables.calllog import CallLog
from core.tables.raw import Source
from tests import naive

Drawn = TypeVar("Drawn")
Opener = Callable[..., CallLog]
"""Opens the log of files with the contents that it is given."""
MEMORY = 256 * 1024 * 1024
CLASSIC = {
    "call": "call_id",
    "timestamp": "call_date",
    "node": "rule_id",
    "parent": "rule_parent_id",
    "label": "rule_text",
    "url": "popUpURL",
}
HEADER = "call_id,call_date,rule_id,rule_parent_id,rule_text,popUpURL\n"


def inspected(folder: Path, content: bytes | str, guards: Guards | None = None) -> FileFacts:
    """What an inspection finds in a file with this content."""
    path = folder / "upload.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (folder / "work").mkdir(exist_ok=True)
    return inspect(path, folder / "work", guards or Guards(), memory=MEMORY)


def source(folder: Path, content: bytes | str, *, mapping: ColumnMapping | None = None, name: str = "a.csv") -> Source:
    """A file that is ready to be imported, with the roles that are guessed where none are given."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = inspected(folder, content)
    assert facts.usable, facts.problem
    return Source(folder / "upload.csv", name, facts.dialect, mapping or proposed(facts.columns), facts.rows)


def mapped(
    header: Sequence[str], roles: Mapping[str, str], date_format: str = "", attributes: Sequence[str] = ()
) -> ColumnMapping:
    """Exactly these roles (role -> column) and attributes; every other column is left out."""
    by_column = {column: Role(role) for role, column in roles.items()} | dict.fromkeys(attributes, Role.ATTRIBUTE)
    return ColumnMapping(
        columns=tuple(header),
        roles={column: by_column.get(column, Role.UNUSED) for column in header},
        date_format=date_format,
    )


def built(folder: Path, *sources: Source) -> CallLog:
    build(list(sources), folder / "tables", guards=Guards(), memory=MEMORY)
    return CallLog(folder / "tables")


@contextmanager
def opened(*contents: bytes | str) -> Iterator[CallLog]:
    """The call log of files whose columns map themselves."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = built(folder, *(source(folder / str(number), content) for number, content in enumerate(contents)))
        with closing(log):
            yield log


@contextmanager
def both(*files: naive.File) -> Iterator[tuple[CallLog, naive.Log]]:
    """The same files read by the program and by the naive implementation."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = []
        for number, file in enumerate(files):
            path = folder / str(number) / "upload.csv"
            path.parent.mkdir()
            path.write_bytes(file.text.encode())
            written = how_written(path, path.parent, Guards())
            dialect, header = written.dialect, columns_of(written)
            mapping = mapped(header, file.roles, file.date_format, file.attributes)
            sources.append(Source(path, "a.csv", dialect, mapping, id=file.id, zone=file.zone))
        with closing(built(folder, *sources)) as log:
            yield log, naive.read(*files)


def rows(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """The rows of a frame as plain values; what is missing is None."""
    return [tuple(map(_plain, row)) for row in frame.itertuples(index=False)]


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value.item() if hasattr(value, "item") else value


def assert_same(frame: pd.DataFrame, expected: Sequence[Sequence[object]]) -> None:
    """The rows of the frame are those expected, in that order; fractions to 1e-12, all else exactly."""
    found = rows(frame)
    for number, (row, known) in enumerate(zip(found, expected, strict=False)):
        same = len(row) == len(known) and all(_same(one, other) for one, other in zip(row, known, strict=True))
        assert same, f"row {number} is {row}, not {tuple(known)}"
    assert len(found) == len(expected), (found, expected)


def _same(value: object, known: object) -> bool:
    if isinstance(known, float) and isinstance(value, float):
        return math.isclose(value, known, rel_tol=1e-12, abs_tol=1e-12)
    return type(value) is type(known) and value == known


NODES = ("1", "7", "007", "10", "9", "0", " 7 ", "a", "B", "é", "שיחה", 'ד"ר', "x,y", "back\\slash", "-5")
MISSING = ("", "NULL", "null ", " ")
CALLS = ("1", "01", "NA", "2", " 2", "שיחה", "3;4", "4", "5")
LABELS = (
    "General",
    'כללי, "שלום"',
    "two\nlines",
    "=1+1",
    " General ",
    "'x'",
    "GENERAL",
    "straße",
    "STRASSE",
    "é",
    "e\u0301",
)
PARENTS = ("0", "1", "7", "a", "menu only", "שיחה")
URLS = ("https://example.org/?a=1,2", "http://x")
OUTCOMES = ("solved", "left, angry", "נפתר")
AGENTS = ("Noa", "Ben; junior")
CUSTOMERS = ("k1", "k2", "k3", "0", "Anonymous", "007")
HANDLE_TIMES = ("30", "0", "12.5", "-4", "soon", "inf", "90")
CITIES = ("Haifa", "haifa", "ירושלים", "a,b\\c")
FLOORS = ("1", "01", "-1")
FORMATS = {
    "%Y-%m-%d %H:%M:%S": "2025-03-{0:02} {2:02}:0{1}:00",
    "%d/%m/%Y %H:%M": "{0}/3/2025 {2:02}:0{1}",
    "%d/%m/%Y": "{0}/3/2025",
    "%m/%d/%Y": "3/{0}/2025",
}
UNREADABLE = ("soon", "31/31/2025")
ATTRIBUTES = ("city", "קומה, floor")


class Row(NamedTuple):
    call: str
    node: str
    parent: str
    label: str
    url: str
    timestamp: str
    outcome: str = ""
    agent: str = ""
    customer: str = ""
    handle_time: str = ""
    city: str = ""
    floor: str = ""


COLUMNS = (*Row._fields[:-2], *ATTRIBUTES)


def _rows(written: str, nodes: Sequence[str]) -> st.SearchStrategy[Row]:
    """Rows on a few nodes, of which any can be the parent of any: calls repeat, return, and the menu has cycles."""

    def often(values: Sequence[str]) -> st.SearchStrategy[str]:
        return st.sampled_from([*values] * (32 // len(values)) + [*MISSING])

    moment = st.builds(written.format, st.integers(1, 28), st.integers(0, 3), st.sampled_from([0, 9, 9, 10, 23]))
    return st.builds(
        Row,
        call=often(CALLS),
        node=often(nodes),
        parent=often([*PARENTS, *nodes]),
        label=often(LABELS),
        url=often(URLS),
        timestamp=st.one_of(moment, moment, moment, st.sampled_from(MISSING + UNREADABLE)),
        outcome=often(OUTCOMES),
        agent=often(AGENTS),
        customer=often(CUSTOMERS),
        handle_time=often(HANDLE_TIMES),
        city=often(CITIES),
        floor=often(FLOORS),
    )


@st.composite
def files(draw: st.DrawFn, file_id: str = "") -> naive.File:
    """A file whose rows are whole, too short, too long, or between blank lines; at least one of them is a step."""
    date_format = draw(st.sampled_from(["", *FORMATS]))
    nodes = draw(st.lists(st.sampled_from(NODES), min_size=1, max_size=8, unique=True))
    row = _rows(FORMATS.get(date_format, "x"), nodes)
    given = draw(st.lists(row, max_size=25) | st.lists(row, min_size=20, max_size=40))
    step = Row("1", "1", "0", "General", "", "")
    given.insert(draw(st.integers(0, len(given))), step)
    absent = draw(st.sets(st.sampled_from(["parent", "label", "url", "outcome", "agent", "customer"]), max_size=3))
    absent |= set() if date_format else {"timestamp"}
    roles = {role.replace("_", " "): role for role in COLUMNS[: -len(ATTRIBUTES)] if role not in absent}
    text = io.StringIO(newline="")
    end = draw(st.sampled_from(["\n", "\r\n"]))
    writer = csv.writer(text, lineterminator=end, quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])))
    writer.writerow(COLUMNS)
    for number, row in enumerate(given):
        values = list(row)
        match draw(st.integers(0, 5)) if number % 5 == 4 and row != step else None:
            case 0:
                values = values[:2]
            case 1:
                values.append("surplus")
            case 2:
                text.write(end)
        writer.writerow(values)
    kept = tuple(name for name in ATTRIBUTES if draw(st.booleans()))
    return naive.File(text.getvalue(), roles, date_format, attributes=kept, id=file_id)


LOGS = st.one_of(
    st.lists(files(), min_size=1, max_size=2),
    st.tuples(files(file_id="f-1, first"), files(), files(file_id="זה")).map(list),
)


@st.composite
def filters(draw: st.DrawFn, log: naive.Log) -> Filter:
    """A filter over up to four of all the fields, which some of the log's calls may pass; now and then none."""
    parts = draw(st.sets(st.sampled_from(FIELDS), max_size=4))
    like = draw(st.sampled_from(log.calls))
    given: dict[str, Any] = {}
    for part in sorted(parts):
        if part == "values":
            given[part] = draw(_values(log, like))
        elif part in ("first", "last"):
            given[part] = draw(st.just(like.day) | st.builds(date, st.just(2025), st.just(3), st.integers(1, 28)))
        elif part in ("lasts", "waits"):
            low = draw(st.sampled_from([0, 0, 1_000, 60_001, 3_600_000]))
            given[part] = draw(st.sampled_from([Span(low), Span(0, 1_000), Span(low, low + 3_600_000)]))
        elif part == "errors":
            given[part] = (draw(st.sampled_from(["", *log.nodes])), *draw(st.sampled_from([("",), ("0", "false")])))
        elif part in ("shortest", "longest"):
            given[part] = draw(st.just(len(like.path)) | st.integers(1, 6))
        else:
            given[part] = tuple(draw(_members(part, log, like)))
    return Filter(**given)


FIELDS = tuple(Filter.__dataclass_fields__)


def _members(part: str, log: naive.Log, like: naive.Call) -> st.SearchStrategy[Sequence[Any]]:
    """Members of a field of a filter: most often such that the call `like` passes."""
    path, pairs = like.path, list(zip(like.path, like.path[1:], strict=False))
    node = st.sampled_from([*log.nodes, "nowhere"])
    match part:
        case "weekdays":
            return st.sets(st.integers(1, 7), max_size=5).map(sorted)
        case "hours":
            return st.sets(st.sampled_from([0, 9, 10, 11, 23]), max_size=3).map(sorted)
        case "files":
            return st.lists(st.sampled_from(["1", "2", "f-1, first", "זה", "9", like.file_id]), max_size=2)
        case "intents":
            return st.lists(st.just(log.intent(like)) | node, max_size=2)
        case "starts" | "ends":
            return st.lists(st.just(path[0 if part == "starts" else -1]) | node, max_size=2)
        case "via":
            return st.lists(st.sampled_from(path), max_size=2) | st.lists(node, max_size=1)
        case "transitions":
            return (
                st.lists(st.sampled_from(pairs), max_size=2) if pairs else st.lists(st.tuples(node, node), max_size=1)
            )
        case "links":
            return st.lists(st.sampled_from([*URLS, "http://nowhere"]), max_size=2)
    return st.integers(0, len(path)).map(lambda length: path[:length]) | st.lists(node, max_size=1)


def _values(log: naive.Log, like: naive.Call) -> st.SearchStrategy[tuple[tuple[str, tuple[str, ...]], ...]]:
    """Values of up to two columns that the log has."""
    if not log.columns:
        return st.just(())
    everywhere = st.sampled_from(["", "", *OUTCOMES, *AGENTS, *CITIES, *FLOORS, "nothing such"])

    def of(column: str) -> st.SearchStrategy[tuple[str, tuple[str, ...]]]:
        own = st.just(like.values.get(column) or "")
        wanted = st.sets(own | own | everywhere, min_size=1, max_size=3)
        return wanted.map(lambda some: (column, tuple(sorted(some))))

    return st.lists(st.sampled_from(log.columns), unique=True, max_size=2).flatmap(
        lambda columns: st.tuples(*[of(column) for column in sorted(columns)])
    )


def drawn(strategy: st.SearchStrategy[Drawn], n: int) -> list[Drawn]:
    """Some examples of a strategy, the same ones each time."""
    found: list[Drawn] = []

    @settings(max_examples=n, phases=[Phase.generate], derandomize=True, database=None, deadline=None)
    @given(strategy)
    def take(one: Drawn) -> None:
        found.append(one)

    take()
    return found


def with_format(one: Source, date_format: str) -> Source:
    return one._replace(mapping=msgspec.structs.replace(one.mapping, date_format=date_format))
