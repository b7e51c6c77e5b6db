"""Time zones: which there are, and the way between UTC and the clocks of one.

The engine knows them, so that times are read, stored and told by one list of changes of clocks.
"""

from functools import cache

import duckdb

from core.engine import quoted
from core.errors import ThroughlineError

_NOT_OFFERED = ("Etc/", "SystemV/")


@cache
def zones() -> tuple[str, ...]:
    """The names of all zones, in order: those of IANA that name a place, and UTC."""
    with duckdb.connect(":memory:") as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM pg_timezone_names()").fetchall()]
    return tuple(sorted({"UTC", *(name for name in names if "/" in name and not name.startswith(_NOT_OFFERED))}))


def check(zone: str) -> None:
    """Raise ThroughlineError where `zone` is neither the name of a zone nor ""."""
    if zone and zone not in zones():
        raise ThroughlineError(
            f"There is no time zone named {zone[:60]!r}.", "Name one as IANA does, such as Europe/Berlin."
        )


def utc(moment: str, zone: str) -> str:
    """SQL for the time in UTC at which the clocks of `zone` show `moment`; as it stands where there is no zone.

    Of an hour that comes twice it is the later one. A time that the clocks skip is that much later.
    """
    return f"timezone('UTC', timezone({quoted(zone)}, {moment}))" if zone else moment


def local(moment: str, zone: str) -> str:
    """SQL for what the clocks of `zone` show at `moment`, in UTC; as it stands where there is no zone."""
    return f"timezone({quoted(zone)}, timezone('UTC', {moment}))" if zone else moment
