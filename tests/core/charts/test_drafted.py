import pandas as pd
import pytest

from core.builder.data import MISSING, OTHERS, Axis, Drawn
from core.builder.draft import Draft, Sort
from core.charts.drafted import drafted, labelled
from core.charts.theme import LIGHT


def drawn(rows, x, colours=(), facets=()):
    frame = pd.DataFrame(rows, columns=["x", "colour", "facet", "value", "n"])
    return Drawn(frame, x, colours, facets, int(frame["n"].sum()), 0)


WORDS = Axis("", values=("<b>a</b>", "מחיר"))
BY_WORD = drawn([(1, MISSING, MISSING, 5, 5), (2, MISSING, MISSING, 9, 9), (OTHERS, MISSING, MISSING, 2, 2)], WORDS)


def test_words_are_bars_with_their_figures_and_those_without_a_name_come_last():
    (bars,) = drafted(BY_WORD, Draft("rows", "w"), LIGHT).data
    assert list(bars.x) == [5, 9, 2]
    assert [one.strip() for one in bars.text] == ["5", "9", "2"]
    labels = drafted(BY_WORD, Draft("rows", "w"), LIGHT).layout.yaxis.ticktext
    assert "&lt;b&gt;a" in labels[0]
    assert "all others" in labels[2]


def test_means_of_words_stand_in_the_order_of_their_size():
    figure = drafted(BY_WORD, Draft("rows", "w", "mean", "y"), LIGHT)
    assert list(figure.data[0].x) == [9, 5, 2]


def test_days_without_rows_are_nought_where_rows_are_counted_and_a_gap_where_not():
    days = [pd.Timestamp(2025, 1, day) for day in (1, 3)]
    found = drawn([(day, MISSING, MISSING, 4, 4) for day in days], Axis("", Sort.TIME, unit="day"))
    (line,) = drafted(found, Draft("rows", "d"), LIGHT).data
    assert list(line.y) == [4, 0, 4]
    (line,) = drafted(found, Draft("rows", "d", "mean", "y"), LIGHT).data
    assert pd.isna(line.y[1])


def test_times_are_named_where_they_stand_and_no_month_twice():
    months = pd.date_range("2026-03-01", "2028-02-01", freq="MS")
    for n in (4, 24):
        axis = Axis("", Sort.TIME, unit="month")
        found = drawn([(one, MISSING, MISSING, 4, 4) for one in months[:n]], axis)
        named = list(drafted(found, Draft("rows", "m"), LIGHT).layout.xaxis.tickvals)
        assert named[0] == months[0]
        assert set(named) <= set(months[:n])
        assert 4 <= len(named) == len(set(named)) < 24


def test_ranges_of_numbers_stand_in_their_middles_with_the_empty_ones():
    found = drawn(
        [(0.1, MISSING, MISSING, 4, 4), (0.1 + 0.2, MISSING, MISSING, 6, 6)], Axis("", Sort.NUMBER, width=0.1)
    )
    (bars,) = drafted(found, Draft("rows", "n"), LIGHT).data
    assert list(bars.x) == pytest.approx([0.15, 0.25, 0.35])
    assert list(bars.y) == [4, 0, 6]


def test_parts_are_stacked_where_they_add_up_and_side_by_side_where_not():
    rows = [(1, 1, MISSING, 5, 5), (1, OTHERS, MISSING, 1, 1), (1, MISSING, MISSING, 2, 2)]
    found = drawn(rows, WORDS, colours=("x",))
    stacked = drafted(found, Draft("rows", "w", colour="c"), LIGHT)
    assert stacked.layout.barmode == "stack"
    assert [one.marker.color for one in stacked.data] == [
        LIGHT.categorical[0],
        LIGHT.categorical[-1],
        LIGHT.destination,
    ]
    assert drafted(found, Draft("rows", "w", "mean", "y", colour="c"), LIGHT).layout.barmode == "group"


def test_facets_share_their_scale_and_have_a_name():
    found = drawn([(1, MISSING, 1, 5, 5), (1, MISSING, 2, 7, 7)], WORDS, facets=("north", "south"))
    figure = drafted(found, Draft("rows", "w", facet="f"), LIGHT)
    assert len(figure.data) == 2
    assert ["north" in one.text or "south" in one.text for one in figure.layout.annotations] == [True, True]


def test_a_heat_map_lies_between_two_columns():
    found = drawn([(1, 1, MISSING, 5, 5), (2, 2, MISSING, 7, 7)], WORDS, colours=("x", "y"))
    (heat,) = drafted(found, Draft("rows", "w", colour="c", kind="heat"), LIGHT).data
    assert [list(line) for line in heat.z] == [[5, 0], [0, 7]]


def test_the_figures_behind_it_go_by_the_names_of_the_columns():
    table = labelled(BY_WORD, Draft("rows", "w", "mean", "y"))
    assert table.to_dict("list") == {
        "w": ["<b>a</b>", "מחיר", "all others"],
        "Mean of y": [5, 9, 2],
        "Number of rows": [5, 9, 2],
    }


def test_without_rows_there_is_a_quiet_sentence():
    assert not drafted(drawn([], WORDS), Draft("rows", "w"), LIGHT).data
