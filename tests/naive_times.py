"""What the figures of times, waits and errors should be: loops over plain lists, written from the definitions alone."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from tests.naive import Call, Log, in_utc, order, shown
from tests.naive_views import Row, nearest_rank

Gap = tuple[str, str, int]
"""Source, target, milliseconds."""


def timed(call: Call) -> list[datetime | None]:
    """When each step was, nothing where the call has no time of day."""
    return [step.moment if call.hour is not None else None for step in call.steps]


def gaps(calls: Sequence[Call], longest: int) -> tuple[list[Gap], list[int], int]:
    """The moves with a known time, the times that are too long, and how many moves of timed calls have none."""
    found: list[Gap] = []
    long: list[int] = []
    unknown = 0
    for call in calls:
        moments = timed(call)
        for place in range(len(call.path) - 1):
            before, after = moments[place], moments[place + 1]
            if before is None or after is None:
                unknown += call.hour is not None
                continue
            ms = (after - before) // timedelta(milliseconds=1)
            if ms > longest * 3_600_000:
                long.append(ms)
            else:
                found.append((call.path[place], call.path[place + 1], ms))
    return found, long, unknown


def figures(times: Sequence[int]) -> tuple[float, float, float]:
    return nearest_rank(times, 50) / 1000, nearest_rank(times, 90) / 1000, sum(times) / 1000


def step_times(log: Log, calls: Sequence[Call], longest: int) -> list[Row]:
    by_node: dict[str, list[int]] = defaultdict(list)
    for source, _, ms in gaps(calls, longest)[0]:
        by_node[source].append(ms)
    total = max(sum(map(sum, by_node.values())), 1)
    ordered = sorted(by_node, key=lambda node: (-sum(by_node[node]), order(node)))
    return [
        (node, log.label(node), len(by_node[node]), *figures(by_node[node]), sum(by_node[node]) / total)
        for node in ordered
    ]


def slow_transitions(log: Log, calls: Sequence[Call], longest: int, least: int) -> list[Row]:
    by_move: dict[tuple[str, str], list[int]] = defaultdict(list)
    for source, target, ms in gaps(calls, longest)[0]:
        by_move[source, target].append(ms)
    often = {move: times for move, times in by_move.items() if len(times) >= least}
    ordered = sorted(often, key=lambda move: (-nearest_rank(often[move], 50), order(move[0]), order(move[1])))
    return [
        (move[0], log.label(move[0]), move[1], log.label(move[1]), len(often[move]), *figures(often[move]))
        for move in ordered
    ]


def span(call: Call) -> tuple[datetime, datetime] | None:
    """When a call began and ended, None without a time of day."""
    known = [moment for moment in timed(call) if moment]
    ends = [step.end for step in call.steps if step.end]
    return (known[0], max(known + ends)) if known else None


def durations(calls: Sequence[Call], longest: int, breaks: Sequence[int]) -> list[Row]:
    spans = [found for call in calls if (found := span(call))]
    lasting = [end - begin for begin, end in spans]
    fine = [one for one in lasting if one <= timedelta(hours=longest)]
    rows: list[Row] = []
    so_far = 0
    for low, high in pairwise(breaks):
        n = sum(timedelta(seconds=low) <= one < timedelta(seconds=high) for one in fine)
        so_far += n
        rows.append(("counted", low, high, n, n / max(len(fine), 1), so_far / max(len(fine), 1)))
    while rows and rows[0][3] == 0:
        rows.pop(0)
    while rows and rows[-1][3] == 0:
        rows.pop()
    rest = (("too long", len(lasting) - len(fine)), ("no time", len(calls) - len(spans)))
    return rows + [(kind, None, None, n, None, None) for kind, n in rest if n]


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def hours(calls: Sequence[Call]) -> list[Row]:
    days = [call.day for call in calls if call.day]
    known = [(call.day.isoweekday(), call.hour) for call in calls if call.day and call.hour is not None]
    counts = Counter(known)
    rows: list[Row] = []
    if known:
        lying = Counter(day.isoweekday() for day in days_between(min(days), max(days)))
        for weekday in sorted(lying):
            for hour in range(24):
                n = counts[weekday, hour]
                rows.append((weekday, hour, n, lying[weekday], n / lying[weekday]))
    untimed = len(calls) - len(known)
    return rows + ([(None, None, untimed, None, None)] if untimed else [])


def load(calls: Sequence[Call], longest: int) -> list[Row]:
    """At every second of every day that has a call: only what changes there matters, so starts and midnights do."""
    spans = [found for call in calls if (found := span(call))]
    kept = [(begin, end) for begin, end in spans if end - begin <= timedelta(hours=longest)]
    zone = calls[0].zone if calls else ""

    def day_of(moment: datetime) -> date:
        return shown(moment, zone).date()

    begun = Counter(day_of(begin) for begin, _ in spans)
    days = set(begun) | {day for begin, end in kept for day in days_between(day_of(begin), day_of(end))}
    rows: list[Row] = []
    for day in sorted(days):
        midnight = in_utc(datetime(day.year, day.month, day.day), zone)
        assert midnight is not None
        moments = sorted({midnight, *(begin for begin, _ in kept if day_of(begin) == day)})
        levels = [sum(begin <= moment <= end for begin, end in kept) for moment in moments]
        peak = max(levels)
        rows.append((day.isoformat(), begun[day], peak, shown(moments[levels.index(peak)], zone).strftime("%H:%M:%S")))
    untimed = len(calls) - len(spans)
    return rows + ([(None, untimed, None, None)] if untimed else [])


def said(call: Call, role: str) -> str | None:
    """The first value of a role on the call's rows."""
    return next((value for step in call.steps if (value := step.said.get(role))), None)


def seconds(call: Call, role: str) -> float | None:
    """The first number of seconds of a role on the call's rows; what is negative or no number is missing."""
    for step in call.steps:
        text = step.said.get(role)
        try:
            value = float(text) if text else -1.0
        except ValueError:
            continue
        if 0 <= value < float("inf"):
            return value
    return None


def waiting(log: Log, calls: Sequence[Call], over: int, short: int, told: bool) -> list[Row]:
    rows: list[tuple[str, Row]] = []
    by_intent: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        by_intent[log.intent(call)].append(call)
    for intent, own in by_intent.items():
        queued = [(wait, call) for call in own if (wait := seconds(call, "queue wait")) is not None]
        ms = [int(wait * 1000) for wait, _ in queued]
        n_over = sum(one > over * 1000 for one in ms)
        left = [wait for wait, call in queued if said(call, "agent") is None and seconds(call, "handle time") is None]
        n_short = sum(wait < short for wait in left)
        counted = len(queued) - n_short
        rows.append(
            (
                intent,
                (
                    intent,
                    log.label(intent),
                    len(own),
                    len(queued),
                    nearest_rank(ms, 50) / 1000 if ms else None,
                    nearest_rank(ms, 90) / 1000 if ms else None,
                    n_over,
                    n_over / len(queued) if queued else None,
                    len(left) if told else None,
                    n_short if told else None,
                    (len(left) - n_short) / counted if told and counted else None,
                ),
            )
        )
    return [row for _, row in sorted(rows, key=lambda one: (-int(str(one[1][3])), order(one[0])))]


def failed(call: Call, fine: Sequence[str]) -> list[int]:
    """The places of the call's steps that have an error."""
    return [place for place, step in enumerate(call.steps) if step.said.get("error") and step.said["error"] not in fine]


def ended_by(call: Call, places: Sequence[int]) -> bool:
    """Whether the call ends on one of these steps, or on the one behind it."""
    return any(place >= len(call.path) - 2 for place in places)


def errors(log: Log, calls: Sequence[Call], fine: Sequence[str]) -> list[Row]:
    reach = Counter(node for call in calls for node in call.path)
    n_errors, n_calls, n_ended = Counter[str](), Counter[str](), Counter[str]()
    for call in calls:
        by_node: dict[str, list[int]] = defaultdict(list)
        for place in failed(call, fine):
            by_node[call.path[place]].append(place)
        for node, places in by_node.items():
            n_errors[node] += len(places)
            n_calls[node] += 1
            n_ended[node] += ended_by(call, places)
    ordered = sorted(n_errors, key=lambda node: (-n_errors[node], order(node)))
    return [
        (node, log.label(node), reach[node], n_errors[node], n_errors[node] / reach[node], n_calls[node], n_ended[node])
        for node in ordered
    ]


def error_days(calls: Sequence[Call], fine: Sequence[str]) -> list[Row]:
    rows: list[Row] = []
    days = sorted({call.day for call in calls if call.day})
    for day in [*days, *([None] if any(call.day is None for call in calls) else [])]:
        own = [call for call in calls if call.day == day]
        places = [(call, failed(call, fine)) for call in own]
        steps, n = sum(len(call.path) for call in own), sum(len(found) for _, found in places)
        with_one = [(call, found) for call, found in places if found]
        ended = sum(ended_by(call, found) for call, found in with_one)
        rows.append((day.isoformat() if day else None, len(own), steps, n, n / steps, len(with_one), ended))
    return rows
