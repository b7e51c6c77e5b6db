"""What agents do with the calls they take, each against all the others, and only where there are enough calls."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.flow.filter import ALL, Filter
from core.flow.intervals import MOST_FALSE, Z, false_discovery, ratio, two_proportions, two_sided, wilson
from core.flow.outcomes import code_of
from core.flow.singles import Coded, chosen, outcomes_of, ranks, texts_of, values_of
from core.tables.arrays import Counts, Ints
from core.tables.calllog import CallLog
from core.text import number, plural

LEAST: Final = 20
"""Calls: an agent with fewer is held back."""
Floats = NDArray[np.float64]


def agents(log: CallLog, where: Filter = ALL, *, ending: str = "", least: int = LEAST) -> pd.DataFrame:
    """What each agent's calls are like, in the order of the agents' names, and in a last row those held back.

    Columns: agent (missing for those held back), label, n_agents (1, or how many are held back), n_calls; n_timed
    (with a handle time), mean_handle (seconds) with its 95 % interval handle_low, handle_high, median_handle,
    handle_differs; n_outcome (that end with `ending`, by default the one most frequent among agents' calls), share
    with its 95 % interval low, high, and share_differs. An agent with fewer than `least` calls is held back, and fewer
    than `least` handle times give no figures. Differs says that the figure is not that of all other agents' calls
    together, those held back left out, tested on a normal distribution, at most 5 % of those so marked being chance
    (Benjamini-Hochberg). Handle time figures are missing without such a column, outcome figures without outcomes.
    Raises ViewError for an outcome that no call has.
    """
    coded = texts_of_agents(log)
    names = np.array(coded.words.to_pylist(), object)
    size = len(names)
    calls, n_calls = _of_agents(log, where)
    shown = np.flatnonzero((n_calls >= least) & (n_calls > 0))
    shown = shown[np.argsort(names[shown], kind="stable")]
    held = np.flatnonzero((n_calls < least) & (n_calls > 0))
    calls = _of_shown(log, calls, n_calls, least)
    of = coded.codes[calls]
    frame = pd.DataFrame(
        {
            "agent": pd.array(names[shown], "str"),
            "label": pd.array(names[shown], "str"),
            "n_agents": np.ones(len(shown), np.int64),
            "n_calls": n_calls[shown],
            **_handling(log, calls, of, size, shown, least),
            **_ending(log, where, calls, of, size, shown, ending),
        }
    )
    if not len(held):
        return frame
    words = f"{plural(len(held), 'agent')} with fewer than {number(least)} calls"
    gaps = dict.fromkeys(frame.columns[4:])
    row = {"agent": None, "label": words, "n_agents": len(held), "n_calls": int(n_calls[held].sum()), **gaps}
    last = pd.DataFrame([row], columns=list(frame.columns)).astype(frame.dtypes.to_dict())
    return pd.concat([frame, last], ignore_index=True) if len(frame) else last


def handle_spread(log: CallLog, where: Filter = ALL, *, least: int = LEAST) -> tuple[float, float]:
    """Mean and standard deviation, in seconds, of the handle times of agents who are not held back; NaN of too few."""
    seconds = handle_times(log)[_of_shown(log, *_of_agents(log, where), least)]
    seconds = seconds[~np.isnan(seconds)]
    return (float(seconds.mean()), float(seconds.std(ddof=1))) if len(seconds) > 1 else (np.nan, np.nan)


def handle_times(log: CallLog) -> Floats:
    """The handle time of each call in seconds, NaN without one."""
    return log.once("handle time of each call", lambda: values_of(log, "handle_time").astype(np.float64))


def texts_of_agents(log: CallLog) -> Coded:
    """The agent of each call."""
    return log.once("agent of each call", lambda: texts_of(log, "agent"))


def usual_outcome(log: CallLog, where: Filter = ALL) -> str:
    """The outcome that most of the agents' calls have, or else the first; "" where no call has any."""
    ended = outcomes_of(log)
    n = np.bincount(ended.codes[_of_agents(log, where)[0]], minlength=ended.missing + 1)
    return min(zip(-n[:-1], ended.words.to_pylist(), strict=True), default=(0, ""))[1]


def _of_agents(log: CallLog, where: Filter) -> tuple[Counts, Counts]:
    """The calls with an agent, and how many each agent has."""
    coded, calls = texts_of_agents(log), chosen(log, where)
    calls = calls[coded.codes[calls] != coded.missing]
    return calls, np.bincount(coded.codes[calls], minlength=coded.missing)


def _of_shown(log: CallLog, calls: Counts, n_calls: Counts, least: int) -> Counts:
    """Those of the calls whose agents are not held back."""
    return calls[(n_calls >= least)[texts_of_agents(log).codes[calls]]]


def _handling(
    log: CallLog, calls: Counts, of: Ints, size: int, shown: Counts, least: int
) -> dict[str, NDArray[np.generic] | pd.api.extensions.ExtensionArray]:
    seconds = handle_times(log)[calls]
    timed = ~np.isnan(seconds)
    of, seconds = of[timed], seconds[timed]
    n = np.bincount(of, minlength=size)
    total = np.bincount(of, weights=seconds, minlength=size)
    mean = ratio(total, n)
    squares = np.bincount(of, weights=(seconds - mean[of]) ** 2, minlength=size).astype(np.float64)
    half = Z * np.sqrt(_variance(squares, n) / np.maximum(n, 1))
    others_n, others_total = n.sum() - n, total.sum() - total
    others = ratio(others_total, others_n)
    # The squares about the others' own mean, from those about each agent's mean.
    about = squares + n * (np.nan_to_num(mean) - ratio(total.sum(), n.sum())) ** 2
    others_squares = (about.sum() - about) - others_n * (others - ratio(total.sum(), n.sum())) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (mean - others) / np.sqrt(_variance(squares, n) / n + _variance(others_squares, others_n) / others_n)
    enough = n[shown] >= max(least, 2)
    p = np.where(enough & (others_n[shown] >= max(least, 2)), two_sided(z[shown]), np.nan)
    return {
        "n_timed": pd.array(n[shown], "Int64"),
        "mean_handle": np.where(enough, mean[shown], np.nan),
        "handle_low": np.where(enough, np.maximum((mean - half)[shown], 0.0), np.nan),
        "handle_high": np.where(enough, (mean + half)[shown], np.nan),
        "median_handle": np.where(enough, ranks(of, seconds, 50, size)[shown], np.nan),
        "handle_differs": _differs(p),
    }


def _ending(
    log: CallLog, where: Filter, calls: Counts, of: Ints, size: int, shown: Counts, ending: str
) -> dict[str, NDArray[np.generic] | pd.api.extensions.ExtensionArray]:
    ended = outcomes_of(log)
    if not ended.missing:
        gap = np.full(len(shown), np.nan)
        none = pd.array([None] * len(shown), "Int64")
        return {"n_outcome": none, "share": gap, "low": gap, "high": gap, "share_differs": _differs(gap)}
    code = code_of(log, ending or usual_outcome(log, where))
    n = np.bincount(of, minlength=size)
    k = np.bincount(of[ended.codes[calls] == code], minlength=size)
    low, high = wilson(k[shown], n[shown])
    p = two_proportions(k[shown], n[shown], k.sum() - k[shown], n.sum() - n[shown])
    return {
        "n_outcome": pd.array(k[shown], "Int64"),
        "share": ratio(k[shown], n[shown]),
        "low": low,
        "high": high,
        "share_differs": _differs(p),
    }


def _variance(squares: Floats, n: NDArray[np.integer]) -> Floats:
    """Of a sample, from the sum of squares about its mean; NaN for fewer than two."""
    return ratio(np.maximum(squares, 0.0), np.where(n > 1, n - 1, 0))


def _differs(p: Floats) -> pd.api.extensions.ExtensionArray:
    """Whether each difference is more than chance; missing where it was not tested."""
    q = false_discovery(p)
    return pd.array([None if np.isnan(one) else bool(one <= MOST_FALSE) for one in q], "boolean")
