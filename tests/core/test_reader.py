"""Questions to tables: what does not fit into memory goes by way of the disk, and what does not end is stopped."""

import gc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import reader
from core.engine import files
from core.errors import ViewError
from core.files import make_folder
from core.reader import Reader

ROWS = 200_000


@pytest.fixture
def spilled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, with little memory."""
    monkeypatch.setattr("tempfile.tempdir", str(make_folder(tmp_path / "spilled")))
    monkeypatch.setattr(reader, "MEMORY", 24 * 1024 * 1024)
    return tmp_path / "spilled"


@pytest.fixture
def words(tmp_path: Path) -> str:
    """A table of many long words, none of them twice, as SQL."""
    path = tmp_path / "words.parquet"
    pq.write_table(pa.table({"word": [f"{n * 7919 % ROWS:06}{'x' * 150}" for n in range(ROWS)]}), path)
    return f"read_parquet({files(path)})"


def test_what_does_not_fit_into_memory_is_answered_and_nothing_is_left_of_it(
    tmp_path: Path, spilled: Path, words: str
) -> None:
    opened = Reader(tmp_path)
    assert len(list(spilled.iterdir())) == 1
    found = opened.frame(f"SELECT word, count(*) AS n FROM {words} GROUP BY word ORDER BY n DESC, word LIMIT 2")
    assert [(word[:6], n) for word, n in found.values.tolist()] == [("000000", 1), ("000001", 1)]
    del opened
    gc.collect()
    assert list(spilled.iterdir()) == []


def test_what_takes_too_much_is_told_in_words(
    tmp_path: Path, spilled: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "SPILL", "1MB")
    with pytest.raises(ViewError, match="more memory than it may"):
        Reader(tmp_path).frame(f"FROM {words} ORDER BY word")
    monkeypatch.setattr(reader, "SECONDS", 0.05)
    with pytest.raises(ViewError, match="stopped after"):
        Reader(tmp_path).frame("SELECT count(*) FROM range(100000000) a, range(1000) b WHERE a.range % 7 = b.range")
