"""From files to their typed rows and what is in their columns."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec

from core.engine import connect
from core.files import atomic_write, make_folder, remove_folder, storage_errors, sync_file, sync_folder
from core.ingest.plain import plain
from core.ingest.pseudonyms import Pseudonyms
from core.profile import rows
from core.profile.columns import Columns
from core.profile.schema import PROFILE, SCHEMA, Profile, Wanted, parts
from core.profile.whole import repeated, together
from core.settings import Guards
from core.tables.bench import Bench, Nobody, Watcher

READING, LOOKING = "Reading the rows", "Looking at the columns"


def build(
    sources: Sequence[tuple[Path, Wanted]],
    folder: Path,
    *,
    guards: Guards,
    memory: int,
    watcher: Watcher | None = None,
    pseudonyms: Pseudonyms | None = None,
) -> None:
    """Make the typed rows and the profile of each upload in the folder of its name below `folder`, whole or not at all.

    What is there already is left as it is. `memory` is what DuckDB may take, in bytes; `pseudonyms` are needed
    where a column asks for some. Raises FileRefused and StorageError.
    """
    watcher = watcher or Nobody()
    watcher.plan(*[READING, LOOKING] * len(sources))
    for number, (path, wanted) in enumerate(sources):
        watcher.stage(2 * number, total=wanted.rows, unit="rows")
        if not (folder / wanted.folder / PROFILE).is_file():
            _build(path, wanted, folder / wanted.folder, guards, memory, watcher, pseudonyms, looking=2 * number + 1)


def _build(
    path: Path,
    wanted: Wanted,
    target: Path,
    guards: Guards,
    memory: int,
    watcher: Watcher,
    pseudonyms: Pseudonyms | None,
    *,
    looking: int,
) -> None:
    part = target.with_name(f".{target.name}.part")
    work = target.with_name(f".{target.name}.work")
    try:
        for folder in (part, work):
            remove_folder(folder)
            make_folder(folder, parents=False)
        source = plain(path, wanted.dialect, work, 0, guards)
        with connect(path.parent, part, work, memory=memory, spill=work) as connection:
            if pseudonyms is not None:
                pseudonyms.bind(connection)
            bench = Bench(connection, work)
            watcher.meter = partial(_done, bench, wanted.rows)
            n_rows, columns = rows.write(bench, source, wanted, part, guards)
            watcher.stage(looking, total=len(columns), unit="columns")
            found = []
            for path_of_part, numbers in parts(part, len(columns)):
                looked = Columns(bench, path_of_part, n_rows)
                for one in numbers:
                    found.append(looked.profile(one, columns[one]))
                    watcher.advance(len(found))
            profile = Profile(
                schema=SCHEMA,
                rows=n_rows,
                unreadable=wanted.rows - n_rows,
                columns=tuple(found),
                relations=together(bench, part, tuple(found), n_rows),
                repeated=repeated(bench, part, len(found), n_rows),
            )
        with atomic_write(part / PROFILE) as file:
            file.write(msgspec.json.encode(profile))
        with storage_errors():
            for rows_file in part.glob("*.parquet"):
                sync_file(rows_file)
            part.rename(target)
            sync_folder(target.parent)
    finally:
        remove_folder(part)
        remove_folder(work)


def _done(bench: Bench, total: int) -> tuple[int, int]:
    return total * bench.percent() // 100, total
