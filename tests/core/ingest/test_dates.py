"""One date format for a whole column, and a question where two read it equally well."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from core.ingest import dates
from core.ingest.load import parsed_date
from tests.logs import inspected


def formats(folder: Path, *values: str) -> dict[str, int]:
    text = "id,when\n" + "".join(f'{number},"{value}"\n' for number, value in enumerate(values))
    return inspected(folder, text).columns[1].formats


def test_the_format_that_reads_most_is_taken(tmp_path: Path) -> None:
    found = formats(tmp_path, "1/1/2025", "1/13/2025", "2/28/2025", "2/3/2025")
    assert found == {"%d/%m/%Y": 2, "%m/%d/%Y": 4}
    assert dates.chosen(found) == "%m/%d/%Y"
    assert dates.tied(found) == ["%m/%d/%Y"]


def test_a_tie_is_told_and_the_day_comes_first_meanwhile(tmp_path: Path) -> None:
    found = formats(tmp_path, "3/1/2025", "4/1/2025")
    assert dates.tied(found) == ["%d/%m/%Y", "%m/%d/%Y"]
    assert dates.chosen(found) == "%d/%m/%Y"


@pytest.mark.parametrize(
    ("value", "date_format"),
    [
        ("2025-03-01", "%Y-%m-%d"),
        ("2025-03-01 10:20:30", "%Y-%m-%d %H:%M:%S"),
        ("2017-01-02T11:41:53Z", "%Y-%m-%dT%H:%M:%SZ"),
        ("2014/10/22 11:15:41.000", "%Y/%m/%d %H:%M:%S.%f"),
        ("22.10.2014 11:15", "%d.%m.%Y %H:%M"),
        ("13/2/25", "%d/%m/%y"),
        ("1-Mar-2025", "%d-%b-%Y"),
        ("Mar 1, 2025", "%b %d, %Y"),
        ("20250131", "%Y%m%d"),
        ("1/31/2025 10:05 PM", "%m/%d/%Y %I:%M %p"),
    ],
)
def test_usual_ways_to_write_a_date_are_known(tmp_path: Path, value: str, date_format: str) -> None:
    assert dates.chosen(formats(tmp_path, value)) == date_format
    assert dates.in_words(date_format)


@pytest.mark.parametrize("value", ["12345", "2204584", "10:20", "1.5", "99/99/9999", "0007", "abc", "1-2"])
def test_what_is_no_date_is_not_taken_for_one(tmp_path: Path, value: str) -> None:
    assert formats(tmp_path, value) == {}


def test_years_of_two_digits_are_not_the_year_25(tmp_path: Path) -> None:
    assert set(formats(tmp_path, "13/2/25")) == {"%d/%m/%y"}


def test_an_offset_is_turned_into_utc() -> None:
    query = (
        f"SELECT {parsed_date('value', '%Y-%m-%dT%H:%M:%S%z')} FROM (VALUES ('2025-03-01T01:30:00+02:00')) one(value)"
    )
    assert duckdb.connect().execute(query).fetchall() == [(datetime(2025, 2, 28, 23, 30),)]


def test_words_say_whether_there_is_a_time() -> None:
    assert dates.in_words("%d/%m/%Y %H:%M") == "day/month/year, with time"
    assert dates.in_words("%m/%d/%Y") == "month/day/year"
    assert [dates.has_time(one) for one in ("%Y-%m-%d", "%d.%m.%Y %I:%M %p")] == [False, True]


def test_a_value_that_each_format_reads_as_another_day_tells_them_apart() -> None:
    formats = ("%d/%m/%Y", "%m/%d/%Y")
    assert dates.telling(["soon", "13/1/2025", "3/3/2025", "2/1/2025"], formats) == (
        "2/1/2025",
        {"%d/%m/%Y": date(2025, 1, 2), "%m/%d/%Y": date(2025, 2, 1)},
    )
    assert dates.telling(["3/3/2025"], formats) is None
    assert dates.telling(["3/4/2025"], formats[:1]) is None


def test_formats_are_told_in_the_fewest_words_that_tell_them_apart() -> None:
    assert dates.told_apart(["%d/%m/%Y", "%m/%d/%Y"]) == {"%d/%m/%Y": "Day first", "%m/%d/%Y": "Month first"}
    assert set(dates.told_apart(["%d/%m/%Y", "%d/%m/%y"]).values()) == {"day/month/year", "day/month/year (two digits)"}
