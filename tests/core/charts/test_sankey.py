import re

import pytest

from core import text
from core.charts.sankey import step_sankey, steps_drawn
from core.charts.theme import DARK, LIGHT
from tests.core.charts.test_step_graph import links_of

LONG = "שלוחה " * 33 + "סוף"
PATHS = ["xa"] * 50 + ["xab"] * 100 + ["xb"] * 30 + ["xbc"] * 15 + [f"xa{letter}c" for letter in "defghijklmno"]


def plain(words):
    return words.replace("\u2068", "").replace("\u2069", "")


def labels(chart):
    """The notes beside the nodes, in the order of the nodes, without the captions."""
    return [note for note in chart.layout.annotations if not (note.text or "").startswith("Step")]


def named(paths=PATHS, **options):
    links = links_of(paths, menu=("x", "a"))
    return step_sankey(links, options.pop("palette", LIGHT), width=900, height=480, **options), links


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_nodes_have_labels_with_counts_in_readable_ink(palette):
    chart, _ = named(palette=palette)
    notes = labels(chart)
    assert plain(notes[0].text) == "Item x <b>207</b>"
    assert {note.font.color for note in notes} == {palette.ink, palette.stop_text}
    assert all(palette.stop_text == note.font.color for note in notes if "Ended here" in note.text)
    assert not any(chart.data[0].node.label)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_red_is_for_calls_that_ended_although_the_menu_goes_on(palette):
    chart, _ = named(palette=palette)
    node = chart.data[0].node
    for colour, (_, hover) in zip(node.color, node.customdata, strict=True):
        assert (colour == palette.stop) == ("although the menu goes on" in hover)
        assert (colour == palette.destination) == ("nothing below it" in hover or "more</b>" in plain(hover))


def test_branches_keep_their_hue_to_the_end():
    chart, _ = named()
    node = chart.data[0].node
    hue = {
        plain(hover).split("</b>")[0]: colour for colour, (_, hover) in zip(node.color, node.customdata, strict=True)
    }
    assert hue["<b>Item a"] != hue["<b>Item c"]
    items = [(key, colour) for colour, (key, _) in zip(node.color, node.customdata, strict=True) if key == "b"]
    assert {colour for _, colour in items} == {LIGHT.categorical[0], LIGHT.categorical[1]}


@pytest.mark.parametrize(("width", "height"), [(900, 480), (300, 420), (900, 200)])
def test_nodes_of_a_step_stand_below_each_other_within_the_figure(width, height):
    chart = step_sankey(links_of(PATHS), LIGHT, width=width, height=height)
    trace, margin = chart.data[0], chart.layout.margin
    plot = height - margin.t - margin.b
    size = [0] * len(trace.node.x)
    for end in (trace.link.source, trace.link.target):
        passing = [0] * len(size)
        for position, n in zip(end, trace.link.value, strict=True):
            passing[position] += n
        size = [max(pair) for pair in zip(size, passing, strict=True)]
    columns = {}
    for x, y, n in zip(trace.node.x, trace.node.y, size, strict=True):
        columns.setdefault(x, []).append((y * plot, n))
    pad = trace.node.pad
    scale = min((plot - (len(column) - 1) * pad) / sum(n for _, n in column) for column in columns.values())
    for column in columns.values():
        bottom = -pad
        for centre, n in column:
            assert centre - n * scale / 2 == pytest.approx(bottom + pad)
            bottom = centre + n * scale / 2
        assert bottom <= plot + 1e-6


@pytest.mark.parametrize("width", [900, 300])
def test_labels_are_cut_to_their_column_and_whole_on_hover(width):
    links = links_of(PATHS).assign(source_label=LONG)
    links.loc[links["target"].notna(), "target_label"] = LONG
    chart = step_sankey(links, LIGHT, width=width, height=480)
    columns = len({*chart.data[0].node.x})
    for note in labels(chart):
        for line in re.sub(r"</?b>", "", plain(note.text)).split("<br>"):
            assert text.text_width(line, 13) <= width / columns - note.xshift
    assert "סוף" in chart.data[0].node.customdata[0][1] and "סוף" in chart.data[0].link.customdata[0][1]


def test_a_phone_has_fewer_steps_side_by_side():
    assert (steps_drawn(900), steps_drawn(300), steps_drawn(50)) == (9, 3, 2)
    chart = step_sankey(links_of(PATHS), LIGHT, width=300, height=420)
    captions = [note.text for note in chart.layout.annotations if note.text.startswith("Step")]
    assert captions == ["Step 1", "Step 2", "Step 3"]


def test_captions_count_from_where_the_links_begin():
    chart = step_sankey(links_of(["ab"], first=4), LIGHT, width=900, height=300)
    assert [note.text for note in chart.layout.annotations][:3] == ["Step 4", "Step 5", "Step 6"]
    assert "ended on step 5, although" in chart.data[0].node.customdata[-1][1]


def test_hover_says_where_calls_go_and_keys_are_ids():
    chart, _ = named()
    node, link = chart.data[0].node, chart.data[0].link
    assert [key for key, _ in node.customdata][:3] == ["x", "a", "b"]
    assert "207 of 207 calls, 100%" in node.customdata[0][1] and "Step 1 · id x" in node.customdata[0][1]
    said = [plain(hover) for _, hover in link.customdata]
    assert "<b>Item x</b><br>→<br><b>Item a</b><br>162 of 207 calls, 78.3%" in said


def test_markup_in_a_label_is_shown_as_written():
    chart = step_sankey(links_of(["a"]).assign(source_label="<b>"), LIGHT, width=900, height=300)
    assert plain(labels(chart)[0].text) == "&lt;b&gt; <b>1</b>"
    assert "&lt;b&gt;" in chart.data[0].node.customdata[0][1]


def test_no_links_are_said():
    chart = step_sankey(links_of([]), DARK, width=300, height=300)
    assert chart.layout.annotations[0].text == "Nothing to show here"
