"""Processes that write to a store, for tests that watch or kill them: writer.py COMMAND HOME [SESSION] [NUMBER].

What goes on without end tells after each step that is done, with a byte or a line on its standard output.
"""

import io
import resource
import sys
from pathlib import Path

import msgspec

from core.errors import ThroughlineError
from core.sessions import SHARED, Session, SessionStore, uploads

replace = msgspec.structs.replace


def one_more(session: Session) -> Session:
    return replace(session, found={"n": session.found.get("n", 0) + 1})


def tell(text: str) -> None:
    print(text, end="", flush=True)


def count(store: SessionStore, session_id: str, number: str) -> None:
    for _ in range(int(number)):
        store.update(session_id, one_more)


def count_on(store: SessionStore, session_id: str) -> None:
    while True:
        store.update(session_id, one_more)
        tell(".")


def rewrite(store: SessionStore, session_id: str, number: str) -> None:
    for step in range(int(number)):
        letter = "ab"[step % 2]
        store.update(session_id, lambda now, letter=letter: replace(now, name=letter, plan={"text": letter * 100_000}))


def create_on(store: SessionStore) -> None:
    while True:
        tell(store.create("one more", owner=SHARED).id + "\n")


def receive_on(store: SessionStore, session_id: str) -> None:
    for number in range(1_000_000):
        uploads.receive(store, session_id, f"{number}.csv", io.BytesIO(b"%d" % number * 5000))
        tell(".")


def receive(store: SessionStore, session_id: str, number: str, *contents: str) -> None:
    for _ in range(int(number)):
        for content in contents:
            uploads.receive(store, session_id, f"{content}.csv", io.BytesIO(content.encode()))


def remove(store: SessionStore, session_id: str, number: str, file_id: str) -> None:
    for _ in range(int(number)):
        uploads.remove(store, session_id, file_id)


def hold(store: SessionStore, session_id: str) -> None:
    def change(session: Session) -> Session:
        tell(".")
        sys.stdin.read()
        return session

    store.update(session_id, change)


def full(store: SessionStore, session_id: str, action: str) -> None:
    """Do `action` when no file may grow beyond 2,000 bytes, as on a full disk, and tell the error that comes of it."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))
    session = store.read(session_id)
    large = replace(session, plan={"text": "x" * 100_000})
    actions = {
        "update": lambda: store.update(session_id, lambda now: large),
        "save": lambda: store.save(large),
        "create": lambda: store.create("ö" * 120 + "\0" * 500, owner=type(SHARED)("x" * 3000)),
        "receive": lambda: uploads.receive(store, session_id, "large.csv", io.BytesIO(b"x" * 100_000)),
    }
    try:
        actions[action]()
    except ThroughlineError as error:
        tell(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    command, home, *rest = sys.argv[1:]
    globals()[command](SessionStore(Path(home)), *rest)
