import pytest

from core import text
from core.charts import theme
from core.charts.theme import DARK, LIGHT


def contrast(one, other):
    def luminance(colour):
        channels = [value / 255 for value in bytes.fromhex(colour[1:])]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_only_dark_is_dark():
    assert theme.palette("dark") is DARK
    assert [theme.palette(mode) for mode in ("light", None, "sepia")] == [LIGHT] * 3


def test_a_tint_runs_from_the_page_to_the_hue():
    assert theme.tint("#C4441C", 0, LIGHT) == LIGHT.page
    assert theme.tint("#C4441C", 1, DARK) == "#C4441C"


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_everything_it_stands_on(palette):
    for surface in (palette.page, palette.sidebar):
        assert contrast(palette.ink, surface) >= 7
        assert contrast(palette.muted, surface) >= 4.5
        assert contrast(palette.stop_text, surface) >= 4.5
    for hue in (*palette.categorical, palette.stop):
        assert contrast(palette.ink, theme.tint(hue, 0.36, palette)) >= 4.5


def test_markup_in_a_label_is_shown_letter_for_letter():
    label = '<a href="https://example.org">click</a> &amp; <b>'
    escaped = theme.escape(label)
    assert "<" not in escaped and ">" not in escaped
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == label


def test_hover_says_the_whole_label_however_long():
    label = " ".join(f"word{i}" for i in range(40))
    said = theme.hover(label, "12 calls\n1 of 2", "", "id <i>7</i>")
    title, facts = said.split("</b><br>", 1)[0], said.split("<br>")[-3:]
    assert "word0" in title and "word39" in said
    assert [fact.strip("\u2068\u2069") for fact in facts] == ["12 calls", "1 of 2", "id &lt;i&gt;7&lt;/i&gt;"]


def test_a_figure_is_transparent_and_still():
    layout = theme.figure(LIGHT, height=200).layout
    assert layout.height == 200
    assert layout.template.layout.paper_bgcolor == "rgba(0,0,0,0)"
    assert layout.template.layout.dragmode is False
    assert layout.template.layout.xaxis.fixedrange is True


def test_the_empty_figure_says_so_in_words():
    empty = theme.nothing(DARK, words="No calls <here>")
    assert empty.layout.annotations[0].text == "No calls &lt;here&gt;"


def test_a_mix_runs_from_one_colour_to_the_other():
    assert theme.mix("#000000", "#FF8040", 0) == "#000000"
    assert theme.mix("#000000", "#FF8040", 0.5) == "#804020"
    assert theme.mix("#000000", "#FF8040", 1) == "#FF8040"


def test_columns_of_words_are_as_wide_as_their_widest_words_or_heading():
    narrow, wide = theme.column_edges([["1", "22"], ["1,234,567"]], ["", "Calls"], 10)
    assert narrow >= 10 + text.text_width("22", 14) and wide >= narrow + 10 + text.text_width("1,234,567", 14)
    (heading,) = theme.column_edges([["1"]], ["A long heading"], 10)
    assert heading == round(10 + text.text_width("A long heading", 13))


def test_an_entry_is_one_line_whose_words_keep_to_their_side():
    assert theme.entry("כללי <b>", before="1. ", after=" · id <7>") == "1. \u2068כללי &lt;b&gt;\u2069 · id &lt;7&gt;"
    assert "…" in theme.entry("word " * 60)
    assert theme.hover("A", "a fact", entries=["1. x"]) == "<b>\u2068A\u2069</b><br>1. x<br>\u2068a fact\u2069"
