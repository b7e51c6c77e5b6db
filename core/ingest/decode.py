"""Which encoding a file is in, and the file as UTF-8 with plain line ends."""

import codecs
import io
from collections.abc import Iterator
from pathlib import Path

from charset_normalizer import from_bytes

from core.errors import FileRefused

CHUNK = 1 << 17  # bytes: what is made of them stays in the processor's cache
SAMPLE = 1 << 18

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def detect(path: Path) -> tuple[str, bool]:
    """The encoding, and whether that is sure rather than a guess. Raises FileRefused for what is no text."""
    head = next(chunks(path), b"")
    if not head.strip():
        raise FileRefused(
            "The file is empty.", "Export it again; it should hold a header line and a row for each step."
        )
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding, True
    if b"\0" in head[:SAMPLE]:
        raise FileRefused("This is not a text file.", "Export the data as CSV (text with one row a line) and add that.")
    foreign = _first_not_utf8(path)
    return ("utf-8", True) if foreign is None else (_guessed(foreign), False)


def _first_not_utf8(path: Path) -> bytes | None:
    """The part of the file in which UTF-8 first fails, or None where all of it is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for chunk in chunks(path):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            start = max(0, error.start - SAMPLE // 2)
            return chunk[start : start + SAMPLE]
    return None


def _guessed(sample: bytes) -> str:
    best = from_bytes(sample).best()
    if best is None:
        raise FileRefused("The encoding of this file is not known.", "Save it again as UTF-8, and add that.")
    return best.encoding


def as_utf8(path: Path, encoding: str, newline: str, target: Path) -> Path:
    """`path` itself where it is UTF-8 and its lines end alike, else a copy of it in `target` that is so.

    With `newline` a carriage return, every line end becomes a line feed: DuckDB reads no file that mixes them. Raises
    FileRefused where the bytes are not in `encoding`.
    """
    if encoding in ("utf-8", "utf-8-sig") and newline != "\r":
        return path
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=newline == "\r")
    try:
        with target.open("wb") as copy:
            for chunk in chunks(path):
                copy.write(decoder.decode(chunk).encode())
            copy.write(decoder.decode(b"", final=True).encode())
    except UnicodeError:
        raise FileRefused(
            f"Parts of this file are not {encoding} text.", "Save it again as UTF-8, and add that."
        ) from None
    return target
