"""Questions in SQL that a visitor writes, answered from a session's tables and from nothing else."""

from core.sql.asking import Answer, ask
from core.sql.offering import EXAMPLES, columns_of, offered
from core.sql.tables import Table, Tables

__all__ = ["EXAMPLES", "Answer", "Table", "Tables", "ask", "columns_of", "offered"]
