"""What is shown, as files to take away."""

from core.export.csv import as_csv

__all__ = ["as_csv"]
