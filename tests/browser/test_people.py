"""A page of people in a real browser: a setting, a click to the calls, and one step back."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Server
from tests.browser.steps import expect_settled, known, made_ready

pytestmark = pytest.mark.browser

# k1 calls again after 3 days, k2 after 12; both for 2.
AGAIN = (
    "call_id,call_date,rule_id,rule_text,customer\n"
    "a,2025-05-01 09:00:00,1,Menu,k1\n"
    "b,2025-05-04 09:00:00,2,מחיר,k1\n"
    "c,2025-05-02 09:00:00,1,Menu,k2\n"
    "d,2025-05-14 09:00:00,2,מחיר,k2\n"
)


def test_who_calls_again_within_other_days_and_which_calls_these_are(context: BrowserContext, server: Server) -> None:
    page = known(context, server)
    session = made_ready(context, server, "again", AGAIN)
    page.goto(f"{server.url}/repeat_calls?session={session.id}")
    expect(page.get_by_role("heading", name=re.compile("25%"))).to_be_visible()
    expect_settled(page)
    box = page.get_by_role("spinbutton", name="Days")
    box.fill("14")
    box.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("50%"))).to_be_visible()
    expect(page).to_have_url(re.compile("days=14"))
    expect_settled(page)
    page.get_by_test_id("stDataFrame").first.click(position={"x": 15, "y": 88})  # chooses the second row
    expect(page).to_have_url(re.compile(r"/calls\?.*intent=2"))
    expect(page.get_by_text("1–2 of 2")).to_be_visible()
    expect_settled(page)
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile("50%"))).to_be_visible()
    expect(page.get_by_text("All 4 calls")).to_be_visible()
    assert "days=14" in page.url and "intent" not in page.url
