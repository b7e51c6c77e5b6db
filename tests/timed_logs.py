"""Random logs with times to the second, waits and errors, and every trap of times that real logs have."""

import csv
import io
from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from tests import naive

FORMATS = ("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z")
ZONES = ("", "", "Europe/Berlin", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe")
NODES = ("1", "2", "7", "מחיר")
WAITS = ("", "0", "3", "4.9", "5", "60", "61.25", "600", "-8", "soon", "NULL")
HANDLED = ("", "", "", "30", "-1", "0")
ERRORS = ("", "", "", "", "timeout", "שגיאה, 5", "0", "false")
SAID = (WAITS, HANDLED, ("", "", "Noa"), ("", "left"), ERRORS)
HEADER = ("call", "node", "parent", "timestamp", "queue wait", "handle time", "agent", "outcome", "error", "end")
FIRST = datetime(2025, 3, 28, 22, 0, 0)
"""Before a midnight, and before the clocks change in the last days of March."""


@st.composite
def timed_files(draw: st.DrawFn) -> naive.File:
    """A file of some calls, each of which goes on from step to step; now and then a step is lost in time."""
    date_format = draw(st.sampled_from(FORMATS))
    offset = timezone(timedelta(hours=draw(st.sampled_from([0, 2, -5]))))
    rows: list[list[str]] = []
    for call in range(draw(st.integers(1, 9))):
        moment = FIRST + timedelta(seconds=draw(st.integers(0, 5 * 86_400)))
        for _ in range(draw(st.integers(1, 6))):
            moment += timedelta(seconds=draw(st.sampled_from([0, 1, 10, 59, 3600, 86_400, 90_000])))
            moment += timedelta(milliseconds=draw(st.sampled_from([0, 0, 7, 999])))
            written = moment.replace(tzinfo=offset).strftime(date_format)
            ends = moment.replace(tzinfo=offset) + timedelta(seconds=draw(st.sampled_from([-7, 0, 30, 4_000, 100_000])))
            odd = (datetime(1970, 1, 1, tzinfo=offset).strftime(date_format), "", "soon", *[written] * 12)
            rows.append(
                [
                    str(call),
                    draw(st.sampled_from(NODES)),
                    draw(st.sampled_from(["0", "1"])),
                    draw(st.sampled_from(odd)),
                    *(draw(st.sampled_from(values)) for values in SAID),
                    draw(st.sampled_from(("", "soon", *map(ends.strftime, [date_format] * 3)))),
                ]
            )
    mixed = draw(st.permutations(rows)) if draw(st.booleans()) else rows
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(mixed)
    absent = draw(st.sampled_from([(), (), ("agent", "handle time"), ("parent",), ("end",)]))
    return naive.File(text.getvalue(), {name: name for name in HEADER if name not in absent}, date_format)


TIMED = st.tuples(st.lists(timed_files(), min_size=1, max_size=2), st.sampled_from(ZONES)).map(
    lambda drawn: [file._replace(zone=drawn[1]) for file in drawn[0]]
)
