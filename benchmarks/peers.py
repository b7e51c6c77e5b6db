"""The fifteen views answered by DuckDB from the table of steps, as one would without compact tables."""

from pathlib import Path
from typing import Any

from core.engine import connect, files
from core.flow.filter import Filter
from core.flow.selection import path_mask
from core.tables import schema
from core.tables.calllog import CallLog
from core.views import BY_KEY

MEMORY = 8 * 1024**3  # bytes: the peer may take what it likes

_LAST = "s.position = c.n_steps"
_MOVES = (
    'SELECT s.node AS source, lead(s.node) OVER (PARTITION BY s."call" ORDER BY s.position) AS target '
    'FROM steps s JOIN kept c USING ("call")'
)
_COUNTED = f"SELECT source, target, count(*) AS n FROM ({_MOVES}) WHERE target IS NOT NULL GROUP BY ALL"

QUERIES = {
    "summary": "SELECT count(*), sum(n_steps), count(DISTINCT path), min(date), max(date), median(n_steps) FROM kept",
    "top-intents": "SELECT p.intent, count(*) AS n FROM kept c JOIN paths p USING (path) GROUP BY ALL ORDER BY n DESC",
    "leaf-frequency": f'SELECT s.node, count(*) AS n FROM steps s JOIN kept c USING ("call") WHERE {_LAST} '
    "GROUP BY ALL ORDER BY n DESC",
    "path-explorer": 'SELECT s.node, count(*) AS n FROM steps s JOIN kept c USING ("call") WHERE s.position = 1 '
    "GROUP BY ALL ORDER BY n DESC",
    "top-paths": "SELECT nodes, count(*) AS n FROM (SELECT list(s.node ORDER BY s.position) AS nodes FROM steps s "
    'JOIN kept c USING ("call") GROUP BY s."call") GROUP BY ALL ORDER BY n DESC',
    "node-funnel": f'SELECT s.node, count(*) AS n, count(*) FILTER ({_LAST}), count(DISTINCT s."call") FROM steps s '
    'JOIN kept c USING ("call") GROUP BY ALL ORDER BY n DESC',
    "depth-funnel": 'SELECT s.position, count(*) AS n FROM steps s JOIN kept c USING ("call") GROUP BY ALL ORDER BY 1',
    "dead-ends": f'SELECT s.node, count(*) AS n, count(*) FILTER ({_LAST}) FROM steps s JOIN kept c USING ("call") '
    "GROUP BY ALL",
    "entropy": "SELECT source, sum(n), -sum(p * log2(p)), count(*) FROM (SELECT source, n, n / sum(n) OVER "
    f"(PARTITION BY source) AS p FROM ({_COUNTED})) GROUP BY ALL",
    "coverage": "SELECT source, sum(n), max(n), list_sum(max(n, 2)) FROM (" + _COUNTED + ") GROUP BY ALL",
    "anomalies": f"SELECT source, target, n FROM ({_COUNTED}) AS m ANTI JOIN menu ON menu.parent = m.source "
    "AND menu.node = m.target ORDER BY n DESC",
    "unreachable": "SELECT node FROM nodes WHERE in_menu AND node NOT IN (SELECT s.node FROM steps s JOIN kept c "
    'USING ("call"))',
    "duplicates": "SELECT lower(trim(label)) AS same, list(id) FROM nodes WHERE labelled GROUP BY ALL "
    "HAVING count(*) > 1",
    "weekday-trends": "SELECT isodow(date), count(*) FROM kept GROUP BY ALL ORDER BY 1",
    "url-engagement": 'SELECT n.url, count(*) AS n, count(DISTINCT s."call") FROM steps s JOIN kept c USING ("call") '
    "JOIN nodes n ON n.node = s.node WHERE n.url IS NOT NULL GROUP BY ALL ORDER BY n DESC",
}
"""View -> its question to `steps` and to `kept`, the calls that pass."""


class Peers:
    """The same log, asked in SQL."""

    def __init__(self, log: CallLog, tables: Path) -> None:
        self._log = log
        self._connection = connect(tables, memory=MEMORY)
        for table in schema.TABLES:
            path = files(tables / f"{table}.parquet")
            self._connection.execute(f"CREATE VIEW {table} AS FROM read_parquet({path})")

    def all(self, where: Filter) -> None:
        """Answer every view."""
        for query in QUERIES.values():
            self._ask(query, where)

    def check(self, where: Filter) -> None:
        """See that a few of the answers are those of the views."""
        for key, column in (("leaf-frequency", "n_calls"), ("top-paths", "n_calls"), ("node-funnel", "reach")):
            told = sorted((int(row[1]) for row in self._ask(QUERIES[key], where)), reverse=True)
            ours = sorted(BY_KEY[key].frame(self._log, where)[column].tolist(), reverse=True)
            assert told == ours, f"{key} differs under {where}"

    def _ask(self, query: str, where: Filter) -> list[tuple[Any, ...]]:
        conditions, values = ["true"], []
        for condition in where.conditions(self._log):
            text, bound = condition.sql()
            conditions.append(text)
            values += bound
        mask = path_mask(self._log, where)
        if mask is not None:
            conditions.append("list_contains(?, path)")
            values.append(mask.nonzero()[0].tolist())
        query = f"WITH kept AS (FROM calls WHERE {' AND '.join(conditions)}) {query}"
        return self._connection.execute(query, values).fetchall()
