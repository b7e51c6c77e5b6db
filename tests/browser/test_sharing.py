"""Links to read a session by: what their readers see, and how they end."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.sessions import EVERYONE, Session, utc_now
from tests.browser.conftest import Server, open_page, serving
from tests.browser.steps import (
    SAMPLE,
    expect_not_found,
    expect_summary,
    known,
    made_ready,
    make_link,
    owner_of,
    rows,
    running_import,
    service_on,
    session_of,
    sessions_page,
    summary_of,
)

pytestmark = pytest.mark.browser

CHANGES = re.compile("Share|Rename|Process|Cancel|Add files|Actions for|Save view|Delete|Remove")

Newcomer = Callable[[], BrowserContext]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("sharing") / "home") as server:
        yield server


@pytest.fixture
def owner(newcomer: Newcomer) -> BrowserContext:
    """The browser of whoever shares."""
    return newcomer()


@pytest.fixture
def ready(owner: BrowserContext, server: Server) -> Session:
    known(owner, server)
    return made_ready(owner, server, "figures")


def filtered(owner: BrowserContext, ready: Session, server: Server) -> Page:
    """The owner's tab on the two calls of 6 January."""
    page = open_page(owner, summary_of(ready.id, server) + "&from=2025-01-06")
    expect_summary(page, "50% of calls")
    return page


def test_a_link_shows_what_its_maker_saw_and_nothing_can_be_changed(
    owner: BrowserContext, ready: Session, newcomer: Newcomer, server: Server
) -> None:
    page = filtered(owner, ready, server)
    link = make_link(page)
    assert ready.id not in link
    reader = open_page(newcomer(), link)
    expect_summary(reader, "50% of calls")
    expect(reader.get_by_text("2 of 3 calls, 67%")).to_be_visible()
    expect(reader.get_by_text("Shared with you, to read.")).to_be_visible()
    expect(reader.get_by_role("button", name=CHANGES)).to_have_count(0)

    reader.get_by_role("link", name="Path Explorer", exact=True).click()
    expect(reader.get_by_role("heading", name="Path Explorer", exact=True)).to_be_visible()
    expect(reader.get_by_text("2 of 3 calls, 67%")).to_be_visible()
    reader.get_by_role("link", name="Files & columns").click()
    expect(reader.get_by_role("heading", name="Files & columns")).to_be_visible()
    expect(reader.get_by_role("combobox", name="Role of column 1")).to_be_disabled()
    expect(reader.get_by_role("button", name=CHANGES)).to_have_count(0)
    reader.get_by_role("link", name="All sessions").click()
    expect(reader.get_by_text("No sessions yet")).to_be_visible()

    expect_not_found(open_page(reader.context, summary_of(ready.id, server)))


def test_a_copy_of_what_is_shared_is_its_readers_own(
    owner: BrowserContext, ready: Session, newcomer: Newcomer, server: Server
) -> None:
    reader = open_page(newcomer(), make_link(filtered(owner, ready, server)))
    expect_summary(reader, "50% of calls")
    reader.get_by_role("button", name="Make a copy").click()
    expect(reader.get_by_role("button", name="Share")).to_be_visible()
    expect_summary(reader, "50% of calls")
    copied = session_of(reader)
    assert copied != ready.id
    assert "share" not in parse_qs(urlsplit(reader.url).query)
    expect(rows(sessions_page(reader.context, server))).to_have_text([re.compile("Copy of figures")])
    expect(rows(sessions_page(owner, server))).to_have_text([re.compile("^.figures")])

    service = service_on(server)
    service.delete(ready.id, by=EVERYONE)
    reader.reload()
    expect_summary(reader, "50% of calls")
    assert service.store.read(copied).owner == owner_of(reader.context, server).key


def test_a_link_is_listed_and_once_revoked_it_opens_nothing(
    owner: BrowserContext, ready: Session, newcomer: Newcomer, server: Server
) -> None:
    page = filtered(owner, ready, server)
    link = make_link(page)
    other = make_link(page, "7 days")
    page.reload()
    page.get_by_role("button", name="Share").click()
    listed = page.get_by_test_id("stPopoverBody")
    expect(listed.get_by_text(re.compile("works until"))).to_have_text(
        [re.compile(r"Made .*, works until \d+ \w+ \d{4}, \d\d:\d\d UTC"), re.compile("works until you revoke it")]
    )
    expect(page.get_by_test_id("stCode")).to_have_count(0)

    reader = open_page(newcomer(), link)
    expect_summary(reader, "50% of calls")
    listed.get_by_role("button", name="Revoke").last.click()
    expect(listed.get_by_role("button", name="Revoke")).to_have_count(1)
    reader.get_by_role("button", name="Make a copy").click()
    expect_not_found(reader)
    reader.reload()
    expect_not_found(reader)
    expect_summary(open_page(reader.context, other), "50% of calls")


def test_a_link_that_has_run_out_opens_nothing_and_is_no_longer_listed(
    owner: BrowserContext, ready: Session, newcomer: Newcomer, server: Server
) -> None:
    page = filtered(owner, ready, server)
    link = make_link(page, "1 day")
    reader = open_page(newcomer(), link)
    expect_summary(reader, "50% of calls")

    def over(session: Session) -> Session:
        (share,) = session.shares
        assert share.expires is not None
        assert timedelta(hours=23) < share.expires - utc_now() <= timedelta(days=1)
        return msgspec.structs.replace(session, shares=(msgspec.structs.replace(share, expires=utc_now()),))

    service_on(server).store.update(ready.id, over)
    reader.reload()
    expect_not_found(reader)
    page.reload()
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("button", name="Make a link")).to_be_visible()
    expect(page.get_by_role("button", name="Revoke")).to_have_count(0)


@pytest.mark.parametrize("mangled", ["", "x", "{link}x", "{cut}"])
def test_a_link_that_is_not_complete_is_like_one_that_never_was(
    owner: BrowserContext, ready: Session, newcomer: Newcomer, server: Server, mangled: str
) -> None:
    token = service_on(server).share(ready.id, by=EVERYONE)
    wrong = mangled.format(link=token, cut=token[:-1])
    expect_not_found(open_page(newcomer(), f"{server.url}/summary?share={wrong}"))


def test_whoever_reads_along_during_an_import_cannot_call_it_off(
    owner: BrowserContext, newcomer: Newcomer, server: Server
) -> None:
    known(owner, server)
    service = service_on(server)
    with Path(SAMPLE).open("rb") as file:
        made = service.create([("calls.csv", file)], owner=owner_of(owner, server))
    other, shared = newcomer(), f"{server.url}/summary?share={service.share(made.id, by=EVERYONE)}"
    service.process(made.id, by=EVERYONE)
    worker = running_import(service, made.id)
    os.kill(worker, signal.SIGSTOP)  # not for long: what tells nothing is taken for dead
    try:
        page = open_page(owner, summary_of(made.id, server))
        expect(page.get_by_role("button", name="Cancel import")).to_be_visible()
        reader = open_page(other, shared)
        expect(reader.get_by_role("heading", name="Reading 1 file")).to_be_visible()
        expect(reader.get_by_role("button", name=CHANGES)).to_have_count(0)
    finally:
        os.kill(worker, signal.SIGCONT)
    expect_summary(reader, "of calls end in the middle of the menu")
    expect_summary(page, "of calls end in the middle of the menu")
