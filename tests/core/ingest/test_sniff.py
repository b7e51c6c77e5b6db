"""The delimiter and the header, from files as people have them."""

from pathlib import Path

import pytest

from core.errors import FileRefused
from core.ingest.sniff import sniff


def sniffed(folder: Path, text: str) -> tuple[str, tuple[str, ...], int]:
    path = folder / "file.csv"
    path.write_bytes(text.encode())
    return sniff(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in (("call", "node", "label"), ("1", "2", "a"), ("1", "3", "b")))
    assert sniffed(tmp_path, text) == (delimiter, ("call", "node", "label"), 0)


@pytest.mark.parametrize(
    ("text", "delimiter", "header"),
    [
        ("a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n", ";", ("a", "b", "c")),
        ('a,b\n"x;y;z","1;2"\n"x;y;z","1;2"\n', ",", ("a", "b")),
        ('a,b\n"two\nlines",1\n"more\nlines",2\n', ",", ("a", "b")),
        ("a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3\n1,2,3\n", ",", ("a", "b", "c")),
        ("time|what\n10:00, sharp|x\n11:00, or so|y\n", "|", ("time", "what")),
    ],
)
def test_the_delimiter_is_the_one_on_which_the_rows_agree(
    tmp_path: Path, text: str, delimiter: str, header: tuple[str, ...]
) -> None:
    assert sniffed(tmp_path, text)[:2] == (delimiter, header)


def test_column_names_are_made_whole_and_unique(tmp_path: Path) -> None:
    header = sniffed(tmp_path, "\ufeffid, id ,,id,a  b\n1,2,3,4,5\n")[1]
    assert header == ("id", "id (2)", "column 3", "id (3)", "a b")


def test_names_that_differ_in_case_alone_are_made_to_differ_more(tmp_path: Path) -> None:
    assert sniffed(tmp_path, "Age,age,AGE\n1,2,3\n")[1] == ("Age", "age (2)", "AGE (3)")


@pytest.mark.parametrize("blank", ["\n\n", "\r\n\r\n", "  \n\t\n", "\ufeff\n\n"])
def test_blank_lines_before_the_header_are_counted(tmp_path: Path, blank: str) -> None:
    assert sniffed(tmp_path, f"{blank}a,b\n1,2\n") == (",", ("a", "b"), 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dear all,\nplease find the export attached.\nBest\n", "not a table"),
        ("one\ntwo\nthree\n", "not a table"),
        ("a,b\n", "header but no rows"),
    ],
)
def test_what_is_no_table_is_refused_with_a_hint(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(FileRefused, match=words) as refusal:
        sniffed(tmp_path, text)
    assert refusal.value.hint
