"""What shares are compared by: the intent, the last step or the whole path of a call, or all calls at once."""

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.errors import ViewError
from core.flow.ids import join_ids
from core.tables.arrays import Counts, Ints
from core.tables.calllog import CallLog

INTENT, LEAF, VARIANT, EVERY = "intent", "leaf", "variant", "all"
GROUPS: Final = {INTENT: "Intent", LEAF: "Last step", VARIANT: "Path", EVERY: "All calls"}
"""What calls can be grouped by, and what it is called."""
STEP: Final = " › "


class Grouping:
    """A way to put the calls of a log into groups, which are numbered: each path is `of_path`, of `size` groups."""

    def __init__(self, log: CallLog, by: str) -> None:
        """Raises ViewError for a `by` that is not one of GROUPS."""
        if by not in GROUPS:
            raise ViewError(f"Calls cannot be grouped by {by[:40]!r}.", f"They can by: {', '.join(GROUPS)}.")
        self._log, self.by = log, by
        paths = log.paths
        n_paths = len(paths)
        self.of_path: Ints
        if by == VARIANT:
            self.of_path = np.arange(n_paths, dtype=np.int32)
        elif by == EVERY:
            self.of_path = np.zeros(n_paths, np.int32)
        else:
            self.of_path = paths.intent if by == INTENT else paths.leaf
        self.size = {VARIANT: n_paths, EVERY: 1}.get(by, len(log.ids))

    def named(self, groups: Counts, **columns: object) -> pd.DataFrame:
        """A frame of group and label of these groups, and of `columns`.

        group is a node's id, or the joined ids of a path, or missing for all calls; label says it in words.
        """
        if self.by == EVERY:
            gap, words = pd.array([None] * len(groups), "str"), pd.array(["All calls"] * len(groups), "str")
            return pd.DataFrame({"group": gap, "label": words, **columns})
        if self.by == VARIANT:
            ids = np.array([join_ids((one,)) for one in self._log.ids], object)
            named = {"group": self._walks(groups, ids, ","), "label": self._walks(groups, self._log.names, STEP)}
            return pd.DataFrame({**named, **columns})
        return self._log.named(groups, **columns).rename(columns={"node": "group"})

    def _walks(self, paths: Counts, words: object, between: str) -> pd.api.extensions.ExtensionArray:
        """What the steps of these paths are called, joined."""
        lengths, begin = self._log.paths.lengths[paths], self._log.paths.at[:-1][paths]
        at = np.concatenate([[0], lengths.cumsum()])
        steps = np.repeat(begin - at[:-1], lengths) + np.arange(at[-1])
        named = pa.array(words, pa.string()).take(pa.array(self._log.paths.nodes[steps]))
        joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(at, pa.int32()), named), between)
        text: pd.api.extensions.ExtensionArray = pd.array(joined.to_numpy(zero_copy_only=False), "str")
        return text
