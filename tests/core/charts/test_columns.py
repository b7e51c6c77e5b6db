import pandas as pd
import pytest

from core.charts.columns import Column, columns, depth_columns
from core.charts.theme import DARK, LIGHT

WEEK = [Column("Sun", 86.2, "86", key="7"), Column("Mon", 83, "83"), Column("Tue", 91.6, "92", strong=True)]
DEPTHS = pd.DataFrame(
    {
        "depth": [1, 2, 3],
        "goes_on": [3950, 3801, 380],
        "left_mid_menu": [0, 149, 3000],
        "reached_destination": [0, 0, 421],
    }
)


def plain(label):
    return label.replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_one_column_is_emphasised_by_fill_and_weight(palette):
    bar = columns(WEEK, palette).data[0]
    assert list(bar.marker.color) == [palette.bar, palette.bar, palette.fill]
    assert [plain(words) for words in bar.text] == ["86", "83", "<b>92</b>"]


def test_columns_start_at_zero_and_carry_label_and_key():
    chart = columns(WEEK, LIGHT)
    assert chart.layout.yaxis.range[0] == 0 and chart.layout.yaxis.range[1] > 91.6
    assert [plain(words) for words in chart.layout.xaxis.ticktext] == ["Sun", "Mon", "Tue"]
    assert list(chart.data[0].customdata[0]) == ["7"]


def test_two_columns_of_one_name_stay_two():
    assert len(set(columns([Column("A", 1, "1"), Column("A", 2, "2")], LIGHT).data[0].x)) == 2


def test_markup_in_a_column_is_shown_as_written():
    chart = columns([Column("<b>", 1, "<i>")], LIGHT)
    assert plain(chart.layout.xaxis.ticktext[0]) == "&lt;b&gt;"
    assert plain(chart.data[0].text[0]) == "&lt;i&gt;"


def test_losses_stand_above_those_who_go_on():
    chart = depth_columns(DEPTHS, LIGHT)
    assert [list(trace.y) for trace in chart.data] == [
        [3950, 3801, 380],
        [0, 149, 3000],
        [0, 0, 421],
    ]
    words = [annotation.text for annotation in chart.layout.annotations]
    assert words[0] == "<b>100%</b>" and words[1] == "<b>96%</b>"
    assert "−149" in words[2] and "−0" not in words[2]
    assert "−3,000" in words[-1] and "−421" in words[-1]


def test_what_a_narrow_column_cannot_hold_is_left_to_hover():
    many = pd.concat([DEPTHS] * 10, ignore_index=True)
    chart = depth_columns(many, LIGHT, width=330)
    assert not chart.layout.annotations
    assert "3,801 of 3,950 calls get here, 96.2%" in plain(chart.data[0].hovertext[1])
    assert "149 left mid-menu on step 1" in plain(chart.data[0].hovertext[1])


def test_nothing_to_draw_is_said():
    for chart in (columns([], LIGHT), depth_columns(DEPTHS.iloc[:0], DARK)):
        assert chart.layout.annotations[0].text == "Nothing to show here"
    assert columns([Column("A", 0, "0")], LIGHT).layout.yaxis.range[1] > 0
