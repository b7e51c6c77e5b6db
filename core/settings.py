"""Where things are kept and how much is allowed: read once, typed, frozen.

Each setting is an environment variable `THROUGHLINE_<NAME>`, or `<name>` in the `[throughline]` section of
Streamlit's secrets; the environment wins.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs

from core.errors import SettingError

MB = 1024 * 1024
MINUTE, HOUR, DAY = 60, 3600, 86_400


class Access(StrEnum):
    """Who sees a session: its owner and whom they give a link, or everyone who reaches the server."""

    PRIVATE = "private"
    SHARED = "shared"


@dataclass(frozen=True)
class Limits:
    """What sessions may take, in bytes, and how long they live, in seconds. 0 seconds: for ever, and for `undo` never.

    A session ends `idle` seconds after it was last seen or changed and `lifetime` seconds after it was made, whichever
    comes first. A deleted one can be had back for `undo` seconds.
    """

    file_bytes: int = 4096 * MB
    files_per_session: int = 50
    session_bytes: int = 16_384 * MB
    sessions_per_owner: int = 1000
    total_bytes: int = 102_400 * MB
    idle: int = 90 * DAY
    lifetime: int = 0
    undo: int = 30 * MINUTE


@dataclass(frozen=True)
class Guards:
    """What a file may hold before any reader sees it.

    `unpacked_bytes` is what may come out of an archive, a workbook or another box, `unpacked_ratio` how many times
    what went in; `entries` is what an archive may list, `depth` how deep the elements of XML may be nested.
    """

    line_bytes: int = 1 * MB
    columns: int = 2000
    unpacked_bytes: int = 8192 * MB
    unpacked_ratio: int = 200
    entries: int = 1000
    depth: int = 50
    rows: int = 500_000_000
    cells: int = 10_000_000_000


@dataclass(frozen=True)
class QueryLimits:
    """What one question in SQL may take: `seconds` of time, `rows` of the answer, bytes of memory and of the answer."""

    seconds: int = 20
    rows: int = 10_000
    memory: int = 256 * MB
    answer_bytes: int = 64 * MB


@dataclass(frozen=True)
class Settings:
    """`home` holds everything Throughline writes; `job_memory` is in bytes, `job_time` in seconds.

    An upload comes in pieces of `chunk` bytes. The files in `folder`, where there is one, are offered to everyone.
    """

    home: Path
    folder: Path | None = None
    access: Access = Access.PRIVATE
    jobs_at_once: int = 1
    job_memory: int = 512 * MB
    job_time: int = 6 * HOUR
    chunk: int = 4 * MB
    log_level: str = "INFO"
    limits: Limits = field(default_factory=Limits)
    guards: Guards = field(default_factory=Guards)
    sql: QueryLimits = field(default_factory=QueryLimits)

    def environment(self) -> dict[str, str]:
        """These settings as environment variables, for a child process."""
        parts = {"": self, "limits": self.limits, "guards": self.guards, "sql": self.sql}
        numbers = {
            f"THROUGHLINE_{name}": str(getattr(parts[one.part], one.field) // one.unit) for name, one in NUMBERS.items()
        }
        return {
            "THROUGHLINE_HOME": str(self.home),
            "THROUGHLINE_FOLDER": str(self.folder or ""),
            "THROUGHLINE_ACCESS": self.access.value,
            "THROUGHLINE_LOG_LEVEL": self.log_level,
            **numbers,
        }


def is_temporary(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the host is known not to promise that its disk stays, as Streamlit Community Cloud does not."""
    return Path("/mount/src").is_dir() or environ.get("HOME") in ("/home/appuser", "/home/adminuser")


class Number(NamedTuple):
    """A setting that is a whole number: the field it fills, what one of it is, and the least it may be."""

    part: str
    field: str
    unit: int = 1
    least: int = 1


NUMBERS: Mapping[str, Number] = {
    "JOBS_AT_ONCE": Number("", "jobs_at_once"),
    "JOB_MEMORY_MB": Number("", "job_memory", MB),
    "JOB_HOURS": Number("", "job_time", HOUR),
    "CHUNK_KB": Number("", "chunk", 1024),
    "FILE_MB": Number("limits", "file_bytes", MB),
    "FILES_PER_SESSION": Number("limits", "files_per_session"),
    "SESSION_MB": Number("limits", "session_bytes", MB),
    "SESSIONS_PER_OWNER": Number("limits", "sessions_per_owner"),
    "TOTAL_MB": Number("limits", "total_bytes", MB),
    "IDLE_DAYS": Number("limits", "idle", DAY, least=0),
    "LIFETIME_DAYS": Number("limits", "lifetime", DAY, least=0),
    "UNDO_MINUTES": Number("limits", "undo", MINUTE, least=0),
    "LINE_KB": Number("guards", "line_bytes", 1024),
    "COLUMNS": Number("guards", "columns"),
    "SQL_SECONDS": Number("sql", "seconds"),
    "SQL_ROWS": Number("sql", "rows"),
    "SQL_MEMORY_MB": Number("sql", "memory", MB),
    "UNPACKED_MB": Number("guards", "unpacked_bytes", MB),
    "UNPACKED_RATIO": Number("guards", "unpacked_ratio"),
    "ARCHIVE_ENTRIES": Number("guards", "entries"),
    "XML_DEPTH": Number("guards", "depth"),
    "ROWS": Number("guards", "rows"),
    "CELLS": Number("guards", "cells"),
}
"""Name, without `THROUGHLINE_` -> what it sets. Their defaults are those of the classes."""


def load(environ: Mapping[str, str] = os.environ, secrets: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings. Raises SettingError, naming the setting, where a value is none that it may have."""
    given = {f"THROUGHLINE_{name.upper()}": str(value) for name, value in (secrets or {}).items()} | dict(environ)
    numbers: dict[str, dict[str, int]] = {"": {}, "limits": {}, "guards": {}, "sql": {}}
    for name, one in NUMBERS.items():
        if text := given.get(f"THROUGHLINE_{name}", "").strip():
            if not text.isdecimal() or int(text) < one.least:
                hint = f"It must be a whole number, {one.least} or more."
                raise SettingError(f"THROUGHLINE_{name} is {text!r}.", hint)
            numbers[one.part][one.field] = int(text) * one.unit

    access = given.get("THROUGHLINE_ACCESS", "").strip().lower() or Access.PRIVATE
    if access not in tuple(Access):
        raise SettingError(f"THROUGHLINE_ACCESS is {access!r}.", f"It must be one of: {', '.join(Access)}.")
    home = given.get("THROUGHLINE_HOME", "").strip() or platformdirs.user_data_dir("throughline", appauthor=False)
    offered = given.get("THROUGHLINE_FOLDER", "").strip()
    return Settings(
        home=_folder("THROUGHLINE_HOME", home),
        folder=_folder("THROUGHLINE_FOLDER", offered) if offered else None,
        access=Access(access),
        log_level=given.get("THROUGHLINE_LOG_LEVEL", "INFO").upper(),
        limits=replace(Limits(), **numbers["limits"]),
        guards=replace(Guards(), **numbers["guards"]),
        sql=replace(QueryLimits(), **numbers["sql"]),
        **numbers[""],
    )


def _folder(name: str, text: str) -> Path:
    try:
        return Path(text).expanduser().resolve()
    except (RuntimeError, ValueError, OSError) as error:
        raise SettingError(f"{name} is {text!r}.", "It must be the path of a folder.") from error
