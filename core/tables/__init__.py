"""The compact Parquet tables that a session's files become, and the way to read them."""
