import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import text
from core.charts.path_lines import ROW_PX, path_lines
from core.charts.theme import BOLD, DARK, LIGHT
from core.charts.variants import STOP, Variant

LONG = "שלוחה " * 33 + "סוף"


def path(*labels, rank=1, n=388, stops=False):
    steps = tuple((str(i), label) for i, label in enumerate(labels))
    return Variant(rank, steps, n, 0.0982, 0.31, LIGHT.categorical[0], stops, key=f"key{rank}")


def plain(words):
    return re.sub(r"<(?!br)[^>]*>", "", words).replace("\u2068", "").replace("\u2069", "")


def lines(chart, row=0):
    """Numbers, running total and path of a row, as they are read."""
    numbers, total, steps = (plain(trace.text[row]) for trace in chart.data if trace.type == "scatter")
    return numbers, total, steps.split("<br>")


def test_a_row_has_calls_share_and_running_total_over_two_lines_of_steps():
    chart = path_lines([path("Greeting", "כללי", "Prices"), path("Greeting")], LIGHT, width=300)
    assert lines(chart) == ("388 calls  9.8%", "running total 31%", ["Greeting › כללי › Prices", "\u00a0"])
    assert lines(chart, 1)[2] == ["Greeting", "\u00a0"]
    assert chart.layout.height == 2 * ROW_PX


def test_steps_that_all_share_can_be_skipped():
    chart = path_lines([path("Greeting", "כללי"), path("Greeting")], LIGHT, width=300, skip=1)
    assert [lines(chart, row)[2][0] for row in (0, 1)] == ["כללי", "Greeting"]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_last_step_is_red_only_where_the_menu_goes_on(palette):
    chart = path_lines([path("a", "b", stops=True), path("a", "b")], palette, width=300)
    stop, end = chart.data[3].text
    assert STOP in stop and palette.stop_text in stop
    assert STOP not in end and palette.stop_text not in end


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([LONG, "W" * 200, "כללי", "Prices and more", "", "12345"]), min_size=1, max_size=30),
    st.integers(200, 690),
    st.booleans(),
)
def test_a_path_takes_two_lines_that_fit_whatever_it_is(labels, width, stops):
    _, _, (first, second) = lines(path_lines([path(*labels, stops=stops)], LIGHT, width=width))
    assert all(text.text_width(line.strip(), 14) <= width - 12 for line in (first, second))


def test_a_path_of_very_many_steps_names_how_many_are_folded():
    _, _, steps = lines(path_lines([path(*(f"Number {i}" for i in range(1, 41)))], LIGHT, width=300))
    said = " ".join(steps)
    before, after = said.split("+")
    assert after.split(" › ")[1].startswith("Number") and before.startswith("Number 1 ›")
    assert before.count("›") + int(after.split(" ")[0]) + 1 == 40


def test_numbers_too_long_for_a_line_lose_the_words_of_the_total():
    numbers, total, _ = lines(path_lines([path("a", n=1_234_567_890)], LIGHT, width=220))
    assert total == "31%"
    assert text.text_width(numbers, 14) * BOLD + text.text_width(total, 14) <= 220 - 12


def test_the_whole_row_can_be_clicked_and_says_every_step():
    chart = path_lines([path("a", rank=1), path("b", "<i>", rank=2)], LIGHT, width=300)
    target = chart.data[-1]
    assert [list(key) for key in target.customdata] == [["key1"], ["key2"]]
    assert set(target.x) == {300} and target.width == 1
    assert "&lt;i&gt;" in target.hovertext[1] and "&lt;i&gt;" in chart.data[3].text[1]


def test_nothing_fades_after_a_click():
    for trace in path_lines([path("a")], LIGHT, width=300).data:
        if trace.type == "bar":
            assert trace.selected.marker.opacity == trace.unselected.marker.opacity == 1
        else:
            assert trace.selected.textfont.color == trace.unselected.textfont.color == trace.textfont.color
