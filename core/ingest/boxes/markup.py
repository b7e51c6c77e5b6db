"""XML as a stream: no document type, no entities but the five, no depth, no value without an end."""

from collections.abc import Iterable, Iterator
from typing import Protocol
from xml.parsers import expat

from core.errors import FileRefused
from core.ingest.boxes.meter import too_long
from core.settings import Guards

PIECE = 1 << 16


class Handler(Protocol):
    """What is told of the elements, by their names without a prefix; `text` may come in parts."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def parsed(source: Iterable[bytes], handler: Handler, guards: Guards) -> Iterator[int]:
    """Tell `handler` what `source` holds; after each piece, yields its size. Raises FileRefused."""
    parser = _parser(handler, guards)
    fed = 0
    for chunk in source:
        for start in range(0, len(chunk), PIECE):
            piece = chunk[start : start + PIECE]
            _feed(parser, piece)
            fed += len(piece)
            # What expat has not told yet it keeps: a tag or a comment without an end would grow for ever.
            if fed - parser.CurrentByteIndex > guards.line_bytes + PIECE:
                raise too_long(guards)
            yield len(piece)
    _feed(parser, b"", last=True)


def _parser(handler: Handler, guards: Guards) -> expat.XMLParserType:
    depth = length = 0
    deepest, longest = guards.depth, guards.line_bytes
    tell_start, tell_end, tell_text = handler.start, handler.end, handler.text

    # Called for every cell of a sheet, so nothing is looked up that need not be.
    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, length
        depth += 1
        length = 0
        if depth > deepest:
            raise FileRefused(
                f"The XML of this file is nested deeper than the {deepest:,} levels that are allowed.",
                "Export it with less depth, or raise THROUGHLINE_XML_DEPTH.",
            )
        tell_start(name.rpartition(":")[2] if ":" in name else name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        tell_end(name.rpartition(":")[2] if ":" in name else name)

    def text(text: str) -> None:
        nonlocal length
        length += len(text)
        if length > longest:
            raise too_long(guards)
        tell_text(text)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_doctype
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    return parser


def _feed(parser: expat.XMLParserType, piece: bytes, *, last: bool = False) -> None:
    try:
        parser.Parse(piece, last)
    except expat.ExpatError as error:
        raise FileRefused(
            f"The XML of this file is broken, in line {error.lineno:,}.", "Copy or export it again, and add that."
        ) from None
    except (ValueError, LookupError):
        raise FileRefused(
            "The XML of this file is in an encoding that is not known.", "Save it as UTF-8, and add that."
        ) from None


def _refuse_doctype(*_: object) -> None:
    raise FileRefused(
        "The XML of this file declares a document type or entities, which can be made to fill the memory or to "
        "read other files.",
        "Take out what begins with <!DOCTYPE, and add it again.",
    )
