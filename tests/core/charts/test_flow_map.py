import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import text
from core.charts.flow_drawing import drawing
from core.charts.flow_map import flow_map
from core.charts.theme import DARK, LIGHT
from core.flow.flow_map import simplified
from tests.flow_frames import CALLS, NODES, TRANSITIONS, frames

# Calls end at b although the menu goes on to d, at d and at c; one goes back, one jumps, one stays.
MENU = ["ab", "ac", "bd"]
HELPLINE = ["abd"] * 60 + ["ab"] * 20 + ["ac"] * 30 + ["acbd"] * 4 + ["abab"] * 3 + ["aac"] * 2


def whole(calls=HELPLINE, menu=MENU, labels=None):
    return simplified(*frames(calls, menu, labels), share_of_nodes=1, share_of_transitions=1)


def plain(words):
    return words.replace("\u2068", "").replace("\u2069", "").replace("<b>", "").replace("</b>", "")


def texts(chart):
    return [plain(words) for trace in chart.data if trace.type == "scatter" for words in trace.text or () if words]


def paths(chart):
    return [f"M{path}" for shape in chart.layout.shapes for path in shape.path.split("M")[1:]]


def boxes(chart):
    return next(trace for trace in chart.data if trace.type == "bar")


def targets(chart):
    return {key: hover for trace in chart.data if trace.customdata is not None
            for (key,), hover in zip(trace.customdata, trace.hovertext, strict=True)}  # fmt: skip


@settings(deadline=None, max_examples=30)
@given(CALLS, st.floats(0, 1), st.integers(320, 1100))
def test_every_item_and_transition_can_be_clicked_and_is_drawn_once(calls, share, width):
    flow = simplified(*frames(calls), share_of_nodes=share, share_of_transitions=share)
    chart = flow_map(flow, LIGHT, width=width)
    nodes = {f"node:{node}" for node in flow.nodes["node"]}
    edges = {f"edge:{source}\t{target}" for source, target in flow.transitions[["source", "target"]].to_numpy()}
    assert set(targets(chart)) == nodes | edges
    for curve in drawing(flow, width).curves:
        assert paths(chart).count(curve.own.path) == 1


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_a_box_says_its_label_how_often_it_is_taken_and_how_many_end_there(palette):
    said = texts(flow_map(whole(), palette, width=980))
    # a is taken once more by each of 5 calls, b once more by 3; 23 calls end at b.
    assert {"Item a", "124", "Item b", "90", "23"} <= set(said)


def test_red_is_where_calls_end_although_the_menu_goes_on_and_nowhere_else():
    chart = flow_map(whole(), LIGHT, width=980)
    (square,) = (t for t in chart.data if t.type == "scatter" and t.mode == "markers" and t.marker.color == LIGHT.stop)
    (rule,) = (trace for trace in chart.data if trace.type == "scatter" and trace.line.color == LIGHT.stop)
    assert len(square.x) == 1 and len(rule.x) == 3
    inner_px = boxes(chart).width[1] - 18
    assert rule.x[1] - rule.x[0] == pytest.approx(inner_px * 23 / 90)
    assert LIGHT.stop not in {shape.line.color for shape in chart.layout.shapes}
    nowhere = flow_map(whole(menu=()), LIGHT, width=980)
    assert LIGHT.stop not in str(nowhere.to_plotly_json())


def test_what_leaves_the_menu_is_dashed_and_has_a_hue():
    chart = flow_map(whole(), LIGHT, width=980)
    looks = {(shape.line.dash, shape.line.color) for shape in chart.layout.shapes}
    assert {colour for dash, colour in looks if dash != "solid"} == {LIGHT.categorical[1], LIGHT.categorical[2]}
    assert not {colour for dash, colour in looks if dash == "solid"} & set(LIGHT.categorical)


def test_a_transition_is_the_wider_the_more_often_it_is_taken():
    flow = whole(["ab"] * 90 + ["ac"] * 9 + ["ad"], ())
    chart = flow_map(flow, LIGHT, width=980)
    width = {
        path: shape.line.width for shape in chart.layout.shapes for path in [f"M{p}" for p in shape.path.split("M")[1:]]
    }
    ab, ac, ad = (width[curve.own.path] for curve in drawing(flow, 980).curves)
    assert ab > ac > ad


def test_the_legend_names_what_the_map_has():
    with_all, without = (
        flow_map(flow, LIGHT, width=980).layout.annotations[0].text for flow in (whole(), whole(["ab"], ()))
    )
    for words in ("calls start", "calls end, the menu goes on", "back, or again", "past the menu"):
        assert words in with_all
    assert "calls end" in without and "menu" not in without and "back" not in without


def test_the_legend_breaks_where_a_phone_ends():
    wide, narrow = (flow_map(whole(), LIGHT, width=width) for width in (980, 330))
    assert "<br>" not in wide.layout.annotations[0].text
    assert "<br>" in narrow.layout.annotations[0].text
    assert narrow.layout.margin.t > wide.layout.margin.t


def test_a_number_stands_on_a_curve_only_where_no_box_says_it():
    said = texts(flow_map(whole(["ab"] * 7 + ["ac"] * 5 + ["bc"] * 4, ()), LIGHT, width=980))
    # c is entered 5 times from a and 4 times from b, b 7 times from a; all are news but b's 4 of 11.
    assert {"7", "5", "4"} <= set(said)
    assert texts(flow_map(whole(["ab"] * 7, ()), LIGHT, width=980)).count("7") == 3


def test_hover_gives_whole_labels_counts_and_shares():
    long = "לקביעת תור לרופא ילדים בסניף הקרוב לביתך או לשיחה עם נציג השירות"
    said = targets(flow_map(whole(labels={"b": long}), LIGHT, width=980))
    item, move = plain(said["node:b"]), plain(said["edge:c\tb"])
    assert "השירות" in item and "Taken 90 times by 87 calls" in item
    assert "23 of 90 end here, 25.6%, although the menu goes on" in item and item.endswith("id b")
    assert move.startswith("4 times, past the menu, elsewhere") and "from Item c" in move and "השירות" in move
    assert "11.1% of the 36 steps on the first" in move
    assert "119 calls start here" in plain(said["node:a"])


def test_without_a_menu_hover_speaks_of_none():
    assert plain(targets(flow_map(whole(["ab"], ()), LIGHT, width=980))["edge:a\tb"]).startswith("1 time<br>")


def test_a_label_of_markup_is_shown_as_written_and_a_long_one_fits_its_box():
    chart = flow_map(whole(labels={"a": "<i>x</i>", "b": "שלוחה " * 30}), LIGHT, width=980)
    said = texts(chart)
    assert "&lt;i&gt;x&lt;/i&gt;" in said
    assert all("<i>" not in hover for hover in targets(chart).values())
    (label,) = (words for words in said if words.startswith("שלוחה"))
    assert label.endswith("…")
    assert all(text.text_width(line, 13) <= min(boxes(chart).width) for line in label.split("<br>"))


def test_nothing_fades_after_a_click():
    for trace in flow_map(whole(), LIGHT, width=980).data:
        if trace.type == "bar":
            assert trace.selected.marker.opacity == trace.unselected.marker.opacity == 1
        elif trace.mode == "markers":
            assert trace.selected.marker.opacity == trace.unselected.marker.opacity == trace.marker.opacity
        elif trace.mode == "text":
            assert trace.selected.textfont.color == trace.unselected.textfont.color == trace.textfont.color


def test_the_same_map_is_drawn_the_same():
    one, other = (flow_map(whole(), DARK, width=980).to_json() for _ in range(2))
    assert one == other


def test_no_calls_are_said():
    empty = simplified(
        pd.DataFrame(columns=NODES), pd.DataFrame(columns=TRANSITIONS), share_of_nodes=1, share_of_transitions=1
    )
    assert flow_map(empty, LIGHT, width=980).layout.annotations[0].text == "Nothing to show here"
