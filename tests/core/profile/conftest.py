"""Files as they are profiled: looked at first, as every upload is."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.ingest.inspect import inspect
from core.profile import build as profiling
from core.profile.schema import Wanted
from core.profile.tables import Rows
from core.settings import Guards

MEMORY = 230 * 1024 * 1024
Opened = Callable[..., Rows]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """The typed rows of a CSV file."""
    rows: list[Rows] = []

    def make(text: str | bytes, **date_formats: str) -> Rows:
        path, work = tmp_path / f"{len(rows)}.csv", tmp_path / "work"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        work.mkdir(exist_ok=True)
        facts = inspect(path, work, Guards(), memory=MEMORY)
        assert facts.usable, facts.problem
        wanted = Wanted(
            file_id=f"{len(rows):032}",
            dialect=facts.dialect,
            columns=facts.columns,
            rows=facts.rows,
            date_formats=date_formats,
        )
        profiling.build([(path, wanted)], tmp_path, guards=Guards(), memory=MEMORY)
        rows.append(Rows(tmp_path / wanted.folder))
        return rows[-1]

    yield make
    for one in rows:
        one.close()
