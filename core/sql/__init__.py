"""Questions in SQL that a visitor writes, answered from a session's tables and from nothing else."""

from core.sql.asking import Answer, Table, ask
from core.sql.offering import EXAMPLES, columns_of, offered

__all__ = ["EXAMPLES", "Answer", "Table", "ask", "columns_of", "offered"]
