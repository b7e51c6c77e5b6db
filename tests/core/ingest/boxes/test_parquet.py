"""Parquet: every type as a person would write it, absurd or damaged files refused."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import FileRefused
from core.ingest.boxes import Taken, look, row_of, take
from core.settings import Guards


def taken(folder: Path, table: pa.Table, guards: Guards | None = None, **options: Any) -> Taken:
    pq.write_table(table, folder / "upload", **options)
    path = folder / "upload"
    return take(path, look(path, "", guards or Guards()), folder / "taken.csv", guards or Guards())


def read(found: Taken) -> list[list[str]]:
    with found.path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_every_type_is_text_as_a_person_writes_it(tmp_path: Path) -> None:
    moment = datetime(2025, 3, 31, 9, 5, 7)
    columns: dict[str, tuple[pa.Array, str]] = {
        "text": (pa.array(['a, "b"']), 'a, "b"'),
        "category": (pa.array(["חיפה"]).dictionary_encode(), "חיפה"),
        "whole": (pa.array([12345678901234567]), "12345678901234567"),
        "whole with gaps": (pa.array([7.0]), "7"),
        "decimal": (pa.array([0.1 + 0.2]), "0.3"),
        "money": (pa.array([Decimal("1.50")]), "1.50"),
        "truth": (pa.array([True]), "true"),
        "moment": (pa.array([moment], pa.timestamp("ns")), "2025-03-31 09:05:07"),
        "zoned": (
            pa.array([datetime(2025, 3, 31, 9, 5, 7, tzinfo=UTC)], pa.timestamp("us", "Asia/Jerusalem")),
            "2025-03-31T09:05:07Z",
        ),
        "day": (pa.array([date(2025, 3, 31)]), "2025-03-31"),
        "clock": (pa.array([time(9, 5, 7)], pa.time32("s")), "09:05:07.000"),
        "waited": (pa.array([timedelta(seconds=90.5)]), "90.5"),
        "list": (pa.array([["x", "ש"]]), '["x", "ש"]'),
        "struct": (pa.array([{"day": date(2025, 3, 31), "n": 1}]), '{"day": "2025-03-31", "n": 1}'),
        "bytes": (pa.array([b"text"]), "text"),
        "odd bytes": (pa.array([b"\xff\x00"]), "ff00"),
        "nothing": (pa.array([None], pa.string()), ""),
        "lines": (pa.array(["a\r\nb"]), "a\nb"),
    }
    found = read(taken(tmp_path, pa.table({name: column for name, (column, _) in columns.items()})))
    assert found == [list(columns), [text for _, text in columns.values()]]


def test_times_of_a_column_are_all_written_alike(tmp_path: Path) -> None:
    times = [datetime(2025, 3, 31, 9), None] * 2000 + [datetime(2025, 3, 31, 9, 0, 0, 500_000)]
    found = taken(tmp_path, pa.table({"call": ["1"] * 4001, "time": times}))
    assert {len(one) for _, one in read(found)[1:]} == {0, len("2025-03-31 09:00:00.000000")}


def test_a_line_of_the_text_leads_back_to_its_row(tmp_path: Path) -> None:
    found = taken(tmp_path, pa.table({"call": ["1", "2", "3"], "step": ["a", "b\nc", "d"]}))
    assert [row_of(line, found.rest) for line in range(1, 6)] == [1, 2, 3, 3, 4]


def test_a_damaged_file_says_so(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": list(range(1000))}), tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    for data in (
        whole[:-9],
        whole[:200] + whole[-60:],
        b"PAR1" + b"\xff" * 100 + b"PAR1",
        whole[:-8] + b"\xff\xff\xff\x7fPAR1",
    ):
        (tmp_path / "upload").write_bytes(data)
        with pytest.raises(FileRefused, match="Parquet file is damaged"):
            take(tmp_path / "upload", look(tmp_path / "upload", "", Guards()), tmp_path / "taken.csv", Guards())


def test_absurd_counts_are_refused_before_a_row_is_read(tmp_path: Path) -> None:
    """A million rows of one value take next to nothing, and twenty such columns neither."""
    one = pa.array([0] * 1_000_000, pa.int8())
    table = pa.table({f"c{number}": one for number in range(20)})
    with pytest.raises(FileRefused, match=r"tells of 1,000,000 rows, .*THROUGHLINE_UNPACKED_MB"):
        taken(tmp_path, table, Guards(unpacked_bytes=19_000_000))
    assert (tmp_path / "upload").stat().st_size < 100_000
    with pytest.raises(FileRefused, match="THROUGHLINE_UNPACKED_RATIO"):
        taken(tmp_path, table)
    assert (tmp_path / "taken.csv").stat().st_size <= 16 * 1024 * 1024
    with pytest.raises(FileRefused, match="20 columns; 19 are allowed"):
        taken(tmp_path, table, Guards(columns=19))


@pytest.mark.parametrize("nested", [False, True])
def test_one_long_value_in_a_million_rows_is_refused_before_it_is_written_out(tmp_path: Path, nested: bool) -> None:
    """In a dictionary it stands once, and as text a million times."""

    def repeated(value: str, n_rows: int) -> pa.Table:
        coded = pa.DictionaryArray.from_arrays(pa.array([0] * n_rows, pa.int32()), pa.array([value]))
        texts = coded.dictionary_decode() if nested else coded
        return pa.table({"call": pa.array([[value]] * n_rows) if nested else texts})

    with pytest.raises(FileRefused, match="THROUGHLINE_UNPACKED_RATIO"):
        taken(tmp_path, repeated("x" * 200_000, 1000 if nested else 1_000_000))
    assert (tmp_path / "taken.csv").stat().st_size <= 8 * 1024 * 1024
    with pytest.raises(FileRefused, match=r"longer than the 1,048,576 bytes .*THROUGHLINE_LINE_KB"):
        taken(tmp_path, repeated("x" * 1_100_000, 3))


def test_long_values_that_come_again_are_read_whole(tmp_path: Path) -> None:
    values = [f"{number % 7}" + "é" * 9_000 for number in range(2_000)]
    found = taken(
        tmp_path,
        pa.table({"call": values, "step": [["a", str(n)] for n in range(2_000)]}),
        Guards(unpacked_ratio=10**6),
    )
    assert [one for one, _ in read(found)[1:]] == values


def test_a_file_that_says_it_unpacks_to_more_than_it_may_is_refused_by_what_it_says(tmp_path: Path) -> None:
    zeros = pa.table({"call": pa.array([0] * 5_000_000, pa.int64())})
    with pytest.raises(FileRefused, match="THROUGHLINE_UNPACKED_RATIO"):
        taken(tmp_path, zeros, use_dictionary=False, compression="zstd")
    assert not (tmp_path / "taken.csv").exists()
