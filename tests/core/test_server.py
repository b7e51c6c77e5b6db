import asyncio
import io
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from core.server import HEADERS, SecurityHeaders, lifespan
from core.service import is_working
from core.sessions import SHARED, Job, JobState, Status, utc_now
from core.work import BUILD

CALLS = "call_id,rule_id\n1,10\n1,11\n2,10\n"


def completed(coroutine):
    """Run a coroutine to its end in a thread of its own: this one may have an event loop, for a browser."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def answered(app):
    """The headers of the answer to a request for `app` behind the middleware."""
    sent = []

    async def send(message):
        sent.append(message)

    completed(SecurityHeaders(app)({"type": "http"}, None, send))
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def answering(*headers):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        await send({"type": "http.response.body", "body": b"text"})

    return app


def test_every_answer_has_the_headers_that_keep_the_page_to_itself():
    headers = answered(answering((b"content-type", b"text/plain")))
    assert headers == {"content-type": "text/plain", **HEADERS}
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert (policy["default-src"], policy["object-src"], policy["frame-ancestors"]) == ("'self'", "'none'", "'self'")
    assert "http" not in headers["content-security-policy"]


def test_a_header_that_an_answer_brings_is_its_own():
    assert answered(answering((b"referrer-policy", b"origin")))["referrer-policy"] == "origin"


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
def test_what_is_no_request_is_handed_on_untouched(kind):
    seen = []

    async def app(scope, receive, send):
        seen.append((scope, receive, send))

    completed(SecurityHeaders(app)({"type": kind}, "receive", "send"))
    assert seen == [({"type": kind}, "receive", "send")]


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING])
def test_a_server_that_starts_finishes_the_jobs_that_a_dead_one_left(service, until, state):
    session = service.create([("calls.csv", io.BytesIO(CALLS.encode()))], owner=SHARED)
    job = Job(kind=BUILD, state=state, queued=utc_now())
    service.store.update(session.id, lambda now: msgspec.structs.replace(now, job=job))

    async def serve():
        async with lifespan(lambda: service)(None):
            await asyncio.to_thread(until, lambda: not is_working(service.store.read(session.id)))

    completed(serve())
    after = service.store.read(session.id)
    assert (after.status, after.found["n_calls"]) == (Status.READY, 2)
