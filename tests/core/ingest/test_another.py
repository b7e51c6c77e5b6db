"""Another table below the first in a file is seen, wherever the blocks end in which the file is looked at."""

from pathlib import Path

import pytest

from core.ingest.another import another_table
from core.ingest.facts import Another, Dialect
from core.settings import Guards

FIRST = "call,step,label\n" + "".join(f"c{number},{number % 3},menu\n" for number in range(40))
SECOND = "day,calls\n" + "".join(f"{number} May,{number}\n" for number in range(1, 31))


def seen(path: Path, text: str, line_bytes: int) -> Another | None:
    path.write_text(text)
    return another_table(path, Dialect(width=3), Guards(line_bytes=line_bytes), 3)


@pytest.mark.parametrize("line_bytes", [64, 300, 1 << 20])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FIRST, None),
        (FIRST + SECOND, Another(line=42, rows=30, columns=2)),
        (FIRST + "\nCalls by day\n" + SECOND + "\nCosts\n" + SECOND, Another(line=44, rows=30, columns=2)),
        (FIRST + "\n" + SECOND + "\n" + FIRST, Another(line=43, rows=30, columns=2)),
        (FIRST + SECOND + "c1,1,menu\n", None),  # rows that lack a value, in the midst of others
        (FIRST + SECOND.removeprefix("day,calls\n"), None),
        ("call,step,label\n" + "c,1\n" * 5 + FIRST + '"a\n\nday",calls,per,day\n1,2,3,4\n' * 2, None),
    ],
)  # fmt: skip
def test_a_table_of_another_width_under_words_is_another(
    tmp_path: Path, text: str, expected: Another | None, line_bytes: int
) -> None:
    assert seen(tmp_path / "file.csv", text, line_bytes) == expected
