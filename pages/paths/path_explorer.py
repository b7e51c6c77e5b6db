"""Path Explorer: where calls go from here, step by step."""

import streamlit as st

from core import views
from core.flow import findings
from core.flow.ids import join_ids, split_ids
from core.flow.paths import ends_mid_menu, tree
from pages.parts import pictures, state, view
from pages.parts.trail import breadcrumb

VIEW = views.view("path-explorer")
shown = view.begin(VIEW)
prefix = state.prefix()
steps = VIEW.frame(shown.log, shown.where, prefix=join_ids(prefix))
breadcrumb(shown.log, prefix)
view.finding(findings.of_path_explorer(shown.log, shown.where, prefix), ":material/account_tree:")

if not steps.empty:
    here = f"{join_ids(prefix)}:{shown.where.as_query()}"
    left, right = st.columns([1, 2])
    with left, view.card("Next step", "Click a step to follow it.", explained=VIEW.definition):
        clicked = pictures.next_steps(steps, shown, lost=ends_mid_menu(shown.log, prefix), key=f"steps:{here}")
    following = tree(shown.log, shown.where, prefix)
    with (
        right,
        view.card(
            "The next four steps",
            explained="Each tile is as tall as the calls that take it. Click one to go there.",
        ),
    ):
        tile = pictures.next_levels(following, shown, key=f"levels:{here}")
    with st.expander("All next steps as a table", expanded=True):
        row = view.table(
            steps,
            {
                "node": ("Id", "text"),
                "label": ("Menu item", "data"),
                "n_calls": ("Calls", "count"),
                "share": ("Share of calls here", "share"),
                "n_ended": ("Ended there", "count"),
            },
            key=f"table:{here}",
        )
        view.export(shown, VIEW, steps)
    node = "" if row is None or steps["node"].isna().iloc[row] else str(steps["node"].iloc[row])
    chosen = split_ids(tile) or ((clicked,) if clicked else ()) or ((node,) if node else ())
    if chosen:
        state.set_prefix((*prefix, *chosen))
        st.rerun()
