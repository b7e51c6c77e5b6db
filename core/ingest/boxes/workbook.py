"""The inside of an Excel workbook: its sheets, its texts, its formats. Everything is read as a stream.

A reader that lays a whole sheet out in memory can be made to ask for half a terabyte by two cells in far corners.
"""

import posixpath
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from core.errors import FileRefused
from core.ingest.boxes.cells import Reading, plain_number, plain_text, reading
from core.ingest.boxes.markup import Handler, parsed
from core.ingest.boxes.meter import Meter
from core.ingest.boxes.zips import Archive
from core.settings import Guards

_ROOT = "_rels/.rels"
_OF_A_TEXT = 100
"""Bytes that a text takes in memory beside its letters."""


class Sheet(NamedTuple):
    """A sheet: what it is called, and where in the archive it lies."""

    name: str
    entry: str
    hidden: bool


class Workbook:
    """The parts of a workbook that its sheets refer to. Raises FileRefused where it is none."""

    def __init__(self, archive: Archive, guards: Guards) -> None:
        self._archive, self._guards = archive, guards
        root = _Relations("")
        self._read(_ROOT, root)
        self._book = root.of_kind("officeDocument")
        if not self._book.endswith(".xml") or self._book not in archive.names:
            raise FileRefused(
                "This is an Office file without sheets that can be read here.",
                "Save the sheet as .xlsx or CSV, and add that.",
            )
        folder, name = posixpath.split(self._book)
        self._relations = _Relations(folder)
        self._read(posixpath.join(folder, "_rels", f"{name}.rels"), self._relations)
        book = _Book()
        self._read(self._book, book)
        self.since_1904 = book.since_1904
        targets = self._relations.targets
        found = (
            Sheet(name, targets[key][1], hidden)
            for name, key, hidden in book.sheets
            if key in targets and targets[key][0] == "worksheet" and targets[key][1] in archive.names
        )
        self.sheets = tuple(sorted(found, key=lambda sheet: sheet.hidden))
        if not self.sheets:
            raise FileRefused("The workbook has no sheet of cells.", "Save the sheet as CSV, and add that.")

    @cached_property
    def texts(self) -> list[str]:
        """The texts that cells refer to by number."""
        texts = _Texts(self._guards, self._archive.meter())
        self._read(self._relations.of_kind("sharedStrings"), texts)
        return texts.found

    @cached_property
    def readings(self) -> list[Reading]:
        """How to read numbers, by the number of a cell's style."""
        styles = _Styles()
        self._read(self._relations.of_kind("styles"), styles)
        known: dict[int, Reading] = {}
        for number in styles.used:
            if number not in known:
                known[number] = reading(number, styles.custom.get(number), since_1904=self.since_1904)
        return [known[number] for number in styles.used] or [plain_number]

    def pieces(self, entry: str) -> Iterator[bytes]:
        return self._archive.pieces(entry)

    def _read(self, entry: str, handler: Handler) -> None:
        if entry in self._archive.names:
            for _ in parsed(self._archive.pieces(entry), handler, self._guards):
                pass


def is_workbook(archive: Archive) -> bool:
    """Whether the zip is an Office file, and not one that someone packed."""
    return "[Content_Types].xml" in archive.names and _ROOT in archive.names


class _Quiet:
    """A handler that listens to nothing."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


class _Relations(_Quiet):
    """`targets`: key -> what kind of thing it is, and its entry in the archive."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.targets: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            entry = posixpath.normpath(posixpath.join("/", self._folder, attributes.get("Target", ""))).lstrip("/")
            self.targets[attributes.get("Id", "")] = attributes.get("Type", "").rpartition("/")[2], entry

    def of_kind(self, kind: str) -> str:
        return next((entry for one, entry in self.targets.values() if one == kind), "")


class _Book(_Quiet):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.since_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), key, attributes.get("state", "visible") != "visible"))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")


class _Styles(_Quiet):
    """`used`: the number format of each style; `custom`: number -> code of the formats that are not built in."""

    def __init__(self) -> None:
        self.used: list[int] = []
        self.custom: dict[int, str] = {}
        self._of_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self.custom[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._of_cells = True
        elif name == "xf" and self._of_cells:
            self.used.append(_whole(attributes.get("numFmtId")))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._of_cells = False


class _Texts(_Quiet):
    """The texts in `found`; what tells only how a text is pronounced is left out.

    They are held in memory, where each takes more than its letters: `meter` counts that too.
    """

    def __init__(self, guards: Guards, meter: Meter) -> None:
        self.found: list[str] = []
        self._text = Runs(guards)
        self._meter = meter

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._text.start(name)

    def end(self, name: str) -> None:
        self._text.end(name)
        if name == "si":
            text = self._text.taken()
            self.found.append(text)
            self._meter.add(_OF_A_TEXT + len(text))

    def text(self, text: str) -> None:
        self._text.text(text)


class Runs:
    """A text that may come in runs, each with a format of its own."""

    def __init__(self, guards: Guards) -> None:
        self._most = guards.line_bytes
        self._runs: list[str] = []
        self._length = 0
        self._inside = self._aside = False

    def start(self, name: str) -> None:
        if name == "rPh":
            self._aside = True
        elif name == "t":
            self._inside = not self._aside

    def end(self, name: str) -> None:
        if name == "rPh":
            self._aside = False
        elif name == "t":
            self._inside = False

    def text(self, text: str) -> None:
        if self._inside:
            self._length += len(text)
            if self._length > self._most:
                raise FileRefused(
                    f"A cell of the workbook is longer than the {self._most:,} bytes that a line may have.",
                    "Shorten it, or raise THROUGHLINE_LINE_KB.",
                )
            self._runs.append(text)

    def taken(self) -> str:
        if not self._runs:
            return ""
        text = plain_text("".join(self._runs))
        self._runs.clear()
        self._length = 0
        return text


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
