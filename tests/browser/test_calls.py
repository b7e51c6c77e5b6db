"""From a number to the calls behind it, and out of the house, in a real browser."""

import io
import re
import zipfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import open_page
from tests.browser.steps import expect_settled
from tests.browser.test_main_job import SMALL, as_file, expect_summary, process, upload

pytestmark = pytest.mark.browser


@pytest.fixture
def calls(page: Page) -> Page:
    """The list of the three calls of SMALL."""
    upload(page, as_file("calls.csv", SMALL))
    process(page)
    expect_summary(page, "33%")
    page.get_by_role("link", name="Calls", exact=True).click()
    expect(page.get_by_role("heading", name="Calls", exact=True)).to_be_visible()
    expect(page.get_by_text("1–3 of 3")).to_be_visible()
    return page


def query(page: Page) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(page.url).query).items() if name != "session"}


def test_a_click_on_a_call_reads_it_step_by_step_and_back_returns(calls: Page, context: BrowserContext) -> None:
    table = calls.get_by_test_id("stDataFrame").first
    table.click(position={"x": 300, "y": 53})
    expect(calls.get_by_role("heading", name=re.compile("3 steps in 20 s, ends on"))).to_be_visible()
    assert query(calls)["call"].endswith(",c1")

    colleague = open_page(context, calls.url)
    expect(colleague.get_by_role("heading", name=re.compile("3 steps in 20 s, ends on"))).to_be_visible()

    calls.get_by_role("button", name="Next").click()
    expect(calls.get_by_role("heading", name=re.compile("2 steps in 10 s, .*though the menu goes on"))).to_be_visible()
    calls.go_back()
    expect(calls.get_by_role("heading", name=re.compile("3 steps in 20 s"))).to_be_visible()
    calls.go_back()
    expect(calls.get_by_text("1–3 of 3")).to_be_visible()


def test_the_filter_is_set_beside_the_page_and_applied_at_once(calls: Page) -> None:
    calls.get_by_role("button", name="Filter").click()
    drawer = calls.get_by_role("dialog")
    drawer.get_by_role("button", name=re.compile("Mon · 2")).click()
    expect(drawer.get_by_role("button", name="Show 2 calls")).to_be_visible()
    drawer.get_by_label("Passes through").click()
    calls.get_by_role("option", name=re.compile("Prices.* · 2")).click()
    calls.keyboard.press("Escape")
    expect(drawer.get_by_role("button", name="Show 1 call", exact=True)).to_be_visible()
    assert query(calls) == {}
    drawer.get_by_role("button", name="Show 1 call", exact=True).click()
    expect(drawer).to_have_count(0)
    expect(calls.get_by_text("1 of 3 calls, 33%")).to_be_visible()
    assert query(calls) == {"weekday": "1", "via": "2"}

    calls.get_by_role("button", name=re.compile("^Passes")).click()
    expect(calls.get_by_text("2 of 3 calls, 67%")).to_be_visible()
    expect_settled(calls)
    calls.go_back()
    expect(calls.get_by_text("1 of 3 calls, 33%")).to_be_visible()


def test_a_bar_leads_to_its_calls(calls: Page) -> None:
    calls.get_by_role("link", name="Top Intents", exact=True).click()
    chart = calls.get_by_test_id("stPlotlyChart").first
    chart.locator(".bars .point path").first.click(force=True)
    expect(calls.get_by_text("2 of 3 calls, 67%")).to_be_visible()
    expect(calls.get_by_text("1–2 of 2")).to_be_visible()
    assert query(calls) == {"intent": "2"}


def test_a_workbook_and_a_picture_leave_the_house(calls: Page) -> None:
    with calls.expect_download() as download:
        calls.get_by_role("button", name="Export as Excel").click()
    assert download.value.suggested_filename == "calls.xlsx"
    sheet = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())).read("xl/worksheets/sheet1.xml")
    assert sheet.decode().count("<row ") == 4 and "מחיר ביקור" in sheet.decode()

    calls.get_by_role("link", name="Top Intents", exact=True).click()
    chart = calls.get_by_test_id("stPlotlyChart").first
    chart.hover(position={"x": 5, "y": 5})
    with calls.expect_download() as download:
        chart.locator(".modebar-btn").click()
    assert download.value.suggested_filename == "intents.png"
    box = chart.bounding_box()
    picture = Path(download.value.path()).read_bytes()
    assert picture.startswith(b"\x89PNG") and box is not None
    assert int.from_bytes(picture[16:20]) > 2 * box["width"], "twice as fine as on the page"


def test_no_word_of_the_data_makes_the_filter_ask_another_host(page: Page) -> None:
    label = "![x](https://evil.example/p.png) <img src=https://evil.example/q.png>"
    upload(page, as_file("calls.csv", f"call_id,rule_id,rule_text,![c](https://evil.example/c.png)\nc1,1,{label},a\n"))
    process(page)
    expect_summary(page, "1 of 1 path|100%")
    page.get_by_role("button", name="Filter").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("Called for").click()
    page.get_by_role("option", name=label).click()
    page.keyboard.press("Escape")
    expect_settled(page)
    drawer.get_by_label("Columns").click()
    page.get_by_role("option", name=re.compile("evil")).click()
    page.keyboard.press("Escape")
    expect_settled(page)
    drawer.get_by_role("combobox", name=re.compile("evil")).click()
    page.get_by_role("option", name=re.compile("a.* · 1")).click()
    page.keyboard.press("Escape")
    drawer.get_by_role("button", name="Show 1 call", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("Called for .*evil"))).to_be_visible()
    expect(page.get_by_text("1 of 1 call, 100%")).to_be_visible()
