"""The wizard in a real browser: what was not guessed is asked for, and many columns stay usable."""

import io
import re

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.steps import as_file, expect_settled, process, upload

pytestmark = pytest.mark.browser

WIDE = ",".join(f"x{number}" for number in range(50)) + "\n" + "".join(
    ",".join([f"{row // 2}", f"{row % 2}", *["y"] * 48]) + "\n" for row in range(6)
)  # fmt: skip
MENU = "id,parent_id,name\n1,0,Main\n2,1,Prices\n3,1,Opening hours\n"
LOG = "session,node\n" + "".join(f"s{n // 2},{n % 2 + 1}\n" for n in range(40))


def test_of_fifty_columns_the_call_and_the_step_are_asked_for_and_the_rest_is_changed_in_a_table(page: Page) -> None:
    upload(page, as_file("wide.csv", WIDE))
    for role, column in (("call", "x0"), ("step", "x1")):
        expect(page.get_by_role("heading", name=f"Which column is the {role}?")).to_be_visible()
        page.get_by_role("combobox", name=f"Column that is the {role}").click()
        page.get_by_role("option", name=re.compile(rf"{column}\b")).click()
        expect(page.get_by_role("heading", name=f"Which column is the {role}?")).to_have_count(0)
    expect(page.get_by_text("The other 48 columns")).to_be_visible()

    table = page.get_by_test_id("stDataFrame").first
    expect(table.locator("canvas").first).to_be_visible()
    box = table.bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + 200, box["y"] + 35 + 17)  # the role of the first row, which is x2
    page.get_by_role("option", name="Agent", exact=True).click()
    expect(page.get_by_role("combobox", name="Role of column 3", exact=True)).to_have_value("Agent")

    page.get_by_role("button", name="Leave all out").click()
    expect(page.get_by_role("button", name="Leave all out")).to_be_disabled()
    page.reload()
    expect(page.get_by_role("button", name="Leave all out")).to_be_disabled()
    process(page)
    expect(page.get_by_text("All 3 calls")).to_be_visible()


def test_a_menu_beside_a_log_tells_what_nobody_reaches(page: Page) -> None:
    upload(page, as_file("menu.csv", MENU), as_file("log.csv", LOG))
    expect(page.get_by_role("heading", name=re.compile("menu.csv.* describes the menu"))).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("log.csv.* holds calls"))).to_be_visible()
    process(page)
    expect(page.get_by_text("All 20 calls")).to_be_visible()
    page.goto(page.url.replace("/summary", "/unreachable"))
    expect(page.get_by_test_id("stMain")).to_contain_text("1 of 3")


def workbook(**sheets: str) -> dict[str, object]:
    """A workbook with a sheet for each name, whose rows are lines with commas."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        for name, lines in sheets.items():
            sheet = book.add_worksheet(name)
            for number, line in enumerate(lines.splitlines()):
                sheet.write_row(number, 0, line.split(","))
    return {"name": "calls.xlsx", "mimeType": "application/octet-stream", "buffer": data.getvalue()}


def test_the_sheet_of_a_workbook_that_is_chosen_is_the_one_that_is_imported(page: Page) -> None:
    small = "call_id,rule_id,rule_text\nc1,1,Main\nc2,1,Main\n"
    upload(page, workbook(January=LOG, פברואר=small))
    expect(page.get_by_role("combobox", name="Sheet")).to_have_value(re.compile("January"))
    expect(page.get_by_role("button", name="Process 40 rows")).to_be_visible()
    expect_settled(page)
    page.get_by_role("combobox", name="Sheet").click()
    page.get_by_role("option", name="פברואר").click()
    expect(page.get_by_role("button", name="Process 2 rows")).to_be_visible()
    page.reload()
    expect(page.get_by_role("combobox", name="Sheet")).to_have_value(re.compile("פברואר"))
    process(page)
    expect(page.get_by_text("All 2 calls")).to_be_visible()


def test_of_a_pseudonymised_column_nothing_raw_is_left_once_the_uploads_are_deleted(page: Page, server: Server) -> None:
    raw = "050-7654321"
    calls = f"call_id,rule_id,phone\nc1,1,{raw}\nc1,2,{raw}\nc2,1,052-1112223\n"
    upload(page, as_file("calls.csv", calls))
    expect(page.get_by_text("Looks personal: its name says so.")).to_be_visible()
    assert raw in page.get_by_test_id("stMain").inner_text()
    expect_settled(page)
    page.get_by_role("button", name="Pseudonymise", exact=True).click()
    expect(page.get_by_role("checkbox", name="Pseudonymise").last).to_be_checked()
    expect(page.get_by_test_id("stMain")).not_to_contain_text(raw)
    process(page)
    expect(page.get_by_text("All 2 calls")).to_be_visible()

    page.get_by_role("link", name="Files & columns").click()
    page.get_by_role("button", name="Delete the uploads").click()
    page.get_by_role("button", name="Delete them for good").click()
    expect(page.get_by_text("The uploads were deleted. Every figure stays")).to_be_visible()
    expect(page.get_by_test_id("stMain")).not_to_contain_text(raw)
    kept = [path for path in server.home.rglob("*") if path.is_file() and raw.encode() in path.read_bytes()]
    assert kept == []
    page.get_by_role("link", name="Summary").click()
    expect(page.get_by_text("All 2 calls")).to_be_visible()
