"""What a question may be: one SELECT over the tables that are offered.

The engine is locked down and would refuse the rest, too. This is the first of two walls, and the one that says in words
what is not allowed; it also keeps what the engine tells of itself, such as where its files lie, from being asked.
"""

from collections.abc import Collection, Iterator
from typing import Any

import duckdb
import msgspec

from core.errors import QueryError

TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest", "repeat"})
"""The functions that stand where a table does: those that make rows out of nothing but their arguments."""
CLOSED = frozenset(
    {
        "add_parquet_key", "current_database", "current_query", "current_role", "current_schema", "current_schemas",
        "current_setting", "current_user", "currval", "getenv", "getvariable", "glob", "in_search_path", "nextval",
        "parquet_scan", "parse_duckdb_log_message", "query", "query_table", "read_blob", "read_csv", "read_csv_auto",
        "read_json", "read_parquet", "read_text", "session_user", "setseed", "user", "write_log",
    }
)  # fmt: skip
"""Functions that tell of the engine rather than of the tables, or that change something."""
_ONE = "Ask one question, beginning with SELECT, WITH or FROM."


def check(connection: duckdb.DuckDBPyConnection, query: str, tables: Collection[str]) -> None:
    """Raise QueryError where `query` is not one SELECT over `tables`; `connection` is asked how it reads it."""
    answer = connection.execute("SELECT json_serialize_sql(CAST(? AS VARCHAR))", [query]).fetchone()
    assert answer is not None
    read = msgspec.json.decode(answer[0])
    if read["error"]:
        if read["error_type"] == "parser":
            raise QueryError("This SQL cannot be read.", _ONE, said=str(read["error_message"]))
        raise QueryError("Only questions are answered here: nothing can be changed, loaded or set.", _ONE)
    if len(read["statements"]) != 1:
        raise QueryError("Only one question at a time is answered.", _ONE)
    parts = list(_parts(read))
    own = {entry["key"].lower() for part in parts if "cte_map" in part for entry in part["cte_map"]["map"]}
    known = {name.lower() for name in tables} | own
    for part in parts:
        if part.get("type") == "TABLE_FUNCTION":
            _allow(str(part["function"]["function_name"]), str(part["function"]["function_name"]) in TABLE_FUNCTIONS)
        elif part.get("class") == "FUNCTION":
            name = str(part["function_name"]).lower()
            _allow(name, name not in CLOSED and not name.startswith(("pg_", "duckdb_", "has_", "pragma_")))
        elif "table_name" in part and part.get("type") in ("BASE_TABLE", "SHOW_REF"):
            _offer(part, known, tables)


def _allow(function: str, allowed: bool) -> None:
    if not allowed:
        raise QueryError(f"The function {function[:60]!r} is not allowed here.", "Ask the tables of this session only.")


def _offer(part: dict[str, Any], known: Collection[str], tables: Collection[str]) -> None:
    name = str(part["table_name"])
    qualified = any(part.get(one) for one in ("schema_name", "catalog_name"))
    if part["type"] == "SHOW_REF" and not name.strip('"'):
        return
    if qualified or name.strip('"').lower() not in known:
        raise QueryError(f"There is no table named {name[:60]!r} here.", f"There are: {', '.join(tables)}.")


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in what a query was read as."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            yield found
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)
