"""Questions of ours to tables in Parquet files: bounded in memory, beyond which they use the disk, and in time."""

import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from core.engine import connect
from core.errors import ViewError
from core.files import remove_folder

MEMORY = 256 * 1024 * 1024
SPILL, SECONDS = "4GB", 60
"""What a question may put on the disk, where it is for as long as it is answered, and how long that may take."""
_HINT = "Choose a column with fewer or shorter values."


class Reader:
    """A locked-down DuckDB that reads the files below `folders`. Safe to use from several threads."""

    def __init__(self, *folders: Path) -> None:
        spill = Path(tempfile.mkdtemp(prefix="throughline-"))
        self._clean_up = weakref.finalize(self, remove_folder, spill)
        limits = {"max_temp_directory_size": f"'{SPILL}'", "max_execution_time": str(round(SECONDS * 1000))}
        self._connection = connect(*folders, memory=MEMORY, spill=spill, more=limits)

    def frame(self, query: str, values: Sequence[Any] = ()) -> pd.DataFrame:
        """The answer to `query` as a frame; `values` are bound to its question marks.

        Raises ViewError where it takes more memory, disk or time than it may.
        """
        try:
            with self._connection.cursor() as cursor:
                return cursor.execute(query, list(values)).df()
        except duckdb.OutOfMemoryException as error:
            raise ViewError("This takes more memory than it may.", _HINT) from error
        except duckdb.InterruptException as error:
            raise ViewError(f"This was stopped after {SECONDS} seconds.", _HINT) from error

    def close(self) -> None:
        self._connection.close()
        self._clean_up()
