"""Taking away what has expired and what no record names, and looking for damage."""

import math
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from core.errors import SessionDamaged, SessionError, SessionNotFound, StorageError
from core.files import locked, make_folder, remove_folder, storage_errors
from core.sessions import parts
from core.sessions.parts import Parts
from core.sessions.record import Session, SessionSummary
from core.sessions.shelf import NAMES, PROFILES, RECORD, TABLES, UPLOADS, Shelf, changed, inside
from core.settings import DAY, Limits

LITTER_AGE = 3600.0
"""Seconds: what is younger may belong to an upload or a build under way, whose record is written last."""
FLAT = NAMES - {UPLOADS, TABLES, PROFILES}
"""What a session without files holds."""


@dataclass(frozen=True)
class Problem:
    """Something that `check` found wrong in a session's folder."""

    session_id: str
    detail: str


@dataclass(frozen=True)
class SweepReport:
    """What a sweep removed; `kept` are the damaged sessions that it left alone."""

    removed: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def sweep(root: Path, shelf: Shelf, discarded: Shelf, limits: Limits, now: datetime) -> SweepReport:
    """Sweep the home folder `root`: what goes is moved aside, out of everyone's sight, and then removed."""
    moment = now.timestamp()
    lock = root / "sweep.lock"
    last = changed(lock)
    with storage_errors(), locked(lock, timeout=0) as mine:
        if not mine:
            return SweepReport()
        report = set_aside(root, shelf, discarded, limits, moment, last)
        older = empty(root, moment) + Parts(root / parts.FOLDER).sweep(moment - DAY)
        os.utime(lock, (moment, moment))
    removed = {*report.removed, *older} - {*report.expired}
    return SweepReport(tuple(sorted(removed)), report.expired, report.kept)


def set_aside(
    root: Path, shelf: Shelf, discarded: Shelf, limits: Limits, moment: float, last: float = 0.0
) -> SweepReport:
    """Move what goes to the trash. `last` is when that was done before, both in seconds since the epoch.

    A session in which nothing is new since, and whose time is not up, is only looked at from outside.
    """
    grave = make_folder(root / "trash")
    removed: list[str] = []
    expired: list[str] = []
    kept: list[str] = []
    for session_id in discarded.ids():
        is_over = partial(_is_beyond_undo, discarded, session_id, limits, moment)
        with _alone_to_blame(session_id, kept):
            if is_over() and _buried(discarded, session_id, grave, still=is_over):
                removed.append(session_id)
    lines = {one.id: one for one in shelf.summaries()}
    for session_id in shelf.ids():
        line = lines.get(session_id)
        with _alone_to_blame(session_id, kept):
            if line is None:
                if _is_husk(shelf.folder(session_id), moment - LITTER_AGE) and _buried(shelf, session_id, grave):
                    removed.append(session_id)
            elif line.damaged:
                kept.append(session_id)
            elif _is_over(shelf, line, limits, moment):
                if _buried(shelf, session_id, grave, still=partial(_is_over, shelf, line, limits, moment)):
                    expired.append(session_id)
            elif not _is_quiet(shelf, session_id, last - DAY):
                removed += _without_litter(shelf, session_id, moment - LITTER_AGE)
    return SweepReport(tuple(removed), tuple(expired), tuple(kept))


@contextmanager
def _alone_to_blame(session_id: str, kept: list[str]) -> Iterator[None]:
    """What cannot be done with one session does not keep the sweep from the others; one that went meanwhile is none."""
    try:
        yield
    except (SessionNotFound, FileNotFoundError):
        pass
    except (SessionError, StorageError, OSError):
        kept.append(session_id)


def empty(root: Path, moment: float) -> list[str]:
    """Remove what was moved aside, and creations that were cut off; the names of what is gone."""
    return _emptied(root / "trash", math.inf) + _emptied(root / "new", moment - LITTER_AGE)


def check(shelf: Shelf, now: datetime) -> list[Problem]:
    """What is wrong in each session's folder; one that is deleted meanwhile has nothing wrong."""
    problems = []
    for session_id in shelf.ids():
        with suppress(FileNotFoundError):
            found = _wrong(shelf, session_id, now.timestamp() - LITTER_AGE)
            if shelf.folder(session_id).exists():
                problems += [Problem(session_id, detail) for detail in found]
    return problems


def _wrong(shelf: Shelf, session_id: str, before: float) -> list[str]:
    try:
        session = shelf.load(session_id)
    except SessionNotFound:
        return ["a folder without a record"]
    except SessionDamaged as error:
        return [error.detail]
    except SessionError as error:
        return [error.problem]
    litter = _litter(shelf.folder(session_id), session, before)
    return [*_missing(shelf, session), *(f"{path.name} belongs to nothing" for path in litter)]


def _emptied(folder: Path, before: float) -> list[str]:
    """Remove what in `folder` did not change since that moment; the names of what was removed."""
    names = []
    for path in inside(folder):
        if max(changed(path), changed(path / UPLOADS)) < before:
            _remove(path)
            names.append(path.name)
    return names


def _remove(folder: Path) -> None:
    """Remove a folder, or as much of it as can be; most hold a few files, for which this is twice as fast as rmtree."""
    with suppress(OSError):
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    Path(entry.path).unlink(missing_ok=True)
        folder.rmdir()


def _is_beyond_undo(discarded: Shelf, session_id: str, limits: Limits, moment: float) -> bool:
    return discarded.seen(session_id) + limits.undo <= moment


def _is_over(shelf: Shelf, line: SessionSummary, limits: Limits, moment: float) -> bool:
    if limits.lifetime and line.created is not None and line.created.timestamp() + limits.lifetime <= moment:
        return True
    return bool(limits.idle) and shelf.seen(line.id) + limits.idle <= moment


def _buried(shelf: Shelf, session_id: str, grave: Path, *, still: Callable[[], bool] = lambda: True) -> bool:
    """Move the session out of everyone's sight, unless somebody is just using it or did after it was looked at."""
    with shelf.alone(session_id, timeout=0) as mine:
        if mine and still():
            with suppress(FileNotFoundError):
                os.rename(shelf.path(session_id, ""), f"{grave}/{session_id}")  # noqa: PTH104 (as `path` says)
                return True
    return False


def _is_quiet(shelf: Shelf, session_id: str, since: float) -> bool:
    """Whether nothing was put into the session's folders since then."""
    return all(changed(shelf.path(session_id, name)) < since for name in ("", UPLOADS, TABLES, PROFILES))


def _without_litter(shelf: Shelf, session_id: str, before: float) -> list[str]:
    folder = shelf.folder(session_id)
    if FLAT.issuperset(os.listdir(folder)):  # noqa: PTH208 (most sessions of a long list, so it has to be quick)
        return []
    if not _litter(folder, shelf.load(session_id), before):
        return []
    with shelf.alone(session_id):
        litter = _litter(folder, shelf.load(session_id), before)
        with storage_errors():
            for path in litter:
                remove_folder(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
    return [path.name for path in litter]


def _is_husk(folder: Path, before: float) -> bool:
    """Whether an old folder without a record holds no uploads either, such as a removal leaves that was cut off."""
    return changed(folder) < before and not changed(folder / RECORD) and not inside(folder / UPLOADS)


def _loose(folder: Path) -> Iterator[Path]:
    """What lies in a session's folder under no name that belongs there."""
    return (path for path in folder.iterdir() if path.name not in NAMES and not path.name.endswith(".lock"))


def _litter(folder: Path, session: Session, before: float) -> list[Path]:
    """Old temporary files, and what an idle session holds that its record does not name."""
    litter = list(_loose(folder))
    if session.job and session.job.active:
        litter = [path for path in litter if path.name.endswith(".tmp")]
    else:
        uploads = {file.id for file in session.files if not file.forgotten}
        tables = {session.tables, session.retired}
        profiles = {file.profile for file in session.files}
        litter += [path for path in inside(folder / UPLOADS) if path.name not in uploads]
        litter += [path for path in inside(folder / TABLES) if path.name not in tables]
        litter += [path for path in inside(folder / PROFILES) if path.name not in profiles]
    return [path for path in litter if changed(path) < before]


def _missing(shelf: Shelf, session: Session) -> list[str]:
    folder = shelf.folder(session.id)
    uploads = [file for file in session.files if not file.forgotten]
    lost = [f"the upload {file.id} is missing" for file in uploads if not (folder / UPLOADS / file.id).is_file()]
    if session.tables and not (folder / TABLES / session.tables).is_dir():
        lost.append("the tables are missing")
    gone = (one for one in session.files if one.profile and not (folder / PROFILES / one.profile).is_dir())
    lost += [f"the profile of the upload {file.id} is missing" for file in gone]
    return lost
