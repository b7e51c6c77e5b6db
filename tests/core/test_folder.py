"""The folder on the server: what lies in it is offered, and nothing else."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import folder
from core.errors import FileRefused, StorageError


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with two files, beside a secret, and with every way to reach that."""
    place = tmp_path / "exports"
    (place / "sub").mkdir(parents=True)
    (tmp_path / "secret.csv").write_text("secret")
    (place / "sub" / "inner.csv").write_text("inner")
    (place / ".hidden.csv").write_text("hidden")
    (place / "link.csv").symlink_to(tmp_path / "secret.csv")
    os.mkfifo(place / "pipe.csv")
    for name, moment in (("may.csv", 1_000), ("יוני.csv", 2_000)):
        (place / name).write_text(name)
        os.utime(place / name, (moment, moment))
    return place


def test_plain_files_of_the_folder_itself_are_listed_the_newest_first(place: Path) -> None:
    assert folder.listed(place) == [
        ("יוני.csv", 12, datetime.fromtimestamp(2_000, UTC)),
        ("may.csv", 7, datetime.fromtimestamp(1_000, UTC)),
    ]
    with folder.opened(place, "may.csv") as file:
        assert file.read() == b"may.csv"


@pytest.mark.parametrize(
    "name",
    ["../secret.csv", "link.csv", "sub/inner.csv", "sub", ".hidden.csv", "pipe.csv", "", ".", "..", "x\0", "gone.csv"],
)
def test_nothing_else_can_be_had(place: Path, name: str) -> None:
    with pytest.raises(FileRefused) as refused:
        folder.opened(place, name)
    assert "secret" not in str(refused.value)
    with pytest.raises(FileRefused):
        folder.opened(place, str(place.parent / "secret.csv"))


def test_a_folder_that_is_not_there_is_said_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="The folder on the server cannot be read") as refused:
        folder.listed(tmp_path / "gone")
    assert str(tmp_path) not in str(refused.value)
