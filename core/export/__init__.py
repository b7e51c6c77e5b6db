"""What is shown, as files to take away."""

from core.export.csv import as_csv, csv_parts
from core.export.xlsx import as_xlsx, write_xlsx

__all__ = ["as_csv", "as_xlsx", "csv_parts", "write_xlsx"]
