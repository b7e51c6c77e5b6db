"""What the documents promise to list is listed: a setting, a method, a message that is added has to be written down."""

import argparse
import ast
import inspect
import re
from pathlib import Path

import pytest

from core import __main__ as command_line
from core import errors, settings
from core.errors import ThroughlineError
from core.flow.filter import PARAMETERS
from core.sessions import SessionStore
from core.views import BY_KEY

PROJECT = Path(__file__).resolve().parents[1]
DOCS = PROJECT / "docs"
SPOKEN = {name for name, one in vars(errors).items() if inspect.isclass(one) and issubclass(one, ThroughlineError)}
SPOKEN |= {"Failure", "FileFacts"}
"""What is made with a `problem`: words that a person meets."""


def plain(path: Path) -> str:
    """The words of a document, without what makes them bold, and on one line."""
    return " ".join(re.sub(r"[*`]|^[>|-] ?", "", path.read_text(), flags=re.MULTILINE).split())


REFERENCE = (DOCS / "reference.md").read_text()
TROUBLESHOOTING = plain(DOCS / "troubleshooting.md")


def row_of(name: str, behind: str) -> str:
    """The row of the reference that begins with `name` as code, and with one of the characters `behind` after it."""
    found = re.search(rf"^\| `{name}[{behind}].*$", REFERENCE, flags=re.MULTILINE)
    assert found, f"{name} is not in docs/reference.md"
    return found[0]


@pytest.mark.parametrize("name", [*settings.NUMBERS, "HOME", "FOLDER", "ACCESS", "LOG_LEVEL"])
def test_every_setting_is_in_the_reference(name):
    assert row_of(f"THROUGHLINE_{name}", "`")


@pytest.mark.parametrize("name", settings.NUMBERS)
def test_the_reference_gives_the_default_of_a_number(name):
    default = settings.load({}).environment()[f"THROUGHLINE_{name}"]
    assert row_of(f"THROUGHLINE_{name}", "`").split("|")[2].strip() == default


def test_the_documents_name_no_setting_that_is_not_there():
    known = set(settings.Settings(home=Path()).environment())
    for path in (PROJECT / "README.md", PROJECT / "CHANGELOG.md", *DOCS.rglob("*.md")):
        assert set(re.findall(r"THROUGHLINE_[A-Z_]*[A-Z]", path.read_text())) <= known, path.name


@pytest.mark.parametrize("name", [name for name in vars(SessionStore) if not name.startswith("_")])
def test_every_public_method_of_the_store_is_in_the_reference(name):
    assert row_of(name, "(")


@pytest.mark.parametrize("name", sorted(name for name in SPOKEN if hasattr(errors, name)))
def test_every_class_of_errors_is_in_the_reference(name):
    assert re.search(rf"── {name}\b|    {name}\n", REFERENCE)


def commands() -> dict[str, argparse.ArgumentParser]:
    (found,) = [one for one in command_line._parser()._actions if isinstance(one, argparse._SubParsersAction)]
    return found.choices


@pytest.mark.parametrize("name", commands())
def test_every_command_is_in_the_reference_with_all_of_its_options(name):
    options = {text for action in commands()[name]._actions for text in action.option_strings} - {"-h", "--help"}
    told = set(re.findall(r"--[a-z-]+", row_of(name, " `")))
    assert told - {"--help"} == options


def fragments(node: ast.expr | None) -> list[str]:
    """The fixed parts of the words that an expression makes, in order; "" where something is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return [part.value if isinstance(part, ast.Constant) else "" for part in node.values]
    if isinstance(node, ast.BinOp):
        return fragments(node.left) + fragments(node.right)
    return [""]


def problems() -> dict[str, list[str]]:
    """Where each message is made -> its fixed parts, for all of `core`."""
    found = {}
    for path in sorted((PROJECT / "core").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in SPOKEN and not (name == "__init__" and path.name == "errors.py"):
                continue
            named = [one.value for one in node.keywords if one.arg == "problem"]
            parts = fragments(next(iter(named or node.args), None))
            if any(len(part) > 8 for part in parts):
                found[f"{path.relative_to(PROJECT)}:{node.lineno}"] = parts
    return found


PROBLEMS = problems()


@pytest.mark.parametrize("place", PROBLEMS)
def test_every_message_is_in_the_troubleshooting(place):
    words = (re.escape(" ".join(part.split())) for part in PROBLEMS[place])
    pattern = re.sub(r"(\.\*)+", lambda _: ".{1,40}?", ".*".join(words).replace("\\ ", " "))
    assert re.search(pattern, TROUBLESHOOTING), f"not in docs/troubleshooting.md: {'…'.join(PROBLEMS[place])}"


def test_the_fixed_words_of_the_errors_of_sessions_are_in_the_troubleshooting():
    told = [errors.SessionNotFound(), errors.SessionReadOnly(), errors.SessionDamaged("", ""), errors.VersionConflict()]
    for error in (*told, errors.JobCancelled()):
        assert str(error).replace("`", "") in TROUBLESHOOTING
    assert len(PROBLEMS) > 40  # or the messages are not found any more


@pytest.mark.parametrize("path", [PROJECT / "README.md", PROJECT / "benchmarks" / "README.md", *DOCS.rglob("*.md")])
def test_every_link_in_a_document_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if target.startswith(("http:", "https:")):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(), flags=re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}, target


@pytest.mark.parametrize("key", BY_KEY)
def test_every_view_is_documented_with_its_columns(key: str) -> None:
    rows = [line.split("|") for line in (DOCS / "views.md").read_text().splitlines() if line.startswith("| `")]
    told = {row[1].strip(" `"): row[2].strip() for row in rows if len(row) > 4}
    assert told[key] == ", ".join(BY_KEY[key].columns)


def test_every_part_of_a_filter_is_documented() -> None:
    text = (DOCS / "views.md").read_text()
    assert {name for name in PARAMETERS if f"`{name}`" not in text} == set()
