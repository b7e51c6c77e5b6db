"""Questions in SQL that a visitor writes, answered from a session's tables and from nothing else."""

from core.sql.asking import Answer, ask
from core.sql.offering import columns_of, examples_of, offered
from core.sql.tables import Table, Tables

__all__ = ["Answer", "Table", "Tables", "ask", "columns_of", "examples_of", "offered"]
