"""What a view cannot do without: a column with a role, or something that such a column has to tell."""

from enum import StrEnum

from core.flow.facets import has_times
from core.ingest.mapping import NAMES, Role
from core.tables.calllog import CallLog


class Capability(StrEnum):
    TIME_OF_DAY = "time of day"


Need = Role | Capability

_NAMES = {Capability.TIME_OF_DAY: "Time of day"}
_CURES = {Capability.TIME_OF_DAY: "No column was marked as the date or time, or its dates have no time."}


def is_met(need: Need, log: CallLog) -> bool:
    """Whether the log has what is needed."""
    if need is Capability.TIME_OF_DAY:
        return has_times(log)
    return need.value in log.about.roles


def name_of(need: Need) -> str:
    """What a person is told that it is."""
    return _NAMES[need] if isinstance(need, Capability) else NAMES[need]


def why_missing(need: Need) -> str:
    """What a person is told where the log does not have it."""
    return _CURES[need] if isinstance(need, Capability) else "No column was marked as that."
