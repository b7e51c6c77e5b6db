"""What uploads come in: text as it is, packed, workbooks, Parquet, event logs. Out comes text, in the work folder."""

from core.ingest.boxes.grid import row_of
from core.ingest.boxes.taking import Taken, look, take

__all__ = ["Taken", "look", "row_of", "take"]
