"""What groups of calls are made of: a bar a group, all of one length, a colour a kind."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import plotly.graph_objects as go

from core import text
from core.charts import theme
from core.charts.measures import Row, rows_figure
from core.charts.theme import Palette

MOST_KINDS: Final = 4
"""Hues that can be told apart; what is rarer is one more."""
OTHER: Final = "other"


def kinds_of(frame: pd.DataFrame) -> list[str]:
    """The kinds that have a colour of their own, those with most calls first: `frame` has kind and n."""
    n = frame.groupby("kind")["n"].sum()
    order = sorted(n.index, key=lambda kind: (-int(n[kind]), str(kind)))
    return order[:MOST_KINDS]


def composition(frame: pd.DataFrame, kinds: Sequence[str], palette: Palette, *, width: int) -> go.Figure:
    """A bar a group from 0 to 100 %, in the order of the rows; on the right its calls and the first kind's share.

    `frame` has group (missing for all calls), label, n_calls, kind and n, a row for each kind that a group has; `kinds`
    are those with a colour of their own, others share one. `width` is the expected width in pixels, for which labels
    are cut. `customdata` of a clicked row is `[group]`. An empty frame gives the figure of `theme.nothing`.
    """
    rows = []
    has_rest = bool((~frame["kind"].isin(list(kinds))).any()) if len(frame) else False
    for (group, label), own in frame.groupby(["group", "label"], sort=False, dropna=False):
        total = int(own["n_calls"].iloc[0])
        n = {kind: int(own.loc[own["kind"] == kind, "n"].sum()) for kind in kinds}
        parts = [(n[kind] / total, hue) for kind, hue in zip(kinds, hues(palette), strict=False)]
        rest = total - sum(n.values())
        if has_rest:
            parts.append((rest / total, palette.categorical[-1]))
        facts = [f"{kind}: {text.share_of(n[kind], total)}, {text.percent(n[kind] / total)}" for kind in kinds]
        facts += [f"{OTHER}: {text.share_of(rest, total)}, {text.percent(rest / total)}"] if rest else []
        key = "" if group is None or group != group else str(group)
        numbers = [(text.number(total), palette.ink), (text.percent(parts[0][0], 0), palette.muted)]
        rows.append(Row(str(label), parts, numbers, theme.hover(str(label), *facts), key))
    return rows_figure(rows, ("Calls", text.cut(kinds[0], 110, theme.SMALL_PX) if kinds else ""), palette, width)


def hues(palette: Palette) -> list[str]:
    """The colours of the kinds, in order."""
    return [theme.tint(hue, 0.75, palette) for hue in palette.categorical[:MOST_KINDS]]
