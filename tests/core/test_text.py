import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import text

HEBREW = "תשלום במזומן או אשראי בלבד! ללא צ'קים או מטבע חוץ"
OPENERS, CLOSERS = {"LRI", "RLI", "FSI", "LRE", "RLE", "LRO", "RLO"}, {"PDI", "PDF"}


@pytest.mark.parametrize(
    ("label", "rtl"),
    [
        ("כללי", True),
        ("مرحبا", True),
        ("General", False),
        ("123 - כללי", True),
        ("(X-ray) צילום", False),
        ("12:00", False),
        ("", False),
    ],
)
def test_the_first_letter_with_a_direction_decides(label, rtl):
    assert text.is_rtl(label) is rtl


def test_isolated_text_cannot_reach_beyond_its_isolate():
    escaping = "\u2069\u202eevil\u2066 \u202b\u2067x\u202c\u202d"
    assert text.isolate(escaping) == "\u2068evil x\u2069"


def test_isolated_text_is_one_line_without_control_characters():
    assert text.isolate("one\r\ntwo\tthree\u2029four\x00") == "\u2068one  two three four\u2069"


def test_a_lone_surrogate_does_not_break_the_page():
    text.isolate("\ud800x").encode("utf-8")


@given(st.text())
def test_an_isolate_holds_no_other_direction_control(label):
    inner = text.isolate(label)[1:-1]
    assert not (OPENERS | CLOSERS) & {unicodedata.bidirectional(character) for character in inner}


def test_widths_tell_narrow_from_wide():
    assert text.text_width("illi", 14) < text.text_width("nnnn", 14) < text.text_width("MWMW", 14)
    assert text.text_width("漢字", 10) == 20
    assert text.text_width("וווו", 14) < text.text_width("שששש", 14)


def test_marks_and_controls_have_no_width():
    assert text.text_width("שָׁלוֹם", 14) == text.text_width("שלום", 14)
    assert text.text_width("e\u0301", 14) == text.text_width("e", 14)
    assert text.text_width("\u2068a\u2069", 14) == text.text_width("a", 14)


def test_what_fits_is_not_cut():
    assert text.cut("כללי", 200, 14) == "כללי"


def test_a_cut_hebrew_label_keeps_its_beginning_and_its_width():
    short = text.cut(HEBREW, 120, 14)
    assert short.endswith("…") and HEBREW.startswith(short[:-1])
    assert text.text_width(short, 14) <= 120


@given(st.text(), st.floats(0, 300))
def test_a_cut_never_exceeds_its_width(label, width):
    assert text.text_width(text.cut(label, width, 13), 13) <= width + 1e-6


def test_a_cut_leaves_no_blank_before_the_ellipsis_and_keeps_marks_on_their_letter():
    assert text.cut("ab cdefghij", text.text_width("ab …", 14), 14) == "ab…"
    assert text.cut("e\u0301eeeeee", text.text_width("ee…", 14), 14) == "e\u0301e…"


def test_nothing_is_shown_where_not_even_an_ellipsis_fits():
    assert text.cut("General", 3, 14) == ""


def test_wrapping_uses_the_lines_it_has_and_cuts_the_last():
    lines = text.wrap(HEBREW, 110, 13, 2)
    assert len(lines) == 2 and lines[-1].endswith("…")
    assert all(text.text_width(line, 13) <= 110 for line in lines)
    assert HEBREW.startswith(" ".join(lines)[:-1])


def test_wrapping_cuts_a_word_wider_than_the_line_and_drops_blanks():
    assert text.wrap("a" * 200, 60, 13, 2) == [text.cut("a" * 200, 60, 13)]
    assert text.wrap(" \n ", 60, 13, 2) == []


def test_counts_and_changes():
    assert text.number(3950) == "3,950"
    assert text.number(91.63) == "92"
    assert text.number(4.25, 1) == "4.3"
    assert text.number(float("nan")) == "–"
    assert text.signed(-564) == "−564"
    assert text.signed(12) == "+12"
    assert text.signed(0) == "0"
    assert text.signed(-0.2) == "0"


@pytest.mark.parametrize(
    ("share", "digits", "shown"),
    [
        (1804 / 3950, 1, "45.7%"),
        (1804 / 3950, 0, "46%"),
        (0.125, 0, "13%"),
        (0, 1, "0%"),
        (1, 1, "100%"),
        (1 / 3950, 0, "<1%"),
        (3949 / 3950, 0, ">99%"),
        (0.0004, 1, "<0.1%"),
        (0.9996, 1, ">99.9%"),
        (0.006, 0, "1%"),
        (0.994, 0, "99%"),
        (-0.125, 1, "−12.5%"),
        (float("nan"), 1, "–"),
    ],
)
def test_percentages(share, digits, shown):
    assert text.percent(share, digits) == shown


@given(st.integers(1, 10**7), st.integers(2, 10**7), st.sampled_from([0, 1, 2]))
def test_a_part_is_never_shown_as_nothing_or_as_all(part, whole, digits):
    if part < whole:
        assert text.percent(part / whole, digits) not in {"0%", "0.0%", "0.00%", "100%", "100.0%", "100.00%"}


def test_parts_and_nouns():
    assert text.share_of(1804, 3950) == "1,804 of 3,950"
    assert text.plural(1, "call") == "1 call"
    assert text.plural(3950, "call") == "3,950 calls"
    assert text.plural(0, "entry", "entries") == "0 entries"


def test_dates():
    assert text.day(date(2025, 1, 1)) == "1 Jan 2025"
    assert text.day_span(date(2025, 1, 1), date(2025, 2, 28)) == "1 Jan – 28 Feb 2025"
    assert text.day_span(date(2024, 12, 1), date(2025, 2, 28)) == "1 Dec 2024 – 28 Feb 2025"
    assert text.day_span(date(2025, 2, 3), date(2025, 2, 3)) == "3 Feb 2025"


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1,023 bytes"),
        (290_342, "284 KB"),
        (1_781_717, "1.7 MB"),
        (1_048_575, "1 MB"),
        (937_426_944, "894 MB"),
        (2**30, "1 GB"),
    ],
)
def test_file_sizes(size, shown):
    assert text.file_size(size) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (48, "48 s"),
        (59.6, "1 min"),
        (80, "1 min 20 s"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (3605, "1 h"),
        (86_400, "1 day"),
        (100_000, "1 day 3 h"),
        (40 * 86_400, "40 days"),
    ],
)
def test_how_long_something_took_in_its_two_largest_units(seconds, shown):
    assert text.lasting(seconds) == shown


def test_places_in_a_row():
    told = " ".join(text.ordinal(n) for n in (1, 2, 3, 4, 10, 11, 12, 13, 21, 22, 101, 111, 1002))
    assert told == "1st 2nd 3rd 4th 10th 11th 12th 13th 21st 22nd 101st 111th 1,002nd"


def test_most_of_the_text_with_letters_decides_the_direction_of_all():
    assert text.mostly_rtl(["כללי", "1", "12:00", ""])
    assert text.mostly_rtl(["כללי", "שעות", "Fax"])
    assert not text.mostly_rtl(["כללי", "Fax"])
    assert not text.mostly_rtl(["1", ""])


def test_a_move_runs_to_the_right_also_between_words_that_do_not() -> None:
    runs = [unicodedata.bidirectional(letter) for letter in text.move("אב", "גד") if letter != " "]
    assert runs == ["L", "R", "R", "L", "ON", "L", "R", "R"]
