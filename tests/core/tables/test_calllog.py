"""Tables opened for reading: nothing but reading, for several at once."""

import threading
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tests.logs import HEADER, built, opened, source

LOG = HEADER + "A,3/3/2025,1,0,Main,\nA,3/3/2025,2,1,Pay,\n"


def test_nothing_outside_its_folder_can_be_read_or_written(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    with opened(LOG) as log:
        for attack in (
            f"SELECT * FROM read_csv('{secret}')",
            f"COPY nodes TO '{tmp_path}/out.csv'",
            f"ATTACH '{tmp_path}/other.db'",
            "SET enable_external_access = true",
            "INSTALL httpfs",
        ):
            with pytest.raises(duckdb.Error):
                log.rows(attack)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret.csv"]


def test_threads_share_it() -> None:
    wrong: list[object] = []
    with opened(LOG) as log:

        def ask(number: int) -> None:
            for _ in range(30):
                answer = log.row("SELECT count(*) + ? FROM steps", [number])
                if answer != (2 + number,):
                    wrong.append(answer)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_ids_lead_to_numbers_and_labels() -> None:
    with opened(LOG) as log:
        assert log.codes == {"1": 0, "2": 1}
        assert log.labels == {"1": "Main", "2": "Pay"}


def test_a_folder_whose_name_looks_like_a_pattern_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "a[b]c*"
    with closing(built(folder, source(folder, LOG))) as log:
        assert log.row("SELECT count(*) FROM steps") == (2,)
