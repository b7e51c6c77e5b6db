"""The callers of the clinic's helpline: when they call, where they go in the menu and how their calls end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import pairwise
from typing import Literal

from sample_data.dice import Dice
from sample_data.menu import (
    BLOOD_TEST,
    CLINICS,
    ENGLISH,
    HEBREW,
    JERUSALEM,
    LAB_RESULTS,
    MENU,
    NODES,
    NOT_READY,
    REPRESENTATIVE,
    Node,
    node_id,
)

Move = Literal["enter", "choose", "back", "again", "zero"]

SEED = 20260301
N_CALLS = 10_000
FIRST_DAY = date(2026, 3, 1)
LAST_DAY = date(2026, 6, 30)
FIRST_CALL_ID = 3_418_207

MONDAY, FRIDAY, SATURDAY = 1, 5, 6
WEEKDAY_WEIGHT = {7: 100, MONDAY: 118, 2: 98, 3: 95, 4: 90, FRIDAY: 42, SATURDAY: 3}
HOLIDAYS = {date(2026, 4, 2), date(2026, 4, 8), date(2026, 4, 22), date(2026, 5, 22)}

HOURS = [1, 1, 1, 1, 1, 1, 4, 30, 70, 85, 90, 80, 65, 50, 45, 50, 60, 65, 50, 30, 16, 9, 5, 2]
MONDAY_HOURS = [*HOURS[:8], 190, 200, *HOURS[10:]]
FRIDAY_HOURS = [1, 1, 1, 1, 1, 1, 3, 25, 60, 75, 80, 70, 40, 15, 6, 4, 3, 3, 3, 3, 2, 2, 2, 1]
SATURDAY_HOURS = [1, 1, 1, 1, 1, 1, 1, 2, 4, 5, 5, 5, 4, 4, 3, 3, 3, 3, 4, 6, 9, 9, 6, 2]

OUTAGE = date(2026, 5, 12)

OUT_OF_ORDER, TIMEOUT, UNHEARD = "lab system down", "timeout", "no input"

ANONYMOUS = "0"
ANONYMOUS_SHARE = 0.18
N_FREQUENT, N_CUSTOMERS = 350, 6_000

SLOW_AGENT = "A11"
AGENTS = [*(f"A{n:02}" for n in range(1, 11)), SLOW_AGENT]
AGENT_WEIGHTS = [11, 9, 12, 10, 8, 12, 10, 7, 11, 6, 0.55]


@dataclass(frozen=True)
class Caller:
    """Who calls, and the language they choose."""

    customer: str
    language: int


@dataclass(frozen=True)
class Step:
    """A node that a call came to, and how."""

    at: datetime
    node: Node
    move: Move


@dataclass(frozen=True)
class Ending:
    """What the system writes down when a call is over; waits and handle times are in seconds."""

    outcome: str
    agent: str | None = None
    queue_wait: int | None = None
    handle_time: int | None = None


@dataclass(frozen=True)
class Call:
    """One call from its first step to its ending."""

    caller: Caller
    steps: tuple[Step, ...]
    ending: Ending
    id: str = ""

    @property
    def start(self) -> datetime:
        """Return when the call began."""
        return self.steps[0].at

    @property
    def path(self) -> tuple[Node, ...]:
        """Return the call's nodes in order."""
        return tuple(step.node for step in self.steps)

    @property
    def errors(self) -> tuple[str, ...]:
        """Return the technical error of each step, "" for none: what was down, and keys that nobody heard."""
        unheard = (UNHEARD if following.move == "again" else "" for following in self.steps[1:])
        down = OUT_OF_ORDER if out_of_order(self.leaf, self.start.date()) else TIMEOUT
        return (*unheard, down if self.ending.outcome == "error" else "")

    @property
    def leaf(self) -> Node:
        """Return the node on which the call ended."""
        return self.steps[-1].node


@dataclass(frozen=True, order=True)
class FollowUp:
    """A caller's intention to call again about the same thing."""

    due: datetime
    caller: Caller = field(compare=False)
    opening: tuple[Node, ...] = field(compare=False)


def make_calls() -> list[Call]:
    """Return all calls in order of their start, numbered as the system numbers them."""
    planted = [call_across_midnight(), call_in_a_loop()]
    drawn = draw_calls(Dice(SEED), N_CALLS - len(planted))
    return list(numbered(sorted([*drawn, *planted], key=lambda call: call.start)))


def numbered(calls: Sequence[Call]) -> Iterator[Call]:
    """Yield the calls with ids that grow with a few gaps."""
    dice = Dice(SEED)
    number = FIRST_CALL_ID
    for call in calls:
        yield replace(call, id=str(number))
        number += dice.pick([1, 2, 3], [8, 2, 1])


def draw_calls(dice: Dice, n_calls: int) -> Iterator[Call]:
    """Yield calls in order of time, those of people who call again among them."""
    waiting: list[FollowUp] = []
    for start in draw_starts(dice, n_calls):
        if waiting and waiting[0].due <= start:
            again = heappop(waiting)
            caller, opening = again.caller, again.opening
        else:
            caller = draw_caller(dice)
            opening = draw_opening(dice, caller)
        call = draw_call(dice, caller, start, opening)
        yield call
        if follow_up := draw_follow_up(dice, call):
            heappush(waiting, follow_up)


def draw_starts(dice: Dice, n_calls: int) -> list[datetime]:
    """Return the moments at which calls begin, sorted."""
    n_days = (LAST_DAY - FIRST_DAY).days + 1
    days = [FIRST_DAY + timedelta(days=n) for n in range(n_days)]
    weights = [WEEKDAY_WEIGHT[weekday(day)] * (0.85 + 0.3 * dice.random()) for day in days]
    return sorted(draw_start(dice, dice.pick(days, weights)) for _ in range(n_calls))


def draw_start(dice: Dice, day: date) -> datetime:
    """Return a moment of a day, likelier when the helpline is busy."""
    hours = {MONDAY: MONDAY_HOURS, FRIDAY: FRIDAY_HOURS, SATURDAY: SATURDAY_HOURS}.get(weekday(day), HOURS)
    hour = dice.pick(range(24), hours)
    return datetime.combine(day, time(hour, dice.between(0, 59), dice.between(0, 59)))


def weekday(day: date) -> int:
    """Return the ISO weekday as the helpline lives it: a holiday is a Saturday."""
    return SATURDAY if day in HOLIDAYS else day.isoweekday()


def draw_caller(dice: Dice) -> Caller:
    """Return a caller: unknown, one of the frequent ones, or anybody."""
    if dice.chance(ANONYMOUS_SHARE):
        return Caller(ANONYMOUS, HEBREW if dice.chance(0.6) else ENGLISH)
    number = dice.between(0, (N_FREQUENT if dice.chance(0.12) else N_CUSTOMERS) - 1)
    return Caller(str(100_000 + number * 7_919 % 900_000), HEBREW if number % 5 < 3 else ENGLISH)


def draw_opening(dice: Dice, caller: Caller) -> tuple[Node, ...]:
    """Return where a call comes in: the main menu, or for a few the number sent to them with their test."""
    number = BLOOD_TEST if dice.chance(0.015) else MENU.number
    return (NODES[node_id(number, caller.language)],)


def draw_call(dice: Dice, caller: Caller, start: datetime, opening: tuple[Node, ...]) -> Call:
    """Return a call that begins with these nodes and goes on as chance has it."""
    nodes = [node for node in opening if node.open_on(start.date())]
    entered: tuple[Move, Move] = ("enter", "choose")
    moves = list(entered[: len(nodes)])
    while step := next_move(dice, nodes, start.date()):
        nodes.append(step[0])
        moves.append(step[1])
    steps = timed(dice, start, nodes, moves)
    return Call(caller, steps, draw_ending(dice, steps[-1]))


def next_move(dice: Dice, path: Sequence[Node], day: date) -> tuple[Node, Move] | None:
    """Return where a caller goes next, None where the call ends."""
    node = path[-1]
    if out_of_order(node, day) and dice.chance(0.85):
        return None
    if not node.children:
        return move_from_leaf(dice, node)
    if dice.chance(node.item.leave):
        return None
    if node.parent != "0":
        if dice.chance(0.025):
            return representative(node), "zero"
        if dice.chance(0.03):
            return NODES[node.parent], "back"
    if dice.chance(0.012):
        return node, "again"
    return choose(dice, path, day), "choose"


def move_from_leaf(dice: Dice, leaf: Node) -> tuple[Node, Move] | None:
    """Return where a caller goes after an answer: most are content, and an agent has the last word."""
    if leaf.item.ends == "agent":
        return None
    if dice.chance(0.08 if leaf.item.number == NOT_READY else 0.02):
        return representative(leaf), "zero"
    return (NODES[leaf.parent], "back") if dice.chance(0.09) else None


def representative(node: Node) -> Node:
    """Return the node that key 0 leads to from anywhere."""
    return NODES[node_id(REPRESENTATIVE, node.language)]


def choose(dice: Dice, path: Sequence[Node], day: date) -> Node:
    """Return a child of the last node, if there is one a child that the call has not tried."""
    open_children = [child for child in path[-1].children if child.open_on(day)]
    untried = [child for child in open_children if child not in path and child.item.weight]
    options = untried or open_children
    return dice.pick(options, [child.item.weight for child in options])


def out_of_order(node: Node, day: date) -> bool:
    """Return whether the node was down: the lab results were, for one day."""
    return day == OUTAGE and node.item.number == LAB_RESULTS


def timed(dice: Dice, start: datetime, nodes: Sequence[Node], moves: Sequence[Move]) -> tuple[Step, ...]:
    """Return the steps, each as long after the last as its prompt and the caller's thinking took."""
    steps, at = [], start
    for node, move in zip(nodes, moves, strict=True):
        steps.append(Step(at, node, move))
        at += timedelta(seconds=draw_seconds(dice, node))
    return tuple(steps)


def draw_seconds(dice: Dice, node: Node) -> int:
    """Return how long a caller stays at a node."""
    prompt = node.item.seconds or 4 + len(node.label) // 3 + len(node.children)
    hesitates = 2.0 if dice.chance(0.04) else 1.0
    return round(prompt * hesitates * (0.6 + 0.7 * dice.random()))


def draw_ending(dice: Dice, last: Step) -> Ending:
    """Return how a call ends that ends with this step."""
    if out_of_order(last.node, last.at.date()) or dice.chance(0.003):
        return Ending("error")
    if last.node.children:
        return Ending("abandoned")
    if last.node.item.ends == "agent":
        return draw_queue(dice, last.at) if staffed(last.at) else Ending("callback")
    return Ending(last.node.item.ends)


def staffed(at: datetime) -> bool:
    """Return whether agents are at work."""
    closing = {FRIDAY: 13, SATURDAY: 0}.get(weekday(at.date()), 19)
    return 7 <= at.hour < closing


def draw_queue(dice: Dice, at: datetime) -> Ending:
    """Return the ending of a call that waits for an agent."""
    wait = dice.skewed(120 if monday_rush(at) else 45)
    patience = 20 + dice.skewed(400)
    if wait > patience:
        return Ending("abandoned", queue_wait=patience)
    agent = dice.pick(AGENTS, AGENT_WEIGHTS)
    return Ending("agent", agent, wait, draw_handle_time(dice, agent))


def monday_rush(at: datetime) -> bool:
    """Return whether it is Monday between eight and ten in the morning."""
    return at.isoweekday() == MONDAY and 8 <= at.hour < 10


def draw_handle_time(dice: Dice, agent: str) -> int:
    """Return how many seconds an agent takes: about four minutes, one of them far longer."""
    usual = 190 + 10 * (int(agent[1:]) % 5)
    return (480 if agent == SLOW_AGENT else 60) + dice.skewed(usual)


def draw_follow_up(dice: Dice, call: Call) -> FollowUp | None:
    """Return the intention to call again, if the caller has one and can be known again."""
    leaf, end = call.leaf, call.steps[-1].at
    if call.caller.customer == ANONYMOUS:
        return None
    if out_of_order(leaf, end.date()):
        probability, soonest, latest = 0.6, 40, 5 * 60
    elif leaf.item.number == NOT_READY:
        probability, soonest, latest = 0.5, 20 * 60, 5 * 24 * 60
    elif leaf.children:
        probability, soonest, latest = 0.12, 5, 2 * 24 * 60
    else:
        probability, soonest, latest = 0.03, 60, 10 * 24 * 60
    if not dice.chance(probability):
        return None
    due = end + timedelta(minutes=dice.between(soonest, latest))
    return FollowUp(due, call.caller, straight_on(call.path))


def straight_on(path: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the first node, and the second where it was chosen there: how one begins who knows the way."""
    return path[:2] if len(path) > 1 and path[1].parent == path[0].id else path[:1]


def call_across_midnight() -> Call:
    """Return the call that began on one day and ended on the next."""
    nodes = by_number("", "100", "120")
    return planted(Caller("412096", HEBREW), datetime(2026, 5, 14, 23, 59, 31), nodes, Ending("self_service"))


def call_in_a_loop() -> Call:
    """Return the call that went back and forth between two nodes until the caller gave up."""
    nodes = by_number("", CLINICS, *[JERUSALEM, CLINICS] * 10)
    return planted(Caller(ANONYMOUS, HEBREW), datetime(2026, 4, 20, 11, 23, 40), nodes, Ending("abandoned"))


def by_number(*numbers: str) -> list[Node]:
    """Return the Hebrew nodes of these items."""
    return [NODES[node_id(number, HEBREW)] for number in numbers]


def planted(caller: Caller, start: datetime, nodes: Sequence[Node], ending: Ending) -> Call:
    """Return a call that goes exactly this way."""
    moves: list[Move] = ["enter"]
    for before, node in pairwise(nodes):
        moves.append("choose" if node.parent == before.id else "back")
    return Call(caller, timed(Dice(SEED), start, nodes, moves), ending)
