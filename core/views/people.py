"""The views of “Who, and how did it end?”."""

from core import parameters
from core.flow import abandonment, agents, comparing, contacts, customers, findings, grouping, outcomes
from core.ingest.mapping import Role
from core.parameters import Choice, Group, Marked, Number, OneOf
from core.view import View

SECTION = "Who, and how did it end?"

BY = Choice("by", "By", "What the calls are put into groups by.", tuple(grouping.GROUPS.items()))
OF = Choice("of", "Shares of", "What the shares that are compared are of.", tuple(comparing.SHARES.items()))
ENDING = OneOf("ending", "Outcome", "The outcome whose share is shown.", outcomes.outcome_words)
SELF_SERVICE = Marked(
    "selfservice",
    "Self-service outcomes",
    "Calls that end as one of these are contained.",
    outcomes.outcome_words,
    outcomes.guessed_self_service,
)
DAYS = Number(
    "days", "Days", "Two calls of a customer at most so many days apart belong together.", customers.DAYS, 1, 90
)
AGAIN = Number(
    "again",
    "Called again within hours",
    "A call is not truly contained if its customer calls again within so many hours.",
    outcomes.HOURS,
    1,
    720,
)
IMPLAUSIBLE = Number(
    "implausible",
    "Unknown above % of calls",
    "A customer id on more than this percentage of the calls, and on ten times the usual number, stands for unknown.",
    contacts.IMPLAUSIBLE,
    1,
    100,
)
LEAST = Number("least", "Least calls of an agent", "Agents with fewer calls are held back.", agents.LEAST, 1, 1000)
AGAINST = Group(
    parameters.AGAINST, "Second group", "The filter of the second group, as the query of an address, or all."
)

_WHO = (
    "The next call of a customer is looked for among all calls of the session, whatever the filter. Ids that stand for "
    "unknown (a word such as anonymous, 0, -1, or one id on an implausible share of the calls) are no customer."
)
_FOLLOWED = frozenset({Role.CUSTOMER, Role.TIMESTAMP})

_CONTAINMENT = (
    "group", "label", "n_calls", "n_contained", "containment", "low", "high", "n_back", "true_containment",
    "true_low", "true_high", "n_unseen",
)  # fmt: skip
_FIRST_CONTACT = (
    "group", "label", "n_calls", "n_known", "n_again", "resolution", "low", "high", "n_whole", "n_again_whole",
    "resolution_whole", "median_next",
)  # fmt: skip
_REPEAT_CALLS = (
    "group", "label", "n_calls", "n_known", "n_repeat", "share", "low", "high", "n_whole", "n_repeat_whole",
    "share_whole", "median_before",
)  # fmt: skip
_ABANDONMENT = (
    "node", "label", "depth", "n_calls", "n_touched", "share", "low", "high", "median_step", "n_timed",
    "median_seconds", "p90_seconds",
)  # fmt: skip
_AGENTS = (
    "agent", "label", "n_agents", "n_calls", "n_timed", "mean_handle", "handle_low", "handle_high", "median_handle",
    "handle_differs", "n_outcome", "share", "low", "high", "share_differs",
)  # fmt: skip
_COMPARE = (
    "group", "label", "n_first", "share_first", "n_second", "share_second", "difference", "low", "high", "p", "q",
    "changed",
)  # fmt: skip

VIEWS: tuple[View, ...] = (
    View(
        key="outcomes",
        title="Outcomes",
        section=SECTION,
        icon=":material/task_alt:",
        question="How do calls end?",
        definition="The share of each outcome in the calls of a group, calls without an outcome counted too. low and "
        "high are the ends of its 95% interval (Wilson): where two overlap widely, the difference may be chance.",
        columns=("group", "label", "n_calls", "outcome", "n", "share", "low", "high"),
        compute=outcomes.outcomes,
        tell=findings.of_outcomes,
        parameters=(BY, ENDING),
        needs=frozenset({Role.OUTCOME}),
    ),
    View(
        key="containment",
        title="Containment",
        section=SECTION,
        icon=":material/shield:",
        question="How many calls stay in self-service?",
        definition="Containment: calls that end in a self-service outcome / calls. True containment leaves out those "
        "whose customer calls again within some hours (24). Of n_unseen contained calls nobody knows: their customer "
        f"is unknown, or the log ends before; they count as contained. {_WHO}",
        columns=_CONTAINMENT,
        compute=outcomes.containment,
        tell=findings.of_containment,
        parameters=(SELF_SERVICE, BY, AGAIN, IMPLAUSIBLE),
        needs=frozenset({Role.OUTCOME}),
    ),
    View(
        key="first-contact",
        title="First Contact",
        section=SECTION,
        icon=":material/looks_one:",
        question="How many calls are settled the first time?",
        definition="First-contact resolution: 1 − calls followed by another of the same customer within some days (7) "
        "/ calls with a known customer and a date. The field uses 1 to 30 days. Beside it the same without the calls "
        f"of the log's last days, which cannot be followed fully. median_next is in seconds, of those followed. {_WHO}",
        columns=_FIRST_CONTACT,
        compute=customers.first_contact,
        tell=findings.of_first_contact,
        parameters=(BY, DAYS, IMPLAUSIBLE),
        needs=_FOLLOWED,
    ),
    View(
        key="repeat-calls",
        title="Repeat Calls",
        section=SECTION,
        icon=":material/replay:",
        question="Who calls again, and how soon?",
        definition="Calls whose customer had called within some days before (7), of those with a known customer and a "
        "date. Beside it the same without the calls of the log's first days, of which nobody knows who had called "
        f"before. median_before is in seconds, of repeat calls. {_WHO}",
        columns=_REPEAT_CALLS,
        compute=customers.repeat_calls,
        tell=findings.of_repeat_calls,
        parameters=(BY, DAYS, IMPLAUSIBLE),
        needs=_FOLLOWED,
    ),
    View(
        key="abandonment",
        title="Abandonment",
        section=SECTION,
        icon=":material/exit_to_app:",
        question="Where do calls break off, how deep, and after how long?",
        definition="Calls that end on an item with options below it in the menu, by that item; the share is of the "
        "calls that touch it, with its 95% interval (Wilson). depth counts levels below the top of the menu, "
        "median_step is the step on which half of them have ended; seconds run from the first step to the last, for "
        "calls with a time of day.",
        columns=_ABANDONMENT,
        compute=abandonment.abandonment,
        tell=findings.of_abandonment,
        needs=frozenset({Role.PARENT}),
    ),
    View(
        key="agents",
        title="Agents",
        section=SECTION,
        icon=":material/support_agent:",
        question="Whose calls are unlike the others'?",
        definition="Handle time is what the mapped column says, in seconds. Intervals hold 95%. An agent differs where "
        "the mean or the share is not that of all others' calls together; of those so marked at most 5% are "
        "chance (Benjamini–Hochberg). Agents with few calls are held back, for small counts rank by luck. What calls "
        "an agent gets is not known: a difference is a question, not a verdict.",
        columns=_AGENTS,
        compute=agents.agents,
        tell=findings.of_agents,
        parameters=(ENDING, LEAST),
        needs=frozenset({Role.AGENT}),
    ),
    View(
        key="compare",
        title="Compare",
        section=SECTION,
        icon=":material/compare_arrows:",
        question="What differs between two groups of calls?",
        definition="The first group are the calls that pass the filter, the second those of another filter; a call in "
        "both counts for the smaller group alone. The difference of each share with its 95% interval (Newcombe); p is "
        "that of a two-proportion test, q adjusts it for how many are tested (Benjamini–Hochberg), and what has q up "
        "to 5% is shown as different. Shares too rare to ever be told from chance are not tested.",
        columns=_COMPARE,
        compute=comparing.compare,
        tell=findings.of_compare,
        parameters=(OF, AGAINST),
    ),
)
