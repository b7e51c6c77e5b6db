"""Where someone stood, and the views they saved: kept with the session, not in the browser."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.sessions import Session
from tests.browser.conftest import Server, open_page
from tests.browser.steps import expect_settled, expect_summary, known, made_ready, make_link, summary_of

pytestmark = pytest.mark.browser


@pytest.fixture
def ready(context: BrowserContext, server: Server) -> Session:
    known(context, server).close()
    return made_ready(context, server)


def expect_prices(page: Page) -> None:
    """The Path Explorer behind "Main menu", on the two calls of 6 January: each goes on to another item."""
    expect(page.get_by_role("heading", name="Path Explorer", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("From .*Main menu.*, 50% go on to"))).to_be_visible()
    expect(page.get_by_text("2 of 3 calls, 67%")).to_be_visible()


def saved_views(page: Page) -> None:
    expect_settled(page)
    page.get_by_role("button", name="Saved views").click()
    expect(page.get_by_role("textbox", name="Save this page and its filter as")).to_be_visible()


def save(page: Page, name: str) -> None:
    saved_views(page)
    page.get_by_role("textbox", name="Save this page and its filter as").fill(name)
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_role("link", name=name)).to_be_visible()
    page.keyboard.press("Escape")


def test_where_one_stood_survives_a_restart_and_comes_back_at_the_bare_address(
    context: BrowserContext, ready: Session, server: Server
) -> None:
    page = open_page(context, f"{server.url}/path_explorer?session={ready.id}&from=2025-01-06&at=1")
    expect_prices(page)
    page.reload()
    expect_prices(page)
    server.kill()
    server.start()
    bare = open_page(context, f"{server.url}/?session={ready.id}")
    expect_prices(bare)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(bare.url).query).items()}
    assert asked == {"session": ready.id, "from": "2025-01-06", "at": "1"}

    elsewhere = open_page(context, summary_of(ready.id, server))
    expect_summary(elsewhere, "33%")
    again = open_page(context, f"{server.url}/?session={ready.id}")
    expect_summary(again, "33%")


def test_saved_views_survive_a_restart_are_opened_again_and_deleted(
    context: BrowserContext, ready: Session, server: Server
) -> None:
    page = open_page(context, f"{server.url}/path_explorer?session={ready.id}&from=2025-01-06&at=1")
    expect_prices(page)
    save(page, "Mondays")
    page = open_page(context, summary_of(ready.id, server))
    expect_summary(page, "33%")
    save(page, "All of *it*")
    server.kill()
    server.start()

    page = open_page(context, summary_of(ready.id, server))
    expect_summary(page, "33%")
    saved_views(page)
    page.get_by_role("link", name="Mondays").click()
    expect_prices(page)
    saved_views(page)
    page.get_by_role("link", name="All of *it*").click()
    expect_summary(page, "33%")

    saved_views(page)
    page.get_by_role("button", name="Delete").first.click()
    expect(page.get_by_role("link", name="Mondays")).to_have_count(0)
    expect(page.get_by_role("link", name="All of *it*")).to_be_visible()
    page.reload()
    saved_views(page)
    expect(page.get_by_role("button", name="Delete")).to_have_count(1)


def test_a_saved_view_is_opened_by_whoever_reads_along_and_not_deleted(
    context: BrowserContext, ready: Session, server: Server, newcomer: Callable[[], BrowserContext]
) -> None:
    page = open_page(context, f"{server.url}/path_explorer?session={ready.id}&from=2025-01-06&at=1")
    expect_prices(page)
    save(page, "Mondays")
    link = make_link(page).replace("/path_explorer", "/summary").partition("&")[0]
    reader = open_page(newcomer(), link)
    expect_summary(reader, "33%")
    reader.get_by_role("button", name="Saved views").click()
    expect(reader.get_by_role("link", name="Mondays")).to_be_visible()
    expect(reader.get_by_role("button", name="Delete")).to_have_count(0)
    reader.get_by_role("link", name="Mondays").click()
    expect_prices(reader)
    assert "share" in parse_qs(urlsplit(reader.url).query)
