"""XML as a stream: no document type, no entities but the five, no depth, no value without an end."""

from collections.abc import Iterable, Iterator
from typing import Protocol
from xml.parsers import expat

from core.errors import FileRefused
from core.settings import Guards

PIECE = 1 << 16


class Handler(Protocol):
    """What is told of the elements, by their names without a prefix; `text` may come in parts."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def parsed(source: Iterable[bytes], handler: Handler, guards: Guards) -> Iterator[int]:
    """Tell `handler` what `source` holds; after each piece, yields its size. Raises FileRefused."""
    reader = _Reader(handler, guards)
    for chunk in source:
        for start in range(0, len(chunk), PIECE):
            piece = chunk[start : start + PIECE]
            reader.feed(piece)
            yield len(piece)
    reader.close()


class _Reader:
    def __init__(self, handler: Handler, guards: Guards) -> None:
        self._handler, self._guards = handler, guards
        self._depth = self._fed = self._length = 0
        parser = self._parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.EntityDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def feed(self, piece: bytes) -> None:
        self._parse(piece, False)
        self._fed += len(piece)
        # What expat has not told yet it keeps: a tag or a comment without an end would grow for ever.
        if self._fed - self._parser.CurrentByteIndex > self._guards.line_bytes + PIECE:
            self._refuse_length()

    def close(self) -> None:
        self._parse(b"", True)

    def _parse(self, piece: bytes, last: bool) -> None:
        try:
            self._parser.Parse(piece, last)
        except expat.ExpatError as error:
            raise FileRefused(
                f"The XML of this file is broken, in line {error.lineno:,}.", "Copy or export it again, and add that."
            ) from None
        except (ValueError, LookupError):
            raise FileRefused(
                "The XML of this file is in an encoding that is not known.", "Save it as UTF-8, and add that."
            ) from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._length = 0
        if self._depth > self._guards.depth:
            raise FileRefused(
                f"The XML of this file is nested deeper than the {self._guards.depth:,} levels that are allowed.",
                "Export it with less depth, or raise THROUGHLINE_XML_DEPTH.",
            )
        self._handler.start(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._length = 0
        self._handler.end(name.rpartition(":")[2])

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._length > self._guards.line_bytes:
            self._refuse_length()
        self._handler.text(text)

    def _refuse_length(self) -> None:
        raise FileRefused(
            f"A value in this file is longer than the {self._guards.line_bytes:,} bytes that a line may have.",
            "Check where the file comes from, or raise THROUGHLINE_LINE_KB.",
        )

    def _refuse_doctype(self, *_: object) -> None:
        raise FileRefused(
            "The XML of this file declares a document type or entities, which can be made to fill the memory or to "
            "read other files.",
            "Take out what begins with <!DOCTYPE, and add it again.",
        )
