"""Files on their way: a server that dies, a page that is loaded again, a host that does not let pieces through."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from core.sessions import uploads
from tests.browser.conftest import Server, open_page, serving
from tests.browser.steps import SAMPLE, SMALL, as_file, service_on, session_of, upload

pytestmark = pytest.mark.browser

CHUNK = 16 * 1024
HELD = 20 * CHUNK  # 320 KB: where an upload is interrupted


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One that takes small pieces, so that a small file has a middle."""
    with serving(tmp_path / "home", THROUGHLINE_CHUNK_KB=str(CHUNK // 1024)) as server:
        yield server


class Pieces:
    """The pieces that a browser sends: where each begins. With the one at `hold` something is done first."""

    def __init__(self, page: Page, hold: int = -1, first: Callable[[Route], None] = Route.continue_) -> None:
        self.offsets: list[int] = []
        self._hold, self._first = hold, first
        page.route(re.compile(r"/upload/\w+$"), self._pass)

    def _pass(self, route: Route, request: Request) -> None:
        if request.method == "PATCH":
            self.offsets.append(int(request.headers["upload-offset"]))
            if self.offsets.count(self._hold) == 1 and self.offsets[-1] == self._hold:
                self._first(route)
                return
        route.continue_()


def expect_whole(page: Page, server: Server) -> None:
    """The file is looked at, and on the server's disk as it was on this one."""
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    store = service_on(server).store
    session = store.read(session_of(page))
    (file,) = session.files
    assert uploads.path_of(store, session.id, file).read_bytes() == SAMPLE.read_bytes()


def test_an_upload_goes_on_by_itself_when_the_server_is_back(page: Page, server: Server) -> None:
    def without_a_server(route: Route) -> None:
        server.kill()
        route.continue_()

    pieces = Pieces(page, HELD, without_a_server)
    upload(page, SAMPLE)
    expect(page.get_by_text("320 KB of", exact=False)).to_contain_text("are safe. The server does not answer")
    server.start()
    expect_whole(page, server)
    assert [offset for offset in pieces.offsets if offset != HELD] == [
        offset for offset in range(0, SAMPLE.stat().st_size, CHUNK) if offset != HELD
    ]


def test_an_upload_goes_on_after_a_reload_when_its_file_is_chosen_again(page: Page, server: Server) -> None:
    Pieces(page, HELD, lambda _: None)
    upload(page, SAMPLE)
    expect(page.get_by_text(re.compile("^320 KB of .* MB"))).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("paused, and kept for a day")).to_be_visible()

    page.reload()
    page.unroute_all()  # not before: the piece that is held would be let go
    expect(page.get_by_text("320 KB of", exact=False)).to_contain_text("Choose the same file again")
    pieces = Pieces(page)
    upload(page, SAMPLE)
    expect_whole(page, server)
    assert pieces.offsets == list(range(HELD, SAMPLE.stat().st_size, CHUNK))


def test_where_own_routes_are_not_passed_on_streamlits_uploader_takes_the_file(
    context: BrowserContext, server: Server
) -> None:
    context.route("**/upload", lambda route: route.fulfill(status=404, body="Not Found"))
    page = open_page(context, server.url)
    plain = page.get_by_test_id("stFileUploaderDropzoneInput")
    expect(plain).to_be_attached()
    expect(page.get_by_test_id("dropInput")).to_have_count(0)
    plain.set_input_files(as_file("calls.csv", SMALL))  # type: ignore[arg-type]
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()


def test_a_file_that_is_too_large_says_so_and_the_others_need_not_wait(context: BrowserContext, tmp_path: Path) -> None:
    with serving(tmp_path / "other", THROUGHLINE_FILE_MB="1") as server:
        # As on a page that came without HTTPS, where browsers do not lend their own SHA-256.
        context.add_init_script("delete Crypto.prototype.subtle")
        page = open_page(context, server.url)
        assert page.evaluate("crypto.subtle") is None
        upload(page, as_file("big.csv", "x" * 1_100_000), as_file("calls.csv", SMALL))
        refusal = page.get_by_role("listitem").filter(has_text="is larger than the 1 MB that one file may have.")
        expect(refusal).to_be_visible()
        page.get_by_role("button", name="Go on with the file that is here").click()
        expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
        expect(page.get_by_test_id("stMain")).to_contain_text("calls.csv")
