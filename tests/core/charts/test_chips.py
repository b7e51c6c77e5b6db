from itertools import pairwise

import pytest

from core import text
from core.charts.chips import ROW_PX, Variant, variant_chips
from core.charts.theme import DARK, LIGHT, escape
from core.charts.variants import STOP
from tests.core.charts.test_theme import contrast

LONG = "שלוחה " * 33 + "סוף"
TEAL, OCHRE = LIGHT.categorical[:2]


def path(rank, *labels, n=10, hue=TEAL, stops=False):
    steps = tuple((f"{rank}.{i}", label) for i, label in enumerate(labels))
    return Variant(rank, steps, n, n / 1000, rank / 4, hue, stops, key=f"key{rank}")


PATHS = [
    path(1, "Greeting", "כללי", "Prices", n=388),
    path(2, "Greeting", "כללי", n=128, stops=True),
    path(3, "Greeting", "Travel", n=23, hue=OCHRE),
    path(4, "Greeting", n=4, stops=True),
]


def chips(chart):
    """(row, left, right, words, colour) of each chip that is seen, without isolates and markup."""
    bars = chart.data[0]
    drawn = zip(bars.y, bars.base, bars.x, bars.text, bars.marker.color, strict=True)
    return [
        (round(y), left, left + width, words.replace("\u2068", "").replace("\u2069", "").split(" <")[0], colour)
        for y, left, width, words, colour in drawn
        if words
    ]


def words_of(chart, row):
    return [words for place, _, _, words, _ in chips(chart) if place == row]


def notes(chart):
    return [note.text for note in chart.layout.annotations]


def test_a_row_is_38_pixels_and_has_a_chip_a_step():
    chart = variant_chips(PATHS, LIGHT, width=900)
    assert chart.layout.height - variant_chips(PATHS[:3], LIGHT, width=900).layout.height == ROW_PX == 38
    assert words_of(chart, 0) == ["Greeting", "כללי", "Prices"]
    assert words_of(chart, 3) == ["Greeting"]


def test_calls_share_and_running_total_stand_beside_the_chips():
    said = notes(variant_chips(PATHS, LIGHT, width=900))
    assert [words for words in said if words in ("Calls", "Share", "Running total")] == [
        "Calls",
        "Share",
        "Running total",
    ]
    assert said[2:5] == ["1", "<b>388</b>", "38.8%"]
    assert said[-4:] == ["25%", "50%", "75%", "100%"]
    tracks = [trace for trace in variant_chips(PATHS, LIGHT, width=900).data if trace.xaxis == "x2"]
    assert list(tracks[1].x) == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_last_chip_is_stronger_and_red_where_the_menu_goes_on(palette):
    paths = [path(1, "a", "b"), path(2, "a", "b", hue=OCHRE), path(3, "a", "b", stops=True)]
    chart = variant_chips(paths, palette, width=900)
    colours = [colour for *_, colour in chips(chart)]
    assert len(set(colours)) == 5 and colours[0] == colours[4]
    assert contrast(colours[0], palette.page) < contrast(colours[1], palette.page)
    assert [STOP in words for words in chart.data[0].text if words] == [False] * 5 + [True]
    assert all(contrast(palette.ink, colour) >= 4.5 for colour in colours)


def test_steps_that_all_share_can_be_skipped():
    chart = variant_chips(PATHS, LIGHT, width=900, skip=1)
    assert words_of(chart, 0) == ["כללי", "Prices"]
    assert words_of(chart, 3) == ["Greeting"]
    assert [words for words in notes(chart) if words.startswith("Step")] == ["Step 2", "Step 3"]


def test_the_middle_of_a_path_that_does_not_fit_is_folded():
    long = path(1, *(f"Step number {i}" for i in range(1, 13)))
    chart = variant_chips([long, PATHS[0]], LIGHT, width=900)
    words = words_of(chart, 0)
    assert words[0].startswith("Step num") and words[-1].startswith("Step num")
    assert words[-2] == f"+{12 - (len(words) - 1)}"
    assert "Last step" in notes(chart)
    (hover,) = [hover for hover in chart.data[0].hovertext if "steps\u2069</b>" in hover]
    assert "Step number 11" in hover and "Step number 12" not in hover


@pytest.mark.parametrize("width", [700, 900, 1100])
@pytest.mark.parametrize("label", [LONG, "W" * 200, "12345"])
def test_chips_never_overlap_and_their_words_fit(width, label):
    chart = variant_chips([path(i, *[label] * i, stops=True) for i in range(1, 9)], LIGHT, width=width)
    for one, other in pairwise(sorted(chips(chart))):
        if one[0] == other[0]:
            assert one[2] < other[1]
    room = chart.layout.xaxis.range[1]
    for _, left, right, words, _ in chips(chart):
        assert 0 <= left < right <= room
        assert text.text_width(words, 13) <= right - left - 6
    plot = width - chart.layout.margin.l - chart.layout.margin.r
    assert plot * (chart.layout.xaxis2.domain[0] - chart.layout.xaxis.domain[1]) >= 16


def test_every_part_of_a_row_gives_its_key_and_says_the_whole_label():
    chart = variant_chips([path(1, "Greeting", LONG), PATHS[3]], LIGHT, width=900)
    bars = chart.data[0]
    by_row = {}
    for y, left, width, (key,) in zip(bars.y, bars.base, bars.x, bars.customdata, strict=True):
        by_row.setdefault((round(y), key), []).append((left, left + width))
    assert set(by_row) == {(0, "key1"), (1, "key4")}
    assert all(
        max(right for _, right in spans) == pytest.approx(chart.layout.xaxis.range[1]) for spans in by_row.values()
    )
    assert "סוף" in bars.hovertext[1] and "id 1.1" in bars.hovertext[1]


def test_nothing_fades_after_a_click():
    for trace in variant_chips(PATHS, LIGHT, width=900).data:
        assert trace.selected.marker.opacity == trace.unselected.marker.opacity == 1
        assert trace.selected.textfont.color == trace.unselected.textfont.color == LIGHT.ink


def test_markup_in_a_label_is_shown_as_written():
    chart = variant_chips([path(1, "<b>&amp;")], LIGHT, width=900)
    assert words_of(chart, 0) == [escape("<b>&amp;")]


def test_a_phone_gets_lines_of_text_and_no_paths_are_said():
    assert not any(trace.text for trace in variant_chips(PATHS, LIGHT, width=300).data if trace.type == "bar")
    for width in (300, 900):
        assert variant_chips([], DARK, width=width).layout.annotations[0].text == "Nothing to show here"
