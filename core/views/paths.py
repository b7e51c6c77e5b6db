"""The views of “Where do they go?”."""

import pandas as pd

from core.flow import anomalies, entropy, findings, paths, returns
from core.flow.filter import Filter
from core.parameters import Ids
from core.tables.calllog import CallLog
from core.view import SHARED, View

SECTION = "Where do they go?"


def _of_path_explorer(
    log: CallLog, where: Filter, rows: pd.DataFrame, prefix: tuple[str, ...] = ()
) -> findings.Finding:
    return findings.of_path_explorer(log, where, prefix)


_PREFIX = Ids("prefix", "Steps so far", "ids of the steps that the path begins with, joined with commas")

VIEWS: tuple[View, ...] = (
    View(
        key="path-explorer",
        title="Path Explorer",
        section=SECTION,
        icon=":material/account_tree:",
        question="Where do calls go from here?",
        definition="Calls whose path begins with the steps above, by their next step. The share is of those calls; "
        "“ended there” are those of them for which that step is the last. Calls that end on the step you are at "
        "are shown as “Ended here”.",
        columns=(*SHARED, "n_ended"),
        compute=paths.path_explorer,
        tell=_of_path_explorer,
        parameters=(_PREFIX,),
    ),
    View(
        key="top-paths",
        title="Top Paths",
        section=SECTION,
        icon=":material/route:",
        question="Which ways do calls take, and how few carry most of them?",
        definition="Calls with the same steps in the same order take one path (a variant). Shares are of the calls "
        "that pass the filter; the running total adds up from the most frequent path.",
        columns=paths.PATH_COLUMNS,
        compute=paths.top_paths,
        tell=findings.of_paths,
    ),
    View(
        key="flow-map",
        title="Flow Map",
        section=SECTION,
        icon=":material/hub:",
        question="What does the traffic look like as a whole?",
        definition="Every transition that calls take from one step to the next, and how often. The kind is “menu” for "
        "an edge of the menu, else that of Off-menu Moves.",
        columns=("source", "source_label", "target", "target_label", "n", "kind"),
        compute=anomalies.transitions,
        tell=findings.of_transitions,
    ),
    View(
        key="entropy",
        title="Choice Entropy",
        section=SECTION,
        icon=":material/shuffle:",
        question="Where is the next step hardest to foresee?",
        definition="Over the shares p of a menu item's next steps: H = −Σ p·log₂ p, in bits. Perplexity is 2 to the "
        "power of H: as many equally likely choices would be as hard to foresee. The branching factor is the number "
        "of different next steps; n counts the occurrences that have a next step.",
        columns=("node", "label", "n", "entropy_bits", "perplexity", "branching_factor"),
        compute=entropy.entropy,
        tell=findings.of_entropy,
    ),
    View(
        key="coverage",
        title="Choice Coverage",
        section=SECTION,
        icon=":material/donut_small:",
        question="How much do the one or two most frequent choices cover?",
        definition="Of a menu item's n occurrences that have a next step: the share of its most frequent next step, "
        "and of its two most frequent ones together.",
        columns=("node", "label", "n", "top1_share", "top2_share"),
        compute=entropy.coverage,
        tell=findings.of_coverage,
    ),
    View(
        key="returns",
        title="Ways Back",
        section=SECTION,
        icon=":material/undo:",
        question="Where do calls come back to a step they met before?",
        definition="Moves to a menu item that the call met earlier, whether or not the menu has them: n times, in "
        "n_calls calls. Repeat: the same item again; back: from another one.",
        columns=("source", "source_label", "target", "target_label", "n", "n_calls", "kind"),
        compute=returns.returns,
        tell=findings.of_returns,
    ),
    View(
        key="branches",
        title="Second Choices",
        section=SECTION,
        icon=":material/fork_right:",
        question="From which steps do calls try several ways?",
        definition="n_calls go on from the menu item to another one, n_several of them to more than one: they come "
        "back and choose again. The share is n_several / n_calls.",
        columns=("node", "label", "n_calls", "n_several", "share"),
        compute=returns.branches,
        tell=findings.of_branches,
    ),
)
