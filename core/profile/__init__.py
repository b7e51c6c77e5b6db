"""Any table: its rows with types, and what is in its columns."""
