"""Sessions belong to the browser that made them: no other sees, lists, fetches or changes them."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core import downloads
from core.sessions import Keyring
from tests.browser.conftest import Server, listening, open_page, serving
from tests.browser.steps import (
    SMALL,
    as_file,
    expect_not_found,
    expect_settled,
    expect_summary,
    known,
    made_ready,
    menu,
    owner_of,
    process,
    rows,
    session_of,
    sessions_page,
    summary_of,
    upload,
)
from tests.browser.stripping import without_cookies

pytestmark = pytest.mark.browser

NEVER = "11111111-1111-4111-8111-111111111111"
CHANGES = re.compile("Share|Rename|Delete|Process|Cancel|Add files|Make a copy|Actions for|Saved views")

Newcomer = Callable[[], BrowserContext]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all of these tests: that their browsers do not meet is what they are about."""
    with serving(tmp_path_factory.mktemp("privacy") / "home") as server:
        yield server


def what_is_said(page: Page) -> str:
    expect_not_found(page)
    main = page.get_by_test_id("stMain")
    expect_settled(page)
    expect(main.get_by_role("link", name="Start with new files")).to_be_visible()
    return main.inner_text()


def test_the_full_address_of_someone_elses_session_is_like_one_that_never_was(
    page: Page, newcomer: Newcomer, server: Server
) -> None:
    upload(page, as_file("secret figures.csv", SMALL))
    process(page)
    expect_summary(page, "33%")
    session = session_of(page)
    other = newcomer()
    never = what_is_said(open_page(other, summary_of(NEVER, server)))
    for path in ("/summary", "/files", "/path_explorer", "/sessions", "/"):
        found = open_page(other, f"{server.url}{path}?session={session}")
        expect(found.get_by_test_id("stMain")).to_have_text(never, use_inner_text=True)
        assert "secret figures" not in found.content()
        expect(found.get_by_role("button", name=CHANGES)).to_have_count(0)
        found.close()


def test_the_lists_show_ones_own_sessions_only(context: BrowserContext, newcomer: Newcomer, server: Server) -> None:
    mine = known(context, server)
    made_ready(context, server, "secret figures")
    mine.reload()
    mine.get_by_role("button", name="Open an earlier session").click()
    expect(mine.get_by_role("link", name="secret figures")).to_be_visible()

    theirs = known(newcomer(), server)
    expect(theirs.get_by_role("button", name="Open an earlier session")).to_have_count(0)
    expect(sessions_page(theirs.context, server).get_by_text("No sessions yet")).to_be_visible()


def test_a_download_address_works_in_its_owners_browser_only(
    context: BrowserContext, newcomer: Newcomer, server: Server
) -> None:
    known(context, server)
    session = made_ready(context, server)
    keyring = Keyring.at(server.home)
    address = server.url + downloads.address(keyring, session.id, owner_of(context, server))
    fetched = context.request.get(address)
    assert (fetched.status, fetched.body()[:4]) == (200, b"PK\x03\x04")

    other = newcomer()
    known(other, server)
    never = other.request.get(f"{server.url}/download/{NEVER}.zip")
    own = downloads.address(keyring, NEVER, owner_of(other, server)).partition("?")[2]
    for refused in (address, address.partition("?")[0], f"{address.partition('?')[0]}?{own}"):
        answer = other.request.get(refused)
        assert (answer.status, answer.body()) == (404, never.body())
    assert never.status == 404


@pytest.mark.parametrize("issued_by", ["an attacker", "another server"])
def test_a_cookie_that_we_did_not_issue_is_replaced(
    context: BrowserContext, server: Server, tmp_path: Path, issued_by: str
) -> None:
    keyring = Keyring.at(server.home)
    planted = "chosen" if issued_by == "an attacker" else Keyring.at(tmp_path / "elsewhere").issue()
    context.add_cookies([{"name": keyring.name, "value": planted, "url": server.url}])
    page = known(context, server)
    (cookie,) = [one for one in context.cookies() if one["name"] == keyring.name]
    assert cookie["value"] != planted
    assert keyring.owner(str(cookie["value"])) is not None
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")

    page.reload()
    expect(page.get_by_role("button", name="Try sample calls")).to_be_visible()
    (after,) = [one for one in context.cookies() if one["name"] == keyring.name]
    assert after["value"] == cookie["value"], "and the one that we issued is kept"


def test_a_browser_that_does_not_get_our_cookie_keeps_its_sessions_over_a_reload(
    newcomer: Newcomer, server: Server
) -> None:
    keyring = Keyring.at(server.home)
    listening(server.url)
    with without_cookies(server.port, keyring.name) as url:
        context = newcomer()
        page = open_page(context, url)
        upload(page, as_file("calls.csv", SMALL))
        process(page)
        expect_summary(page, "33%")
        assert keyring.name not in {one["name"] for one in context.cookies()}

        page.reload()
        expect_summary(page, "33%")
        deep = open_page(context, page.url.replace("/summary", "/path_explorer") + "&at=1")
        expect(deep.get_by_role("heading", name=re.compile("67% go on to"))).to_be_visible()
        listed = open_page(context, f"{url}/sessions")
        expect(rows(listed)).to_have_text([re.compile("calls")])
        with listed.expect_download() as download:
            menu(listed, "calls").get_by_role("button", name="Download as zip").click()
        assert Path(download.value.path()).read_bytes()[:4] == b"PK\x03\x04"
        expect_not_found(open_page(newcomer(), page.url))


def test_a_browser_that_gets_no_cookie_at_all_can_do_all_the_same(newcomer: Newcomer, server: Server) -> None:
    listening(server.url)
    with without_cookies(server.port) as url:
        context = newcomer()
        page = open_page(context, url)
        upload(page, as_file("calls.csv", SMALL))
        process(page)
        expect_summary(page, "33%")
        page.reload()
        expect_summary(page, "33%")
        assert context.cookies() == []
        expect_not_found(open_page(newcomer(), page.url))

        # Streamlit's own uploader knows its page by a cookie: where it is all there is, that is said before the drop.
        context.route("**/upload", lambda route: route.fulfill(status=404, body="Not Found"))
        expect(open_page(context, url).get_by_text("without them no file can be received")).to_be_visible()


def test_a_team_that_shares_its_server_sees_all_sessions(newcomer: Newcomer, tmp_path: Path) -> None:
    with serving(tmp_path / "home", THROUGHLINE_ACCESS="shared") as server:
        page = known(newcomer(), server)
        expect(page.get_by_text("Everyone who can reach this server sees all sessions")).to_be_visible()
        upload(page, as_file("team.csv", SMALL))
        process(page)
        expect_summary(page, "33%")

        colleague = newcomer()
        expect_summary(open_page(colleague, page.url), "33%")
        listed = sessions_page(colleague, server)
        opened = menu(listed, "team")
        opened.get_by_role("textbox", name="Name").fill("ours")
        opened.get_by_role("button", name="Rename").click()
        expect(rows(listed)).to_have_text([re.compile("ours")])
        expect(rows(sessions_page(page.context, server))).to_have_text([re.compile("ours")])
