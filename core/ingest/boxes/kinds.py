"""What a file is, told by its first bytes and never by its name."""

import codecs
import re
from typing import NamedTuple

from core.errors import FileRefused
from core.ingest.facts import Kind, Packing

HEAD = 1 << 16
"""As many first bytes tell what a file is."""


class _Foreign(NamedTuple):
    begins: bytes
    what: str
    hint: str


_UNPACK = "Unpack it and add the file that is inside."
_EXPORT = "Export the data as CSV where it comes from."
_FOREIGN = (
    _Foreign(b"%PDF", "a PDF document", _EXPORT),
    _Foreign(
        b"\xd0\xcf\x11\xe0",
        "an old Excel workbook, or one with a password",
        "Save it as .xlsx without a password, or the sheet as CSV, and add that.",
    ),
    _Foreign(b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    _Foreign(b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    *(_Foreign(b"BZh%d1AY&SY" % level, "a bzip2 archive", _UNPACK) for level in range(1, 10)),
    _Foreign(b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    _Foreign(b"\x28\xb5\x2f\xfd", "a zstd archive", _UNPACK),
    _Foreign(b"SQLite format 3\x00", "a database", "Export the table as CSV, and add that."),
    _Foreign(b"ARROW1", "an Arrow file", "Export it as CSV or Parquet, and add that."),
)
_TAR = 257, b"ustar"
_XML = re.compile(rb"\s*<(\?xml\s|!--|!DOCTYPE\s(?!html)|log[\s/>])")
_EVENT_LOG = re.compile(rb"<(\w+:)?log[\s/>]")
_PAGE = re.compile(rb"\s*(<\?xml[^>]*>\s*)?<(!doctype\s+html|html|head|body|table)[\s>]", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def told(head: bytes) -> Kind | Packing:
    """What begins with `head`; a workbook is a zip. Raises FileRefused for what is known and not read here."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return Packing.ZIP
    if head.startswith(b"\x1f\x8b"):
        return Packing.GZIP
    if head.startswith(b"PAR1"):
        return Kind.PARQUET
    for one in _FOREIGN:
        if head.startswith(one.begins):
            raise refused(one.what, one.hint)
    start, mark = _TAR
    if head[start : start + len(mark)] == mark:
        raise refused("a tar archive", _UNPACK)
    return _told_of_text(head)


def _told_of_text(head: bytes) -> Kind:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            head = head.decode(encoding, errors="ignore").encode()
    if _PAGE.match(head):
        raise refused("a web page", "Open it in a spreadsheet, save the sheet as .xlsx or CSV, and add that.")
    if not _XML.match(head):
        return Kind.TEXT
    if not _EVENT_LOG.search(head):
        raise refused("an XML document that is no event log (XES)", _EXPORT)
    return Kind.EVENT_LOG


def told_inside(head: bytes) -> Kind:
    """What begins with `head` and was packed: text or an event log. Raises FileRefused, also for boxes in boxes."""
    found = told(head)
    if isinstance(found, Packing) or found is Kind.PARQUET:
        raise FileRefused(
            "The archive holds another archive or a workbook.",
            "Unpack it and add what is inside; only files of text and event logs are read out of archives.",
        )
    return found


def refused(what: str, hint: str) -> FileRefused:
    return FileRefused(f"This is {what}, which is not read here.", hint)
