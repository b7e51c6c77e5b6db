"""Which links calls pass."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from core.flow.filter import ALL, Filter
from core.flow.selection import select
from core.tables.arrays import Counts, summed
from core.tables.calllog import CallLog


class _Links(NamedTuple):
    urls: tuple[str, ...]
    steps: Counts
    of_step: Counts
    is_first: "np.ndarray[tuple[int], np.dtype[np.bool_]]"


def url_engagement(log: CallLog, where: Filter = ALL) -> pd.DataFrame:
    """Steps on nodes with a link: url, n_steps, n_calls; most steps first, then by url.

    n_calls are the calls with such a step; one link on several nodes is one.
    """
    found, links = select(log, where), log.once("links", lambda: _links(log))
    weights = found.of_step[links.steps]
    n_steps = summed(links.of_step, weights, len(links.urls))
    n_calls = summed(links.of_step[links.is_first], weights[links.is_first], len(links.urls))
    taken = np.flatnonzero(n_steps)
    order = taken[np.argsort(-n_steps[taken], kind="stable")]
    return pd.DataFrame(
        {"url": [links.urls[one] for one in order], "n_steps": n_steps[order], "n_calls": n_calls[order]}
    )


def _links(log: CallLog) -> _Links:
    """The links in order, the steps that have one and which, and whether it is the first of that link in its path."""
    of_node = log.node_table["url"].to_pylist()
    urls = tuple(sorted({url for url in of_node if url is not None}))
    place = {url: number for number, url in enumerate(urls)}
    codes = np.array([-1 if url is None else place[url] for url in of_node], np.int64)[log.paths.nodes]
    steps = np.flatnonzero(codes >= 0)
    return _Links(urls, steps, codes[steps], log.paths.first_of(codes + 1)[steps])
