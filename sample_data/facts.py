"""The oddities in the sample logs and their numbers, as the makers of the calls and visits know them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median_low

from sample_data import clinic, shop
from sample_data.clinic import Call
from sample_data.menu import (
    BLOOD_TEST,
    FAX,
    LAB_RESULTS,
    MENU_CHANGE,
    NODES,
    NOT_READY,
    OWN_IDS,
    RENAMED,
    TRAVEL,
    VIDEO,
    VISIT_PRICE,
    in_both,
)
from sample_data.shop import Visit

Fact = dict[str, int | float | str | list[str]]
Facts = dict[str, Fact]

WITHIN = timedelta(days=7)


def clinic_facts(calls: Sequence[Call]) -> Facts:
    """Return the oddities of the clinic's calls."""
    english_price, hebrew_price = in_both(VISIT_PRICE)
    return {
        "totals": totals(calls),
        "dead_end_english": stops(calls, [english_price]),
        "dead_end_hebrew": stops(calls, [hebrew_price]),
        "outage": outage(calls),
        "duplicates": duplicates(),
        "unreachable": unreachable(calls),
        "jumps": jumps(calls),
        "call_again": call_again(calls),
        "anonymous": anonymous(calls),
        "monday_rush": monday_rush(calls),
        "errors": errors(calls),
        "queue": queue(calls),
        "ways_back": ways_back(calls),
        "slow_agent": slow_agent(calls),
        "menu_change": menu_change(calls),
        "inconsistent": inconsistent(calls),
        "twin_ids": {node: touching(calls, [node]) for node in OWN_IDS.values()},
        "midnight": midnight(calls),
        "loop": loop(calls),
        "side_door": {"node_ids": list(in_both(BLOOD_TEST)), "n_calls": entering(calls, in_both(BLOOD_TEST))},
        "slow_prompt": slow_prompt(calls),
    }


def shop_facts(visits: Sequence[Visit]) -> Facts:
    """Return the oddities of the shop's visits."""
    return {
        "shop_totals": {
            "n_visits": len(visits),
            "n_steps": sum(len(visit.steps) for visit in visits),
            "n_pages": len({page for visit in visits for page in visit.path}),
            "n_ordered": sum(visit.ordered for visit in visits),
        },
        "shop_address": address(visits),
        "shop_address_phone": address(visit for visit in visits if visit.device == shop.PHONE),
        "shop_address_desktop": address(visit for visit in visits if visit.device == "desktop"),
        "shop_loop": shop_loop(visits),
        "shop_na": {
            "n_steps": sum(len(visit.steps) for visit in visits if visit.id == "NA"),
            "n_visits_from_namibia": sum(visit.country == "NA" for visit in visits),
        },
        "shop_newsletter": newsletter(visits),
        "shop_robot": shop_robot(visits),
    }


def share(part: int, whole: int) -> float:
    """Return a share, to a tenth of a percent."""
    return round(part / whole, 3)


def touching(calls: Iterable[Call], node_ids: Iterable[str]) -> int:
    """Return how many calls touch one of the nodes."""
    wanted = set(node_ids)
    return sum(any(node.id in wanted for node in call.path) for call in calls)


def ending_on(calls: Iterable[Call], node_ids: Iterable[str]) -> int:
    """Return how many calls end on one of the nodes."""
    wanted = set(node_ids)
    return sum(call.leaf.id in wanted for call in calls)


def entering(calls: Iterable[Call], node_ids: Iterable[str]) -> int:
    """Return how many calls begin on one of the nodes."""
    wanted = set(node_ids)
    return sum(call.path[0].id in wanted for call in calls)


def totals(calls: Sequence[Call]) -> Fact:
    """Return how large the log is."""
    return {
        "n_calls": len(calls),
        "n_steps": sum(len(call.steps) for call in calls),
        "n_nodes": len(NODES),
        "n_customers": len({call.caller.customer for call in calls} - {clinic.ANONYMOUS}),
        "first_day": calls[0].start.date().isoformat(),
        "last_day": calls[-1].start.date().isoformat(),
    }


def stops(calls: Sequence[Call], node_ids: Sequence[str]) -> Fact:
    """Return how many calls come to some nodes and how many end there."""
    reach, ended = touching(calls, node_ids), ending_on(calls, node_ids)
    return {"node_ids": list(node_ids), "n_calls": reach, "n_ended": ended, "share": share(ended, reach)}


def outage(calls: Sequence[Call]) -> Fact:
    """Return what became of the calls about lab results on the bad day, and on the others."""
    down = [call for call in calls if call.start.date() == clinic.OUTAGE]
    other = [call for call in calls if call.start.date() != clinic.OUTAGE]
    return stops(down, in_both(LAB_RESULTS)) | {
        "day": clinic.OUTAGE.isoformat(),
        "n_errors": sum(call.ending.outcome == "error" for call in down),
        "n_errors_other_days": sum(call.ending.outcome == "error" for call in other),
        "share_other_days": stops(other, in_both(LAB_RESULTS))["share"],
    }


def duplicates() -> Fact:
    """Return the labels that several nodes have."""
    nodes = Counter(node.label.strip().casefold() for node in NODES.values())
    shared = {label: n for label, n in nodes.items() if n > 1}
    return {"labels": sorted(shared), "n_labels": len(shared), "n_nodes": sum(shared.values())}


def unreachable(calls: Sequence[Call]) -> Fact:
    """Return the nodes that no call touches."""
    touched = {node.id for call in calls for node in call.path}
    unused = sorted(NODES.keys() - touched)
    return {"node_ids": unused, "n_nodes": len(unused)}


def jumps(calls: Sequence[Call]) -> Fact:
    """Return how often callers jumped to the representative with key 0."""
    n_jumps = [sum(step.move == "zero" for step in call.steps) for call in calls]
    return {"n_jumps": sum(n_jumps), "n_calls": sum(n > 0 for n in n_jumps)}


def call_again(calls: Sequence[Call]) -> Fact:
    """Return how many known callers call again within a week of an answer, and of any other end."""
    starts: dict[str, list[datetime]] = defaultdict(list)
    for call in calls:
        starts[call.caller.customer].append(call.start)
    known = [call for call in calls if call.caller.customer != clinic.ANONYMOUS]
    again = [
        any(timedelta() < later - call.start <= WITHIN for later in starts[call.caller.customer]) for call in known
    ]
    after = [came_back for call, came_back in zip(known, again, strict=True) if call.leaf.item.number == NOT_READY]
    n_other, n_other_again = len(known) - len(after), sum(again) - sum(after)
    return {
        "node_ids": list(in_both(NOT_READY)),
        "n_calls": len(after),
        "n_again": sum(after),
        "share": share(sum(after), len(after)),
        "share_other_ends": share(n_other_again, n_other),
    }


def anonymous(calls: Sequence[Call]) -> Fact:
    """Return how many calls have no known caller."""
    unknown = sum(call.caller.customer == clinic.ANONYMOUS for call in calls)
    return {"n_calls": unknown, "share": share(unknown, len(calls))}


def errors(calls: Sequence[Call]) -> Fact:
    """Return the steps with an error, the calls that meet one, and those that end within one step of it."""
    met = [call for call in calls if any(call.errors)]
    down = [call for call in met if call.start.date() == clinic.OUTAGE]
    return {
        "n_steps": sum(error != "" for call in calls for error in call.errors),
        "n_calls": len(met),
        "n_ended": sum(any(call.errors[-2:]) for call in met),
        "n_steps_unheard": sum(error == clinic.UNHEARD for call in calls for error in call.errors),
        "day": clinic.OUTAGE.isoformat(),
        "n_steps_that_day": sum(error != "" for call in down for error in call.errors),
    }


def queue(calls: Sequence[Call]) -> Fact:
    """Return how long queued calls wait, and how many end there."""
    waits = sorted(call.ending.queue_wait for call in calls if call.ending.queue_wait is not None)
    return {
        "n_calls": len(waits),
        "median_s": waits[(len(waits) + 1) // 2 - 1],
        "p90_s": waits[(len(waits) * 9 + 9) // 10 - 1],
        "n_over_60_s": sum(wait > 60 for wait in waits),
        "n_ended": sum(call.ending.queue_wait is not None and call.ending.agent is None for call in calls),
    }


def ways_back(calls: Sequence[Call]) -> Fact:
    """Return how many calls come to a node that they met before, and how often."""
    times = [sum(node in call.path[:place] for place, node in enumerate(call.path)) for call in calls]
    return {"n_calls": sum(n > 0 for n in times), "n_times": sum(times)}


def monday_rush(calls: Sequence[Call]) -> Fact:
    """Return how many calls begin from eight to ten, a Monday and any other day from Sunday to Thursday."""
    early = [call.start.date() for call in calls if 8 <= call.start.hour < 10]
    mondays = [day for day in early if day.isoweekday() == clinic.MONDAY]
    others = [day for day in early if day.isoweekday() in {7, 2, 3, 4}]
    return {
        "n_calls": len(mondays),
        "per_monday": round(len(mondays) / len(set(mondays)), 1),
        "per_other_day": round(len(others) / len(set(others)), 1),
    }


def slow_agent(calls: Sequence[Call]) -> Fact:
    """Return the handle times of the slow agent and of the others."""
    times: dict[bool, list[int]] = {True: [], False: []}
    for call in calls:
        if call.ending.handle_time is not None:
            times[call.ending.agent == clinic.SLOW_AGENT].append(call.ending.handle_time)
    return {
        "agent": clinic.SLOW_AGENT,
        "n_calls": len(times[True]),
        "mean_s": round(sum(times[True]) / len(times[True])),
        "n_calls_others": len(times[False]),
        "mean_s_others": round(sum(times[False]) / len(times[False])),
    }


def menu_change(calls: Sequence[Call]) -> Fact:
    """Return the use of the old and the new branch before and after the change."""
    before = [call for call in calls if call.start.date() < MENU_CHANGE]
    after = [call for call in calls if call.start.date() >= MENU_CHANGE]
    return {
        "day": MENU_CHANGE.isoformat(),
        "old": list(in_both(FAX)),
        "n_calls_old_before": touching(before, in_both(FAX)),
        "n_calls_old_after": touching(after, in_both(FAX)),
        "new": list(in_both(VIDEO)),
        "n_calls_new_before": touching(before, in_both(VIDEO)),
        "n_calls_new_after": touching(after, in_both(VIDEO)),
    }


def inconsistent(calls: Sequence[Call]) -> Fact:
    """Return the node whose label changed, with how many steps have each label."""
    (node_id,) = RENAMED
    labels = Counter(
        step.node.label_on(step.at.date()) for call in calls for step in call.steps if step.node.id == node_id
    )
    (old, n_old), (new, n_new) = sorted(labels.items(), key=lambda found: found[0] != NODES[node_id].label)
    return {"node": node_id, "old": old, "n_steps_old": n_old, "new": new, "n_steps_new": n_new}


def midnight(calls: Sequence[Call]) -> Fact:
    """Return the calls that end on a later day than they began."""
    late = [call for call in calls if call.steps[-1].at.date() > call.start.date()]
    return {"call_ids": [call.id for call in late], "n_calls": len(late), "start": str(late[0].start)}


def loop(calls: Sequence[Call]) -> Fact:
    """Return the longest call."""
    longest = max(calls, key=lambda call: len(call.steps))
    n_nodes = len({node.id for node in longest.path})
    return {"call_id": longest.id, "n_steps": len(longest.steps), "n_nodes": n_nodes}


def slow_prompt(calls: Sequence[Call]) -> Fact:
    """Return the median seconds that callers stay on the long prompt, and on any node."""
    stays: list[int] = []
    long_stays: list[int] = []
    for call in calls:
        for step, following in pairwise(call.steps):
            seconds = int((following.at - step.at).total_seconds())
            stays.append(seconds)
            if step.node.item.number == TRAVEL:
                long_stays.append(seconds)
    return {
        "node_ids": list(in_both(TRAVEL)),
        "median_s": median_low(long_stays),
        "median_s_all": median_low(stays),
    }


def address(visits: Iterable[Visit]) -> Fact:
    """Return how many visits that come to the form for the address end there."""
    paths = [visit.path for visit in visits if shop.ADDRESS in visit.path]
    ended = sum(path[-1] == shop.ADDRESS for path in paths)
    return {"n_visits": len(paths), "n_ended": ended, "share": share(ended, len(paths))}


def shop_loop(visits: Iterable[Visit]) -> Fact:
    """Return the visits that went from the cart to the shipping costs and back, and more than once."""
    rounds = [" ".join(visit.path).count(f"{shop.CART} {shop.SHIPPING}") for visit in visits]
    return {
        "n_visits": sum(n >= 1 for n in rounds),
        "n_more_than_once": sum(n >= 2 for n in rounds),
        "most": max(rounds),
    }


def newsletter(visits: Iterable[Visit]) -> Fact:
    """Return the visits of the hour after the newsletter."""
    end = shop.NEWSLETTER + timedelta(hours=1)
    return {"n_visits": sum(shop.NEWSLETTER <= visit.start < end for visit in visits)}


def shop_robot(visits: Sequence[Visit]) -> Fact:
    """Return the visit of the machine."""
    robot = max(visits, key=lambda visit: len(visit.steps))
    seconds = int((robot.steps[-1][0] - robot.start).total_seconds())
    return {"visit": robot.id, "n_steps": len(robot.steps), "seconds": seconds}
