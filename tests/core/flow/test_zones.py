"""Days and hours by the clocks of a chosen zone: on times worked out by hand, where clocks change and where days do."""

from datetime import datetime

import pytest

from core.errors import ThroughlineError
from core.flow.calls import call_steps, calls
from core.flow.durations import lasting
from core.flow.filter import Filter
from core.flow.hours import hours
from core.flow.load import load, peak
from core.flow.selection import select
from core.ingest.zones import check, zones
from tests import naive
from tests.logs import both, rows

HEADER = "call,timestamp,node\n"
ROLES = {name: name for name in HEADER.strip().split(",")}
BERLIN = "Europe/Berlin"


def made(date_format: str, zone: str, *lines: str) -> naive.File:
    return naive.File(HEADER + "".join(f"{line}\n" for line in lines), ROLES, date_format, zone=zone)


OFFSETS = made(
    "%Y-%m-%dT%H:%M:%S%z",
    BERLIN,
    "a,2025-03-28T23:30:00+0000,1",  # Saturday, 00:30 in Berlin
    "a,2025-03-28T23:40:00+0000,2",
    "b,2025-03-30T00:59:00+0000,1",  # 01:59, a minute before the clocks go on to 03:00
    "b,2025-03-30T03:01:00+0200,2",
)
CLOCKS = made(
    "%Y-%m-%d %H:%M:%S",
    BERLIN,
    "spring,2025-03-30 01:59:00,1",
    "spring,2025-03-30 03:01:00,2",
    "skipped,2025-03-30 02:15:00,1",
    "twice,2025-10-26 02:30:00,1",
    "autumn,2025-10-26 01:30:00,1",
    "autumn,2025-10-26 03:30:00,2",
)


def told(file: naive.File) -> dict[str, datetime]:
    with both(file) as (log, _):
        found = calls(log)
        return dict(zip(found["call_id"], found["at"].dt.to_pydatetime(), strict=True))


def test_times_with_an_offset_have_the_day_and_the_hour_of_the_zones_clocks() -> None:
    with both(OFFSETS) as (log, _):
        found = hours(log).query("n_calls > 0")
        assert rows(found[["weekday", "hour"]]) == [(6, 0), (7, 1)]
        assert (log.about.found.first_day, log.about.found.last_day) == ("2025-03-29", "2025-03-30")
        assert select(log, Filter(hours=(0,))).n_calls == 1
        assert [one.strftime("%d %H:%M") for one in call_steps(log, 1)["at"]] == ["30 01:59", "30 03:01"]
        assert lasting(log).ms.tolist() == [120_000, 600_000]
    assert told(OFFSETS) == {"a": datetime(2025, 3, 29, 0, 30), "b": datetime(2025, 3, 30, 1, 59)}


def test_without_a_zone_times_with_an_offset_are_told_in_utc() -> None:
    assert told(OFFSETS._replace(zone=""))["a"] == datetime(2025, 3, 28, 23, 30)


def test_where_clocks_change_a_call_lasts_as_long_as_it_lasts() -> None:
    with both(CLOCKS) as (log, _):
        assert lasting(log).ms.tolist() == [0, 120_000, 3 * 3_600_000]
    with both(CLOCKS._replace(zone="")) as (log, _):
        assert lasting(log).ms.tolist() == [0, 62 * 60_000, 2 * 3_600_000]


def test_times_without_an_offset_keep_the_hour_that_the_file_has() -> None:
    assert told(CLOCKS) == {
        "spring": datetime(2025, 3, 30, 1, 59),
        "skipped": datetime(2025, 3, 30, 3, 15),  # no clock showed 02:15
        "twice": datetime(2025, 10, 26, 2, 30),
        "autumn": datetime(2025, 10, 26, 1, 30),
    }


def test_a_day_begins_at_the_zones_midnight() -> None:
    night = made(
        "%Y-%m-%dT%H:%M:%S%z",
        "America/New_York",
        "a,2025-07-02T03:50:00+0000,1",  # 1 July, 23:50
        "a,2025-07-02T04:10:00+0000,2",  # 2 July, 00:10
    )
    with both(night) as (log, _):
        assert rows(load(log)) == [("2025-07-01", 1, 1, "23:50:00"), ("2025-07-02", 0, 1, "00:00:00")]
        assert peak(log).at == datetime(2025, 7, 1, 23, 50)


def test_dates_without_a_time_stay_the_days_that_they_are() -> None:
    with both(made("%Y-%m-%d", "Pacific/Auckland", "a,2025-05-14,1")) as (log, _):
        assert (log.about.found.first_day, rows(calls(log)[["at"]])) == (
            "2025-05-14",
            [(datetime(2025, 5, 14).date(),)],
        )


def test_zones_are_those_that_name_a_place() -> None:
    assert {"UTC", BERLIN, "Asia/Jerusalem", "America/New_York"} <= set(zones())
    check("")
    with pytest.raises(ThroughlineError, match="no time zone named 'Mars/Base'"):
        check("Mars/Base")
