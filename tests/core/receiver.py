"""A server with the routes of uploads alone, on the home that it is given. Tells its port, and lives until it dies."""

import socket
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from core import receiving
from core.service import Service
from core.settings import Limits, Settings

CHUNK = 64 * 1024

home, file_bytes = Path(sys.argv[1]), int(sys.argv[2])
service = Service(Settings(home=home, chunk=CHUNK, limits=Limits(file_bytes=file_bytes)))
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
app = Starlette(routes=receiving.routes(lambda: service, base="/calls"))
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])
