"""The variant explorer: paths as rows of chips."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.charts.chips import Variant, variant_chips
from core.charts.icicle import branch_hues
from core.flow.ids import join_ids
from core.flow.intents import intent_of
from core.text import number, percent, plural
from pages.parts import view
from pages.parts.text import literal

MOST_PATHS = 60


def draw(rows: pd.DataFrame, shown: view.Shown, share: float) -> str:
    """The paths that carry `share` of the calls, as rows of chips; the path that was clicked, as joined ids."""
    needed = int((rows["cumulative_share"] < share - 1e-9).sum()) + 1
    kept = rows.head(min(needed, MOST_PATHS))
    intents = [intent_of(shown.log, tuple(nodes)) for nodes in kept["nodes"]]
    hues = branch_hues(list(dict.fromkeys(intents)), shown.palette)
    found = [
        Variant(
            rank=int(row.rank),
            steps=tuple(zip(row.nodes, row.labels, strict=True)),
            n=int(row.n_calls),
            share=float(row.share),
            cumulative=float(row.cumulative_share),
            hue=hues[intent],
            stops=int(shown.log.n_children[shown.log.codes[row.nodes[-1]]]) > 0,
            key=join_ids(tuple(row.nodes)),
        )
        for row, intent in zip(kept.itertuples(), intents, strict=True)
    ]
    shared = _shared([variant.steps for variant in found])
    if shared:
        names = " → ".join(literal(label) for _, label in found[0].steps[:shared])
        st.markdown(f":small[:gray[Every path begins with {names}.]]")
    figure = variant_chips(found, shown.palette, width=shown.width(), skip=shared)
    clicked = view.chart(figure, "The most frequent paths", key=shown.key(f"variants:{share}"), clickable=True)
    carried = percent(float(kept["cumulative_share"].iloc[-1]), 0)
    st.markdown(f":small[:gray[{number(len(kept))} of {plural(len(rows), 'path')}, with {carried} of the calls]]")
    return clicked


def _shared(paths: Sequence[Sequence[tuple[str, str]]]) -> int:
    """How many first steps all of several paths have in common, and each has more than those."""
    if len(paths) < 2:
        return 0
    shortest = min(map(len, paths)) - 1
    return next((place for place in range(shortest) if len({path[place] for path in paths}) > 1), max(shortest, 0))
