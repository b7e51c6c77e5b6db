"""Archives: what is packed is read as if it were not, and what would do harm is refused by the limit's name."""

import gzip
import io
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from core.errors import FileRefused
from core.ingest.boxes import look, take
from core.ingest.facts import Box, Kind, Packing
from core.settings import Guards

CSV = b"call,step\n" + b"".join(b"c%d,s%d\n" % (number // 3, number % 7) for number in range(5000))
LOG = b'<?xml version="1.0"?><log><trace><event><string key="concept:name" value="a"/></event></trace></log>'
MB = 1024 * 1024


def written(folder: Path, data: bytes) -> Path:
    path = folder / "upload"
    path.write_bytes(data)
    return path


def zipped(*files: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", how) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return data.getvalue()


def unpacked(folder: Path, data: bytes, wanted: str = "", guards: Guards | None = None) -> tuple[Box, bytes]:
    path = written(folder, data)
    box = look(path, wanted, guards or Guards())
    return box, take(path, box, folder / "taken.csv", guards or Guards()).path.read_bytes()


def refusal(folder: Path, data: bytes, guards: Guards | None = None) -> str:
    with pytest.raises(FileRefused) as raised:
        unpacked(folder, data, guards=guards)
    return str(raised.value)


def test_text_stays_where_it_is(tmp_path: Path) -> None:
    path = written(tmp_path, CSV)
    assert take(path, look(path, "", Guards()), tmp_path / "taken.csv", Guards()).path == path


def test_gzip_in_one_piece_or_several_is_what_was_packed(tmp_path: Path) -> None:
    box, text = unpacked(tmp_path, gzip.compress(CSV[:999]) + gzip.compress(CSV[999:]))
    assert (box, text) == (Box(packing=Packing.GZIP), CSV)


def test_a_zip_with_one_file_is_that_file_whatever_systems_left_beside_it(tmp_path: Path) -> None:
    data = zipped(("a/", b""), ("a/calls", CSV), ("__MACOSX/a/._calls", b"x"), ("a/.DS_Store", b"x"), ("none.csv", b""))
    box, text = unpacked(tmp_path, data)
    assert ([part.name for part in box.parts], box.part, box.others, text) == (["a/calls"], "a/calls", 1, CSV)


def test_of_several_files_the_largest_is_taken_or_the_one_that_is_wanted(tmp_path: Path) -> None:
    data = zipped(("readme.txt", b"What is what"), ("calls.csv", CSV), ("picture.zip", zipped(("x", b"x"))))
    box, text = unpacked(tmp_path, data)
    assert [(part.name, part.size) for part in box.parts] == [("readme.txt", 12), ("calls.csv", len(CSV))]
    assert (box.part, box.others, text) == ("calls.csv", 1, CSV)
    assert unpacked(tmp_path, data, "readme.txt")[1] == b"What is what"
    with pytest.raises(FileRefused, match=r"no 'calls' in this file\. There are: readme\.txt, calls\.csv"):
        unpacked(tmp_path, data, "calls")


def test_an_event_log_may_be_packed(tmp_path: Path) -> None:
    for data in (gzip.compress(LOG), zipped(("a.xes", LOG)), LOG):
        box, text = unpacked(tmp_path, data)
        assert (box.kind, text) == (Kind.EVENT_LOG, b"case:concept:name,concept:name\ntrace 1,a\n")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7", "a PDF document"),
        (b"\xd0\xcf\x11\xe0rest", "an old Excel workbook, or one with a password"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"<html><table>", "a web page"),
        (b'<?xml version="1.0"?><Workbook/>', "an XML document that is no event log"),
        (b"a" * 257 + b"ustar", "a tar archive"),
        (gzip.compress(b"a" * 257 + b"ustar"), "a tar archive"),
        (gzip.compress(gzip.compress(CSV)), "holds another archive"),
        (gzip.compress(b"PAR1"), "holds another archive or a workbook"),
        (zipped(("inner.zip", zipped(("a.csv", CSV)))), "holds another archive"),
        (zipped(), "archive is empty"),
        (zipped(("mimetype", b"x"), ("content.xml", b"<x/>")), "OpenDocument"),
        (zipped(("a.csv", CSV), how=zipfile.ZIP_LZMA), "compressed in a way that is not read"),
        (gzip.compress(CSV)[:-20], "damaged"),
        (gzip.compress(CSV) + b"garbage", "damaged"),
        (zipped(("a.csv", CSV))[:-30], "damaged"),
        (zipped(("a.csv", CSV)).replace(CSV[:4], b"xxxx"), ""),
    ],
    ids=lambda one: one if isinstance(one, str) else f"{len(one)} bytes",  # those of an archive hold the time
)
def test_what_cannot_be_read_says_what_it_is(tmp_path: Path, data: bytes, words: str) -> None:
    if words:
        assert words in refusal(tmp_path, data)
    else:
        assert unpacked(tmp_path, data)[1] == CSV


def test_contents_that_do_not_match_their_checksum_are_damaged(tmp_path: Path) -> None:
    data = bytearray(zipped(("a.csv", CSV), how=zipfile.ZIP_STORED))
    data[data.index(b"c77,")] ^= 1
    assert "damaged" in refusal(tmp_path, bytes(data))


def test_a_locked_archive_says_so(tmp_path: Path) -> None:
    data = bytearray(zipped(("a.csv", CSV)))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "locked with a password" in refusal(tmp_path, bytes(data))


def test_files_that_overlap_are_refused_before_any_is_unpacked(tmp_path: Path) -> None:
    """Two entries of the list are made to point at the same packed bytes, under two names."""
    one = zipped(("a.csv", CSV))
    start = one.index(b"PK\x01\x02")
    entry, end = one[start : one.index(b"PK\x05\x06")], one[one.index(b"PK\x05\x06") :]
    twice = entry + entry.replace(b"a.csv", b"b.csv")
    tail = end[:8] + struct.pack("<HHLL", 2, 2, len(twice), start) + end[20:]
    assert "overlap" in refusal(tmp_path, one[:start] + twice + tail)


def test_an_archive_with_too_many_files_names_the_setting(tmp_path: Path) -> None:
    data = zipped(*((f"{number}.csv", b"x") for number in range(12)))
    said = refusal(tmp_path, data, Guards(entries=11))
    assert "lists 12 files; 11 are allowed" in said and "THROUGHLINE_ARCHIVE_ENTRIES" in said


def bomb(n_bytes: int) -> bytes:
    """So many zeros behind a few lines, packed as tightly as it goes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(CSV)]
    parts += [packer.compress(bytes(MB)) for _ in range(n_bytes // MB)]
    return b"".join([*parts, packer.flush()])


def test_a_bomb_is_refused_after_its_first_megabytes_in_little_memory(tmp_path: Path) -> None:
    data = bomb(256 * MB)
    assert len(data) < MB
    tracemalloc.start()
    try:
        said = refusal(tmp_path, data)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "more than 200 times its size" in said and "THROUGHLINE_UNPACKED_RATIO" in said
    assert most < 16 * MB
    assert (tmp_path / "taken.csv").stat().st_size <= 9 * MB
    entry = io.BytesIO()
    with zipfile.ZipFile(entry, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as file:
        for _ in range(64):
            file.write(bytes(MB))
    assert "more than 200 times its size" in refusal(tmp_path, entry.getvalue())


def test_honest_beginnings_do_not_make_room_for_a_bomb(tmp_path: Path) -> None:
    import random

    honest = random.Random(1).randbytes(20 * MB)
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    data = b"".join(
        [packer.compress(b"a,b\n" + honest), *(packer.compress(bytes(MB)) for _ in range(64)), packer.flush()]
    )
    assert "more than 200 times its size" in refusal(tmp_path, data)


def test_an_honest_file_that_repeats_itself_is_no_bomb_up_to_its_end(tmp_path: Path) -> None:
    """Thirty times smaller when packed, and so much of it that what is read ahead is unpacked in many steps."""
    rows = (b"%d,%d,%s\n" % (n // 9, n % 9, b"what the menu says " * 6) for n in range(200_000))
    text = b"call,step,label\n" + b"".join(rows)
    for data in (zipped(("a.csv", text)), gzip.compress(text)):
        assert 30 < len(text) / len(data) < 100
        assert unpacked(tmp_path, data)[1] == text


def test_what_may_come_out_in_all_is_limited_by_name(tmp_path: Path) -> None:
    data = gzip.compress(CSV * 40)
    said = refusal(tmp_path, data, Guards(unpacked_bytes=MB, unpacked_ratio=10_000))
    assert "more than the 1 MB that are allowed" in said and "THROUGHLINE_UNPACKED_MB" in said
