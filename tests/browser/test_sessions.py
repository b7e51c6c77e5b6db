"""The Sessions page, and the session's name in the frame: what is mine, and what can be done with it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.sessions import EVERYONE, Session
from tests.browser.conftest import Server, open_page, serving
from tests.browser.steps import (
    expect_not_found,
    expect_settled,
    expect_summary,
    known,
    made_ready,
    menu,
    owner_of,
    rows,
    service_on,
    session_of,
    sessions_page,
    summary_of,
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("sessions") / "home") as server:
        yield server


@pytest.fixture
def ready(context: BrowserContext, server: Server) -> Session:
    known(context, server).close()
    return made_ready(context, server, "January")


def copied(context: BrowserContext, server: Server, session: Session, *names: str) -> None:
    """Copies of the session under these names, the last one newest."""
    service = service_on(server)
    for name in names:
        copy = service.copy(session.id, by=EVERYONE, owner=owner_of(context, server))
        service.rename(copy.id, name, by=EVERYONE)


def expect_rows(page: Page, *names: str) -> None:
    expect(rows(page)).to_have_text([f"\u2068{name}\u2069" for name in names])


def test_the_newest_is_first_and_a_new_name_is_a_change(
    context: BrowserContext, ready: Session, server: Server
) -> None:
    copied(context, server, ready, "February", "March")
    page = sessions_page(context, server)
    expect_rows(page, "March", "February", "January")
    opened = menu(page, "January")
    opened.get_by_role("textbox", name="Name").fill("  New   year <b>*1*</b> ")
    opened.get_by_role("button", name="Rename").click()
    expect_rows(page, "New year <b>*1*</b>", "March", "February")
    page.reload()
    expect_rows(page, "New year <b>*1*</b>", "March", "February")


def test_a_duplicate_is_a_session_of_its_own(context: BrowserContext, ready: Session, server: Server) -> None:
    page = sessions_page(context, server)
    menu(page, "January").get_by_role("button", name="Duplicate").click()
    expect_rows(page, "Copy of January", "January")
    page.keyboard.press("Escape")
    rows(page).first.click()
    expect_summary(page, "33%")
    assert session_of(page) != ready.id
    service_on(server).delete(ready.id, by=EVERYONE)
    page.reload()
    expect_summary(page, "33%")


def test_a_deleted_session_can_be_had_back(context: BrowserContext, ready: Session, server: Server) -> None:
    copied(context, server, ready, "February")
    page = sessions_page(context, server)
    menu(page, "January").get_by_role("button", name="Delete").click()
    expect_rows(page, "February")
    expect_not_found(open_page(context, summary_of(ready.id, server)))
    page.get_by_role("button", name="Undo").click()
    expect_rows(page, "February", "January")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)

    menu(page, "January").get_by_role("button", name="Delete").click()
    expect_rows(page, "February")
    page.reload()
    page.get_by_text("Recently deleted (1)").click()
    page.get_by_role("button", name="Restore", exact=True).click()
    expect_rows(page, "February", "January")
    expect_summary(open_page(context, summary_of(ready.id, server)), "33%")

    menu(page, "January").get_by_role("button", name="Delete").click()
    expect_rows(page, "February")
    page.get_by_text("Recently deleted (1)").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("Recently deleted")).to_have_count(0)
    expect_rows(page, "February")
    assert ready.id not in {path.name for path in server.home.rglob("*")}


def test_the_session_that_is_open_can_be_deleted_from_the_list(
    context: BrowserContext, ready: Session, server: Server
) -> None:
    page = open_page(context, summary_of(ready.id, server))
    expect_summary(page, "33%")
    page.get_by_role("link", name="All sessions").click()
    expect(page.get_by_test_id("stMain").get_by_text("Current")).to_be_visible()
    menu(page, "January").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No sessions yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect_rows(page, "January")


def test_a_zip_that_was_downloaded_becomes_the_session_again(
    context: BrowserContext, ready: Session, server: Server, tmp_path: Path
) -> None:
    page = open_page(context, f"{summary_of(ready.id, server)}&from=2025-01-06")
    expect_summary(page, "50%")
    page.get_by_role("link", name="All sessions").click()
    archive = tmp_path / "january.zip"
    with page.expect_download() as download:
        menu(page, "January").get_by_role("button", name="Download as zip").click()
    download.value.save_as(archive)
    page.keyboard.press("Escape")
    service_on(server).delete(ready.id, by=EVERYONE)

    page = sessions_page(context, server)
    page.get_by_role("button", name="Restore from a zip").click()
    page.get_by_test_id("dropInput").set_input_files(archive)
    expect_summary(page, "50%")
    expect(page.get_by_text("2 of 3 calls, 67%")).to_be_visible()
    expect(page.get_by_text("1 file · 3 calls · 7 steps")).to_be_visible()
    restored = service_on(server).store.read(session_of(page))
    assert {name: value for name, value in restored.found.items() if name != "of"} == {
        name: value for name, value in ready.found.items() if name != "of"
    }
    expect_rows(sessions_page(context, server), "January")


def test_a_zip_that_is_no_session_is_refused_in_words(context: BrowserContext, server: Server) -> None:
    page = sessions_page(context, server)
    page.get_by_role("button", name="Restore from a zip").click()
    wrong = {"name": "holiday.zip", "mimeType": "application/zip", "buffer": b"PK\x03\x04 not a session"}
    page.get_by_test_id("dropInput").set_input_files(wrong)  # type: ignore[arg-type]
    expect(page.locator(".words")).to_contain_text("No session can be made from this archive")
    expect(page.get_by_text("No sessions yet")).to_be_visible()


def test_another_session_is_one_click_away_in_the_frame(
    context: BrowserContext, ready: Session, server: Server
) -> None:
    copied(context, server, ready, "February")
    page = open_page(context, f"{summary_of(ready.id, server)}&from=2025-01-06")
    expect_summary(page, "50%")
    page.get_by_role("button", name="January").click()
    page.get_by_role("link", name="February").click()
    expect_summary(page, "33%")
    page.wait_for_url(lambda url: ready.id not in url)
    page.reload()
    expect_settled(page)
    page.get_by_role("button", name="February").click()
    page.get_by_role("link", name="January").click()
    expect_summary(page, "50%")
    page.go_back()
    expect_summary(page, "33%")
    page.go_forward()
    expect_summary(page, "50%")

    expect_settled(page)
    page.get_by_role("button", name="January").click()
    name = page.get_by_role("textbox", name="Name of this session")
    name.fill("Winter")
    name.press("Enter")
    expect(page.get_by_role("button", name="Winter")).to_be_visible()
    assert service_on(server).store.read(ready.id).name == "Winter"


def test_a_long_list_is_turned_page_by_page_and_searched(
    context: BrowserContext, ready: Session, server: Server
) -> None:
    copied(context, server, ready, *(f"Week {number}" for number in range(1, 31)))
    page = sessions_page(context, server)
    expect_rows(page, *(f"Week {number}" for number in range(30, 5, -1)))
    page.get_by_role("radio", name="2").click()
    expect_rows(page, "Week 5", "Week 4", "Week 3", "Week 2", "Week 1", "January")
    menu(page, "Week 3").get_by_role("button", name="Delete").click()
    expect_rows(page, "Week 5", "Week 4", "Week 2", "Week 1", "January")
    find = page.get_by_role("textbox", name="Find by name")
    find.fill("WEEK 2")
    find.press("Enter")
    expect_rows(page, *(f"Week {number}" for number in range(29, 19, -1)), "Week 2")


def test_a_damaged_session_is_listed_as_such_and_the_others_go_on(
    context: BrowserContext, ready: Session, server: Server
) -> None:
    copied(context, server, ready, "February")
    record = service_on(server).store.folder(ready.id) / "session.json"
    record.write_bytes(record.read_bytes()[:-9])
    page = sessions_page(context, server)
    expect_rows(page, "February")
    expect(page.get_by_text(f"Its id is {ready.id}")).to_be_visible()
    menu(page, "a damaged session").get_by_role("button", name="Delete").click()
    expect(page.get_by_text(f"Its id is {ready.id}")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(f"Its id is {ready.id}")).to_be_visible()
    rows(page).first.click()
    expect_summary(page, "33%")


def test_the_page_is_worked_by_keyboard_and_every_button_has_a_name(
    context: BrowserContext, ready: Session, server: Server
) -> None:
    page = sessions_page(context, server)
    expect_rows(page, "January")
    for button in page.get_by_role("button").all():
        name = button.evaluate("one => one.getAttribute('aria-label') || one.innerText")
        assert (name.strip() and not re.fullmatch(r"\w+( icon)?", name)) or name in ("Undo", "Share"), name
    actions = page.get_by_role("button", name="Actions for")
    page.locator("body").press("Tab")
    for _ in range(40):
        if actions.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(actions).to_be_focused()
    page.keyboard.press("Enter")
    opened = page.get_by_role("dialog", name=re.compile("Actions for"))
    expect(opened.get_by_role("button", name="Duplicate")).to_be_visible()
    page.keyboard.press("Escape")
    expect(opened).to_have_count(0)
    expect(actions).to_be_focused()
