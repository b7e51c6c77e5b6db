"""The views of “What do they want?”."""

from core.flow import findings, intents, urls
from core.ingest.mapping import Role
from core.view import SHARED, View

SECTION = "What do they want?"

VIEWS: tuple[View, ...] = (
    View(
        key="top-intents",
        title="Top Intents",
        section=SECTION,
        icon=":material/target:",
        question="What do people call for?",
        definition="A call's intent is its second step where its first is a root of the menu and there is a second "
        "step, else its first step. Shares are of the calls that pass the filter.",
        columns=SHARED,
        compute=intents.top_intents,
        tell=findings.of_intents,
    ),
    View(
        key="url-engagement",
        title="Link Engagement",
        section=SECTION,
        icon=":material/link:",
        question="Which links do calls pass?",
        definition="Steps on menu items that have a link, by link, and the calls with at least one such step. One "
        "link on several menu items is counted once.",
        columns=("url", "n_steps", "n_calls"),
        compute=urls.url_engagement,
        tell=findings.of_links,
        needs=frozenset({Role.URL}),
    ),
)
