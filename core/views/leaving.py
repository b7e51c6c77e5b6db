"""The views of “Where do they leave?”."""

from core.flow import dead_ends, findings, funnels, intents
from core.view import SHARED, View

SECTION = "Where do they leave?"

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
)
