"""Clicks into the charts of times, and settings in the address, in a real browser."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server
from tests.browser.steps import expect_settled, known, made_ready

pytestmark = pytest.mark.browser

TIMES = (
    "call_id,call_date,rule_id,rule_text,queue_wait_s,agent\n"
    "a,2025-05-14 09:00:00,1,Menu,30,Noa\n"
    "a,2025-05-14 09:00:40,2,מחיר,,\n"
    "b,2025-05-15 10:00:00,1,Menu,4,\n"
)


@pytest.fixture
def times(context: BrowserContext, server: Server) -> tuple[Page, str]:
    """A page, and where the views of a session with times are."""
    page = known(context, server)
    session = made_ready(context, server, "times", TIMES)
    return page, f"{server.url}/{{}}?session={session.id}"


def test_a_click_on_an_hour_of_the_week_leads_to_its_calls(times: tuple[Page, str]) -> None:
    page, address = times
    page.goto(address.format("hours"))
    tiles = page.locator(".stPlotlyChart .bars .point")
    expect(tiles).to_have_count(48)  # Wednesday and Thursday
    expect_settled(page)
    tiles.nth(24 + 10).click(force=True)
    expect(page).to_have_url(re.compile(r"/calls\?.*weekday=4&hour=10"))
    expect(page.get_by_text("1–1 of 1")).to_be_visible()


def test_a_click_on_a_duration_leads_to_the_calls_that_last_as_long(times: tuple[Page, str]) -> None:
    page, address = times
    page.goto(address.format("durations"))
    bars = page.locator(".stPlotlyChart .bars .point path")
    expect(bars.first).to_be_attached()
    expect_settled(page)
    bars.last.click(force=True)
    expect(page).to_have_url(re.compile(r"/calls\?.*lasts=30-45"))
    expect(page.get_by_text("Lasts 30 s to 45 s")).to_be_visible()
    expect(page.get_by_text("1–1 of 1")).to_be_visible()


def test_a_setting_is_in_the_address_and_the_address_sets_it(times: tuple[Page, str]) -> None:
    page, address = times
    page.goto(address.format("waiting"))
    expect(page.get_by_text("0 of 2 queued calls wait over 1 min")).to_be_visible()
    box = page.get_by_role("spinbutton", name="A long wait (seconds)")
    expect_settled(page)
    box.fill("20")
    box.press("Enter")
    expect(page.get_by_text("1 of 2 queued calls wait over 20 s")).to_be_visible()
    expect(page).to_have_url(re.compile("over=20"))
    page.goto(page.url.replace("over=20", "over=3"))
    expect(page.get_by_text("2 of 2 queued calls wait over 3 s")).to_be_visible()
