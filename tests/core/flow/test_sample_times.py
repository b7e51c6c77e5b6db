"""What is hidden in the sample's times, waits and errors is found and named by the views."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from core.flow.errors import errors_in_all
from core.flow.filter import ALL, Filter
from core.flow.gaps import step_times
from core.flow.hours import hours
from core.flow.load import load
from core.flow.returns import returning
from core.flow.waiting import waiting_in_all
from core.tables.calllog import CallLog
from core.views import view
from sample_data import make
from tests.logs import built, source

FACTS = make.facts()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallLog]:
    folder: Path = tmp_path_factory.mktemp("clinic")
    found = built(folder, source(folder / "0", (make.HERE / make.CLINIC_FILE).read_bytes()))
    yield found
    found.close()


def said(log: CallLog, key: str, where: Filter = ALL) -> str:
    one = view(key)
    return " ".join(one.finding(log, where, one.frame(log, where))[:2])


def test_the_rush_on_monday_mornings_is_the_busiest_hour(log: CallLog) -> None:
    rows = hours(log).query("weekday == 1 and hour in (8, 9)")
    assert int(rows["n_calls"].sum()) == FACTS["monday_rush"]["n_calls"]
    assert "Monday from ⁨09:00⁩ to ⁨10:00⁩ is busiest" in said(log, "hours")


def test_the_long_announcement_is_the_slowest_step(log: CallLog) -> None:
    rows = step_times(log).set_index("node")
    slow = rows[rows["n"] > 50]["median_s"].nlargest(2)
    assert sorted(slow.index) == FACTS["slow_prompt"]["node_ids"]
    assert {round(one) for one in slow} <= {70, 71}
    assert "Travel clinic" in said(log, "slow-transitions") or "מרפאת מטיילים" in said(log, "slow-transitions")


def test_the_queue_is_measured(log: CallLog) -> None:
    found, hidden = waiting_in_all(log), FACTS["queue"]
    assert (found.n_queued, found.median_s, found.p90_s) == (hidden["n_calls"], hidden["median_s"], hidden["p90_s"])
    assert (found.n_over, found.n_left) == (hidden["n_over_60_s"], hidden["n_ended"])


def test_errors_are_counted_and_their_day_is_named(log: CallLog) -> None:
    hidden = FACTS["errors"]
    assert errors_in_all(log) == (hidden["n_steps"], hidden["n_calls"], hidden["n_ended"])
    assert f"{hidden['n_steps_that_day']} of" in said(log, "error-days") and "12 May 2026" in said(log, "error-days")


def test_ways_back_are_counted(log: CallLog) -> None:
    found, hidden = returning(log), FACTS["ways_back"]
    assert (found.n_calls, found.n) == (hidden["n_calls"], hidden["n_times"])


def test_the_call_over_midnight_is_in_progress_on_both_days(log: CallLog) -> None:
    late = load(log, Filter(first=date(2026, 5, 14), last=date(2026, 5, 14), hours=(23,)))
    assert late["day"].tolist() == ["2026-05-14", "2026-05-15"]
    assert late.iloc[1].tolist() == ["2026-05-15", 0, 1, "00:00:00"]
