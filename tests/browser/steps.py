"""What a person does in many of these tests: drop files, process, look whose session this is."""

import io
import re
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, expect

from core.jobs.lease import HOLDER
from core.service import PROJECT, Service
from core.sessions import EVERYONE, JobState, Keyring, Owner, Session
from core.settings import Settings
from core.work import BUILD
from tests.browser.conftest import PATIENCE, Server, open_page

SAMPLE = PROJECT / "sample_data" / "clinic_helpline.csv"

# Three calls: two go on from the root to "Prices", of which one ends there although the menu goes on.
SMALL = (
    "call_id,call_date,rule_id,rule_parent_id,rule_text,popUpURL\n"
    "c1,2025-01-05 09:00:00,1,0,Main menu,NULL\n"
    "c1,2025-01-05 09:00:10,2,1,Prices,NULL\n"
    "c1,2025-01-05 09:00:20,3,2,Price of a visit,NULL\n"
    "c2,2025-01-06 10:00:00,1,0,Main menu,NULL\n"
    "c2,2025-01-06 10:00:10,2,1,Prices,NULL\n"
    "c3,2025-01-06 11:00:00,1,0,Main menu,NULL\n"
    "c3,2025-01-06 11:00:05,4,1,מחיר ביקור,NULL\n"
    "c3,2025-01-06 11:00:09,,1,A broken row,NULL\n"
)


def upload(page: Page, *files: Path | dict[str, object]) -> None:
    """Choose files where new ones are taken."""
    page.get_by_test_id("dropInput").first.set_input_files(list(files))  # type: ignore[arg-type]


def as_file(name: str, text: str) -> dict[str, object]:
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


def process(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Process .* rows?$")).click()


def session_of(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query)["session"][0]


def expect_summary(page: Page, finding: str) -> None:
    expect(page.get_by_role("heading", name="Summary", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(finding))).to_be_visible()


def service_on(server: Server) -> Service:
    """Throughline on the server's home, beside the server."""
    return Service(Settings(home=server.home))


def owner_of(context: BrowserContext, server: Server) -> Owner:
    """Whom the cookie of this browser names; it must have been here."""
    keyring = Keyring.at(server.home)
    (secret,) = [str(one["value"]) for one in context.cookies() if one["name"] == keyring.name]
    owner = keyring.owner(secret)
    assert owner is not None
    return owner


def known(context: BrowserContext, server: Server) -> Page:
    """A tab on the first screen, by which the browser has got its cookie."""
    page = open_page(context, server.url)
    expect(page.get_by_role("button", name="Try sample calls")).to_be_visible()
    return page


def made_ready(context: BrowserContext, server: Server, name: str = "calls", text: str = SMALL) -> Session:
    """A session of this browser, imported and ready, without the way through the pages."""
    service = service_on(server)
    made = service.create([("calls.csv", io.BytesIO(text.encode()))], owner=owner_of(context, server), name=name)
    service.look(made.id, by=EVERYONE)
    service.runner.wait(made.id)
    service.process(made.id, by=EVERYONE)
    ready = service.runner.wait(made.id)
    assert ready.status == "ready"
    return ready


def summary_of(session_id: str, server: Server) -> str:
    return f"{server.url}/summary?session={session_id}"


def expect_settled(page: Page) -> None:
    """The page has been drawn to its end, so that what is opened now stays open."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def expect_not_found(page: Page) -> None:
    expect(page.get_by_role("heading", name="Session not found")).to_be_visible()


def sessions_page(context: BrowserContext, server: Server) -> Page:
    page = open_page(context, f"{server.url}/sessions")
    expect(page.get_by_role("heading", name="Sessions", exact=True)).to_be_visible()
    return page


def rows(page: Page) -> Locator:
    """The names on the Sessions page, in order."""
    return page.locator("[class*='st-key-row-'] [data-testid=stPageLink] p")


def menu(page: Page, name: str) -> Locator:
    """Open what can be done with the session of that name on the Sessions page."""
    page.get_by_role("button", name=re.compile(f"^Actions for .?{re.escape(name)}")).click()
    opened = page.get_by_test_id("stPopoverBody")
    expect(opened.get_by_role("button", name="Delete")).to_be_visible()
    return opened


def make_link(page: Page, lasts: str = "") -> str:
    """Make a link in the frame of a view; its address."""
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("button", name="Make a link")).to_be_visible()
    shown = page.get_by_test_id("stCode")
    before = shown.inner_text() if shown.count() else "none"
    if lasts:
        page.get_by_role("combobox", name="The link works").click()
        page.get_by_role("option", name=lasts, exact=True).click()
    page.get_by_role("button", name="Make a link").click()
    expect(shown).not_to_have_text(before)
    link = shown.inner_text().strip()
    page.keyboard.press("Escape")
    return link


def running_import(service: Service, session_id: str) -> int:
    """The process that imports the session, once it does."""
    deadline = time.monotonic() + PATIENCE / 1000
    holder = service.store.folder(session_id) / HOLDER
    while time.monotonic() < deadline:
        job = service.store.read(session_id).job
        if job is not None and job.kind == BUILD and job.state is not JobState.QUEUED:
            assert job.state is JobState.RUNNING, "it ended before anyone looked"
            return int(holder.read_text().split()[1])
        time.sleep(0.01)
    raise AssertionError("the job did not begin")
