"""Logs for tests: random ones, and the way from their files to an open call log, which is that of an upload."""

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pandas as pd
from hypothesis import strategies as st

from core.flow.filter import Filter
from core.ingest.facts import FileFacts
from core.ingest.inspect import inspect, read_dialect
from core.ingest.mapping import ColumnMapping, Role, proposed
from core.settings import Guards
from core.tables.build import build
from core.tables.calllog import CallLog
from core.tables.raw import Source
from tests import naive

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


def mapped(header: Sequence[str], roles: Mapping[str, str], date_format: str = "") -> ColumnMapping:
    """Exactly these roles (role -> column); every other column is left out."""
    by_column = {column: Role(role) for role, column in roles.items()}
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
            dialect, header, _ = read_dialect(path, path.parent, Guards())
            sources.append(Source(path, "a.csv", dialect, mapped(header, file.roles, file.date_format)))
        with closing(built(folder, *sources)) as log:
            yield log, naive.read(*files)


def rows(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """The rows of a frame as plain values; what is missing is None."""
    return [tuple(map(_plain, row)) for row in frame.itertuples(index=False)]


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value.item() if hasattr(value, "item") else value


NODES = ("1", "7", "007", "10", "9", "0", " 7 ", "a", "B", "é", "שיחה", 'ד"ר', "x,y", "back\\slash", "-5")
MISSING = ("", "NULL", "null ", " ")
CALLS = ("1", "01", "NA", "2", " 2", "שיחה", "3;4")
LABELS = ("General", 'כללי, "שלום"', "two\nlines", "=1+1", " General ", "'x'")
PARENTS = ("0", "1", "7", "a", "menu only", "שיחה")
URLS = ("https://example.org/?a=1,2", "http://x")
FORMATS = {"%Y-%m-%d %H:%M:%S": "2025-03-{0:02} 10:0{1}:00", "%d/%m/%Y": "{0}/3/2025", "%m/%d/%Y": "3/{0}/2025"}
UNREADABLE = ("soon", "31/31/2025")


class Row(NamedTuple):
    call: str
    node: str
    parent: str
    label: str
    url: str
    timestamp: str


def _rows(written: str) -> st.SearchStrategy[Row]:
    def often(values: Sequence[str], seldom: Sequence[str] = MISSING) -> st.SearchStrategy[str]:
        return st.one_of(*[st.sampled_from(values)] * 6, st.sampled_from(seldom))

    moment = st.builds(written.format, st.integers(1, 28), st.integers(0, 3))
    return st.builds(
        Row,
        call=often(CALLS),
        node=often(NODES),
        parent=often(PARENTS),
        label=often(LABELS),
        url=often(URLS),
        timestamp=st.one_of(moment, moment, moment, st.sampled_from(MISSING + UNREADABLE)),
    )


@st.composite
def files(draw: st.DrawFn) -> naive.File:
    """A file whose rows are whole, too short, too long, or between blank lines; at least one of them is a step."""
    date_format = draw(st.sampled_from(["", *FORMATS]))
    given = draw(st.lists(_rows(FORMATS.get(date_format, "x")), max_size=25))
    step = Row("1", "1", "0", "General", "", "")
    given.insert(draw(st.integers(0, len(given))), step)
    optional = draw(st.sets(st.sampled_from(["parent", "label", "url"])))
    roles = {role: role for role in ("call", "node", *optional, *(["timestamp"] if date_format else []))}
    text = io.StringIO(newline="")
    end = draw(st.sampled_from(["\n", "\r\n"]))
    writer = csv.writer(text, lineterminator=end, quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])))
    writer.writerow(Row._fields)
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
    return naive.File(text.getvalue(), roles, date_format)


LOGS = st.lists(files(), min_size=1, max_size=2)


@st.composite
def filters(draw: st.DrawFn, log: naive.Log) -> Filter:
    """A filter that some of the log's calls may pass; one in three filters nothing."""
    if draw(st.integers(0, 2)) == 0:
        return Filter()
    day = st.none() | st.builds(date, st.just(2025), st.just(3), st.integers(1, 28))
    return Filter(
        first=draw(day),
        last=draw(day),
        weekdays=tuple(sorted(draw(st.sets(st.integers(1, 7), max_size=5)))) if draw(st.booleans()) else (),
        files=tuple(sorted(draw(st.sets(st.integers(1, 3), max_size=2)))),
        intents=tuple(draw(st.lists(st.sampled_from([*log.nodes, "nowhere"]), max_size=2))),
    )


def passing(log: naive.Log, where: Filter) -> list[naive.Call]:
    return naive.passing(log, **{name: getattr(where, name) for name in Filter.__dataclass_fields__})


def with_format(one: Source, date_format: str) -> Source:
    return one._replace(mapping=msgspec.structs.replace(one.mapping, date_format=date_format))
