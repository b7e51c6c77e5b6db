"""Which encoding a file is in, what speaks for it, and the file as UTF-8 with plain line ends."""

import codecs
import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from charset_normalizer import from_bytes

from core.errors import FileRefused
from core.ingest import latin
from core.ingest.facts import Evidence

CHUNK = 1 << 17  # bytes: what is made of them stays in the processor's cache
SAMPLE = 1 << 18

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


ENCODINGS = {
    "utf-8": "Unicode (UTF-8)",
    "utf-16": "Unicode (UTF-16)",
    "utf-16-le": "Unicode (UTF-16, low byte first)",
    "utf-16-be": "Unicode (UTF-16, high byte first)",
    "cp1255": "Hebrew (windows-1255)",
    "iso8859_8": "Hebrew (ISO-8859-8)",
    "cp862": "Hebrew (DOS 862)",
    "cp1252": "Western (windows-1252)",
    "latin_1": "Western (ISO-8859-1)",
    "iso8859_15": "Western with euro (ISO-8859-15)",
    "cp850": "Western (DOS 850)",
    "mac_roman": "Western (Macintosh)",
    "cp1250": "Central European (windows-1250)",
    "iso8859_2": "Central European (ISO-8859-2)",
    "cp1251": "Cyrillic (windows-1251)",
    "koi8_r": "Cyrillic (KOI8-R)",
    "iso8859_5": "Cyrillic (ISO-8859-5)",
    "cp1253": "Greek (windows-1253)",
    "iso8859_7": "Greek (ISO-8859-7)",
    "cp1254": "Turkish (windows-1254)",
    "cp1256": "Arabic (windows-1256)",
    "iso8859_6": "Arabic (ISO-8859-6)",
    "cp1257": "Baltic (windows-1257)",
    "shift_jis": "Japanese (Shift JIS)",
    "euc_jp": "Japanese (EUC-JP)",
    "gb18030": "Chinese (GB 18030)",
    "big5": "Chinese (Big5)",
    "euc_kr": "Korean (EUC-KR)",
}
"""Every encoding that is looked for, and that a person can choose, in words; but for UTF-8 and UTF-16 with a mark."""
_LEGACY = [name for name in ENCODINGS if not name.startswith("utf")]
_TEXT = 0.99
"""Of the characters must be ones that a text has for bytes to be UTF-16 without a mark."""
_MANY, _NEARLY_ALL = 0.2, 0.9
"""Of the lines beyond ASCII must be UTF-8 for a file to be two in one, and of its bytes for it to be a damaged one."""


def named(encoding: str) -> str:
    """An encoding in words, with the name by which others know it."""
    return ENCODINGS.get({"utf-8-sig": "utf-8"}.get(encoding, encoding), encoding.upper())


def detect(path: Path, foreign: int | None = None) -> tuple[str, Evidence]:
    """The encoding, and what speaks for it. Raises FileRefused for what is no text.

    Beginning, middle and end of the file are looked at, and what lies behind `foreign`, where UTF-8 is known to fail.
    """
    head = next(chunks(path), b"")
    if not head.strip():
        raise FileRefused(
            "The file is empty.", "Export it again; it should hold a header line and a row for each step."
        )
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding, Evidence(kind="mark")
    if (wide := _wide(head[:SAMPLE])) is not None:
        return wide, Evidence(kind="bytes")
    if b"\0" in head[:SAMPLE]:
        raise FileRefused("This is not a text file.", "Export the data as CSV (text with one row a line) and add that.")
    pieces = list(_pieces(path, foreign))
    beyond, good = map(sum, zip(*map(_weighed, pieces), strict=True))
    if beyond == 0:
        return "utf-8", Evidence(kind="ascii")
    if good >= _NEARLY_ALL * beyond:
        return "utf-8", Evidence(kind="bytes")
    if _has_lines_of_both(pieces):
        raise FileRefused(
            "Parts of this file are UTF-8, and others are not.",
            "Two exports may have been put together: save each as UTF-8 and add both; or choose an encoding.",
        )
    return _guessed(max(pieces, key=lambda piece: _weighed(piece)[0]))


def _pieces(path: Path, foreign: int | None) -> Iterator[bytes]:
    size = path.stat().st_size
    starts = {0, max(0, size // 2 - SAMPLE // 2), max(0, size - SAMPLE)} | ({foreign} if foreign is not None else set())
    with path.open("rb") as file:
        for start in sorted(starts) if size > SAMPLE else [0]:
            file.seek(start)
            piece = file.read(SAMPLE if start != foreign else 2 * CHUNK)
            yield piece if start != foreign else _around_foreign(piece)


def _around_foreign(piece: bytes) -> bytes:
    """The part of a long piece in which UTF-8 first fails."""
    try:
        piece.decode()
    except UnicodeDecodeError as error:
        start = max(0, error.start - SAMPLE // 2)
        return piece[start : start + SAMPLE]
    return piece[:SAMPLE]


def _weighed(piece: bytes) -> tuple[int, int]:
    """How many bytes are beyond ASCII, and how many of those are UTF-8; a character that is cut off counts as such."""
    n_ascii = len(piece.decode("ascii", errors="ignore"))
    beyond = len(piece) - n_ascii
    good = len(piece.decode("utf-8", errors="ignore").encode()) - n_ascii
    cut_off = 6 if beyond else 0
    return beyond, min(beyond, good + cut_off if good else good)


def _has_lines_of_both(pieces: list[bytes]) -> bool:
    """Whether a good part of the lines beyond ASCII is UTF-8, as happens by chance to few in another encoding."""
    lines = [line for piece in pieces for line in piece.split(b"\n") if not line.isascii()]
    return sum(_is_utf8(line) for line in lines) >= _MANY * len(lines)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of what ASCII has is zero."""
    for encoding, zeros, letters in (
        ("utf-16-le", sample[1::2], sample[::2]),
        ("utf-16-be", sample[::2], sample[1::2]),
    ):
        if zeros.count(0) > 0.1 * len(zeros) and letters.count(0) < 0.01 * len(letters):
            text = sample.decode(encoding, errors="ignore")
            if sum(one.isprintable() or one.isspace() for one in text) >= _TEXT * len(text):
                return encoding
    return None


def _guessed(sample: bytes) -> tuple[str, Evidence]:
    western = latin.guessed(sample)
    if western and latin.stands_alone(sample):
        return western[0], Evidence(kind="guess", language="Latin script", letters=western[1])
    # Of what is possible the likeliest, unless another makes letters of more of the foreign bytes.
    possible = [(_letters(sample, one.encoding), one) for one in from_bytes(sample, cp_isolation=_LEGACY)]
    if not possible:
        raise FileRefused(
            "The encoding of this file is not known.", "Save it again as UTF-8, and add that; or choose its encoding."
        )
    (letters, in_latin), best = max(possible, key=lambda one: one[0][0])
    if western and in_latin > 0.5:
        return western[0], Evidence(kind="guess", language="Latin script", letters=western[1])
    language = "" if best.language == "Unknown" else best.language
    return best.encoding, Evidence(kind="guess", language=language, letters=round(letters, 3))


def _letters(sample: bytes, encoding: str) -> tuple[float, float]:
    """The share of letters, and that of Latin ones, among the characters beyond ASCII."""
    foreign = [one for one in sample.decode(encoding, errors="ignore") if not one.isascii()]
    letters = sum(unicodedata.category(one).startswith(("L", "M")) for one in foreign)
    latin_letters = sum(unicodedata.name(one, "").startswith("LATIN") for one in foreign)
    return letters / max(len(foreign), 1), latin_letters / max(len(foreign), 1)


def as_utf8(path: Path, encoding: str, newline: str, target: Path) -> Path:
    """`path` itself where it is UTF-8 and its lines end alike, else a copy of it in `target` that is so.

    With `newline` a carriage return, every line end becomes a line feed: DuckDB reads no file that mixes them. Raises
    FileRefused where the bytes are not in `encoding`; bytes that are no UTF-8 stay as they are.
    """
    utf8 = encoding in ("utf-8", "utf-8-sig")
    if utf8 and newline != "\r":
        return path
    lines, held = 1, ""
    bytewise = codecs.getincrementaldecoder("utf-8" if utf8 else encoding)("surrogateescape" if utf8 else "strict")
    decoder = io.IncrementalNewlineDecoder(bytewise, translate=newline == "\r")
    try:
        with target.open("wb") as copy:
            for chunk in chunks(path):
                held = decoder.decode(chunk)
                lines += held.count("\n")
                copy.write(held.encode(errors="surrogateescape"))
            copy.write(decoder.decode(b"", final=True).encode(errors="surrogateescape"))
    except UnicodeError as error:
        if isinstance(error, UnicodeDecodeError):
            lines += error.object[: error.start].count(b"\n")
        raise FileRefused(
            f"Line {lines:,} is not {named(encoding)} text.",
            "Choose another encoding, or save the file again as UTF-8 and add that.",
        ) from None
    return target
