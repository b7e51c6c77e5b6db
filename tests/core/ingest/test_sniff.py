"""The delimiter, the quotes and the header, from files as people have them."""

from pathlib import Path

import pytest

from core.ingest.facts import Wish
from core.ingest.header import names_of
from core.ingest.sniff import AGREEING, Sniffed, sniff
from core.settings import Guards


def sniffed(folder: Path, text: str, **wish: object) -> Sniffed:
    path = folder / "file.csv"
    path.write_bytes(text.encode())
    return sniff(path, Guards(), Wish(**wish))  # type: ignore[arg-type]


def names(found: Sniffed) -> tuple[str, ...]:
    return names_of(found.header, found.dialect.width)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", "\x1f", "||", ", ", ":"])
def test_each_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in (("call", "node", "label"), ("1", "2", "a"), ("1", "3", "b")))
    found = sniffed(tmp_path, text)
    assert (found.dialect.delimiter, found.dialect.preamble, names(found)) == (delimiter, 0, ("call", "node", "label"))


@pytest.mark.parametrize(
    ("text", "delimiter", "header"),
    [
        ("a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n", ";", ("a", "b", "c")),
        ('a,b\n"x;y;z","1;2"\n"x;y;z","1;2"\n', ",", ("a", "b")),
        ('a,b\n"two\nlines",1\n"more\nlines",2\n', ",", ("a", "b")),
        ("a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3\n1,2,3\n", ",", ("a", "b", "c")),
        ("time|what\n10:00, sharp|x\n11:00, or so|y\n", "|", ("time", "what")),
        ("sep=;\na,b;c\n1,2;3\n", ";", ("a,b", "c")),
        ("date,what\n2025-01-01 10:00:00,https://x\n2025-01-01 10:05:00,https://y\n", ",", ("date", "what")),
    ],
)
def test_the_delimiter_is_the_one_on_which_the_rows_agree(
    tmp_path: Path, text: str, delimiter: str, header: tuple[str, ...]
) -> None:
    found = sniffed(tmp_path, text)
    assert (found.dialect.delimiter, names(found)) == (delimiter, header)


@pytest.mark.parametrize(
    ("text", "quote", "escape"),
    [
        ("a,b\n'x,y','it''s'\n'z','w'\n", "'", "'"),
        ("a,b\n'tis,x\ny,don't\n", '"', '"'),
        ('a,b\n"say \\"so\\", he said","x"\n"y","z"\n', '"', "\\"),
        ('a,b\n"C:\\dir\\",1\n"C:\\",2\n', '"', '"'),
    ],
)
def test_quote_and_escape_are_found(tmp_path: Path, text: str, quote: str, escape: str) -> None:
    dialect = sniffed(tmp_path, text).dialect
    assert (dialect.quote, dialect.escape, dialect.width) == (quote, escape, 2)


def test_column_names_are_made_whole_and_unique(tmp_path: Path) -> None:
    assert names(sniffed(tmp_path, "\ufeffid, id ,,id,a  b\n1,2,3,4,5\n")) == (
        "id",
        "id (2)",
        "column 3",
        "id (3)",
        "a b",
    )


def test_names_that_differ_in_case_alone_are_made_to_differ_more(tmp_path: Path) -> None:
    assert names(sniffed(tmp_path, "Age,age,AGE\n1,2,3\n")) == ("Age", "age (2)", "AGE (3)")


ROWS = "1,x,2025-01-01,10.5\n1,y,2025-01-02,3\n2,x,2025-02-01,4\n2,z,2025-02-03,9.25\n"


@pytest.mark.parametrize(
    ("before", "preamble", "header", "expected"),
    [
        ("\n\nid,step,day,cost\n", 2, 1, ("id", "step", "day", "cost")),
        ("  \n\t\nid,step,day,cost\n", 2, 1, ("id", "step", "day", "cost")),
        ("Report of calls\nMay, June and July\n\nid,step,day,cost\n", 3, 1, ("id", "step", "day", "cost")),
        ("Report,,,\n,,,\nid,step,day,cost\n", 2, 1, ("id", "step", "day", "cost")),
        ("# a, b and c\nid,step,day,cost\n", 1, 1, ("id", "step", "day", "cost")),
        ("id,step,day,cost\n,,ISO,euro\n", 0, 2, ("id", "step", "day ISO", "cost euro")),
        ("id,step,day,cost\nid,step,day,cost\n", 0, 2, ("id", "step", "day", "cost")),
        ("", 0, 0, ("column 1", "column 2", "column 3", "column 4")),
        ("id,step,day\n", 0, 1, ("id", "step", "day")),
        ("id,step,2024,2025\n", 0, 1, ("id", "step", "2024", "2025")),
    ],
)
def test_where_the_table_begins(
    tmp_path: Path, before: str, preamble: int, header: int, expected: tuple[str, ...]
) -> None:
    found = sniffed(tmp_path, before + 2 * ROWS)
    assert (found.dialect.preamble, found.dialect.header, found.dialect.width) == (preamble, header, 4)
    assert names(found)[: len(expected)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "id,n,m\na,x,y\nb,1,2\nb,1,2\nc,2,3\n",
        "id,n\nNA,1\nx,2\n",
        "name,2024,2025\na,10,20\nb,12,25\n",
        "call,node\n1,2\n1,3\n",
    ],
)
def test_a_header_is_not_taken_for_a_row(tmp_path: Path, text: str) -> None:
    assert sniffed(tmp_path, text).dialect.header == 1


def test_what_a_person_says_is_not_guessed(tmp_path: Path) -> None:
    text = "a;b,c\n1;2,3\n4;5,6\n"
    found = sniffed(tmp_path, text, delimiter=";", preamble=1, header=0, quote="")
    assert found.dialect.delimiter == ";" and found.dialect.quote == ""
    assert (found.dialect.preamble, found.dialect.header, names(found)) == (1, 0, ("column 1", "column 2"))


@pytest.mark.parametrize("text", ["Dear all,\nplease find the export attached.\nBest\n", "a; b\nc\nd\n"])
def test_the_rows_of_what_is_no_table_do_not_agree(tmp_path: Path, text: str) -> None:
    assert sniffed(tmp_path, text).agreeing < AGREEING


def test_rows_without_any_delimiter_are_a_table_of_one_column(tmp_path: Path) -> None:
    found = sniffed(tmp_path, "value\n1\n\n2\n")
    assert (found.dialect.delimiter, found.header, found.agreeing) == (",", (("value",),), 1.0)
