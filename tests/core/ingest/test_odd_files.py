"""Every odd file gives just the rows that it holds, or is refused in words; docs/odd-files.md lists them all."""

import re
from pathlib import Path

import numpy as np
import pytest

from core.engine import connect
from core.ingest import load
from core.ingest.inspect import inspect
from core.ingest.plain import plain
from core.service import PROJECT
from core.settings import Guards
from tests.logs import MEMORY
from tests.odd_files import ODD_FILES, Odd

LISTED = (PROJECT / "docs" / "odd-files.md").read_text()


@pytest.mark.parametrize("odd", ODD_FILES, ids=lambda odd: odd.name)
def test_an_odd_file_is_read_right_or_refused_in_words(tmp_path: Path, odd: Odd) -> None:
    path = tmp_path / "upload"
    path.write_bytes(odd.data)
    work = tmp_path / "work"
    work.mkdir()
    facts = inspect(path, work, Guards(), memory=MEMORY)
    if odd.refused:
        assert odd.refused in f"{facts.problem} {facts.hint}"
        return
    assert (facts.problem, facts.header) == ("", tuple(odd.header))
    assert (facts.rows, facts.unreadable) == (len(odd.rows) + len(odd.aside), len(odd.aside))
    assert sum(mend.rows for mend in facts.mends) == odd.mended
    assert (facts.another.line if facts.another else 0) == odd.another

    file = plain(path, facts.dialect, work, 0, Guards())
    with connect(tmp_path, memory=MEMORY) as connection:
        values = ", ".join(file.cleaned(number) for number in range(len(facts.columns)))
        read = load.rows(file.path, file.dialect, len(facts.columns), Guards(), rejects="refused")
        assert connection.execute(f"SELECT {values} FROM {read}").fetchall() == list(odd.rows)
        refused = list(load.refused_rows(connection, "refused"))
    located = file.locate(np.arange(0), np.array([offset for offset, _ in refused], np.int64))
    told = [(one.line, one.reason) for one in file.aside]
    told += [(one.place.line, refused[one.number][1]) for one in located]
    assert len(told) == len(odd.aside)
    for (line, reason), (expected, words) in zip(sorted(told), odd.aside, strict=True):
        assert line == expected and words in reason


def test_the_list_of_odd_files_is_whole() -> None:
    assert re.findall(r"^\| `([^`]+)` \|", LISTED, re.M) == [odd.name for odd in ODD_FILES]
    assert all(f"| `{odd.name}` | {odd.what} |" in LISTED for odd in ODD_FILES)
