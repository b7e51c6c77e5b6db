"""Event logs (XES) as rows: one for each event, with what is said of it and of its trace."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from core.errors import FileRefused
from core.ingest.boxes.grid import Grid
from core.ingest.boxes.markup import parsed
from core.ingest.boxes.meter import Meter
from core.settings import Guards

OF_A_TRACE = "case:"
NAME = f"{OF_A_TRACE}concept:name"
_TYPES = {"string", "date", "int", "float", "boolean", "id", "list", "container"}


def write(source: Iterable[bytes], target: Path, guards: Guards) -> Sequence[int]:
    """The events of a log, in its order, as CSV in `target`: what is said of a trace in columns named "case:…".

    A column for each key, in the order in which they are met; what is nested has the keys above it before its own,
    with a "/" between. A trace without a name is called by its place. Times are ISO 8601 to the millisecond. Returns
    the lines that are the rest of a row. Raises FileRefused.
    """
    meter = Meter(guards)
    grid = Grid(target, guards, meter)
    try:
        events = _Events(grid, guards)
        for size in parsed(source, events, guards):
            meter.feed(size)
        if not grid.rows:
            raise FileRefused("The log has no events.", "Export it again, with its traces and their events.")
        return grid.close(list(events.columns))
    finally:
        grid.abandon()


_About = dict[str, list[str]]
"""Column -> what is said there, several times where its key is."""


class _Events:
    """Writes a row for each event that ends. `columns`: name -> place."""

    def __init__(self, grid: Grid, guards: Guards) -> None:
        self._grid, self._guards = grid, guards
        self.columns: dict[str, int] = {NAME: 0}
        self._depth = self._size = 0
        self._keys: list[tuple[int, str]] = []  # depth and key of the attributes around, innermost last
        self._trace: _About | None = None
        self._event: _About | None = None
        self._traces = 0
        self._has_events = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if name in _TYPES:
            self._attribute(name, attributes.get("key", ""), attributes.get("value", ""))
        elif name == "event":
            self._event, self._size = {}, 0
        elif name == "trace":
            self._traces += 1
            self._trace, self._has_events, self._size = {}, False, 0

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._keys and self._keys[-1][0] > self._depth:
            self._keys.pop()
        if name == "event" and self._event is not None:
            self._write(self._event)
            self._event, self._has_events = None, True
        elif name == "trace":
            self._trace = None

    def text(self, text: str) -> None:
        pass

    def _attribute(self, kind: str, key: str, value: str) -> None:
        self._keys.append((self._depth, key))
        about = self._event if self._event is not None else self._trace
        if about is None or (kind in ("list", "container") and not value):
            return
        if about is self._trace and self._has_events:
            raise FileRefused(
                f"Trace {self._traces:,} of the log goes on telling of itself behind its events.",
                "Export it again with what is said of a trace before its events, as the XES standard asks.",
            )
        column = key if len(self._keys) == 1 else "/".join(key for _, key in self._keys)
        if about is self._trace:
            column = OF_A_TRACE + column
        about.setdefault(column, []).append(_moment(value) if kind == "date" else value)
        # A row is refused when it is written, and what would be one has to be held until then.
        self._size += len(column) + len(value)
        most = self._guards.line_bytes
        if self._size > most or len(about) > self._guards.columns:
            raise FileRefused(
                f"Event {self._grid.rows + 1:,} of the log, or its trace, has more than the {most:,} bytes or the "
                f"{self._guards.columns:,} columns that a row may have.",
                "Check where the file comes from, or raise THROUGHLINE_LINE_KB or THROUGHLINE_COLUMNS.",
            )

    def _write(self, event: _About) -> None:
        about = event if self._trace is None else {NAME: [f"trace {self._traces}"]} | self._trace | event
        for column in about:
            self.columns.setdefault(column, len(self.columns))
        self._grid.row([", ".join(about.get(column, ())).replace("\r", "\n") for column in self.columns])


def _moment(value: str) -> str:
    """A time of one form in all of a log, whether it was written with fractions of a second or without."""
    try:
        return datetime.fromisoformat(value).isoformat(timespec="milliseconds")
    except ValueError:
        return value
