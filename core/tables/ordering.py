"""Steps put into calls: which call a row is of, its place in that call, and which rows are one step."""

from typing import NamedTuple

from core.ingest.lifecycle import rank
from core.tables import merging
from core.tables.bench import Bench


class Told(NamedTuple):
    """How many rows were merged into steps that other rows lead; words for phases that are not known, with counts."""

    n_merged: int = 0
    unknown: tuple[tuple[str, int], ...] = ()


def order(bench: Bench, *, dated: bool, tells_phases: bool, tells_ends: bool = False) -> Told:
    """Make three tables from `raw` and `ids`.

    keys: number (the call, as they first appear), file, call_id.
    ordered, a row a step: number, position (from 1), node, at, until, hour, unread.
    places, a row for each row that is of a step: row, number, turn, which orders the rows of a call and is four times
    the position of its step or up to three more.

    A step without a readable date keeps its place behind the step before it in the file.
    """
    bench.run(
        """
        CREATE TABLE keys AS
        SELECT file, "call" AS call_id, CAST(row_number() OVER (ORDER BY min(row)) - 1 AS INTEGER) AS number
        FROM raw WHERE node IS NOT NULL AND "call" IS NOT NULL GROUP BY ALL
        """
    )
    moment = 'last_value(raw."at" IGNORE NULLS) OVER (PARTITION BY number ORDER BY raw.row)' if dated else "NULL"
    told = f", instance, {rank('lifecycle')} AS phase" if tells_phases else ""
    taken = f"""
        SELECT raw.row, number, ids.node, raw."at", {"raw.until" if tells_ends else "NULL::TIMESTAMP"} AS own_end, hour,
               unread, {moment} AS moment {told}
        FROM raw JOIN keys ON keys.file = raw.file AND keys.call_id = raw."call" JOIN ids ON ids.id = raw.node
        """
    if not tells_phases:
        bench.run(f"CREATE TABLE ordered AS {_numbered(f'SELECT *, own_end AS until FROM ({taken})')}")
        bench.run("CREATE VIEW places AS SELECT row, number, CAST(position AS BIGINT) * 4 AS turn FROM ordered")
        return Told()
    bench.run(f"CREATE TABLE taken AS {taken}")
    bench.run(f"CREATE TABLE leads AS {merging.leads('taken')}")
    bench.run(f"CREATE TABLE ordered AS {_numbered(_with_own_ends(merging.steps('taken', 'leads')))}")
    bench.run(
        """
        CREATE TABLE places AS
        SELECT taken.row, taken.number, CAST(position AS BIGINT) * 4 + coalesce(phase, 0) AS turn
        FROM taken LEFT JOIN leads USING (row) JOIN ordered ON ordered.row = coalesce(lead, taken.row)
        """
    )
    (n_merged,) = bench.one("SELECT count(*) FROM leads WHERE row <> lead")
    bench.run("DROP TABLE taken")
    unknown = bench.run(
        f"""
        SELECT lifecycle, count(*) FROM raw
        WHERE "call" IS NOT NULL AND node IS NOT NULL AND lifecycle IS NOT NULL AND {rank("lifecycle")} IS NULL
        GROUP BY ALL ORDER BY 2 DESC, 1
        """
    )
    return Told(n_merged, tuple((str(word), int(n)) for word, n in unknown))


def _with_own_ends(steps: str) -> str:
    """The steps that another row does not tell the end of end when their own row says."""
    return f"SELECT * REPLACE (coalesce(until, own_end) AS until) FROM ({steps})"


def _numbered(steps: str) -> str:
    return f"""
        SELECT row, number, node, "at", until, hour, unread, CAST(row_number() OVER (
                   PARTITION BY number ORDER BY moment NULLS FIRST, row) AS INTEGER) AS position
        FROM ({steps})
        """
