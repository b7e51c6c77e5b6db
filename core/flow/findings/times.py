"""What the views of times say."""

import numpy as np
import pandas as pd

from core.flow.durations import COUNTED, lasting
from core.flow.filter import Filter
from core.flow.findings.weekdays import WEEKDAYS
from core.flow.findings.words import Finding, named
from core.flow.gaps import gaps
from core.flow.load import peak
from core.tables.calllog import CallLog
from core.text import briefly, day, isolate, number, percent, plural, share_of
from core.text import lasting as told


def of_hours(log: CallLog, where: Filter, rows: pd.DataFrame) -> Finding:
    """The busiest hour of the week, and the busiest hour of the day."""
    timed = rows[rows["hour"].notna()]
    n_timed, n_calls = int(timed["n_calls"].sum()), int(rows["n_calls"].sum())
    if not n_timed:
        return Finding("None of these calls has a time of day", f"{share_of(n_timed, n_calls)} calls have one.")
    best = timed.iloc[int(timed["calls_per_day"].to_numpy().argmax())]
    by_hour = np.bincount(timed["hour"].to_numpy(np.int64), weights=timed["n_calls"])
    hour, n = int(by_hour.argmax()), int(by_hour.max())
    return Finding(
        f"{WEEKDAYS[int(best['weekday'])]} from {clock(int(best['hour']))} is busiest, with "
        f"{_rate(float(best['calls_per_day']))} calls a day",
        f"{plural(int(best['n_calls']), 'call')} on {plural(int(best['n_days']), 'such day')}. Over all days, "
        f"{percent(n / n_timed, 0)} of calls begin from {clock(hour)}. {share_of(n_timed, n_calls)} calls have a time.",
    )


def of_step_times(log: CallLog, where: Filter, rows: pd.DataFrame, longest: int) -> Finding:
    """Where calls spend most time, and what is left out."""
    left = left_out(log, where, longest)
    if not len(rows):
        return Finding("No step has a known time until the next one", left or "The calls have one step each.")
    best, total = rows.iloc[0], float(rows["total_s"].sum())
    return Finding(
        f"{named(best)} takes {percent(float(best['share']), 0)} of the time that steps take",
        f"{told(float(best['total_s']))} of {told(total)}; half of its {plural(int(best['n']), 'time')} take at most "
        f"{briefly(float(best['median_s']))}. {plural(int(rows['n'].sum()), 'step')} "
        f"with a next one are counted.{left}",
    )


def of_slow_transitions(log: CallLog, where: Filter, rows: pd.DataFrame, longest: int, often: int) -> Finding:
    """The slowest transition, and what is left out."""
    left = left_out(log, where, longest)
    if not len(rows):
        return Finding(f"No move has {plural(often, 'known time')}", f"Ask for fewer to see the slowest.{left}")
    best = rows.iloc[0]
    return Finding(
        f"From {named(best, 'source_label')} to {named(best, 'target_label')} is slowest: half take "
        f"{briefly(float(best['median_s']))} or more",
        f"{plural(int(best['n']), 'time')}, nine in ten within {briefly(float(best['p90_s']))}. Of "
        f"{plural(len(rows), 'move')} that are made at least {plural(often, 'time')}.{left}",
    )


def of_durations(log: CallLog, where: Filter, rows: pd.DataFrame, longest: int) -> Finding:
    """The median and the 90th percentile, with and without calls of a single step."""
    found, n_calls = lasting(log, where, longest=longest), int(rows["n_calls"].sum())
    n = int(rows.loc[rows["kind"] == COUNTED, "n_calls"].sum())
    left = f" Left out: {plural(found.too_long, 'call')} of over {plural(longest, 'hour')}." if found.too_long else ""
    if not n:
        return Finding("No call has a duration", f"{share_of(n, n_calls)} calls have one.{left}")
    strict = found.percentile(50, several=True)
    alone = (
        f" {plural(found.single, 'call')} of a single step {'counts' if found.single == 1 else 'count'} as 0 s: "
        f"without, half last at most {briefly(strict)}."
        if found.single and strict is not None
        else ""
    )
    half, most = (briefly(found.percentile(percent) or 0) for percent in (50, 90))
    return Finding(
        f"Half of the calls last at most {half}, nine in ten {most}",
        f"{share_of(n, n_calls)} calls have a duration.{alone}{left}",
    )


def of_load(log: CallLog, where: Filter, rows: pd.DataFrame, longest: int) -> Finding:
    """The most calls at once, and when."""
    most, n_calls = peak(log, where, longest=longest), int(rows["n_calls"].sum())
    if most.at is None:
        return Finding("No call has a time of day", f"{share_of(0, n_calls)} calls have one.")
    days = rows[rows["peak"].notna()]
    usual = sorted(int(one) for one in days["peak"])[(len(days) + 1) // 2 - 1]
    left = f" {plural(most.too_long, 'call')} of over {plural(longest, 'hour')} left out." if most.too_long else ""
    return Finding(
        f"At most {plural(most.n, 'call')} at once, on {WEEKDAYS[most.at.isoweekday()]}, {day(most.at.date())} "
        f"at {most.at:%H:%M}",
        f"On half of {plural(len(days), 'day')} the peak is at most {number(usual)}. "
        f"{share_of(int(days['n_calls'].sum()), n_calls)} calls have a time.{left}",
    )


def left_out(log: CallLog, where: Filter, longest: int) -> str:
    """What of the times between steps is not counted, " " in front; "" where all is."""
    found, parts = gaps(log, where, longest=longest), []
    if found.long:
        parts.append(
            f"{plural(found.long, 'time')} of over {plural(longest, 'hour')} ({told(found.long_ms / 1000)} together)"
        )
    if found.negative:
        parts.append(f"{plural(found.negative, 'negative time')}")
    if found.unknown:
        parts.append(f"{plural(found.unknown, 'step')} where a time is missing")
    return f" Left out: {', '.join(parts)}." if parts else ""


def clock(hour: int) -> str:
    """ "08:00 to 09:00"."""
    return isolate(f"{hour:02}:00") + " to " + isolate(f"{(hour + 1) % 24:02}:00")


def _rate(n: float) -> str:
    return number(round(n)) if n >= 10 else number(n, 1)
