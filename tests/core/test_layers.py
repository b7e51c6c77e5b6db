"""Dependencies point one way, and the front's habits hold."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.service import PROJECT

# From the ground up: a room may use its own floor and those below.
FLOORS = (
    ("errors",),
    ("settings", "files", "folder", "engine", "reader", "text", "log"),
    ("sessions", "ingest"),
    ("jobs", "tables"),
    ("flow", "profile"),
    ("sql", "builder"),
    ("charts", "export", "parameters", "plan"),
    ("view",),
    ("views", "privacy", "report"),
    ("work", "habits"),
    ("choosing",),
    ("service",),
    ("gate", "commands"),
    ("server", "downloads", "receiving", "__main__"),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
CORE = sorted((PROJECT / "core").rglob("*.py"))
FRONT = [PROJECT / "streamlit_app.py", *sorted((PROJECT / "pages").rglob("*.py"))]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names if node.module == "core")


def room_of(path: Path) -> str:
    return path.relative_to(PROJECT / "core").parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(PROJECT)))
def test_core_knows_no_front_and_looks_only_down(path: Path) -> None:
    names = set(imported(path))
    assert not {name for name in names if name.split(".")[0] in ("streamlit", "pages")}
    rooms = {name.split(".")[1] for name in names if name.startswith("core.")}
    if room_of(path) != "__init__":
        assert {room for room in rooms if FLOOR[room] > FLOOR[room_of(path)]} == set()


@pytest.mark.parametrize("room", ["sessions", "jobs"])
def test_sessions_and_jobs_could_move_to_another_app(room: str) -> None:
    for path in sorted((PROJECT / "core" / room).glob("*.py")):
        rooms = {name.split(".")[1] for name in imported(path) if name.startswith("core.")}
        assert rooms <= {"errors", "settings", "files", "sessions", "jobs"}, path.name


def test_only_the_parts_hold_browser_state() -> None:
    holders = {path.parent.name for path in FRONT if "session_state" in path.read_text()}
    assert holders <= {"parts"}


@pytest.mark.parametrize("path", [*CORE, *FRONT], ids=lambda path: str(path.relative_to(PROJECT)))
def test_nothing_is_swallowed_or_shown_raw(path: Path) -> None:
    text = path.read_text()
    assert "unsafe_allow_html" not in text
    assert "st.table(" not in text
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"a bare except in line {node.lineno}"
            swallowed = ast.unparse(node.type) == "Exception" and all(isinstance(one, ast.Pass) for one in node.body)
            assert not swallowed, f"an exception is swallowed in line {node.lineno}"


def test_every_page_composes_and_is_short() -> None:
    for path in sorted((PROJECT / "pages").rglob("*.py")):
        if path.parent.name != "parts":
            assert len(path.read_text().splitlines()) <= 80, path.name
