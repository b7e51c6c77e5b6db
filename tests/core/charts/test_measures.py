import pandas as pd
import pytest

from core import text
from core.charts.measures import coverage_bars, entropy_bars, funnel_bars
from core.charts.theme import DARK, LIGHT
from tests.core.charts.test_theme import contrast

LONG = "שלוחה " * 33 + "סוף"
ENTROPY = pd.DataFrame(
    {
        "node": ["7", "8", "9"],
        "label": ["כללי", "Travel", "Door"],
        "n": [860, 16, 1],
        "entropy_bits": [3.6828, 1.0, 0.0],
        "perplexity": [12.842, 2.0, 1.0],
        "branching_factor": [25, 2, 1],
    }
)
COVERAGE = pd.DataFrame(
    {"node": ["7"], "label": ["כללי"], "n": [2834], "top1_share": [0.35145], "top2_share": [0.52788]}
)
FUNNEL = pd.DataFrame(
    {
        "node": ["1", "8", "6"],
        "label": ["Greeting", "Receipts", "Hall"],
        "reach": [3950, 388, 20],
        "transitions": [3801, 0, 20],
        "drop_off": [149, 388, 0],
        "n_calls": [3950, 380, 20],
    }
)
CHARTS = [(entropy_bars, ENTROPY), (coverage_bars, COVERAGE), (funnel_bars, FUNNEL)]
each_chart = pytest.mark.parametrize(("draw", "frame"), CHARTS, ids=["entropy", "coverage", "funnel"])
each_palette = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def plain(words):
    return words.replace("\u2068", "").replace("\u2069", "")


def drawn(chart):
    """The visible bars: a list of lengths for each part, from the left."""
    return [list(trace.x) for trace in chart.data if trace.type == "bar" and trace.customdata is None]


def target(chart):
    return chart.data[-1]


def labels(chart):
    (words,) = [trace for trace in chart.data if trace.type == "scatter"]
    return [plain(label) for label in words.text]


def notes(chart):
    return [note.text for note in chart.layout.annotations]


@each_palette
def test_entropy_says_bits_and_how_many_options_that_is(palette):
    chart = entropy_bars(ENTROPY, palette, width=900)
    assert labels(chart) == ["כללי", "Travel", "Door"]
    assert drawn(chart) == [[3.6828, 1.0, 0.0]]
    assert notes(chart) == ["Bits", "Options", "3.68", "12.8 of 25", "1.00", "2.0 of 2", "0.00", "1.0 of 1"]


@each_palette
def test_the_colour_of_entropy_runs_with_the_bits_and_ink_stays_readable_on_it(palette):
    many = pd.concat([ENTROPY.iloc[[0]]] * 6).assign(entropy_bits=[0.0, 1.0, 2.0, 3.0, 4.0, 9.0])
    colours = entropy_bars(many, palette, width=900).data[0].marker.color
    assert len(set(colours)) == 5 and colours[4] == colours[5]
    assert all(contrast(palette.ink, colour) >= 4.5 for colour in colours)
    green, red = bytes.fromhex(colours[0][1:]), bytes.fromhex(colours[4][1:])
    assert green[1] > green[0] and red[0] > red[1]


def test_coverage_is_the_first_the_second_and_the_rest():
    chart = coverage_bars(COVERAGE, LIGHT, width=900)
    assert [part[0] for part in drawn(chart)] == pytest.approx([0.35145, 0.17643, 0.47212])
    assert notes(chart) == ["Top 1", "Top 2", "35%", "53%"]


def test_coverage_of_everything_leaves_no_rest():
    one_way = COVERAGE.assign(top1_share=1.0, top2_share=1.0 + 1e-16)
    assert [part[0] for part in drawn(coverage_bars(one_way, LIGHT, width=900))] == [1.0, 0.0, 0.0]


@each_palette
def test_a_funnel_is_red_only_where_calls_ended_although_the_menu_goes_on(palette):
    known = FUNNEL.assign(has_children=[True, False, True])
    ended = funnel_bars(known, palette, width=900).data[1]
    assert list(ended.x) == [149, 388, 0]
    assert list(ended.marker.color)[:2] == [palette.stop, palette.destination]
    assert palette.stop not in funnel_bars(FUNNEL, palette, width=900).data[1].marker.color


def test_a_funnel_says_how_often_a_node_is_reached_and_how_many_end_there():
    chart = funnel_bars(FUNNEL.assign(has_children=[True, False, True]), LIGHT, width=900)
    assert notes(chart) == ["Reached", "Ended", "3,950", "−149", "388", "−388", "20", "0"]
    said = [plain(words) for words in target(chart).hovertext]
    assert "3,801 go on, 96.2%" in said[0] and "149 end here, 3.8%, although the menu goes on" in said[0]
    assert "Reached 388 times, by 380 calls" in said[1] and "although" not in said[1] + said[2]


@each_chart
def test_a_row_can_be_clicked_at_its_full_width_and_gives_its_node(draw, frame):
    chart = draw(frame, LIGHT, width=900)
    assert [list(key) for key in target(chart).customdata] == [[node] for node in frame["node"]]
    assert set(target(chart).x) == {chart.layout.xaxis.range[1]} and target(chart).width == 1


@each_chart
@pytest.mark.parametrize("width", [900, 300])
def test_a_long_label_is_cut_before_the_numbers_and_whole_on_hover(draw, frame, width):
    chart = draw(frame.assign(label=LONG), LIGHT, width=width)
    for label in labels(chart):
        assert label.endswith("…") and text.text_width(label, 14) <= width - chart.layout.margin.r
    assert "סוף" in target(chart).hovertext[0] and "id " in target(chart).hovertext[0]


@each_chart
def test_markup_in_a_label_is_shown_as_written(draw, frame):
    chart = draw(frame.assign(label="<b>&amp;"), LIGHT, width=900)
    assert labels(chart)[0] == "&lt;b&gt;&amp;amp;"
    assert "&lt;b&gt;" in target(chart).hovertext[0]


@each_chart
def test_nothing_fades_after_a_click(draw, frame):
    for trace in draw(frame, LIGHT, width=900).data:
        if trace.type == "bar":
            assert trace.selected.marker.opacity == trace.unselected.marker.opacity == 1
        else:
            assert trace.selected.textfont.color == trace.unselected.textfont.color == trace.textfont.color


@each_chart
def test_a_frame_without_rows_is_said(draw, frame):
    assert draw(frame.iloc[:0], DARK, width=300).layout.annotations[0].text == "Nothing to show here"


def test_rows_of_nothing_still_give_a_figure():
    assert labels(entropy_bars(ENTROPY.assign(entropy_bits=0.0), LIGHT, width=300)) == ["כללי", "Travel", "Door"]
    nothing = FUNNEL.assign(reach=0, transitions=0, drop_off=0, n_calls=0)
    assert notes(funnel_bars(nothing, LIGHT, width=300))[2:4] == ["0", "0"]
