"""A table that holds no journeys, from the drop to a chart that is kept, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import as_file, expect_settled, session_of, upload

pytestmark = pytest.mark.browser

# Fifteen days in two towns.
WEATHER = "day,town,temperature,sky\n" + "".join(
    f"2025-03-{day:02},{town},{mean + (day % 3) - 1},{('clear', 'cloudy', 'rain')[(day + mean) % 3]}\n"
    for day in range(1, 16)
    for town, mean in (("Haifa", 12), ("אילת", 20))
)


def test_from_a_drop_to_a_kept_chart_of_any_table_are_four_clicks(page: Page) -> None:
    upload(page, as_file("weather.csv", WEATHER))
    expect(page.get_by_text("no journeys as they stand")).to_be_visible()
    page.get_by_role("button", name="Explore the columns").click()
    expect(page.get_by_role("heading", name="Columns", exact=True)).to_be_visible()
    for fact in ("weather.csv", "30 rows", "4 columns", "0% of the values missing"):
        expect(page.get_by_test_id("stMain")).to_contain_text(fact)
    expect(page.get_by_role("heading", name=re.compile("^.?day.?$"))).to_be_visible()
    page.get_by_role("link", name="Charts", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("^Number of rows by .?day"))).to_be_visible()
    expect(page.get_by_test_id("stPlotlyChart")).to_be_visible()
    expect_settled(page)
    address = f"{page.url.partition('?')[0]}?session={session_of(page)}"
    page.get_by_role("button", name="Save chart").click()
    expect(page.get_by_role("button", name="Save chart")).to_be_disabled()

    page.reload()
    expect(page.get_by_role("heading", name=re.compile("^Number of rows by .?day"))).to_be_visible()
    expect(page.get_by_role("button", name="Save chart")).to_be_disabled()
    page.goto(f"{address}&c.table=rows&c.x=town&c.how=mean&c.y=temperature")
    expect(page.get_by_role("heading", name=re.compile("^Mean of .?temperature.? by .?town"))).to_be_visible()
    expect(page.get_by_role("button", name="Save chart")).to_be_enabled()
    expect_settled(page)
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("link", name=re.compile("Number of rows by .?day")).click()
    expect(page.get_by_role("heading", name=re.compile("^Number of rows by .?day"))).to_be_visible()
    expect(page).to_have_url(re.compile(r"c\.table=rows&c\.x=day"))
