"""Guards and line ends, checked in one pass before any reader sees the file."""

from pathlib import Path

import msgspec
import pytest

from core.errors import FileRefused
from core.ingest import guard
from core.ingest.facts import Dialect
from core.settings import Guards
from tests.logs import inspected

GUARDS = Guards(line_bytes=1 << 20, columns=100)
BLOCK = 2 << 20
"""Bytes that are read at once."""


def scanned(folder: Path, data: bytes, guards: Guards = GUARDS, **dialect: object) -> guard.Scan:
    path = folder / "file.csv"
    path.write_bytes(data)
    return guard.scan(path, msgspec.structs.replace(Dialect(), **dialect), guards)


LONG = b"x,y\n" * (BLOCK // 4 - 1)


@pytest.mark.parametrize(
    ("data", "newline", "lines"),
    [
        (b"a,b", "\n", 0),
        (b"a,b\n1,2\n", "\n", 2),
        (b"a,b\r\n1,2\r\n", "\n", 2),
        (b"a,b\r1,2\r", "\r", 2),
        (b"a,b\r\n1,2\n", "\r", 2),
        (b"a,b\n1,2\r3,4\n", "\r", 3),
        (b'a,b\r\n1,"x\ny\rz"\r\n', "\n", 4),
        (b'a,b\n1,"x\r\ny"\n', "\n", 3),
        (b"a,b\r\n" + LONG.replace(b"\n", b"\r\n"), "\n", BLOCK // 4),
        (LONG + b"1,2\r\n", "\r", BLOCK // 4),
    ],
)
def test_line_ends_are_plain_where_all_are_alike_outside_of_quotes(
    tmp_path: Path, data: bytes, newline: str, lines: int
) -> None:
    found = scanned(tmp_path, data)
    assert (found.newline, found.lines) == (newline, lines)


def test_the_place_where_utf8_fails_is_found_also_late(tmp_path: Path) -> None:
    assert scanned(tmp_path, "א,ב\n".encode() * 1_000_000).foreign is None
    late = LONG + "é,b\n".encode("cp1252")
    found = scanned(tmp_path, late).foreign
    assert found is not None and late[found:].startswith((b"x", b"\xe9"))


def test_a_long_line_is_refused_with_its_number(tmp_path: Path) -> None:
    for length in (GUARDS.line_bytes + 1, 5 * BLOCK):
        with pytest.raises(FileRefused, match=r"^Line 3 has "):
            scanned(tmp_path, b"a,b\n1,2\n" + b"x" * length + b",2\n3,4\n")


def test_a_line_of_just_the_limit_passes_also_across_blocks(tmp_path: Path) -> None:
    assert scanned(tmp_path, b"a,b\n" + (b"x" * GUARDS.line_bytes + b"\n") * 3).lines == 4


@pytest.mark.parametrize("end", [b"\n", b"\r"])
@pytest.mark.parametrize("before", [0, 1, 20_000])
def test_a_row_with_too_many_columns_is_refused_with_its_number(tmp_path: Path, before: int, end: bytes) -> None:
    row = b"1,2" + b" " * 97 + end
    with pytest.raises(FileRefused, match=rf"^Line {before + 2:,} has more than 100 columns"):
        scanned(tmp_path, b"a,b" + end + row * before + b"," * 100 + end)


def test_as_many_columns_as_allowed_pass(tmp_path: Path) -> None:
    assert scanned(tmp_path, (b",".join([b"1" * 30] * 100) + b"\n") * 2000).lines == 2000


def test_rows_and_cells_are_limited(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="more than 10 lines"):
        scanned(tmp_path, b"a,b\n" * 11, Guards(rows=10))
    with pytest.raises(FileRefused, match="more than 20 cells"):
        scanned(tmp_path, b"a,b\n" * 11, Guards(cells=20), width=2)


def test_a_nul_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"^Line 3 holds a NUL"):
        scanned(tmp_path, b"a,b\n1,2\n3,\0\n")


def test_hostile_files_come_back_with_a_problem_and_not_as_an_error(tmp_path: Path) -> None:
    assert inspected(tmp_path, b"a,b\n" + b"x" * 30_000_000).problem.startswith("Line 2 has ")
    assert "5,000 columns" in inspected(tmp_path, ",".join(f"c{n}" for n in range(5000)) + "\n1\n").problem
    assert inspected(tmp_path, b"a,b\n1,2\n" + b"," * 900_000 + b"\n").problem.startswith("Line 3 has more than")
