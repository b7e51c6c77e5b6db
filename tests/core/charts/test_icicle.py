from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import text
from core.charts.icicle import branch_hues, icicle
from core.charts.theme import DARK, LIGHT
from core.charts.tiles import LOWEST_PX, tiles

COLUMNS = ["step", "key", "parent", "node", "label", "n_calls", "kind"]


def tree_of(paths, depth=4, menu=("a", "b")):
    """The tree of paths given as strings of one-letter nodes; those in `menu` have options below them."""
    rows = []
    level = [("", list(paths))]
    for step in range(1, depth + 1):
        below = []
        for parent, members in level:
            nexts = {}
            for path in members:
                nexts.setdefault(path[step - 1 : step], []).append(path)
            for node, group in sorted(nexts.items(), key=lambda item: (-len(item[1]), item[0])):
                if node:
                    key = f"{parent},{node}".strip(",")
                    rows.append((step, key, parent, node, f"Item {node}", len(group), "step"))
                    below.append((key, group))
                elif parent:
                    kind = "stop" if parent[-1] in menu else "destination"
                    rows.append((step, f"{parent},end", parent, None, "Ended here", len(group), kind))
        level = below
    return pd.DataFrame(rows, columns=COLUMNS)


PATHS = ["ab"] * 50 + ["abc"] * 100 + ["b"] * 30 + ["bc"] * 15 + [f"a{x}c" for x in "defgh"]


@given(st.lists(st.text("abcdefghij", min_size=1, max_size=5), min_size=1, max_size=80), st.integers(20, 600))
def test_folding_loses_no_call_in_any_step(paths, height):
    tree = tree_of(paths)
    drawn = pd.DataFrame([(tile.column + 1, tile.n_calls) for tile in tiles(tree, height)], columns=["step", "n"])
    assert drawn.groupby("step").n.sum().to_dict() == tree.groupby("step").n_calls.sum().to_dict()


@given(st.lists(st.text("abcdefghij", min_size=1, max_size=5), min_size=1, max_size=80), st.integers(20, 600))
def test_tiles_are_as_high_as_their_calls_and_never_overlap(paths, height):
    laid = tiles(tree_of(paths), height)
    for tile in laid:
        assert tile.height == pytest.approx(tile.n_calls / len(paths) * height)
    for one, other in pairwise(laid):
        if one.column == other.column:
            assert one.top + one.height <= other.top + 1e-6


def test_a_tile_stands_beside_the_one_it_follows():
    laid = {tile.key: tile for tile in tiles(tree_of(PATHS), 400)}
    assert laid["a,b"].top == laid["a"].top
    assert laid["b,c"].top == laid["b"].top
    assert laid["b"].top == pytest.approx(laid["a"].height)


def test_small_siblings_become_one_tile_that_leads_nowhere():
    (more,) = [tile for tile in tiles(tree_of(PATHS), 400) if tile.kind == "more" and tile.column == 1]
    assert (more.label, more.n_calls, more.key) == ("5 more items", 5, "")


def test_a_single_small_item_keeps_its_name():
    laid = tiles(tree_of(["a"] * 1000 + ["b"]), 400)
    assert [tile.key for tile in laid if tile.column == 0] == ["a", "b"]
    assert laid[1].height < LOWEST_PX


def test_where_folded_calls_ended_stays_apart():
    rare = [x + "a" for x in "cdefgh"]
    last = [tile for tile in tiles(tree_of(["a"] * 1000 + rare, depth=3), 400) if tile.column == 2]
    assert [(tile.kind, tile.n_calls) for tile in last] == [("stop", 6)]


def test_ended_calls_are_red_midmenu_and_quiet_at_a_destination():
    chart = icicle(tree_of(PATHS), LIGHT, width=600, height=424)
    colour = dict(zip((tile.kind for tile in tiles(tree_of(PATHS), 400)), chart.data[0].marker.color, strict=True))
    assert len({colour["stop"], colour["destination"], colour["step"]}) == 3


def test_a_branch_has_the_hue_of_its_first_fork():
    laid = tiles(tree_of(PATHS), 400)
    assert {tile.branch for tile in laid if tile.key.startswith("a")} == {"a"}
    behind_one_door = {
        tile.key: tile.branch for tile in tiles(tree_of(["x" + path for path in PATHS]), 400) if tile.key
    }
    assert behind_one_door["x,a,b"] == "x,a" and behind_one_door["x,b,c"] == "x,b"


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_five_branches_have_a_hue_and_all_others_one(palette):
    hues = branch_hues(list("abcdefg"), palette)
    assert len({hues[key] for key in "abcde"}) == 5
    assert hues["f"] == hues["g"] == palette.categorical[-1]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_figure_carries_keys_and_does_not_fade(palette):
    bars, words = icicle(tree_of(PATHS), palette, width=600, height=424).data
    keys = [key for (key,) in bars.customdata]
    assert {"a", "a,b", "a,b,c", "b", "b,c", ""} == set(keys)
    assert bars.selected.marker.opacity == bars.unselected.marker.opacity == 1
    assert words.selected.textfont.color == words.unselected.textfont.color


def test_text_fits_its_tile_or_is_not_there():
    tree = tree_of(PATHS)
    tree.loc[tree["kind"] == "step", "label"] = "מוקד " * 40
    chart = icicle(tree, LIGHT, width=400, height=424)
    heights = {tile.top + tile.height / 2: tile.height for tile in tiles(tree, 400)}
    for y, words in zip(chart.data[1].y, chart.data[1].text, strict=True):
        lines = words.replace("<b>", "").replace("</b>", "").split("<br>")
        assert len(lines) * 18 <= heights[y]
        assert all(text.text_width(line, 13) <= 100 for line in lines)
    assert "מוקד " * 9 in chart.data[0].hovertext[0].replace("\u2069</b><br><b>\u2068", " ")


def test_markup_in_a_label_is_shown_as_written():
    tree = tree_of(["a"] * 3)
    tree["label"] = "<b></b>"
    bars, words = icicle(tree, LIGHT, width=400, height=300).data
    assert "&lt;b&gt;&lt;/b&gt;" in words.text[0] and "&lt;b&gt;" in bars.hovertext[0]


def test_captions_count_steps_from_where_the_prefix_ended():
    tree = tree_of(PATHS, depth=2)
    tree["step"] += 2
    captions = [note.text for note in icicle(tree, LIGHT, width=400, height=300).layout.annotations]
    assert captions == ["Step 3", "Step 4"]


def test_a_tree_without_calls_is_said_and_a_broken_one_refused():
    empty = pd.DataFrame(columns=COLUMNS)
    assert icicle(empty, LIGHT, width=400, height=300).layout.annotations[0].text == "Nothing to show here"
    with pytest.raises(ValueError, match="no column n_calls"):
        tiles(empty.drop(columns="n_calls"), 300)
    orphan = tree_of(PATHS)
    orphan.loc[orphan["step"] == 2, "parent"] = "z"
    with pytest.raises(ValueError, match="not in the step before"):
        tiles(orphan, 300)
