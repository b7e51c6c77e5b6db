"""The views of “Where do they leave?”."""

from core.flow import dead_ends, errors, findings, funnels, intents
from core.ingest.mapping import Role
from core.parameters import Marked
from core.view import SHARED, View

SECTION = "Where do they leave?"
FINE = Marked(
    "fine",
    "These values are no error",
    "values of the column of errors that stand for “no error”, joined with commas",
    errors.words,
    errors.harmless,
)

VIEWS: tuple[View, ...] = (
    View(
        key="leaf-frequency",
        title="Last Steps",
        section=SECTION,
        icon=":material/flag:",
        question="Where do calls end?",
        definition="Calls by their last step. Shares are of the calls that pass the filter.",
        columns=SHARED,
        compute=intents.leaf_frequency,
        tell=findings.of_leaves,
    ),
    View(
        key="dead-ends",
        title="Dead Ends",
        section=SECTION,
        icon=":material/call_end:",
        question="Which menu items stop calls although the menu goes on?",
        definition="Reach counts how often calls are on the menu item, terminations the calls that end there; the "
        "rate is terminations / reach. With options below it in the menu, an item with a high rate is a dead end; "
        "without, it is a destination.",
        columns=("node", "label", "reach", "terminations", "termination_rate", "has_children"),
        compute=dead_ends.dead_ends,
        tell=findings.of_dead_ends,
    ),
    View(
        key="node-funnel",
        title="Item Funnel",
        section=SECTION,
        icon=":material/filter_alt:",
        question="How many go on from each menu item?",
        definition="Reach counts how often calls are on the menu item; transitions are those times that have a next "
        "step; drop-off = reach − transitions. n_calls are the calls that touch the item at all.",
        columns=("node", "label", "reach", "transitions", "drop_off", "n_calls"),
        compute=funnels.node_funnel,
        tell=findings.of_node_funnel,
    ),
    View(
        key="depth-funnel",
        title="Depth Funnel",
        section=SECTION,
        icon=":material/stairs:",
        question="How many steps do calls take before they end?",
        definition="Calls with at least that many steps, and their share of the calls that pass the filter; the drop "
        "is the calls that ended one step before.",
        columns=("depth", "n_calls", "share", "drop"),
        compute=funnels.depth_funnel,
        tell=findings.of_depth_funnel,
    ),
    View(
        key="errors",
        title="Errors",
        section=SECTION,
        icon=":material/error:",
        question="Where do technical errors meet callers, and how many calls do they end?",
        definition="Steps with an error by menu item: a value in the column of errors that is none of those that stand "
        "for no error. The rate is n_errors / n_steps, all steps on the item. n_calls are the calls with an error "
        "there, n_ended those of them that end on that step or on the next one.",
        columns=("node", "label", "n_steps", "n_errors", "error_rate", "n_calls", "n_ended"),
        compute=errors.errors,
        tell=findings.of_errors,
        parameters=(FINE,),
        needs=frozenset({Role.ERROR}),
    ),
    View(
        key="error-days",
        title="Errors by Day",
        section=SECTION,
        icon=":material/report:",
        question="On which days are there errors?",
        definition="The same by day, that of a call's first dated step: the calls of the day and their steps, "
        "the steps with an error, their share, the calls with one (n_with) and those of them that end within one step "
        "of one (n_ended). Calls without a date come last.",
        columns=("day", "n_calls", "n_steps", "n_errors", "error_rate", "n_with", "n_ended"),
        compute=errors.error_days,
        tell=findings.of_error_days,
        parameters=(FINE,),
        needs=frozenset({Role.ERROR}),
    ),
)
