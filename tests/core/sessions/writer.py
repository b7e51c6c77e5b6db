"""Processes that write to a store, for tests that watch or kill them: writer.py COMMAND HOME [SESSION] [NUMBER].

What goes on without end tells after each step that is done, with a byte or a line on its standard output.
"""

import io
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from core.errors import ThroughlineError, VersionConflict
from core.sessions import EVERYONE, SHARED, Keyring, Session, SessionStore, uploads

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


def save(store: SessionStore, session_id: str, number: str) -> None:
    """Count by reading, changing and saving, again and again until nobody came in between."""
    left = int(number)
    while left:
        with suppress(VersionConflict):
            store.save(one_more(store.get(session_id, by=EVERYONE)))
            left -= 1


def herd(store: SessionStore, session_id: str, size: str) -> None:
    """For each line read, begin a process that rewrites a record of about `size` bytes without end.

    It tells its id and then the number of each state that is kept, a line each; and when it has died, the herd tells
    of what signal, as a negative number.
    """
    sys.stdout.flush()
    while sys.stdin.readline():
        child = os.fork()
        if not child:
            os.write(1, b"%d\n" % os.getpid())
            while True:
                n = store.update(session_id, lambda now: swelled(now, int(size))).found["n"]
                os.write(1, b"%d\n" % n)
        _, status = os.waitpid(child, 0)
        os.write(1, b"%d\n" % os.waitstatus_to_exitcode(status))


def swelled(session: Session, size: int) -> Session:
    after = one_more(session)
    return replace(after, plan={"text": "abcdefghij"[after.found["n"] % 10] * size})


def at_once(store: SessionStore, *words: str) -> None:
    """Tell that this process is ready, and do what `words` say when its standard input is closed."""
    tell(".")
    sys.stdin.read()
    globals()[words[0]](store, *words[1:])


def issue(store: SessionStore) -> None:
    tell(Keyring.at(Path(sys.argv[2])).issue())


def sweep(store: SessionStore) -> None:
    tell("\n".join(store.sweep().removed))


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
