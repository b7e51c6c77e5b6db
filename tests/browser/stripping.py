"""A host between browser and server that does not hand on every cookie, as some that run apps for others do."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK = 1 << 16


@contextmanager
def without_cookies(port: int, name: str = "") -> Iterator[str]:
    """The address at which the server on that port of this machine answers as ever, but sets no cookie.

    With a `name` it is that cookie alone, such as where the page comes out of a cache and everything else does not.
    """
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_serve, args=(door, port, name), daemon=True).start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        with suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)


def _serve(door: socket.socket, port: int, name: str) -> None:
    with suppress(OSError):  # the door was closed
        while True:
            browser, _ = door.accept()
            server = socket.create_connection(("127.0.0.1", port))
            for source, target in ((browser, server), (server, browser)):
                threading.Thread(target=_hand_on, args=(source, target, name), daemon=True).start()


def _hand_on(source: socket.socket, target: socket.socket, name: str) -> None:
    setting, stripped = (f"{header}: {name}".encode() for header in ("set-cookie", "x-stripped"))
    with suppress(OSError):
        while piece := source.recv(CHUNK):
            # The heads of answers come whole, each in one piece; the name that stands in is as long.
            target.sendall(piece.replace(setting, stripped))
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
