"""What is shown, as files to take away."""

import tempfile
from collections.abc import Callable, Iterable

import pandas as pd
import streamlit as st

from core.export import as_csv, as_xlsx, csv_parts, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table(name: str, frame: pd.DataFrame) -> None:
    """Buttons that download `frame` as a file called `name`, nothing cut off."""
    _buttons(name, lambda: as_csv(frame), lambda: as_xlsx(frame))


def stream(name: str, frames: Callable[[], Iterable[pd.DataFrame]]) -> None:
    """The same for a table that is made in parts when it is asked for."""
    _buttons(name, lambda: b"".join(csv_parts(frames())), lambda: _workbook(frames()))


def _workbook(frames: Iterable[pd.DataFrame]) -> bytes:
    with tempfile.TemporaryFile() as target:
        write_xlsx(frames, target)
        target.seek(0)
        return target.read()


def _buttons(name: str, csv: Callable[[], bytes], xlsx: Callable[[], bytes]) -> None:
    kinds = (("CSV", "csv", "text/csv", csv), ("Excel", "xlsx", XLSX, xlsx))
    for kind, ending, mime, data in kinds:
        st.download_button(
            f"Export as {kind}",
            data=data,
            file_name=f"{name}.{ending}",
            mime=mime,
            icon=":material/download:",
            on_click="ignore",
            key=f"export:{ending}",
        )
