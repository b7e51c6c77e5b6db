"""How calls end and who calls again, in loops over plain lists."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from tests.naive import Call, Log, order

Row = tuple[object, ...]
WORDS = ("0", "anonymous")


def group_of(log: Log, by: str) -> Callable[[Call], str | None]:
    def path(call: Call) -> str:
        return ",".join(node.replace("\\", "\\\\").replace(",", "\\,") for node in call.path)

    ways = {"intent": log.intent, "leaf": lambda call: call.path[-1], "variant": path, "all": lambda call: None}
    return ways[by]


def label_of(log: Log, by: str, calls: Sequence[Call]) -> str:
    """What the group of these calls is called."""
    if by == "all":
        return "All calls"
    if by == "variant":
        return " › ".join(log.label(node) for node in calls[0].path)
    return log.label(str(group_of(log, by)(calls[0])))


def grouped(log: Log, calls: Sequence[Call], by: str) -> list[tuple[str | None, str, list[Call]]]:
    """Group, label and calls of each, most calls first, then in the order of nodes."""
    found: dict[str | None, list[Call]] = defaultdict(list)
    for call in calls:
        found[group_of(log, by)(call)].append(call)

    def place(group: str | None) -> tuple[int, list[object]]:
        members = found[group]
        nodes = members[0].path if by == "variant" else [group] if group is not None else []
        return -len(members), [order(node) for node in nodes]

    return [(group, label_of(log, by, found[group]), found[group]) for group in sorted(found, key=place)]


def wilson(k: int, n: int) -> tuple[float | None, float | None]:
    """The two shares at which k of n would just be 1.96 standard errors away: the roots of a quadratic equation."""
    if not n:
        return None, None
    z2, p = 1.959963984540054**2, k / n
    a, b, c = 1 + z2 / n, -(2 * p + z2 / n), p * p
    root = math.sqrt(max(b * b - 4 * a * c, 0))
    return max((-b - root) / (2 * a), 0.0) if k else 0.0, min((-b + root) / (2 * a), 1.0) if k < n else 1.0


def share(k: int, n: int) -> float | None:
    return k / n if n else None


def rank(values: Sequence[float], percent: int) -> float | None:
    values = sorted(values)
    return float(values[max(-(-percent * len(values) // 100), 1) - 1]) if values else None


def outcomes(log: Log, calls: Sequence[Call], by: str) -> list[Row]:
    rows: list[Row] = []
    for group, label, members in grouped(log, calls, by):
        n = Counter(call.values.get("outcome") for call in members)
        for outcome in sorted(n, key=lambda one: (one is None, -n[one], one or "")):
            k = n[outcome]
            rows.append((group, label, len(members), outcome, k, k / len(members), *wilson(k, len(members))))
    return rows


def is_known(log: Log, call: Call, implausible: float) -> bool:
    """Whether a call's customer is somebody, and its date known."""
    return call.at is not None and call.customer is not None and call.customer not in stand_ins(log, implausible)


def stand_ins(log: Log, implausible: float) -> set[str]:
    n = Counter(call.customer for call in log.calls if call.customer)
    words = {one for one in n if one.lower() in WORDS}
    people = sorted(k for one, k in n.items() if one not in words)
    if not people:
        return words
    half = len(people) // 2
    median = people[half] if len(people) % 2 else (people[half - 1] + people[half]) / 2
    return words | {one for one, k in n.items() if k > implausible / 100 * sum(people) and k > 10 * median}


def contacts(log: Log) -> dict[str, list[tuple[datetime, list[Call]]]]:
    """Customer -> their contacts in order; the same call in two files is one."""
    found: dict[str, list[tuple[datetime, list[Call]]]] = defaultdict(list)
    for call in log.calls:
        if call.at and call.customer:
            for at, twins in found[call.customer]:
                if at == call.at and twins[0].call_id == call.call_id:
                    twins.append(call)
                    break
            else:
                found[call.customer].append((call.at, [call]))
    for one in found.values():
        one.sort(key=lambda contact: contact[0])
    return found


def gap(log: Log, call: Call, step: int) -> timedelta | None:
    """How long until the customer's next call, or with `step` -1 since the one before."""
    if call.at is None or call.customer is None:
        return None
    own = contacts(log)[call.customer]
    place = next(n for n, (_, twins) in enumerate(own) if call in twins) + step
    return abs(own[place][0] - call.at) if 0 <= place < len(own) else None


def followed(log: Log, calls: Sequence[Call], by: str, days: int, step: int, implausible: float) -> list[Row]:
    """group, label, calls, known, hit, and of these without the end of the log where nobody knows; median gap."""
    moments = [call.at for call in log.calls if call.at]
    rows: list[Row] = []
    for group, label, members in grouped(log, calls, by):
        known = [call for call in members if is_known(log, call, implausible)]
        gaps = {id(call): gap(log, call, step) for call in known}
        hit = [call for call in known if (one := gaps[id(call)]) is not None and one <= timedelta(days)]
        edge = (max(moments) if step == 1 else min(moments)) if moments else datetime.min
        whole = [call for call in known if call.at and abs(edge - call.at) >= timedelta(days)]
        hit_whole = [call for call in hit if call in whole]
        middle = rank([one.total_seconds() for call in hit if (one := gaps[id(call)]) is not None], 50)
        rows.append((group, label, len(members), len(known), len(hit), len(whole), len(hit_whole), middle))
    return rows


def days_until_next(log: Log, calls: Sequence[Call], days: int, implausible: float) -> list[int]:
    """For each call that is followed within so many days, on which of them, from 1; a day has 24 hours."""
    gaps = [gap(log, call, 1) for call in calls if is_known(log, call, implausible)]
    return [max(-(-one // timedelta(1)), 1) for one in gaps if one is not None and one <= timedelta(days)]


def repeat_calls(log: Log, calls: Sequence[Call], by: str, days: int, implausible: float) -> list[Row]:
    return [
        (group, label, n, known, hit, share(hit, known), *wilson(hit, known), whole, both, share(both, whole), middle)
        for group, label, n, known, hit, whole, both, middle in followed(log, calls, by, days, -1, implausible)
    ]


def first_contact(log: Log, calls: Sequence[Call], by: str, days: int, implausible: float) -> list[Row]:
    rows: list[Row] = []
    for group, label, n, known, hit, whole, both, middle in followed(log, calls, by, days, 1, implausible):
        low, high = wilson(known - hit, known)
        kept = share(whole - both, whole)
        rows.append((group, label, n, known, hit, share(known - hit, known), low, high, whole, both, kept, middle))
    return rows


def containment(
    log: Log, calls: Sequence[Call], by: str, marked: Collection[str], hours: int, implausible: float
) -> list[Row]:
    moments = [call.at for call in log.calls if call.at]
    rows: list[Row] = []
    for group, label, members in grouped(log, calls, by):
        inside = [call for call in members if call.values.get("outcome") in marked]
        back, unseen = 0, 0
        for call in inside:
            known = is_known(log, call, implausible)
            after = gap(log, call, 1) if known else None
            if after is not None and after <= timedelta(hours=hours):
                back += 1
            elif not known or (call.at and max(moments) - call.at < timedelta(hours=hours)):
                unseen += 1
        k, n = len(inside), len(members)
        rows.append((group, label, n, k, k / n, *wilson(k, n), back, (k - back) / n, *wilson(k - back, n), unseen))
    return rows


def abandonment(log: Log, calls: Sequence[Call]) -> list[Row]:
    ends: dict[str, list[Call]] = defaultdict(list)
    for call in log.mid_menu(calls):
        ends[call.path[-1]].append(call)
    rows: list[Row] = []
    for node in sorted(ends, key=lambda one: (-len(ends[one]), order(one))):
        k, n = len(ends[node]), sum(node in call.path for call in calls)
        lasted = [
            (call.until - call.at).total_seconds()
            for call in ends[node]
            if call.at and call.until and call.hour is not None
        ]
        steps = rank([len(call.path) for call in ends[node]], 50)
        rows.append(
            (
                node,
                log.label(node),
                k,
                n,
                k / n,
                *wilson(k, n),
                int(steps or 0),
                len(lasted),
                rank(lasted, 50),
                rank(lasted, 90),
            )
        )
    return rows


def depth(log: Log, node: str) -> int | None:
    """How many levels of the menu are above a node; None where its parents run in a circle."""
    met = [node]
    while (parent := log.parents.get(met[-1], "0")) != "0":
        if parent in met:
            return None
        met.append(parent)
    return len(met) - 1


def agents(log: Log, calls: Sequence[Call], outcome: str, least: int) -> list[Row]:
    """agent, calls, handle times, their mean and the half of its interval, median, calls with the outcome; no tests."""
    by: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        if agent := call.values.get("agent"):
            by[agent].append(call)
    rows: list[Row] = []
    for agent in sorted(one for one in by if len(by[one]) >= least):
        times = [call.handle_time for call in by[agent] if call.handle_time is not None]
        mean = half = middle = None
        if len(times) >= max(least, 2):
            mean = sum(times) / len(times)
            spread = sum((one - mean) ** 2 for one in times) / (len(times) - 1)
            half, middle = 1.959963984540054 * math.sqrt(spread / len(times)), rank(times, 50)
        n = sum(call.values.get("outcome") == outcome for call in by[agent])
        rows.append((agent, len(by[agent]), len(times), mean, half, middle, n))
    return rows


def compare(log: Log, first: Sequence[Call], second: Sequence[Call], of: str) -> list[Row]:
    """group, n_first, share_first, n_second, share_second of each, in no order; calls in both count once."""
    both = [call for call in first if call in second]
    if len(first) > len(second):
        first = [call for call in first if call not in both]
    else:
        second = [call for call in second if call not in both]
    if not first or not second:
        return []
    group = (lambda call: call.values.get("outcome")) if of == "outcome" else group_of(log, of)
    one, two = Counter(map(group, first)), Counter(map(group, second))
    return [(key, one[key], one[key] / len(first), two[key], two[key] / len(second)) for key in one | two]


def q_values(p: Sequence[float | None]) -> list[float | None]:
    """The least level at which the step-up procedure would still let each pass."""
    tested = sorted(one for one in p if one is not None)
    m = len(tested)

    def passes(one: float, level: float) -> bool:
        ok = [k for k, other in enumerate(tested, 1) if other <= level * k / m]
        return bool(ok) and one <= tested[max(ok) - 1]

    levels = sorted({other * m / k for k, other in enumerate(tested, 1)})
    tiny = 1 + 1e-12
    return [None if one is None else next(level for level in levels if passes(one, level * tiny)) for one in p]
