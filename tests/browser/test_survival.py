"""Imports that lose their server or their own process in the middle."""

import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.service import Service
from core.sessions import JobState
from tests.browser.conftest import Server, open_page, serving
from tests.browser.steps import (
    SAMPLE,
    expect_summary,
    process,
    running_import,
    service_on,
    session_of,
    upload,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def session(page: Page) -> str:
    """The id of a session whose file was looked at and waits for "Process", on `page`."""
    upload(page, SAMPLE)
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    return session_of(page)


def tables_of(service: Service, session_id: str) -> list[str]:
    """The generations of tables that lie on the disk."""
    return [path.name for path in (service.store.folder(session_id) / "tables").iterdir()]


def test_work_begun_on_one_server_is_finished_on_another(
    page: Page, context: BrowserContext, server: Server, session: str
) -> None:
    service = service_on(server)
    with serving(server.home) as second:
        process(page)
        # Held still until the second server's page shows it, so that the first surely dies in the middle.
        worker = running_import(service, session)
        os.kill(worker, signal.SIGSTOP)
        watching = open_page(context, page.url.replace(server.url, second.url).replace("/files", "/summary"))
        expect(watching.get_by_role("heading", name="Reading 1 file")).to_be_visible()
        server.kill_with_children()

        expect_summary(watching, "of calls end in the middle of the menu")
        expect(watching.get_by_text("All 10,000 calls")).to_be_visible()
    done = service.store.read(session)
    assert done.job is not None
    assert (done.job.state, done.job.attempt) == (JobState.DONE, 2)
    assert tables_of(service, session) == [done.tables]


def test_work_that_only_lost_its_server_is_done_once(
    page: Page, context: BrowserContext, server: Server, session: str
) -> None:
    service = service_on(server)
    with serving(server.home) as second:
        process(page)
        worker = running_import(service, session)
        os.kill(worker, signal.SIGSTOP)
        server.kill()
        watching = open_page(context, f"{second.url}/summary?session={session}")
        expect(watching.get_by_role("heading", name="Reading 1 file")).to_be_visible()
        os.kill(worker, signal.SIGCONT)
        expect_summary(watching, "of calls end in the middle of the menu")
    done = service.store.read(session)
    assert done.job is not None
    assert (done.job.state, done.job.attempt) == (JobState.DONE, 1)
    assert tables_of(service, session) == [done.tables]


def test_an_import_that_is_killed_alone_says_so_and_can_be_done_again(page: Page, server: Server, session: str) -> None:
    service = service_on(server)
    process(page)
    os.kill(running_import(service, session), signal.SIGKILL)
    expect(page.get_by_role("heading", name="The import stopped")).to_be_visible()
    expect(page.get_by_text("Nothing is lost: the upload is kept.")).to_be_visible()
    expect(
        page.get_by_text(re.compile("stopped by the system, most likely because it needed too much"))
    ).to_be_visible()
    failed = service.store.read(session)
    (file,) = failed.files
    kept = service.store.folder(session) / "uploads" / file.id
    assert kept.read_bytes() == Path(SAMPLE).read_bytes()
    page.reload()
    page.get_by_role("button", name="Process again").click()
    expect_summary(page, "of calls end in the middle of the menu")
    expect(page.get_by_text("All 10,000 calls")).to_be_visible()
    assert [path.name for path in kept.parent.parent.joinpath("tables").iterdir()] == [
        service.store.read(session).tables
    ]
