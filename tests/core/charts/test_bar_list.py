import pytest

from core import text
from core.charts.bar_list import ROW_PX, Bar, bar_list
from core.charts.theme import DARK, LIGHT

BARS = [
    Bar("כללי", 2962, 0.75, key="6748"),
    Bar("מטיילים", 655, 0.166, key="6749"),
    Bar("4 more", 19, 0.005, tone="quiet"),
]


def labels(chart):
    """The labels by row, without isolates and bold."""
    rows = {
        y: words
        for trace in chart.data
        if trace.type == "scatter"
        for y, words in zip(trace.y, trace.text, strict=True)
    }
    return [rows[row].replace("<b>", "").replace("</b>", "").strip("\u2068\u2069") for row in sorted(rows)]


def numbers(chart):
    return [annotation.text for annotation in chart.layout.annotations]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_each_row_has_its_label_count_and_share(palette):
    chart = bar_list(BARS, palette, width=500)
    assert labels(chart) == ["כללי", "מטיילים", "4 more"]
    assert numbers(chart) == ["2,962", "75.0%", "655", "16.6%", "19", "0.5%"]
    assert list(chart.data[0].x) == [2962, 655, 19]


def test_a_row_can_be_clicked_at_its_full_width_and_gives_its_key():
    target = bar_list(BARS, LIGHT, width=500).data[-1]
    assert [list(key) for key in target.customdata] == [["6748"], ["6749"], [""]]
    assert set(target.x) == {2962} and target.width == 1


def test_nothing_fades_after_a_click():
    for trace in bar_list(BARS, LIGHT, width=500).data:
        if trace.type == "bar":
            assert trace.selected.marker.opacity == trace.unselected.marker.opacity == 1
        else:
            assert trace.selected.textfont.color == trace.unselected.textfont.color == trace.textfont.color


def test_height_follows_the_number_of_rows():
    one, three = (bar_list(BARS[:n], LIGHT, width=500).layout.height for n in (1, 3))
    assert three - one == 2 * ROW_PX


def test_a_long_label_is_cut_to_its_room_and_whole_on_hover():
    long = "שלוחה " * 33 + "סוף"
    chart = bar_list([Bar(long, 1, 1.0)], LIGHT, width=300)
    (label,) = labels(chart)
    assert label.endswith("…")
    assert text.text_width(label, 14) <= 300 - chart.layout.margin.r
    assert "סוף" in chart.data[-1].hovertext[0]


def test_a_label_of_markup_is_shown_as_written():
    chart = bar_list([Bar("<b></b>", 1, 1.0), Bar("<a href='x'>y</a>", 1, 1.0)], LIGHT, width=500)
    written = [words for trace in chart.data if trace.type == "scatter" for words in trace.text]
    assert written == ["\u2068&lt;b&gt;&lt;/b&gt;\u2069", "\u2068&lt;a href='x'&gt;y&lt;/a&gt;\u2069"]
    assert "<a" not in chart.data[-1].hovertext[1]


def test_hover_gives_count_share_more_lines_and_id():
    chart = bar_list([Bar("A", 12, 0.5, key="7", hover="since May")], LIGHT, width=500, unit="step")
    said = chart.data[-1].hovertext[0].replace("\u2068", "").replace("\u2069", "")
    assert said == "<b>A</b><br>12 steps, 50.0%<br>since May<br>id 7"


def test_shares_can_be_left_out():
    chart = bar_list([Bar("A", 12, None), Bar("B", 3, None)], LIGHT, width=500)
    assert numbers(chart) == ["12", "3"]
    assert chart.layout.margin.r < bar_list(BARS, LIGHT, width=500).layout.margin.r


def test_large_counts_get_the_room_they_need():
    chart = bar_list([Bar("A", 1_234_567_890, 1.0)], LIGHT, width=500)
    assert chart.layout.margin.r > text.text_width("1,234,567,890100.0%", 14)


def test_red_is_for_calls_that_ended():
    stop, plain = (
        bar_list([Bar("Ended here", 1, 0.5, tone="stop"), Bar("A", 1, 0.5)], LIGHT, width=500).data[0].marker.color
    )
    assert stop != plain == LIGHT.bar


def test_no_bars_and_bars_of_nothing_still_give_a_figure():
    assert bar_list([], LIGHT, width=500).layout.annotations[0].text == "Nothing to show here"
    assert labels(bar_list([Bar("A", 0, 0.0)], LIGHT, width=500)) == ["A"]
