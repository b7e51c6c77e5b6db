"""Guards, checked before any reader sees the file."""

from pathlib import Path

import pytest

from core.errors import FileRefused
from core.ingest import guard
from core.ingest.decode import CHUNK
from core.settings import Guards
from tests.logs import inspected

GUARDS = Guards(line_bytes=CHUNK + 1000, columns=100)


def written(folder: Path, data: bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "newline"),
    [
        (b"a,b", "\n"),
        (b"a,b\n1,2\n", "\n"),
        (b"a,b\r\n1,2\r\n", "\n"),
        (b"a,b\r1,2\r", "\r"),
        (b"a,b\r\n1,2\n", "\r"),
        (b"a,b\n1,2\r3,4\n", "\r"),
        (b"x" * (CHUNK - 1) + b"\r\n1\r\n", "\n"),
        (b"x" * CHUNK + b"\n1\r\n", "\r"),
    ],
)
def test_line_ends_are_plain_where_all_are_alike_also_across_chunks(tmp_path: Path, data: bytes, newline: str) -> None:
    assert guard.newline_of(written(tmp_path, data)) == newline


def test_a_long_line_is_refused_with_its_number(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n1,2\n" + b"x" * (GUARDS.line_bytes + 1) + b",2\n3,4\n")
    with pytest.raises(FileRefused, match=r"^Line 3 has "):
        guard.check_lines(path, GUARDS)


def test_a_line_of_just_the_limit_passes_also_across_chunks(tmp_path: Path) -> None:
    line = b"x" * GUARDS.line_bytes + b"\n"
    guard.check_lines(written(tmp_path, b"a,b\n" + line * 3), GUARDS)


@pytest.mark.parametrize("before", [0, 1, 20_000])
def test_a_row_with_too_many_columns_is_refused_with_its_number(tmp_path: Path, before: int) -> None:
    row = b"1,2" + b" " * 97 + b"\n"
    path = written(tmp_path, b"a,b\n" + row * before + b"," * 100 + b"\n")
    with pytest.raises(FileRefused, match=rf"^Line {before + 2:,} has more than 100 columns"):
        guard.check_columns(path, b",", GUARDS)


def test_as_many_columns_as_allowed_pass(tmp_path: Path) -> None:
    guard.check_columns(written(tmp_path, (b",".join([b"1" * 30] * 100) + b"\n") * 2000), b",", GUARDS)


def test_columns_of_a_row_are_counted_across_chunks(tmp_path: Path) -> None:
    wide = b"," * 60 + b"x" * (CHUNK - 60) + b"," * 60 + b"\n"
    with pytest.raises(FileRefused, match="Line 1 has more than 100 columns"):
        guard.check_columns(written(tmp_path, wide), b",", GUARDS)


def test_hostile_files_come_back_with_a_problem_and_not_as_an_error(tmp_path: Path) -> None:
    assert inspected(tmp_path, b"a,b\n" + b"x" * 30_000_000).problem.startswith("Line 2 has ")
    assert "5,000 columns" in inspected(tmp_path, ",".join(f"c{n}" for n in range(5000)) + "\n1\n").problem
    assert inspected(tmp_path, b"a,b\n" + b"," * 900_000 + b"\n").problem.startswith("Line 2 has more than")
