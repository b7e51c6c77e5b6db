"""DuckDB, locked down: it reads and writes one folder, loads nothing, and cannot be talked out of it."""

import glob
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import duckdb

MB = 1024 * 1024


def connect(
    *folders: Path,
    memory: int,
    threads: int = 2,
    spill: Path | None = None,
    more: Mapping[str, str] = MappingProxyType({}),
) -> duckdb.DuckDBPyConnection:
    """An in-memory database that may touch files below `folders` only, and spills to `spill` where one is given.

    `memory` is in bytes; `more` are further settings of the engine, as SQL. The order of the settings matters: once
    external access is off, no folder can be added, and once the configuration is locked, nothing can be changed.
    """
    connection = duckdb.connect(":memory:")
    # What is asked for is compared before it is taken for a pattern, so a folder is allowed as both.
    names = {f"{name}/" for folder in folders for name in (str(folder), glob.escape(str(folder)))}
    allowed = ", ".join(map(quoted, sorted(names)))
    settings = {
        "memory_limit": f"'{memory // MB}MB'",
        "threads": str(threads),
        "temp_directory": quoted(str(spill)) if spill else "''",
        **more,
        "preserve_insertion_order": "true",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "allow_extension_repositories": "'forbidden'",
        "allow_persistent_secrets": "false",
        "python_enable_replacements": "false",
        "allowed_directories": f"[{allowed}]",
        "enable_external_access": "false",
        "lock_configuration": "true",
    }
    connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    for name, value in settings.items():
        connection.execute(f"SET GLOBAL {name} = {value}")  # a cursor knows nothing of what is not global
    return connection


def quoted(text: str) -> str:
    """`text` as an SQL string, for the few places that take no bound value."""
    return "'" + text.replace("'", "''") + "'"


def files(path: Path, pattern: str = "") -> str:
    """`path`, or the files in it that fit `pattern`, as an SQL string for a function that reads files."""
    # Such a function takes what it is given for a pattern.
    return quoted(str(Path(glob.escape(str(path))) / pattern))


def identifier(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
