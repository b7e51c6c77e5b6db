"""What is in a column, held against pandas on real files, and worked out by hand where pandas has no word for it."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import plotly
import pytest

from core.profile.measures import MOST_FREQUENT, QUANTILES
from core.profile.schema import ColumnProfile
from core.profile.tables import Rows
from core.profile.types import NUMERIC, ColumnType
from core.service import PROJECT

Opened = Callable[..., Rows]
SHARED_DATA = PROJECT.parent / "shared" / "data"
PACKAGED = Path(plotly.__file__).parent / "package_data" / "datasets"
REAL = {
    "eventdataR_sepsis.csv": ";",
    "eventdataR_patients.csv": ",",
    "gapminder.csv.gz": ",",
    "tips.csv.gz": ",",
    "iris.csv.gz": ",",
    "wind.csv.gz": ",",
    "carshare.csv.gz": ",",
}
"""Real public files, those of plotly among them, and their delimiters."""


def column(rows: Rows, name: str) -> ColumnProfile:
    return next(one for one in rows.profile.columns if one.name == name)


@pytest.mark.parametrize("name", REAL)
def test_every_figure_of_a_real_file_is_that_of_pandas_to_the_last_digit(opened: Opened, name: str) -> None:
    path = (PACKAGED if name.endswith(".gz") else SHARED_DATA) / name
    if not path.is_file():
        pytest.skip("the real file is not here")
    data = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    frame = pd.read_csv(io.BytesIO(data), sep=REAL[name], keep_default_na=False, na_values=["", "NULL"])
    rows = opened(data)
    # pandas calls a first column without a name by another one.
    assert (rows.profile.rows, len(rows.names)) == frame.shape
    for found, (_, values) in zip(rows.profile.columns, frame.items(), strict=True):
        assert found.missing == values.isna().sum()
        counts = values.value_counts()
        assert (found.distinct, found.hedge) == (values.nunique(), "")
        assert [n for _, n in found.top] == counts.head(MOST_FREQUENT).tolist() or counts.iloc[0] == 1
        if found.type in NUMERIC:
            assert_numbers(found, values)
        elif found.type in (ColumnType.DATE, ColumnType.MOMENT):
            assert_days(found, pd.to_datetime(values.dropna(), format=found.format))
        elif found.type is ColumnType.TEXT:
            lengths = values.dropna().astype(str).str.len()
            assert found.lengths is not None
            assert found.lengths.mean == lengths.mean()
            assert (found.lengths.least, found.lengths.most) == (lengths.min(), lengths.max())
            assert all(counts[text] == n for text, n in found.top)


def assert_numbers(found: ColumnProfile, values: pd.Series) -> None:
    told = found.numbers
    assert told is not None
    assert (told.mean, told.std) == (values.mean(), values.std())
    assert (told.least, told.most) == (values.min(), values.max())
    assert list(told.quantiles) == values.quantile(list(QUANTILES)).tolist()
    assert (told.n_zero, told.n_negative) == ((values == 0).sum(), (values < 0).sum())
    counts, _ = np.histogram(values.dropna(), bins=np.array(told.histogram.edges))
    assert list(told.histogram.counts) == counts.tolist()
    low, high = values.quantile(0.25), values.quantile(0.75)
    assert told.outliers == ((values < low - 3 * (high - low)) | (values > high + 3 * (high - low))).sum()


def assert_days(found: ColumnProfile, values: pd.Series) -> None:
    told = found.days
    assert told is not None
    dates = pd.Series(values.dt.normalize().unique()).sort_values()
    assert pd.Timestamp(told.first) == values.min()
    assert pd.Timestamp(told.last) == values.max()
    assert (told.n_days, told.span) == (len(dates), (dates.iloc[-1] - dates.iloc[0]).days + 1)
    assert told.gap == max(dates.diff().dt.days.max() - 1, 0)
    unit = {"day": "D", "month": "M", "year": "Y"}[told.histogram.unit]
    periods = values.dt.to_period(unit)
    every = pd.period_range(periods.min(), periods.max(), freq=unit)
    assert list(told.histogram.counts) == periods.value_counts().reindex(every, fill_value=0).tolist()


def test_the_longest_gap_between_days_is_told_by_its_first_and_last_day(opened: Opened) -> None:
    told = column(opened("day,x\n2025-01-10,1\n2025-01-01,1\n2025-01-03,1\n2025-01-03,1\n"), "day").days
    assert told is not None
    assert (told.n_days, told.span) == (3, 10)
    assert (told.gap, told.gap_first, told.gap_last) == (6, "2025-01-04", "2025-01-09")


def test_few_whole_numbers_have_a_bar_each_and_one_value_has_one(opened: Opened) -> None:
    rows = opened("n,same\n1,7.5\n3,7.5\n3,7.5\n4,7.5\n")
    histogram, same = (one.numbers.histogram for one in rows.profile.columns if one.numbers)
    assert (histogram.edges, histogram.counts) == ((1, 2, 3, 4, 5), (1, 0, 2, 1))
    assert (same.edges, same.counts) == ((7.5, 7.5), (4,))


def test_times_of_day_are_counted_by_the_hour(opened: Opened) -> None:
    told = column(opened("at,x\n00:00,1\n09:59,1\n9:00,1\n23:59,1\n09:00,1\n"), "at")
    assert told.clocks is not None
    assert [(hour, n) for hour, n in enumerate(told.clocks.counts) if n] == [(0, 1), (9, 3), (23, 1)]
    assert (told.distinct, told.top[0]) == (4, ("09:00:00", 2))


def test_large_whole_numbers_keep_every_digit(opened: Opened) -> None:
    told = column(opened("n\tx\n123456789012345678\t1\n123456789012345678\t1\n123456789012345677\t1\n"), "n")
    assert told.numbers is not None
    assert (told.numbers.least, told.numbers.most) == (123456789012345677, 123456789012345678)
    assert (told.distinct, told.top[0]) == (2, ("123456789012345678", 2))


def test_many_different_texts_are_counted_by_their_hash_with_the_same_result(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "id,x\n" + "".join(f"t{n % 70 if n % 3 else n},1\n" for n in range(300))
    counted = column(opened(text), "id")
    monkeypatch.setattr("core.profile.columns.FEW", 10)
    hashed = column(opened(text), "id")
    assert hashed.distinct == counted.distinct == len({n % 70 if n % 3 else n for n in range(300)})
    assert [n for _, n in hashed.top] == [n for _, n in counted.top]
    assert set(hashed.top[:3]) <= {(f"t{key}", n) for key, n in pd.Series(
        [n % 70 if n % 3 else n for n in range(300)]
    ).value_counts().items()}  # fmt: skip


def test_what_does_not_fit_into_memory_is_estimated_and_says_so(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.profile.columns.MOST_HELD", 100)
    monkeypatch.setattr("core.profile.columns.FEW", 10)
    rows = opened("n,t,few\n" + "".join(f"{n},t{n},{n % 2}x\n" for n in range(1000)))
    for name in ("n", "t"):
        told = column(rows, name)
        assert (told.hedge, told.top) == ("about", ())
        assert told.distinct == pytest.approx(1000, rel=0.2)
    assert (column(rows, "few").distinct, column(rows, "few").hedge) == (2, "")


def test_a_column_that_is_nearly_numbers_says_so_and_shows_what_is_not(opened: Opened) -> None:
    early = opened("n,t\n1,a\nx,b\n3,c\n4,d\n").profile.columns
    assert early[0].nearly is not None
    assert (early[0].nearly.type, early[0].nearly.n, early[0].nearly.of) == (ColumnType.WHOLE, 3, 4)
    assert early[0].nearly.others == ("x",)
    assert early[1].nearly is None
    late = column(opened("n\tx\n" + "".join(f"{n}\t1\n" for n in range(3000)) + "lots\t1\n"), "n")
    assert late.nearly is not None
    assert (late.nearly.n, late.nearly.of, late.nearly.others) == (3000, 3001, ("lots",))


def test_columns_of_nothing_have_no_figures(opened: Opened) -> None:
    told = column(opened("a,b\n,1\nNULL,2\n"), "a")
    assert (told.missing, told.distinct, told.top, told.numbers, told.lengths) == (2, 0, (), None, None)


def test_the_widest_range_of_whole_numbers_is_a_range(opened: Opened) -> None:
    ends = (-(2**63), 2**63 - 1)
    told = column(opened(f"n\tx\n{ends[0]}\t1\n{ends[1]}\t1\n"), "n").numbers
    assert told is not None
    assert (told.least, told.most, told.histogram.counts) == (*ends, (1, *[0] * 28, 1))
