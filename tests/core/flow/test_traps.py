"""Placeholders for dates and ids used again are named, and lead to exactly the calls that are meant."""

from datetime import date, datetime, timedelta

from core.flow.filter import ALL, Filter
from core.flow.selection import select
from core.flow.traps import traps
from tests import naive
from tests.logs import both

HEADER = "call,timestamp,node\n"
ROLES = {name: name for name in HEADER.strip().split(",")}
NOON = datetime(2025, 5, 1, 12)


def made(*lines: str, usual: int = 300) -> naive.File:
    """These rows, and usual calls of two steps each."""
    times = [(call, NOON + timedelta(hours=call)) for call in range(usual)]
    rows = [f"c{call},{at + timedelta(seconds=s)},{s}" for call, at in times for s in (1, 2)]
    return naive.File(HEADER + "".join(f"{line}\n" for line in (*rows, *lines)), ROLES, "%Y-%m-%d %H:%M:%S")


ODD = made(
    "p,1970-01-01 00:00:00,1",
    "q,1970-01-01 00:00:00,1",
    "q,2025-05-03 10:00:00,2",
    "again,2025-05-03 10:00:00,1",
    "again,2025-06-09 10:00:00,2",
)


def test_placeholders_and_ids_used_again_are_named_once_each() -> None:
    with both(ODD) as (log, _):
        dated, used = traps(log)
        assert dated.words.startswith("2 calls are dated on 1 Jan 1970, long before all others")
        assert dated.these == Filter(first=date(1970, 1, 1), last=date(1970, 1, 1))
        assert dated.others == Filter(first=date(2025, 5, 1))
        assert used.words.startswith("1 call lasts over 24 hours: most likely its id was used")
        assert [select(log, one).n_calls for one in (dated.these, dated.others, used.these)] == [2, 301, 1]
        assert [one.words for one in traps(log, dated.others)] == [used.words]
        assert traps(log, Filter(first=date(2025, 5, 1), last=date(2025, 5, 2))) == []


def test_a_log_of_those_years_has_no_placeholders() -> None:
    early = naive.File(HEADER + "a,1970-03-01 09:00:00,1\nb,1970-03-02 09:00:00,1\nc,1972-01-01 09:00:00,1\n", ROLES)
    with both(early._replace(date_format="%Y-%m-%d %H:%M:%S")) as (log, _):
        assert traps(log) == []
    with both(made("a,1970-12-30 09:00:00,1", "b,1971-06-01 09:00:00,1")) as (log, _):
        assert traps(log) == [], "others follow within a year"
    with both(made()) as (log, _):
        assert traps(log, ALL) == []
