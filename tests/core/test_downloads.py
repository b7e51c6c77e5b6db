import asyncio
import io
import os
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from core import downloads
from core.server import COOKIE_AGE, OwnerCookie, SecurityHeaders
from core.service import Service
from core.sessions import Keyring, Owner, Visitor, bundle
from core.settings import Settings

UNKNOWN = "11111111-1111-4111-8111-111111111111"
DAY = 86_400


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name):
        return [value for known, value in self.headers if known == name]


def asked(app, address, *, method="GET", scheme="http", headers=()):
    """What `app` answers to a request."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": path,
        "raw_path": path.encode(errors="replace"),
        "root_path": "",
        "query_string": query.encode(errors="replace"),
        "headers": [(name.encode(), value.encode(errors="replace")) for name, value in headers],
        "server": ("localhost", 80),
        "client": ("localhost", 5000),
    }
    sent, waiting = [], [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        if not waiting:
            await asyncio.Event().wait()  # the browser stays
        return waiting.pop()

    async def send(message):
        sent.append(message)

    with ThreadPoolExecutor(1) as pool:  # in a thread of its own: this one may have an event loop, for a browser
        pool.submit(asyncio.run, app(scope, receive, send)).result()
    start, *rest = sent
    assert start["type"] == "http.response.start"
    return Answer(
        start["status"],
        [(name.decode(), value.decode()) for name, value in start["headers"]],
        b"".join(message.get("body", b"") for message in rest),
    )


# Downloads


class Browser:
    """A browser with a cookie of the server's, and a session of its own."""

    def __init__(self, service, content):
        self.keyring = service.keyring
        self.secret = self.keyring.issue()
        self.owner = self.keyring.owner(self.secret)
        self.by = Visitor(frozenset({self.owner.key}))
        self.session = service.create([("calls.csv", io.BytesIO(content))], owner=self.owner, name="private")

    @property
    def cookie(self):
        return ("cookie", f"other=1; {self.keyring.name}={self.secret}; more=2")

    def address(self, session_id=None, base=""):
        return downloads.address(self.keyring, session_id or self.session.id, self.owner, base=base)


@pytest.fixture
def anna(service):
    return Browser(service, b"1,2\n" * 5000)


@pytest.fixture
def bert(service):
    return Browser(service, b"bert")


@pytest.fixture
def app(service):
    return Starlette(
        routes=[downloads.route(lambda: service)],
        middleware=[Middleware(SecurityHeaders), Middleware(OwnerCookie, service=lambda: service)],
    )


def refused(app, address, *headers, **how):
    """The refusal, which is to be one and the same whatever is wrong."""
    answer = asked(app, address, headers=headers, **how)
    assert answer.status == 404
    assert answer.body == b"Session not found."
    return answer


def test_with_its_cookie_a_browser_fetches_its_session_as_a_zip_that_can_be_unpacked(app, service, anna):
    answer = asked(app, anna.address(), headers=[anna.cookie])
    assert answer.status == 200
    assert answer.all("content-type") == ["application/zip"]
    assert answer.all("content-disposition") == [f'attachment; filename="{anna.session.id}.zip"']
    assert answer.all("cache-control") == ["no-store"]
    assert answer.all("x-content-type-options") == ["nosniff"]
    assert answer.all("set-cookie") == []
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.testzip() is None
        (upload,) = [name for name in archive.namelist() if name.startswith("uploads/")]
        assert archive.read(upload) == b"1,2\n" * 5000
    again, _ = bundle.unpack(service.store, io.BytesIO(answer.body), owner=anna.owner)
    assert (again.name, len(again.files)) == ("private", 1)


def test_the_address_names_the_session_and_no_secret(anna):
    address = anna.address()
    assert re.fullmatch(rf"/download/{anna.session.id}\.zip\?ticket=[0-9]+\.[A-Za-z0-9_-]{{43}}", address)
    drawn, mac = anna.secret.split(".")
    for private in (drawn, mac, anna.owner.key, anna.owner.key.removeprefix("browser:")):
        assert private not in address


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_click_on_the_servers_own_page_and_a_typed_address_are_answered(app, anna, site):
    assert asked(app, anna.address(), headers=[anna.cookie, ("sec-fetch-site", site)]).status == 200


@pytest.mark.parametrize("base", ["app", "/app/", "a/b"])
def test_under_a_path_of_its_own_the_address_is_answered_there(service, anna, base):
    app = Starlette(routes=[downloads.route(lambda: service, base=base)])
    address = anna.address(base=base)
    assert address.startswith(f"/{base.strip('/')}/download/")
    assert asked(app, address, headers=[anna.cookie]).status == 200


def test_without_the_cookie_or_with_anothers_the_address_is_worth_nothing(app, anna, bert):
    foreign = Keyring(bytes(32))
    name = anna.keyring.name
    for headers in (
        [],
        [bert.cookie],
        [("cookie", "")],
        [("cookie", f"{name}=")],
        [("cookie", f"{name}={anna.secret[:-1]}")],
        [("cookie", f"{name}={anna.owner.key}")],
        [("cookie", f"{name}={foreign.issue()}")],
        [("cookie", f"{name}={'x' * 10_000}")],
        [("cookie", f"{name}=סוד\0")],
        [("cookie", f"other={anna.secret}")],
        [("cookie", f"{foreign.name}={anna.secret}")],
        [("authorization", anna.secret)],
    ):
        refused(app, anna.address(), *headers)
    assert asked(app, anna.address(), headers=[anna.cookie]).status == 200


def test_everything_that_is_wrong_gets_one_and_the_same_answer(app, service, anna, bert):
    keyring, session_id, owner = anna.keyring, anna.session.id, anna.owner
    ticket = anna.address().partition("=")[2]
    until, mac = ticket.split(".")
    late = keyring.ticket(f"download:{session_id}:{owner.key}", -1)
    gone = service.create([("x.csv", io.BytesIO(b"x"))], owner=owner)
    service.delete(gone.id, by=anna.by)
    thrown_away = service.create([("x.csv", io.BytesIO(b"x"))], owner=owner)
    service.discard(thrown_away.id, by=anna.by)
    other = service.create([("x.csv", io.BytesIO(b"x"))], owner=owner)
    here = f"/download/{session_id}.zip"
    answers = [
        refused(app, anna.address()),
        refused(app, anna.address(), bert.cookie),
        *[
            refused(app, anna.address(), anna.cookie, ("sec-fetch-site", site))
            for site in ("cross-site", "same-site", "", "Same-Origin", "x" * 10_000)
        ],
        *[
            refused(app, address, anna.cookie)
            for address in (
                here,
                f"{here}?",
                f"{here}?ticket=",
                f"{here}?ticket=.",
                f"{here}?ticket=x",
                f"{here}?ticket={'x' * 10_000}",
                f"{here}?ticket={'9' * 10_000}.{mac}",
                f"{here}?ticket={ticket[:-1]}",
                f"{here}?ticket={ticket}x",
                f"{here}?ticket={int(until) + 1}.{mac}",
                f"{here}?ticket=-{until}.{mac}",
                f"{here}?ticket={until}:download:{session_id}.{mac}",
                f"{here}?ticket=%D7%A1%D7%95%D7%93.%FF%00",
                f"{here}?ticket={late}",
                f"{here}?ticket={anna.secret}",
                f"{here}?TICKET={ticket}",
                f"{here}?ticket={Keyring(bytes(32)).ticket(f'download:{session_id}:{owner.key}', 99)}",
                f"{here}?ticket={keyring.ticket(f'download:{session_id}:', 99)}",
                f"{here}?ticket={keyring.ticket(f'download:{session_id}:{bert.owner.key}', 99)}",
                f"{here}?ticket={keyring.ticket(session_id, 99)}",
                f"/download/{other.id}.zip?ticket={ticket}",
                f"/download/{UNKNOWN}.zip?ticket={ticket}",
                f"/download/{session_id.upper()}.zip?ticket={ticket}",
                anna.address(UNKNOWN),
                anna.address(gone.id),
                anna.address(thrown_away.id),
                anna.address(bert.session.id.replace("-", "")),
                anna.address(".."),
                anna.address("\0"),
                anna.address("x" * 10_000),
                f"/download/{session_id}\n.zip?ticket={ticket}",
            )
        ],
    ]
    assert {(answer.status, answer.body) for answer in answers} == {(404, b"Session not found.")}
    assert len({tuple(answer.headers) for answer in answers}) == 1
    assert service.store.get(anna.session.id, by=anna.by) == anna.session


def test_a_refusal_does_not_depend_on_whether_the_session_is_there(app, anna, bert):
    there = refused(app, anna.address(), bert.cookie)
    for headers in ([bert.cookie], []):
        missing = refused(app, anna.address(UNKNOWN), *headers)
        assert (missing.headers, missing.body) == (there.headers, there.body)


def test_a_visitor_who_is_shown_an_address_for_anothers_session_can_use_it_as_who_they_are(app, anna, bert):
    shared_with_bert = bert.address(anna.session.id)
    assert asked(app, shared_with_bert, headers=[bert.cookie]).status == 200
    refused(app, shared_with_bert, anna.cookie)
    refused(app, shared_with_bert)


def test_where_there_is_no_cookie_the_address_works_for_who_has_none(app, anna):
    loose = downloads.address(anna.keyring, anna.session.id, None)
    assert asked(app, loose).status == 200
    refused(app, loose, anna.cookie)
    refused(app, loose, ("sec-fetch-site", "cross-site"))
    refused(app, loose.replace(anna.session.id, UNKNOWN))


def test_an_address_without_a_cookie_lasts_ten_minutes_and_with_one_half_a_day(anna):
    def until(address):
        return int(re.search(r"ticket=([0-9]+)\.", address)[1])

    with_cookie, without = until(anna.address()), until(downloads.address(anna.keyring, anna.session.id, None))
    assert abs(with_cookie - without - (12 * 3600 - 600)) <= 5


@pytest.mark.leaves_damage
def test_a_damaged_session_gets_the_same_answer_too(app, service, anna):
    usual = refused(app, anna.address(UNKNOWN), anna.cookie)
    path = service.store.folder(anna.session.id) / "session.json"
    path.write_bytes(path.read_bytes()[:-40])
    assert refused(app, anna.address(), anna.cookie) == usual


def test_a_session_that_has_ended_gets_the_same_answer_before_it_is_swept(app, service, anna):
    usual = refused(app, anna.address(UNKNOWN), anna.cookie)
    lock = service.store.folder(anna.session.id) / ".lock"
    long_ago = lock.stat().st_mtime - 91 * DAY
    os.utime(lock, (long_ago, long_ago))
    assert service.store.list_sessions(by=anna.by) == []
    assert refused(app, anna.address(), anna.cookie) == usual


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_but_fetching_is_answered(app, service, anna, method):
    assert asked(app, anna.address(), method=method, headers=[anna.cookie]).status == 405
    assert service.store.get(anna.session.id, by=anna.by) == anna.session


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_no_other_page_may_read_the_answer(app, anna, origin):
    answer = asked(app, anna.address(), headers=[anna.cookie, ("origin", origin)])
    assert [name for name, _ in answer.headers if name.startswith("access-control-")] == []


def test_what_was_fetched_says_nothing_of_whose_it_is(app, service, anna):
    token = service.share(anna.session.id, by=anna.by)
    answer = asked(app, anna.address(), headers=[anna.cookie])
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        whole = b"".join(archive.read(one) for one in archive.namelist())
    (share,) = service.store.read(anna.session.id).shares
    for private in (anna.owner.key, anna.secret, anna.secret.split(".")[0], token[32:], share.hash):
        assert private.encode() not in answer.body + whole


# The cookie


def page(content_type="text/html; charset=utf-8", *more):
    """An app that answers with something of that type."""

    async def answer(scope, receive, send):
        headers = [(b"content-type", content_type.encode())] if content_type is not None else []
        await send({"type": "http.response.start", "status": 200, "headers": [*headers, *more]})
        await send({"type": "http.response.body", "body": b"text"})

    return answer


def given(service, *headers, scheme="http", app=None):
    """The cookie that goes with a page: its value and its attributes."""
    answer = asked(OwnerCookie(app or page(), lambda: service), "/", scheme=scheme, headers=headers)
    (cookie,) = answer.all("set-cookie")
    pair, *attributes = cookie.split("; ")
    name, _, value = pair.partition("=")
    assert name == service.keyring.name
    return value, {*attributes}


PLAIN = {"Path=/", "HttpOnly", "SameSite=Lax", f"Max-Age={COOKIE_AGE}"}


def test_a_new_browser_gets_a_secret_that_no_script_reads_and_no_other_site_sends(service):
    value, attributes = given(service)
    assert service.keyring.owner(value) is not None
    assert attributes == PLAIN
    assert COOKIE_AGE == 400 * DAY


def test_every_new_browser_gets_a_secret_of_its_own(service):
    assert len({given(service)[0] for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("scheme", "headers", "is_secure"),
    [
        ("http", [], False),
        ("https", [], True),
        ("http", [("x-forwarded-proto", "https")], True),
        ("https", [("x-forwarded-proto", "https")], True),
        ("https", [("x-forwarded-proto", "http")], True),
        ("http", [("x-forwarded-proto", "http")], False),
        ("http", [("x-forwarded-proto", "")], False),
        ("http", [("x-forwarded-proto", "httpsx")], False),
        ("http", [("x-forwarded-host", "https")], False),
        ("http", [("x-forwarded-proto", "https; Domain=evil.example")], False),
    ],
)
def test_the_cookie_is_for_tls_only_where_there_is_tls(service, scheme, headers, is_secure):
    _, attributes = given(service, *headers, scheme=scheme)
    assert attributes == PLAIN | ({"Secure"} if is_secure else set())


def test_a_browser_keeps_its_secret_and_it_is_renewed_with_every_page(service):
    value, _ = given(service)
    for cookie in (
        f"{service.keyring.name}={value}",
        f"a=b; {service.keyring.name}={value}; c=d",
        f" {service.keyring.name} = {value} ;",
        f";;=;a;{service.keyring.name}={value}",
    ):
        assert given(service, ("cookie", cookie)) == (value, PLAIN)


def test_a_secret_is_kept_by_another_server_on_the_same_home(service, home):
    value, _ = given(service)
    other = Service(Settings(home=home))
    assert given(other, ("cookie", f"{service.keyring.name}={value}"))[0] == value


def test_a_secret_that_this_server_did_not_issue_never_becomes_one(service):
    name, genuine = service.keyring.name, service.keyring.issue()
    drawn, mac = genuine.split(".")
    for forged in (
        "",
        "x",
        "x" * 10_000,
        Keyring(bytes(32)).issue(),
        f"{drawn}.",
        drawn,
        f"{drawn}.{mac[:-1]}",
        f"{genuine}x",
        f'"{genuine}"',
        service.keyring.owner(genuine).key,
        service.keyring.ticket("owner", 99),
        f"{genuine}, {name}=x",
        "סוד",
        "a\r\nset-cookie: b=c",
        "\0",
    ):
        value, attributes = given(service, ("cookie", f"{name}={forged}"))
        assert value not in (forged, genuine)
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}", value)
        assert service.keyring.owner(value) is not None
        assert attributes == PLAIN


def test_a_secret_under_another_name_is_not_taken(service):
    genuine = service.keyring.issue()
    for cookie in (
        f"other={genuine}",
        genuine,
        f"{service.keyring.name.upper()}={genuine}",
        f"x{service.keyring.name}",
    ):
        assert given(service, ("cookie", cookie))[0] != genuine


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "text/plain",
        "text/css",
        "application/javascript",
        "application/zip",
        "image/png",
        "application/xhtml+xml",
        "",
        None,
    ],
)
def test_what_is_no_page_brings_no_cookie(service, home, content_type):
    answer = asked(OwnerCookie(page(content_type), lambda: service), "/")
    assert answer.all("set-cookie") == []
    assert answer.body == b"text"
    assert not (home / "key").exists()


def test_cookies_that_a_page_sets_itself_stay(service):
    own = (b"set-cookie", b"own=1; Path=/")
    answer = asked(OwnerCookie(page("text/html", own), lambda: service), "/")
    first, second = answer.all("set-cookie")
    assert first == "own=1; Path=/"
    assert second.startswith(f"{service.keyring.name}=")


def test_the_page_is_shown_even_where_no_key_can_be_kept(service, home):
    home.joinpath("key").mkdir(parents=True)
    answer = asked(OwnerCookie(page(), lambda: service), "/")
    assert (answer.status, answer.body, answer.all("set-cookie")) == (200, b"text", [])


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
def test_what_is_no_request_is_handed_on_untouched(service, kind):
    seen = []

    async def app(scope, receive, send):
        seen.append((scope, receive, send))

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, OwnerCookie(app, lambda: service)({"type": kind}, "receive", "send")).result()
    assert seen == [({"type": kind}, "receive", "send")]


def test_no_secret_is_written_into_the_log(service, caplog):
    with caplog.at_level(0):
        value, _ = given(service)
        given(service, ("cookie", f"{service.keyring.name}={value}"))
    assert value not in caplog.text
    assert value.split(".")[0] not in caplog.text


def test_the_owner_of_a_session_is_who_the_cookie_names(service):
    value, _ = given(service)
    owner = service.keyring.owner(value)
    made = service.create([("calls.csv", io.BytesIO(b"1"))], owner=owner)
    again = service.keyring.owner(given(service, ("cookie", f"{service.keyring.name}={value}"))[0])
    assert again == owner != Owner("browser:")
    assert service.store.get(made.id, by=Visitor(frozenset({again.key}))).id == made.id
