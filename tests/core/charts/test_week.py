"""The week as tiles, and days as columns."""

from datetime import date

import pytest

from core.charts import theme
from core.charts.days import Day, day_columns
from core.charts.week import Tile, week_tiles
from core.text import isolate

TILES = [
    Tile(weekday, hour, float(weekday * hour), f"{weekday * hour}", "hover", f"{weekday}-{hour}")
    for weekday in range(2)
    for hour in range(24)
]


@pytest.mark.parametrize("palette", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_the_busiest_hour_is_darkest_and_an_hour_without_calls_palest(palette: theme.Palette) -> None:
    (bar,) = week_tiles(TILES, ["Mon", "Tue"], palette, width=980).data
    colours = list(bar.marker.color)
    assert colours[-1] == palette.sequential[-1]
    assert set(colours[:25]) == {palette.sequential[0]}, "all of Monday, and Tuesday's midnight"
    assert palette.sequential[0] not in colours[25:], "a single call is never as pale as none"
    assert (bar.text[0], bar.text[-1]) == ("", isolate("23"))
    assert bar.textfont.color[-1] == palette.page


def test_a_tile_knows_what_a_click_on_it_means_wherever_it_stands() -> None:
    wide = week_tiles(TILES, ["Mon", "Tue"], theme.LIGHT, width=980)
    narrow = week_tiles(TILES, ["Mon", "Tue"], theme.LIGHT, width=330, upright=True)
    for figure, across, down in ((wide, 24, 2), (narrow, 2, 24)):
        (bar,) = figure.data
        assert [key for (key,) in bar.customdata] == [tile.key for tile in TILES]
        assert figure.layout.xaxis.range == (-0.5, across - 0.5)
        assert figure.layout.yaxis.range == (down - 0.5, -0.5)
    assert (wide.data[0].x[30], narrow.data[0].x[30]) == (6, 1), "the hour on a wide page, the weekday on a phone"


def test_only_the_day_that_the_sentence_speaks_of_has_its_number_above() -> None:
    days = [Day(date(2026, 5, 11), 3.0), Day(date(2026, 5, 12), 41.0, strong=True, hover="<b>")]
    (bar,) = day_columns(days, theme.LIGHT).data
    assert list(bar.text) == ["", f"<b>{isolate('41')}</b>"]
    assert [day for (day,) in bar.customdata] == ["2026-05-11", "2026-05-12"]
    assert "<b>Tuesday, 12 May 2026" in bar.hovertext[1].replace("\u2068", "") and "&lt;b&gt;" in bar.hovertext[1]


def test_nothing_to_show_is_said() -> None:
    for figure in (week_tiles([], [], theme.LIGHT, width=980), day_columns([], theme.LIGHT)):
        assert "Nothing to show" in figure.layout.annotations[0].text
