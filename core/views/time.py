"""The views of “When, and how long?”."""

from core.flow import calendar, durations, findings, gaps, hours, load, waiting
from core.flow.needs import Capability
from core.ingest.mapping import Role
from core.parameters import Number
from core.view import View

SECTION = "When, and how long?"
LONGEST = Number(
    "longest",
    "Leave out over (hours)",
    "Times of more hours are taken for errors of the data: a clock that was wrong, or a call id that was used again. "
    "They are counted and told, and in no other figure. By default a day, or a year where more than 1 in 100 calls "
    "last longer than a day.",
    gaps.usual_longest,
    1,
    24 * 366,
)
OFTEN = Number("often", "Made at least (times)", "Moves with fewer known times are left out.", 10, 1, 1_000_000)
OVER = Number("over", "A long wait (seconds)", "Waits of more seconds are counted as long.", waiting.OVER, 0, 86_400)
SHORT = Number(
    "short",
    "A short call (seconds)",
    "A call that ends in the queue sooner is no abandonment and does not count as queued: somebody misdialled.",
    waiting.SHORT,
    0,
    3_600,
)
_TIMED = frozenset({Capability.TIME_OF_DAY})

VIEWS: tuple[View, ...] = (
    View(
        key="weekday-trends",
        title="Weekdays",
        section=SECTION,
        icon=":material/calendar_view_week:",
        question="On which weekdays do people call?",
        definition="Calls by weekday (1 = Monday) of their first dated step. n_days is how often that weekday lies "
        "between the first and the last day of the calls that pass the filter; calls without a date come last.",
        columns=("weekday", "n_calls", "n_days", "calls_per_day"),
        compute=calendar.weekday_trends,
        tell=findings.of_weekday_trends,
    ),
    View(
        key="hours",
        title="Hours",
        section=SECTION,
        icon=":material/schedule:",
        question="At which hours do people call?",
        definition="Calls by weekday (1 = Monday) and hour (0 to 23) of their first dated step. n_days is how often "
        "that weekday lies between the first and the last day of the calls that pass the filter; the busiest is the "
        "hour with most calls a day. Calls without a time of day come last.",
        columns=("weekday", "hour", "n_calls", "n_days", "calls_per_day"),
        compute=hours.hours,
        tell=findings.of_hours,
        needs=_TIMED,
    ),
    View(
        key="durations",
        title="Call Durations",
        section=SECTION,
        icon=":material/timer:",
        question="How long do calls last?",
        definition="From a call's first step to its last one, or to that one's end where the files tell it. How long a "
        "caller stays on the last step is mostly not in a log, so that a call of a single step lasts 0 s. Durations "
        "are from from_s up to, not including, to_s; shares are of the calls that are counted.",
        columns=("kind", "from_s", "to_s", "n_calls", "share", "cumulative_share"),
        compute=durations.durations,
        tell=findings.of_durations,
        parameters=(LONGEST,),
        needs=_TIMED,
    ),
    View(
        key="step-times",
        title="Time on Steps",
        section=SECTION,
        icon=":material/hourglass_top:",
        question="On which steps does the time go?",
        definition="The time from the start of a step to the start of the next one of its call, in seconds, also where "
        "the files tell when a step ended. n counts the steps with such a time; the median and the 90th percentile are "
        "by nearest rank; the share is of the time of all steps. A call's last step has no next one and no time.",
        columns=("node", "label", "n", "median_s", "p90_s", "total_s", "share"),
        compute=gaps.step_times,
        tell=findings.of_step_times,
        parameters=(LONGEST,),
        needs=_TIMED,
    ),
    View(
        key="slow-transitions",
        title="Slowest Moves",
        section=SECTION,
        icon=":material/speed:",
        question="Which moves take longest?",
        definition="The same times by move, from one step to the next: n with a known time, the median and the 90th "
        "percentile by nearest rank, and all of it together, in seconds.",
        columns=("source", "source_label", "target", "target_label", "n", "median_s", "p90_s", "total_s"),
        compute=gaps.slow_transitions,
        tell=findings.of_slow_transitions,
        parameters=(OFTEN, LONGEST),
        needs=_TIMED,
    ),
    View(
        key="load",
        title="Calls at Once",
        section=SECTION,
        icon=":material/stacked_line_chart:",
        question="How many calls are in progress at once?",
        definition="A call is in progress from its first step to its last one, both included. The peak of a day is the "
        "most that are in progress at one moment of it, peak_at the first such moment; a call over midnight counts on "
        "both days. n_calls begin on the day.",
        columns=("day", "n_calls", "peak", "peak_at"),
        compute=load.load,
        tell=findings.of_load,
        parameters=(LONGEST,),
        needs=_TIMED,
    ),
    View(
        key="waiting",
        title="Waiting",
        section=SECTION,
        icon=":material/hourglass_empty:",
        question="How long do calls wait in the queue, and which end there?",
        definition="A call was queued where a wait is known. The median and the 90th percentile are by nearest rank, "
        "n_over wait longer than the setting says. n_left end while they wait: no agent and no handle time is known of "
        "them; n_short of these waited less than a short call. Abandonment is (n_left − n_short) / (n_queued − "
        "n_short), short calls being neither.",
        columns=(
            "node",
            "label",
            "n_calls",
            "n_queued",
            "median_s",
            "p90_s",
            "n_over",
            "share_over",
            "n_left",
            "n_short",
            "abandonment",
        ),
        compute=waiting.waiting,
        tell=findings.of_waiting,
        parameters=(OVER, SHORT),
        needs=frozenset({Role.QUEUE_WAIT}),
    ),
)
