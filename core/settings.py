"""Where things are kept and how much is allowed: read once, typed, frozen.

Each setting is an environment variable `THROUGHLINE_<NAME>`, or `<name>` in the `[throughline]` section of
Streamlit's secrets; the environment wins.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from core.errors import SettingError

MB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one upload or session may take. Bytes, unless the name says otherwise."""

    file_bytes: int = 4096 * MB
    files_per_session: int = 50
    line_bytes: int = 1 * MB
    columns: int = 2000


@dataclass(frozen=True)
class Settings:
    """`home` holds everything Throughline writes; `job_memory` is in bytes."""

    home: Path
    jobs_at_once: int = 1
    job_memory: int = 512 * MB
    log_level: str = "INFO"
    limits: Limits = field(default_factory=Limits)

    def environment(self) -> dict[str, str]:
        """These settings as environment variables, for a child process."""
        return {
            "THROUGHLINE_HOME": str(self.home),
            "THROUGHLINE_JOBS_AT_ONCE": str(self.jobs_at_once),
            "THROUGHLINE_JOB_MEMORY_MB": str(self.job_memory // MB),
            "THROUGHLINE_LOG_LEVEL": self.log_level,
            "THROUGHLINE_FILE_MB": str(self.limits.file_bytes // MB),
            "THROUGHLINE_FILES_PER_SESSION": str(self.limits.files_per_session),
            "THROUGHLINE_LINE_KB": str(self.limits.line_bytes // 1024),
            "THROUGHLINE_COLUMNS": str(self.limits.columns),
        }


def load(environ: Mapping[str, str] = os.environ, secrets: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings. Raises SettingError, naming the setting, where a value is no positive number."""
    given = {f"THROUGHLINE_{name.upper()}": str(value) for name, value in (secrets or {}).items()} | dict(environ)

    def number(name: str, default: int) -> int:
        text = given.get(f"THROUGHLINE_{name}", "").strip()
        if not text:
            return default
        if not text.isdecimal() or int(text) < 1:
            raise SettingError(f"THROUGHLINE_{name} is {text!r}.", "It must be a whole number, 1 or more.")
        return int(text)

    home = given.get("THROUGHLINE_HOME", "").strip() or platformdirs.user_data_dir("throughline", appauthor=False)
    try:
        folder = Path(home).expanduser().resolve()
    except (RuntimeError, ValueError, OSError) as error:
        raise SettingError(f"THROUGHLINE_HOME is {home!r}.", "It must be the path of a folder.") from error
    return Settings(
        home=folder,
        jobs_at_once=number("JOBS_AT_ONCE", 1),
        job_memory=number("JOB_MEMORY_MB", 512) * MB,
        log_level=given.get("THROUGHLINE_LOG_LEVEL", "INFO").upper(),
        limits=Limits(
            file_bytes=number("FILE_MB", 4096) * MB,
            files_per_session=number("FILES_PER_SESSION", 50),
            line_bytes=number("LINE_KB", 1024) * 1024,
            columns=number("COLUMNS", 2000),
        ),
    )
