"""What the figures say, in a sentence with its numbers: a headline and its evidence for each view."""

from core.flow.findings.errors import of_error_days, of_errors
from core.flow.findings.leaving import (
    of_dead_ends,
    of_depth_funnel,
    of_depths,
    of_leaves,
    of_node_funnel,
)
from core.flow.findings.menu import of_anomalies, of_duplicates, of_unreachable
from core.flow.findings.overview import of_summary
from core.flow.findings.paths import of_coverage, of_entropy, of_path_explorer, of_paths, of_transitions
from core.flow.findings.people import (
    of_abandonment,
    of_agents,
    of_compare,
    of_containment,
    of_first_contact,
    of_outcomes,
    of_repeat_calls,
)
from core.flow.findings.returns import of_branches, of_returns
from core.flow.findings.times import of_durations, of_hours, of_load, of_slow_transitions, of_step_times
from core.flow.findings.waiting import of_waiting
from core.flow.findings.wants import of_intents, of_links
from core.flow.findings.weekdays import of_weekday_trends, of_weekdays
from core.flow.findings.words import Finding, nobody

__all__ = [
    "Finding",
    "nobody",
    "of_abandonment",
    "of_agents",
    "of_anomalies",
    "of_branches",
    "of_compare",
    "of_containment",
    "of_coverage",
    "of_dead_ends",
    "of_depth_funnel",
    "of_depths",
    "of_duplicates",
    "of_durations",
    "of_entropy",
    "of_error_days",
    "of_errors",
    "of_first_contact",
    "of_hours",
    "of_intents",
    "of_leaves",
    "of_links",
    "of_load",
    "of_node_funnel",
    "of_outcomes",
    "of_path_explorer",
    "of_paths",
    "of_repeat_calls",
    "of_returns",
    "of_slow_transitions",
    "of_step_times",
    "of_summary",
    "of_transitions",
    "of_unreachable",
    "of_waiting",
    "of_weekday_trends",
    "of_weekdays",
]
