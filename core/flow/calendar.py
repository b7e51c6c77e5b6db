"""When people call."""

import pandas as pd

from core.flow.filter import ALL, Filter, selected
from core.tables.calllog import CallLog


def weekday_trends(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """Calls by ISO weekday, 1 = Monday: weekday, n_calls, n_days, calls_per_day.

    n_days is how often that weekday lies in the span from the first to the last day of the calls that pass; weekdays
    outside the span are left out. Calls without a date come last, with weekday, n_days and calls_per_day missing.
    """
    source, values = selected(log, where)
    return log.frame(
        f"""
        WITH counted AS (SELECT date, sum(n) AS n FROM {source} GROUP BY date),
        span AS (SELECT unnest(generate_series(min(date), max(date), INTERVAL 1 DAY))::DATE AS day FROM counted),
        days AS (SELECT isodow(day) AS weekday, count(*) AS n_days FROM span GROUP BY ALL),
        calls AS (SELECT isodow(date) AS weekday, sum(n) AS n FROM counted GROUP BY ALL)
        SELECT weekday, coalesce(n, 0)::BIGINT AS n_calls, n_days, coalesce(n, 0) / n_days AS calls_per_day
        FROM days LEFT JOIN calls USING (weekday)
        UNION ALL
        SELECT NULL, n::BIGINT, NULL, NULL FROM calls WHERE weekday IS NULL
        ORDER BY weekday NULLS LAST
        """,
        values,
    )
