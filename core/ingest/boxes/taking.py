"""The one way from an upload to text with rows in lines: look what it is, then take the rows out."""

import gzip
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from core.errors import FileRefused
from core.files import storage_errors
from core.ingest.boxes import event_log, parquet, sheet, zips
from core.ingest.boxes.grid import DELIMITER
from core.ingest.boxes.kinds import HEAD, refused, told, told_inside
from core.ingest.boxes.meter import Counted, Meter, pieces
from core.ingest.boxes.workbook import Workbook, is_workbook
from core.ingest.decode import chunks
from core.ingest.facts import Box, Kind, Packing, Part
from core.settings import Guards

MOST_PARTS = 200
NAME_LENGTH = 200


class Taken(NamedTuple):
    """A text file that holds the rows of an upload. `delimiter` is "" where it is not known.

    `rest` are its lines that only go on with the row above, where rows have numbers of their own.
    """

    path: Path
    delimiter: str = ""
    rest: Sequence[int] = ()


def look(path: Path, wanted: str, guards: Guards) -> Box:
    """What the upload is and, of the parts it may have, the one to take: `wanted`, else the first sheet that holds a
    table, the largest file that can be read.

    Raises FileRefused where nothing in it can be used.
    """
    with path.open("rb") as file:
        found = told(file.read(HEAD))
    if isinstance(found, Kind):
        return Box(kind=found)
    if found is Packing.GZIP:
        with _unzipped(path, guards) as source:
            return Box(kind=told_inside(next(source, b"")[:HEAD]), packing=found)
    with zips.opened(path, guards) as archive:
        if is_workbook(archive):
            return _look_at_sheets(Workbook(archive, guards), wanted, guards)
        if {"mimetype", "content.xml"} <= archive.names:
            raise refused("an OpenDocument file", "Save the sheet as .xlsx or CSV, and add that.")
        return _look_at_entries(archive, wanted)


def _look_at_sheets(workbook: Workbook, wanted: str, guards: Guards) -> Box:
    parts = tuple(Part(name=one.name[:NAME_LENGTH], kind=Kind.WORKBOOK) for one in workbook.sheets[:MOST_PARTS])
    chosen = wanted or sheet.with_table(workbook, guards).name[:NAME_LENGTH]
    return Box(kind=Kind.WORKBOOK, part=chosen, parts=parts, others=len(workbook.sheets) - len(parts))


def _look_at_entries(archive: zips.Archive, wanted: str) -> Box:
    parts: list[Part] = []
    refusals: list[FileRefused] = []
    empty = 0
    for entry in archive.files():
        if not entry.file_size:
            empty += 1
            continue
        try:
            kind = told_inside(archive.head(entry.filename, HEAD))
            parts.append(Part(name=entry.filename[:NAME_LENGTH], kind=kind, size=entry.file_size))
        except FileRefused as refusal:
            refusals.append(refusal)
    if not parts:
        raise next(iter(refusals), None) or FileRefused("The archive is empty.", "Pack the export again.")
    largest = max(parts, key=lambda part: part.size)
    chosen = next((part for part in parts if part.name == wanted), largest)
    return Box(
        kind=chosen.kind,
        packing=Packing.ZIP,
        part=wanted or chosen.name,
        parts=tuple(parts[:MOST_PARTS]),
        others=empty + len(refusals) + max(0, len(parts) - MOST_PARTS),
    )


def take(path: Path, box: Box, target: Path, guards: Guards) -> Taken:
    """The rows of the upload as text, in `target` where it is not text itself. Raises FileRefused."""
    if box.kind is Kind.TEXT and box.packing is Packing.NONE:
        return Taken(path)
    if box.parts and box.part not in (part.name for part in box.parts):
        raise FileRefused(
            f"There is no {box.part[:40]!r} in this file.",
            f"There are: {', '.join(part.name for part in box.parts[:12])}.",
        )
    if box.kind is Kind.WORKBOOK:
        with zips.opened(path, guards) as archive:
            workbook = Workbook(archive, guards)
            wanted = next(one for one in workbook.sheets if one.name[:NAME_LENGTH] == box.part)
            return Taken(target, DELIMITER, sheet.write(workbook, wanted, target, guards))
    if box.kind is Kind.PARQUET:
        return Taken(target, DELIMITER, parquet.write(path, target, guards))
    with _unpacked(path, box, guards) as source:
        if box.kind is Kind.EVENT_LOG:
            return Taken(target, DELIMITER, event_log.write(source, target, guards))
        with storage_errors(), target.open("wb") as copy:
            for piece in source:
                copy.write(piece)
    return Taken(target)


@contextmanager
def _unpacked(path: Path, box: Box, guards: Guards) -> Iterator[Iterable[bytes]]:
    if box.packing is Packing.ZIP:
        with zips.opened(path, guards) as archive:
            name = next(one.filename for one in archive.files() if one.filename[:NAME_LENGTH] == box.part)
            yield archive.pieces(name)
    elif box.packing is Packing.GZIP:
        with _unzipped(path, guards) as source:
            yield source
    else:
        yield chunks(path)


@contextmanager
def _unzipped(path: Path, guards: Guards) -> Iterator[Iterator[bytes]]:
    with path.open("rb") as file:
        counted = Counted(file)
        with gzip.GzipFile(fileobj=cast(BinaryIO, counted)) as source:
            yield pieces(cast(BinaryIO, source), Meter(guards, counted))
