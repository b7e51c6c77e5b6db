import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

WRITER = Path(__file__).with_name("writer.py")
PROJECT = WRITER.parents[3]

Write = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def write(home: Path) -> Write:
    """Start a process that runs a command of `writer.py` on the store in `home`."""

    def start(command: str, *arguments: object) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, str(WRITER), command, str(home), *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.fixture
def written(write: Write) -> Callable[..., str]:
    """Run a command of `writer.py` to its end and return what it told."""

    def run(command: str, *arguments: object) -> str:
        told, errors = write(command, *arguments).communicate()
        assert errors == ""
        return told

    return run
