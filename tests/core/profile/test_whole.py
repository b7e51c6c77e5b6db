"""The table as a whole: relations held against pandas and by hand, rows that come twice, and what is remarked."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import plotly
import pytest

from core.profile.relations import cramers_v
from core.profile.remarks import Matter, because, figure, remarks
from core.profile.tables import Rows

Opened = Callable[..., Rows]
IRIS = Path(plotly.__file__).parent / "package_data" / "datasets" / "iris.csv.gz"


def test_correlations_of_a_real_file_are_those_of_pandas_with_their_n(opened: Opened) -> None:
    data = gzip.decompress(IRIS.read_bytes())
    frame = pd.read_csv(io.BytesIO(data))
    rows = opened(data)
    found = [one for one in rows.profile.relations.pairs if one.pearson is not None]
    assert len(found) == 10
    for one in found:
        pair = frame.iloc[:, [one.one, one.other]]
        assert one.n == len(pair.dropna())
        assert one.pearson == pair.corr().iloc[0, 1]
        assert one.spearman == pair.rank().corr().iloc[0, 1]
    assert [one.strength for one in found] == sorted((one.strength for one in found), reverse=True)


def test_each_relation_is_over_the_rows_that_have_both(opened: Opened) -> None:
    rows = opened("a,b,c\n1,2,x\n2,4,y\n3,,x\n4,8,\n,9,y\n5,1,x\n")
    (one,) = rows.profile.relations.pairs
    assert (one.one, one.other, one.n) == (0, 1, 4)


def test_the_association_of_categories_is_corrected_for_its_bias() -> None:
    # chi2 = 20 of n = 20 with 2 x 2: phi2 = 1, corrected 1 - 1/19; r = k = 2 - 1/19; V = sqrt((18/19) / (18/19)) = 1.
    one = np.repeat([0, 1], 10)
    assert cramers_v(one, one) == (1.0, 20)
    # Each of 2 x 3 cells alike: no association, however few the rows.
    assert cramers_v(np.tile([0, 1], 6), np.repeat([0, 1, 2], 4)) == (0.0, 12)
    # [[8, 2], [4, 6]]: chi2 = 10/3, phi2 = 1/6, corrected 1/6 - 1/19 = 13/114; r = k = 35/19, so over 18/19.
    value, n = cramers_v(np.repeat([0, 1], 10), np.repeat([0, 1, 0, 1], [8, 2, 4, 6]))
    assert (value, n) == (pytest.approx((13 / 114 * 19 / 16) ** 0.5 * (16 / 18) ** 0.5), 20)
    assert np.isnan(cramers_v(np.zeros(5, dtype=int), np.arange(5))[0])
    assert cramers_v(np.array([-1, 0, 0, 1, 1]), np.array([0, 0, 0, 1, -1]))[1] == 3


def test_rows_that_come_again_are_counted(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.profile.schema.WIDTH", 1)
    told = opened("a,b\n1,x\n1,y\n1,x\n2,\n2,\n1,x\n").profile.repeated
    assert told is not None
    assert (told.rows, told.most) == (3, 3)


def matters(rows: Rows) -> dict[str, set[Matter]]:
    return {one.name: {told.matter for told in remarks(one, rows.profile.rows)} for one in rows.profile.columns}


def test_what_is_odd_in_a_column_is_remarked(opened: Opened) -> None:
    header = "id,same,empty,gone,mixed,price,mail,Phone,city,day,na"
    lines = [
        f"k{n},yes,,{'x' if n == 7 else ''},{'few' if n == 9 else n},{10_000 if n == 3 else n % 10},"
        f"u{n % 9}@example.org,{n % 9},{'haifa' if n == 1 else 'Haifa'},"
        f"{'1970-01-01' if n % 2 else '2025-01-0' + str(n % 9 + 1)},"
        f"{'NA' if n == 5 else n % 3}"
        for n in range(60)
    ]
    rows = opened("\n".join([header, *lines]))
    assert matters(rows) == {
        "id": {Matter.IDENTIFIER},
        "same": {Matter.CONSTANT},
        "empty": {Matter.EMPTY},
        "gone": {Matter.MISSING},
        "mixed": {Matter.MIXED, Matter.IDENTIFIER},
        "price": {Matter.OUTLIERS},
        "mail": {Matter.PERSONAL},
        "Phone": {Matter.PERSONAL},
        "city": {Matter.CASE, Matter.ONE_VALUE},
        "day": {Matter.FILLERS},
        "na": {Matter.STAND_INS},
    }
    told = {one.name: one for one in rows.profile.columns}
    (outliers,) = remarks(told["price"], 60)
    assert outliers.words.startswith("Far outside the others lie 1 of 60 values: below −")
    assert because(told["empty"], 60) == "No value tells what it is."
    assert because(told["day"], 60) == "All 60 values read as year-month-day."


def test_dates_that_can_be_read_in_two_ways_say_so(opened: Opened) -> None:
    rows = opened("day,x\n1/2/2025,1\n3/2/2025,1\n5/6/2025,2\n")
    told = [one.words for one in remarks(rows.profile.columns[0], 3) if one.matter is Matter.DATES]
    assert told
    assert "day/month/year; read as month/day/year" in told[0]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(3.0, "3"), (3.123456789, "3.12346"), (-0.00012345678, "−0.000123457"), (123456.789, "123,457")],
)
def test_a_figure_shows_six_digits_that_count(value: float, shown: str) -> None:
    assert figure(value) == shown


def test_only_what_names_rows_is_likely_an_identifier(opened: Opened) -> None:
    prose = "a sentence that nobody would take for a name: it goes on and on and on"
    lines = [f"{n + 7},{n * n * n * 1000},{prose} {n},{n - 20},k{n}" for n in range(40)]
    rows = opened("\n".join(["number,amount,note,change,code", *lines]))
    found = {name for name, told in matters(rows).items() if Matter.IDENTIFIER in told}
    assert found == {"number", "code"}
    assert matters(opened("a,b\n1,x\n2,y\n3,z\n")) == {"a": set(), "b": set()}  # too few to say
