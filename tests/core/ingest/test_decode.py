"""Encodings: found, told where they are a guess, and refused where it is no text at all."""

from pathlib import Path

import pytest

from core.errors import FileRefused
from core.ingest import decode
from core.ingest.facts import Evidence

HEBREW = "מספר,פריט\n" + "".join(f"{number},תלונה עיקרית שיחה עם המוקד\n" for number in range(200))
GERMAN = "nr;schritt\n" + "".join(f"{number};Größe ändern, Straße wählen\n" for number in range(200))


def written(folder: Path, data: bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (HEBREW.encode(), "utf-8"),
        (HEBREW.encode("utf-8-sig"), "utf-8-sig"),
        (HEBREW.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + HEBREW.encode("utf-16-be"), "utf-16"),
        (b"a,b\n1,2\n", "utf-8"),
    ],
)
def test_what_the_bytes_say_is_sure(tmp_path: Path, data: bytes, encoding: str) -> None:
    found, evidence = decode.detect(written(tmp_path, data))
    assert (found, evidence.sure) == (encoding, True)


@pytest.mark.parametrize(("text", "encoding"), [(HEBREW, "cp1255"), (GERMAN, "cp1252"), (GERMAN, "latin-1")])
def test_what_is_guessed_is_told_and_reads_the_text(tmp_path: Path, text: str, encoding: str) -> None:
    path = written(tmp_path, text.encode(encoding))
    found, evidence = decode.detect(path)
    assert not evidence.sure and evidence.letters == 1.0
    utf8 = decode.as_utf8(path, found, "\n", tmp_path / "utf8.csv")
    assert utf8.read_text(encoding="utf-8") == text


def test_a_utf8_character_across_two_chunks_is_no_fault(tmp_path: Path) -> None:
    data = b"x" * (decode.CHUNK - 1) + "שלום".encode()
    assert decode.detect(written(tmp_path, data)) == ("utf-8", Evidence(kind="bytes"))


def test_carriage_returns_alone_become_line_ends(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\r1,2\r3,4\r")
    assert decode.as_utf8(path, "utf-8", "\r", tmp_path / "utf8.csv").read_bytes() == b"a,b\n1,2\n3,4\n"


def test_a_line_end_of_two_characters_stays_one_across_chunks(tmp_path: Path) -> None:
    path = written(tmp_path, b"x" * (decode.CHUNK - 1) + b"\r\ny\rz\n")
    text = decode.as_utf8(path, "utf-8", "\r", tmp_path / "utf8.csv").read_bytes()
    assert text == b"x" * (decode.CHUNK - 1) + b"\ny\nz\n"


def test_bytes_that_are_not_in_the_encoding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="Line 2 is not Unicode"):
        decode.as_utf8(
            written(tmp_path, "\ufeffa\n".encode("utf-16-le") + b"\x00\xd8"), "utf-16", "\n", tmp_path / "utf8.csv"
        )


def test_utf8_is_not_copied(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n1,2\n")
    assert decode.as_utf8(path, "utf-8", "\n", tmp_path / "utf8.csv") == path
    assert not (tmp_path / "utf8.csv").exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"a,b\n\x00\x01\x02", "not a text file"),
    ],
)
def test_what_is_no_csv_says_what_it_is_and_what_would_help(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(FileRefused, match=words) as refusal:
        decode.detect(written(tmp_path, data))
    assert refusal.value.hint
