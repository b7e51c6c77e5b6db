"""The rows of one step as one: what a lifecycle column tells as its start, its end, and what lies between.

Within a call and a node (and an activity instance, where there are such), in the order of time, ties by phase and then
in the file's order: an end closes the earliest start that is open. A start without an end and an end without a start
are a step each. What comes before a start goes to the next step, what lies within to the last one; without any start
or end all of it is one step. A row without a word that is known is a step of its own.
"""

_ORDER = "PARTITION BY number, node, instance ORDER BY moment NULLS FIRST, phase, row"


def leads(taken: str) -> str:
    """SQL for each row of the table `taken` that has a phase and the row that leads its step: row, lead.

    `taken` has row, number (the call), node, instance, moment, and phase as `lifecycle.rank` has it.
    """
    # The number of open starts is a sum that never falls below 0: an end that would take it there is astray. The others
    # close the starts in their order, so the first end belongs to the first start, and so on.
    return f"""
        WITH summed AS (
            SELECT *, sum(CASE phase WHEN 1 THEN 1 WHEN 3 THEN -1 ELSE 0 END) OVER sofar AS level
            FROM {taken} WHERE phase IS NOT NULL WINDOW sofar AS ({_ORDER} ROWS UNBOUNDED PRECEDING)),
        judged AS (
            SELECT *, phase = 3 AND level < least(0, coalesce(min(level) OVER earlier, 0)) AS astray
            FROM summed WINDOW earlier AS ({_ORDER} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
        counted AS (
            SELECT *, CASE WHEN phase = 1 THEN count(*) FILTER (phase = 1) OVER sofar
                           WHEN phase = 3 AND NOT astray THEN count(*) FILTER (phase = 3 AND NOT astray) OVER sofar
                      END AS turn
            FROM judged WINDOW sofar AS ({_ORDER} ROWS UNBOUNDED PRECEDING)),
        led AS (
            SELECT *, CASE WHEN astray THEN row
                           WHEN turn IS NOT NULL
                           THEN min(row) FILTER (phase = 1) OVER (PARTITION BY number, node, instance, turn)
                      END AS lead
            FROM counted)
        SELECT row, coalesce(lead, CASE phase WHEN 0 THEN coalesce(next, last) ELSE coalesce(last, next) END, first)
                    AS lead
        FROM (SELECT row, phase, lead,
                     first_value(CASE WHEN lead = row THEN row END IGNORE NULLS) OVER later AS next,
                     last_value(CASE WHEN lead = row THEN row END IGNORE NULLS) OVER sofar AS last,
                     first_value(row) OVER sofar AS first
              FROM led
              WINDOW sofar AS ({_ORDER} ROWS UNBOUNDED PRECEDING),
                     later AS ({_ORDER} ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING))
        """


def steps(taken: str, chosen: str) -> str:
    """SQL for the rows of `taken` that lead a step, and `until`, when the step ended, where another row tells that.

    `chosen` has what `leads` finds. What leads a step tells its time and place.
    """
    return f"""
        SELECT taken.*, CASE WHEN ends."at" >= taken."at" THEN ends."at" END AS until
        FROM {taken} taken LEFT JOIN {chosen} own ON own.row = taken.row
        LEFT JOIN (SELECT lead, max("at") AS "at" FROM {taken} JOIN {chosen} USING (row)
                   WHERE phase = 3 AND row <> lead GROUP BY lead) ends ON ends.lead = taken.row
        WHERE own.lead IS NULL OR own.lead = taken.row
        """
