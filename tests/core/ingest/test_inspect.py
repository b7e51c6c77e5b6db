"""What a person is shown before anything is computed, on whole and on broken files."""

from pathlib import Path

from core.ingest.facts import Dialect
from core.ingest.lifecycle import Phase
from tests.logs import HEADER, inspected


def test_the_facts_are_of_the_whole_file(tmp_path: Path) -> None:
    rows = "".join(f"c{number // 3},3/{1 + number % 28}/2025,{number % 7},0,item,NULL\n" for number in range(3000))
    facts = inspected(tmp_path, HEADER + rows + "short,row\n")
    assert (facts.rows, facts.unreadable, facts.dialect) == (
        3001,
        1,
        Dialect(width=6, orderly=True, padded=frozenset(), regular=True),
    )
    call, date, node, _, label, url = facts.columns
    assert (call.filled, call.distinct, call.hedge) == (3000, 1000, "")
    assert (node.distinct, label.distinct, label.samples) == (7, 1, ("item",))
    assert (url.filled, url.distinct, url.samples) == (0, 0, ())
    assert date.formats == {"%m/%d/%Y": 3000, "%d/%m/%Y": sum(1 + number % 28 <= 12 for number in range(3000))}
    assert facts.preview[0] == ("c0", "3/1/2025", "0", "0", "item", None)


def test_na_is_a_value_and_zeros_stay(tmp_path: Path) -> None:
    facts = inspected(tmp_path, "id,n\nNA,007\nN/A,7\nnan,00007\n")
    assert facts.preview == (("NA", "007"), ("N/A", "7"), ("nan", "00007"))
    assert [column.distinct for column in facts.columns] == [3, 3]


def test_blanks_around_a_value_do_not_count_and_null_is_missing(tmp_path: Path) -> None:
    facts = inspected(tmp_path, "id,n\n x ,\u00a0y\t\nnull, NULL \n\tx,'NULL'\n")
    assert facts.preview == (("x", "y"), (None, None), ("x", "'NULL'"))


def test_a_stray_quote_costs_no_row_and_is_told(tmp_path: Path) -> None:
    facts = inspected(tmp_path, 'id,text\n1,whole\n2,"never closed\n3,whole\n4,"closed"x\n5,"two\nlines"\n')
    assert (facts.rows, facts.unreadable) == (5, 0)
    assert facts.preview[1] == ("2", '"never closed')
    assert facts.preview[3:] == (("4", '"closed"x'), ("5", "two\nlines"))
    (mend,) = facts.mends
    assert (mend.rows, mend.line, mend.text, mend.values) == (2, 3, '2,"never closed', ("2", '"never closed'))


def test_a_row_whose_quotes_can_be_read_in_no_way_or_in_two_is_set_aside(tmp_path: Path) -> None:
    facts = inspected(tmp_path, 'id,text,n\n1,whole,1\n2,"a","b,3\n4,"5,6"x\n5,whole,2\n')
    assert (facts.rows, facts.unreadable, [row[0] for row in facts.preview]) == (4, 2, ["1", "5"])


def test_a_file_in_which_no_row_fits_says_so(tmp_path: Path) -> None:
    facts = inspected(tmp_path, "a,b,c\n" + "1,2\n" * 50)
    assert facts.problem == "The header, in line 1, has 3 columns, most rows have 2."
    assert facts.hint


def test_nothing_is_left_beside_the_upload(tmp_path: Path) -> None:
    inspected(tmp_path, "א,ב\nשלום,עולם\n".encode("utf-16"))
    assert list((tmp_path / "work").iterdir()) == []


def test_quotes_in_endless_disorder_are_refused_and_not_searched_for_ever(tmp_path: Path) -> None:
    disorder = 'x",y,"z\n' * 40_000
    problem = inspected(tmp_path, "a,b,c\n" + "1,2,3\n" * 600 + disorder).problem
    assert problem == "The quotes of this file are not in order, from line 610 on."


def test_where_quotes_never_close_they_are_a_part_of_the_values(tmp_path: Path) -> None:
    facts = inspected(tmp_path, "a,b,c\n" + 'x",y,"z\n' * 40_000)
    assert (facts.rows, facts.unreadable, facts.dialect.quote) == (40_000, 0, "")
    assert facts.preview[0] == ('x"', "y", '"z')


def test_a_wide_file_is_looked_at_piece_by_piece_and_no_piece_misses_a_row(tmp_path: Path) -> None:
    rows = "".join(",".join(f"{(row * column) % 7}" for column in range(50)) + "\n" for row in range(300))
    header = ",".join(f"c{column}" for column in range(50)) + "\n"
    facts = inspected(tmp_path, header + rows + "short,row\n" + rows)
    assert (facts.rows, facts.unreadable) == (601, 1)
    assert [column.filled for column in facts.columns] == [600] * 50
    assert [column.distinct for column in facts.columns] == [1 if column % 7 == 0 else 7 for column in range(50)]
    assert facts.preview[3] == tuple(f"{(3 * column) % 7}" for column in range(50))


def test_of_very_many_columns_numbers_of_different_values_are_estimates(tmp_path: Path) -> None:
    header, row = ",".join(f"c{column}" for column in range(200)), ",".join(["x"] * 200)
    facts = inspected(tmp_path, f"{header}\n{row}\n{row}\n")
    assert len(facts.columns) == 200
    assert {(column.hedge, column.distinct, column.filled) for column in facts.columns} == {("about", 1, 2)}


def test_the_first_rows_show_runs_of_values_and_what_they_look_like(tmp_path: Path) -> None:
    facts = inspected(tmp_path, "id,n,share,link,\n" + "a,1,0.5,http://x,\na,2,1,www.y.z,\nb,3,2.25,,\na,4,-1e3,,\n")
    told = [(one.first.rows, one.first.distinct, one.first.runs, one.first.kind) for one in facts.columns]
    assert told == [(4, 2, 3, "text"), (4, 4, 4, "whole"), (4, 4, 4, "decimal"), (4, 2, 3, "link"), (4, 0, 1, "text")]


def test_words_for_phases_are_counted_in_the_whole_column(tmp_path: Path) -> None:
    words = "1,start\n" * 3000 + "1,COMPLETE\n" * 2999 + "1,what?\n"
    facts = inspected(tmp_path, "id,word\n" + words)
    assert facts.columns[1].phases == {Phase.START: 3000, Phase.COMPLETE: 2999}
    assert facts.columns[0].phases == {}
