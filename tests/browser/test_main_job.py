"""The main job in a real browser: drop, look, process, read, reload, restart, share."""

import csv
import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from core.service import PROJECT
from tests.browser.conftest import Server, open_page
from tests.browser.steps import SAMPLE, SMALL, as_file, expect_settled, expect_summary, process, session_of, upload

pytestmark = pytest.mark.browser


def test_a_file_is_dropped_processed_and_read(page: Page, context: BrowserContext) -> None:
    upload(page, as_file("march calls.csv", SMALL))
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    for fact in ("march calls.csv", "8 rows", "6 columns", "UTF-8", "comma"):
        expect(page.get_by_test_id("stMain")).to_contain_text(fact)
    process(page)
    expect_summary(page, "33% of calls end in the middle of the menu")
    expect(page.get_by_text("1 of 3 calls end on a menu item")).to_be_visible()
    address = page.url

    page.reload()
    expect_summary(page, "33% of calls")
    assert page.url == address

    colleague = open_page(context, address)
    expect_summary(colleague, "33% of calls")


def test_the_path_explorer_drills_down_and_its_address_is_the_view(page: Page, context: BrowserContext) -> None:
    upload(page, as_file("calls.csv", SMALL))
    process(page)
    expect_summary(page, "33%")
    page.get_by_role("link", name="Path Explorer", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("Every call begins with"))).to_be_visible()

    steps = page.get_by_test_id("stPlotlyChart").first
    steps.locator(".bars .point path").first.click(force=True)
    expect(page.get_by_role("heading", name=re.compile("From .*Main menu.*, 67% go on to .*Prices"))).to_be_visible()
    assert parse_qs(urlsplit(page.url).query)["at"] == ["1"]

    colleague = open_page(context, page.url)
    expect(colleague.get_by_role("heading", name=re.compile("67% go on to"))).to_be_visible()

    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("heading", name=re.compile("Every call begins with"))).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile("67% go on to"))).to_be_visible()


def test_an_export_holds_every_row_that_is_shown(page: Page) -> None:
    upload(page, as_file("calls.csv", SMALL))
    process(page)
    expect_summary(page, "33%")
    page.goto(page.url.replace("/summary", "/path_explorer") + "&at=1")
    expect(page.get_by_role("heading", name=re.compile("67% go on to"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    assert [(row["node"], row["label"], row["n_calls"], row["n_ended"]) for row in rows] == [
        ("2", "Prices", "2", "1"),
        ("4", "מחיר ביקור", "1", "1"),
    ]


def test_a_filter_is_in_the_address_and_one_click_clears_it(page: Page, context: BrowserContext) -> None:
    upload(page, as_file("calls.csv", SMALL))
    process(page)
    expect_summary(page, "33%")
    page.goto(page.url + "&from=2025-01-06")
    expect(page.get_by_text("2 of 3 calls, 67%")).to_be_visible()
    expect_summary(page, "50% of calls")
    page.get_by_role("link", name="Path Explorer", exact=True).click()
    expect(page.get_by_role("heading", name="Path Explorer", exact=True)).to_be_visible()
    expect(page.get_by_text("2 of 3 calls, 67%")).to_be_visible()
    expect_summary(open_page(context, page.url.replace("/path_explorer", "/summary")), "50% of calls")
    page.get_by_role("button", name="from 6 Jan 2025").click()
    expect(page.get_by_text("All 3 calls")).to_be_visible()


def test_a_file_that_cannot_be_used_says_why_and_the_others_go_on(page: Page) -> None:
    empty = as_file("empty.csv", "")
    prose = as_file("letter.txt", "Dear all,\nplease find the log attached.\n")
    upload(page, as_file("calls.csv", SMALL), empty, prose)
    expect(page.get_by_text("The file is empty.")).to_be_visible()
    expect(page.get_by_text("This is not a table")).to_be_visible()
    process(page)
    expect_summary(page, "33%")


def test_columns_are_mapped_by_hand_where_no_name_tells(page: Page) -> None:
    text = "wer;was;wann\nNA;A;01.02.2025 10:00\nNA;B;01.02.2025 10:01\n2;A;02.02.2025 09:00\n"
    upload(page, as_file("fremd.csv", text))
    expect(page.get_by_text("which column is the call and which the step.")).to_be_visible()
    expect(page.get_by_role("button", name="Process 3 rows")).to_be_disabled()
    asked = ("which column is the step.", "Nothing is computed yet.")
    for column, role, then in ((1, "Call", asked[0]), (2, "Step", asked[1])):
        expect_settled(page)
        page.get_by_role("combobox", name=f"Role of column {column}").click()
        page.get_by_role("option", name=re.compile(f"^{role}")).click()
        expect(page.get_by_text(then)).to_be_visible()
        expect(page.get_by_role("combobox", name=f"Role of column {column}")).to_have_count(1)
        expect(page.get_by_role("combobox", name=f"Role of column {column}")).to_have_value(re.compile(f"^{role}"))
    page.reload()
    process(page)
    expect_summary(page, "1 of 2 paths carry 50%|2 of 2 paths carry 100%")


def test_the_sample_is_one_click_and_a_reload_at_every_moment_loses_nothing(page: Page) -> None:
    page.get_by_role("button", name="Try sample calls").click()
    page.wait_for_url(re.compile("session="))
    address = page.url
    for _ in range(4):
        page.reload()
        expect(page.get_by_test_id("stApp")).to_be_visible()
    expect_summary(page, "of calls end in the middle of the menu")
    expect(page.get_by_text("All 10,000 calls")).to_be_visible()
    assert session_of(page) == parse_qs(urlsplit(address).query)["session"][0]


@pytest.mark.parametrize("crash", ["server", "server and job"])
def test_a_server_killed_in_the_middle_finishes_the_job_after_a_restart(page: Page, server: Server, crash: str) -> None:
    upload(page, SAMPLE)
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    process(page)
    page.wait_for_url(re.compile("/summary"))
    address = page.url
    server.kill() if crash == "server" else server.kill_with_children()
    server.start()
    again = open_page(page.context, address)
    expect_summary(again, "of calls end in the middle of the menu")
    expect(again.get_by_text("All 10,000 calls")).to_be_visible()


def test_a_server_killed_while_it_looks_at_the_files_goes_on_looking(page: Page, server: Server) -> None:
    upload(page, SAMPLE)
    page.wait_for_url(re.compile("/files.*session="))
    server.kill_with_children()
    server.start()
    again = open_page(page.context, page.url)
    expect(again.get_by_role("heading", name="Is this right?")).to_be_visible()
    expect(again.get_by_test_id("stMain")).to_contain_text("37,622 rows")
    server.kill()
    server.start()
    process(open_page(page.context, page.url))
    expect_summary(open_page(page.context, page.url.replace("/files", "/summary")), "of calls end in the middle")


def test_a_page_that_was_open_goes_on_by_itself_after_a_restart(page: Page, server: Server) -> None:
    upload(page, as_file("calls.csv", SMALL))
    process(page)
    expect_summary(page, "33%")
    app = page.get_by_test_id("stApp")
    server.kill()
    expect(app).not_to_have_attribute("data-test-connection-state", "CONNECTED")
    server.start()
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
    page.get_by_role("link", name="Path Explorer", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("Every call begins with"))).to_be_visible()


def test_a_restart_finishes_the_job_with_nobody_looking(page: Page, server: Server) -> None:
    from core.sessions import SessionStore

    upload(page, SAMPLE)
    process(page)
    page.wait_for_url(re.compile("/summary"))
    session = session_of(page)
    server.kill_with_children()
    page.close()
    server.start()
    store = SessionStore(server.home)
    watcher = page.context.new_page()
    for _ in range(600):
        if store.read(session).status == "ready":
            break
        watcher.wait_for_timeout(100)
    assert store.read(session).found["n_calls"] == 10_000


def test_a_deep_link_is_the_first_request_after_a_start(page: Page, server: Server) -> None:
    upload(page, as_file("calls.csv", SMALL))
    process(page)
    expect_summary(page, "33%")
    address = page.url.replace("/summary", "/path_explorer") + "&at=1"
    server.kill()
    page.close()
    server.start()
    cold = open_page(page.context, address)
    expect(cold.get_by_role("heading", name=re.compile("67% go on to"))).to_be_visible()
    expect(cold.get_by_role("link", name="Summary", exact=True)).to_be_visible()
    expect(cold.get_by_role("dialog")).to_have_count(0)


def test_an_address_of_no_session_says_so_and_offers_a_way_on(page: Page, server: Server) -> None:
    for wrong in ("00000000-0000-4000-8000-000000000000", "../../etc/passwd", "x"):
        page.goto(f"{server.url}/summary?session={wrong}")
        expect(page.get_by_role("heading", name="Session not found")).to_be_visible()
    page.get_by_role("link", name="Start with new files").click()
    expect(page.get_by_role("heading", name="See where your callers go, get stuck and leave")).to_be_visible()


def test_a_cancelled_import_can_be_begun_again(page: Page, server: Server) -> None:
    upload(page, SAMPLE)
    process(page)
    page.get_by_role("button", name="Cancel import").click()
    expect(page.get_by_role("heading", name="The import was cancelled")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Process again").click()
    expect_summary(page, "of calls end in the middle of the menu")


def test_a_file_imported_on_the_command_line_is_open_by_its_address(page: Page, server: Server, tmp_path: Path) -> None:
    import json
    import os
    import subprocess
    import sys

    path = tmp_path / "calls.csv"
    path.write_text(SMALL)
    done = subprocess.run(
        [sys.executable, "-m", "core", "import", str(path), "--json"],
        cwd=PROJECT,
        env={**os.environ, "THROUGHLINE_HOME": str(server.home)},
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    page.goto(told["address"].replace("http://localhost:8501", server.url))
    expect_summary(page, "33%")
