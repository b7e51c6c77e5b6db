import math
from itertools import combinations

import pandas as pd
import pytest

from core.charts.scatter import dead_end_scatter
from core.charts.theme import DARK, LIGHT

LONG = "שלוחה " * 33 + "סוף"
NODES = pd.DataFrame(
    [
        ("6788", "מלאי חיסונים", 358, 230, True),
        ("1", "Greeting", 3950, 149, True),
        ("6971", "מודיעין", 175, 91, True),
        ("a", "Small A", 4, 2, True),
        ("b", "Small B", 4, 2, True),
        ("6866", "Receipts", 388, 388, False),
        ("c", "Hall", 900, 0, True),
    ],
    columns=["node", "label", "reach", "terminations", "has_children"],
).assign(termination_rate=lambda nodes: nodes["terminations"] / nodes["reach"])


def plain(words):
    return words.replace("\u2068", "").replace("\u2069", "")


def dots(chart):
    """(destinations, dead ends)."""
    return [trace for trace in chart.data if trace.mode == "markers"]


def curves(chart):
    return [trace for trace in chart.data if trace.mode == "lines"]


def names(chart):
    return [plain(note.text) for note in chart.layout.annotations if note.xref != "paper"]


def captions(chart):
    return [note.text for note in chart.layout.annotations if note.xref == "paper"]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_a_dead_end_stands_at_its_reach_and_rate_as_large_and_red_as_calls_are_lost(palette):
    _, dead_ends = dots(dead_end_scatter(NODES, palette, width=900, height=480))
    assert [10**x for x in dead_ends.x] == pytest.approx([358, 3950, 175, 4])
    assert list(dead_ends.y) == pytest.approx([230 / 358, 149 / 3950, 91 / 175, 0.5])
    area = [size**2 for size in dead_ends.marker.size]
    assert area[1] / area[0] == pytest.approx(149 / 230)
    assert len(set(dead_ends.marker.color)) == 4


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_destinations_are_gray_and_small_and_nodes_where_no_call_ends_are_left_out(palette):
    destinations, dead_ends = dots(dead_end_scatter(NODES, palette, width=900, height=480))
    assert list(destinations.y) == [1] and list(destinations.marker.color) == [palette.destination]
    assert destinations.marker.size[0] < min(dead_ends.marker.size[:3])
    said = [*destinations.hovertext, *dead_ends.hovertext]
    assert not any("Hall" in words for words in said)


def test_curves_run_where_as_many_calls_are_lost():
    chart = dead_end_scatter(NODES, LIGHT, width=900, height=480)
    assert captions(chart) == ["200 calls lost", "50 calls lost", "10 calls lost"]
    for curve, lost in zip(curves(chart), (10, 50, 200), strict=True):
        assert [rate * 10**reach for reach, rate in zip(curve.x, curve.y, strict=True)] == pytest.approx([lost] * 61)


@pytest.mark.parametrize(
    ("most", "expected"),
    [(230, [10, 50, 200]), (1000, [50, 200, 1000]), (7, [1, 5]), (1, [1]), (49_999, [1000, 5000, 20_000])],
)
def test_the_curves_are_round_numbers_that_fit_the_data(most, expected):
    nodes = NODES.assign(reach=[most * 2, 1, 1, 1, 1, 1, 1], terminations=[most, 1, 1, 1, 1, 1, 1])
    chart = dead_end_scatter(nodes, LIGHT, width=900, height=480)
    lost = [round(curve.y[0] * 10 ** curve.x[0]) for curve in curves(chart)]
    assert lost == expected


def test_nodes_in_one_place_share_a_dot_that_names_them_all_and_leads_nowhere():
    _, dead_ends = dots(dead_end_scatter(NODES, LIGHT, width=900, height=480))
    assert [list(key) for key in dead_ends.customdata] == [["6788"], ["1"], ["6971"], [""]]
    said = plain(dead_ends.hovertext[3])
    assert "2 items" in said and "Small A · id a" in said and "Small B · id b" in said
    assert "Each: 2 of 4 calls that get here end here, 50.0%" in said


def test_hover_gives_the_whole_label_the_numbers_and_the_id():
    _, dead_ends = dots(dead_end_scatter(NODES.assign(label=LONG), LIGHT, width=300, height=380))
    said = plain(dead_ends.hovertext[0])
    assert "סוף" in said and "230 of 358 calls that get here end here, 64.2%" in said and said.endswith("id 6788")


@pytest.mark.parametrize(("width", "height"), [(900, 480), (300, 380)])
@pytest.mark.parametrize("label", ["מלאי חיסונים", LONG, "W" * 200])
def test_the_largest_dead_end_is_always_named_and_labels_are_cut(width, height, label):
    crowd = pd.concat([NODES] + [NODES.assign(reach=NODES["reach"] + i, node="x") for i in range(1, 30)])
    named = names(dead_end_scatter(crowd.assign(label=label), LIGHT, width=width, height=height))
    assert named and all(name.startswith(label[:3]) for name in named)
    assert len(named) <= 14


def test_a_name_that_others_share_counts_them_outside_its_own_direction():
    hebrew = NODES.assign(label="לא", reach=4, terminations=2)
    chart = dead_end_scatter(hebrew[hebrew["has_children"]], LIGHT, width=900, height=480)
    assert [note.text for note in chart.layout.annotations if note.xref != "paper"] == ["\u2068לא\u2069 +5"]


def test_captions_of_curves_do_not_run_into_each_other_on_a_phone():
    assert captions(dead_end_scatter(NODES, LIGHT, width=300, height=380)) == ["200 calls lost", "50", "10"]


def test_ticks_are_powers_of_ten_or_as_many_as_a_narrow_range_has():
    axis = dead_end_scatter(NODES, LIGHT, width=900, height=480).layout.xaxis
    assert list(axis.ticktext) == ["10", "100", "1,000"]
    assert [math.log10(n) for n in (10, 100, 1000)] == pytest.approx(list(axis.tickvals))
    narrow = dead_end_scatter(NODES.assign(reach=4, terminations=2), LIGHT, width=300, height=380).layout.xaxis
    assert list(narrow.ticktext) == ["3", "5"]
    far = NODES.assign(reach=[1, 10, 10**3, 10**5, 10**7, 10**8, 10**9], terminations=1)
    many = dead_end_scatter(far, LIGHT, width=300, height=380).layout.xaxis
    assert len(many.ticktext) <= 4


def test_markup_in_a_label_is_shown_as_written():
    chart = dead_end_scatter(NODES.assign(label="<b>"), LIGHT, width=900, height=480)
    assert set(names(chart)) <= {"&lt;b&gt;", "&lt;b&gt; +1"}
    assert "&lt;b&gt;" in dots(chart)[1].hovertext[0]


def test_nothing_fades_after_a_click():
    for trace in dots(dead_end_scatter(NODES, LIGHT, width=900, height=480)):
        assert trace.selected.marker.opacity == trace.unselected.marker.opacity == 1


def test_a_frame_where_no_call_ends_is_said_and_one_with_destinations_only_is_drawn():
    for empty in (NODES.iloc[:0], NODES.assign(terminations=0)):
        chart = dead_end_scatter(empty, DARK, width=300, height=380)
        assert chart.layout.annotations[0].text == "Nothing to show here"
    only = dead_end_scatter(NODES[~NODES["has_children"]], LIGHT, width=900, height=480)
    assert not curves(only) and not names(only) and len(dots(only)[0].x) == 1


@pytest.mark.parametrize(("width", "height"), [(900, 480), (300, 380)])
def test_names_do_not_overlap(width, height):
    crowd = NODES.assign(reach=[500, 510, 520, 530, 540, 550, 560], terminations=[250, 255, 260, 265, 270, 275, 280])
    chart = dead_end_scatter(crowd.assign(has_children=True, label="מלאי חיסונים"), LIGHT, width=width, height=height)
    margin, axis = chart.layout.margin, chart.layout.xaxis.range
    boxes = []
    for note in chart.layout.annotations:
        if note.xref != "paper":
            x = (note.x - axis[0]) / (axis[1] - axis[0]) * (width - margin.l - margin.r) + note.xshift
            y = (1.03 - note.y) / 1.06 * (height - margin.t - margin.b) - note.yshift
            left = x - 83 * {"left": 0, "center": 0.5, "right": 1}[note.xanchor]
            boxes.append((left, y))
    assert boxes
    for (left, y), (other_left, other_y) in combinations(boxes, 2):
        assert abs(y - other_y) >= 18 or abs(left - other_left) >= 60
