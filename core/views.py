"""The one registry of views: what each is called, asks, means, needs and computes."""

from collections.abc import Mapping

import pandas as pd

from core.errors import ViewError
from core.flow import (
    anomalies,
    calendar,
    dead_ends,
    entropy,
    findings,
    funnels,
    intents,
    menu_audit,
    paths,
    summary,
    urls,
)
from core.flow.filter import Filter
from core.flow.ids import split_ids
from core.ingest.mapping import Role
from core.tables.calllog import CallLog
from core.view import View, plain


def _path_explorer(log: CallLog, where: Filter, /, **given: str) -> pd.DataFrame:
    return paths.path_explorer(log, where, split_ids(given.get("prefix", "")))


def _duplicates(log: CallLog, where: Filter, /, **given: str) -> pd.DataFrame:
    return menu_audit.duplicates(log)


def _of_summary(log: CallLog, where: Filter, rows: pd.DataFrame, /) -> findings.Finding:
    return findings.of_summary(log, where)


def _of_path_explorer(log: CallLog, where: Filter, rows: pd.DataFrame, /) -> findings.Finding:
    return findings.of_path_explorer(log, where, ())


_OVERVIEW, _WANT, _GO = "Overview", "What do they want?", "Where do they go?"
_LEAVE, _MENU, _WHEN = "Where do they leave?", "Is the menu sound?", "When?"
_SHARED = ("node", "label", "n_calls", "share")

VIEWS: tuple[View, ...] = (
    View(
        key="summary",
        title="Summary",
        section=_OVERVIEW,
        icon=":material/space_dashboard:",
        question="What does this log say at a glance?",
        definition="A call is one call id in one file; its path is its steps in order, repeats kept. Lengths are in "
        "steps; a percentile is the value at position ceil(p × n), counted from 1 (nearest rank). A call ends "
        "mid-menu when its last menu item still has options below it. Rejected rows are those of the whole import.",
        columns=summary.SUMMARY_COLUMNS,
        compute=plain(summary.summary),
        tell=_of_summary,
        single=True,
    ),
    View(
        key="top-intents",
        title="Top Intents",
        section=_WANT,
        icon=":material/target:",
        question="What do people call for?",
        definition="A call's intent is its second step where its first is a root of the menu and there is a second "
        "step, else its first step. Shares are of the calls that pass the filter.",
        columns=_SHARED,
        compute=plain(intents.top_intents),
        tell=findings.of_intents,
    ),
    View(
        key="url-engagement",
        title="Link Engagement",
        section=_WANT,
        icon=":material/link:",
        question="Which links do calls pass?",
        definition="Steps on menu items that have a link, by link, and the calls with at least one such step. One "
        "link on several menu items is counted once.",
        columns=("url", "n_steps", "n_calls"),
        compute=plain(urls.url_engagement),
        tell=findings.of_links,
        needs=frozenset({Role.URL}),
    ),
    View(
        key="path-explorer",
        title="Path Explorer",
        section=_GO,
        icon=":material/account_tree:",
        question="Where do calls go from here?",
        definition="Calls whose path begins with the steps above, by their next step. The share is of those calls; "
        "“ended there” are those of them for which that step is the last. Calls that end on the step you are at "
        "are shown as “Ended here”.",
        columns=(*_SHARED, "n_ended"),
        compute=_path_explorer,
        tell=_of_path_explorer,
        parameters={"prefix": "ids of the steps that the path begins with, joined with commas"},
    ),
    View(
        key="top-paths",
        title="Top Paths",
        section=_GO,
        icon=":material/route:",
        question="Which ways do calls take, and how few carry most of them?",
        definition="Calls with the same steps in the same order take one path (a variant). Shares are of the calls "
        "that pass the filter; the running total adds up from the most frequent path.",
        columns=paths.PATH_COLUMNS,
        compute=plain(paths.top_paths),
        tell=findings.of_paths,
    ),
    View(
        key="flow-map",
        title="Flow Map",
        section=_GO,
        icon=":material/hub:",
        question="What does the traffic look like as a whole?",
        definition="Every transition that calls take from one step to the next, and how often. The kind is “menu” for "
        "an edge of the menu, else that of Off-menu Moves.",
        columns=("source", "source_label", "target", "target_label", "n", "kind"),
        compute=plain(anomalies.transitions),
        tell=findings.of_transitions,
    ),
    View(
        key="entropy",
        title="Choice Entropy",
        section=_GO,
        icon=":material/shuffle:",
        question="Where is the next step hardest to foresee?",
        definition="Over the shares p of a menu item's next steps: H = −Σ p·log₂ p, in bits. Perplexity is 2 to the "
        "power of H: as many equally likely choices would be as hard to foresee. The branching factor is the number "
        "of different next steps; n counts the occurrences that have a next step.",
        columns=("node", "label", "n", "entropy_bits", "perplexity", "branching_factor"),
        compute=plain(entropy.entropy),
        tell=findings.of_entropy,
    ),
    View(
        key="coverage",
        title="Choice Coverage",
        section=_GO,
        icon=":material/donut_small:",
        question="How much do the one or two most frequent choices cover?",
        definition="Of a menu item's n occurrences that have a next step: the share of its most frequent next step, "
        "and of its two most frequent ones together.",
        columns=("node", "label", "n", "top1_share", "top2_share"),
        compute=plain(entropy.coverage),
        tell=findings.of_coverage,
    ),
    View(
        key="leaf-frequency",
        title="Last Steps",
        section=_LEAVE,
        icon=":material/flag:",
        question="Where do calls end?",
        definition="Calls by their last step. Shares are of the calls that pass the filter.",
        columns=_SHARED,
        compute=plain(intents.leaf_frequency),
        tell=findings.of_leaves,
    ),
    View(
        key="dead-ends",
        title="Dead Ends",
        section=_LEAVE,
        icon=":material/call_end:",
        question="Which menu items stop calls although the menu goes on?",
        definition="Reach counts how often calls are on the menu item, terminations the calls that end there; the "
        "rate is terminations / reach. With options below it in the menu, an item with a high rate is a dead end; "
        "without, it is a destination.",
        columns=("node", "label", "reach", "terminations", "termination_rate", "has_children"),
        compute=plain(dead_ends.dead_ends),
        tell=findings.of_dead_ends,
    ),
    View(
        key="node-funnel",
        title="Item Funnel",
        section=_LEAVE,
        icon=":material/filter_alt:",
        question="How many go on from each menu item?",
        definition="Reach counts how often calls are on the menu item; transitions are those times that have a next "
        "step; drop-off = reach − transitions. n_calls are the calls that touch the item at all.",
        columns=("node", "label", "reach", "transitions", "drop_off", "n_calls"),
        compute=plain(funnels.node_funnel),
        tell=findings.of_node_funnel,
    ),
    View(
        key="depth-funnel",
        title="Depth Funnel",
        section=_LEAVE,
        icon=":material/stairs:",
        question="How many steps do calls take before they end?",
        definition="Calls with at least that many steps, and their share of the calls that pass the filter; the drop "
        "is the calls that ended one step before.",
        columns=("depth", "n_calls", "share", "drop"),
        compute=plain(funnels.depth_funnel),
        tell=findings.of_depth_funnel,
    ),
    View(
        key="anomalies",
        title="Off-menu Moves",
        section=_MENU,
        icon=":material/alt_route:",
        question="Which moves does the menu not have?",
        definition="Transitions that are no edge of the menu. Repeat: the same item again. Back: an item met earlier "
        "in the same call. Up: an item above it in the menu, not met before. Jump: elsewhere. A transition has the "
        "kind of most of its n occurrences.",
        columns=("source", "source_label", "target", "target_label", "n", "kind"),
        compute=plain(anomalies.anomalies),
        tell=findings.of_anomalies,
        needs=frozenset({Role.PARENT}),
    ),
    View(
        key="unreachable",
        title="Unreached Items",
        section=_MENU,
        icon=":material/visibility_off:",
        question="Which menu items does no call touch?",
        definition="Items of the menu (declared by a parent, or as one) that none of the calls that pass the filter "
        "touches. A log alone names only what was called: a file of the whole menu gives this view its meaning.",
        columns=("node", "label"),
        compute=plain(menu_audit.unreachable),
        tell=findings.of_unreachable,
        needs=frozenset({Role.PARENT}),
    ),
    View(
        key="duplicates",
        title="Same Labels",
        section=_MENU,
        icon=":material/content_copy:",
        question="Which labels do several menu items share?",
        definition="Labels that more than one menu item has: compared without outer blanks and upper or lower case, "
        "in Unicode's composed form (NFC). The whole menu is looked at, whatever the filter.",
        columns=("label", "nodes", "n_nodes"),
        compute=_duplicates,
        tell=findings.of_duplicates,
    ),
    View(
        key="weekday-trends",
        title="Weekdays",
        section=_WHEN,
        icon=":material/calendar_view_week:",
        question="On which weekdays do people call?",
        definition="Calls by weekday (1 = Monday) of their first dated step. n_days is how often that weekday lies "
        "between the first and the last day of the calls that pass the filter; calls without a date come last.",
        columns=("weekday", "n_calls", "n_days", "calls_per_day"),
        compute=plain(calendar.weekday_trends),
        tell=findings.of_weekday_trends,
    ),
)

BY_KEY: Mapping[str, View] = {view.key: view for view in VIEWS}


def view(key: str) -> View:
    """The view named `key`. Raises ViewError, naming those there are."""
    if key not in BY_KEY:
        raise ViewError(f"There is no view named {key[:40]!r}.", f"There are: {', '.join(BY_KEY)}.")
    return BY_KEY[key]


def sections() -> dict[str, list[View]]:
    """The views by the question under which they stand, in order."""
    grouped: dict[str, list[View]] = {}
    for one in VIEWS:
        grouped.setdefault(one.section, []).append(one)
    return grouped
