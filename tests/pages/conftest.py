"""The app without a browser, on a home folder of the test's own."""

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.service import PROJECT, Service
from core.sessions import EVERYONE, SHARED, Owner, Session
from core.settings import Settings
from pages.parts import state
from tests.core.flow.made_calls import as_csv, make

CALLS = (
    "call_id,call_date,rule_id,rule_parent_id,rule_text,popUpURL\n"
    "c1,1/13/2025,1,0,Main menu,NULL\n"
    "c1,1/13/2025,2,1,Prices,NULL\n"
    "c1,1/13/2025,3,2,![x](https://evil.example/p.png) <b>Price</b>,NULL\n"
    "c2,1/14/2025,1,0,Main menu,NULL\n"
    "c2,1/14/2025,2,1,Prices,NULL\n"
    "c3,1/14/2025,1,0,Main menu,NULL\n"
    "c3,1/14/2025,4,1,מחיר ביקור,NULL\n"
    "c3,1/14/2025,,1,A broken row,NULL\n"
)


@pytest.fixture(scope="session")
def ready_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home folder with one processed session, and its id."""
    home = tmp_path_factory.mktemp("ready")
    service = Service(Settings(home=home))
    session = service.create([("calls [2025].csv", io.BytesIO(CALLS.encode()))], owner=SHARED)
    service.look(session.id, by=EVERYONE)
    service.runner.wait(session.id)
    service.process(session.id, by=EVERYONE)
    assert service.runner.wait(session.id).status == "ready"
    return home, session.id


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home folder with a processed session of two files with times and further columns, and its id."""
    home = tmp_path_factory.mktemp("made")
    service = Service(Settings(home=home))
    files = [(f"{number}.csv", io.BytesIO(as_csv(make(), number).encode())) for number in (1, 2)]
    session = service.create(files, owner=SHARED)
    service.look(session.id, by=EVERYONE)
    service.runner.wait(session.id)
    service.process(session.id, by=EVERYONE)
    assert service.runner.wait(session.id).status == "ready"
    return home, session.id


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("THROUGHLINE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(PROJECT)
    state.service.cache_clear()
    st.cache_resource.clear()
    yield tmp_path / "home"
    state.service.cache_clear()
    st.cache_resource.clear()


@pytest.fixture
def ready(home: Path, ready_home: tuple[Path, str]) -> Session:
    shutil.copytree(ready_home[0], home, dirs_exist_ok=True)
    return state.service().store.read(ready_home[1])


@pytest.fixture
def made(home: Path, made_home: tuple[Path, str]) -> Session:
    shutil.copytree(made_home[0], home, dirs_exist_ok=True)
    return state.service().store.read(made_home[1])


@pytest.fixture
def secret(home: Path) -> str:
    """What the browser of this test is known by."""
    return state.service().keyring.issue()


@pytest.fixture
def owner(secret: str) -> Owner:
    found = state.service().keyring.owner(secret)
    assert found is not None
    return found


@pytest.fixture
def looked_at(owner: Owner) -> Callable[..., Session]:
    """A session of the visitor's own, whose files (name -> text) were looked at."""

    def make(**texts: str) -> Session:
        service = state.service()
        files = [(f"{name}.csv", io.BytesIO(text.encode())) for name, text in texts.items()]
        session = service.create(files, owner=owner)
        service.look(session.id, by=EVERYONE)
        return service.runner.wait(session.id)

    return make


@pytest.fixture
def show(secret: str) -> Callable[..., AppTest]:
    """Run the app at an address: a page's file ("" for the first screen) and its parameters; in another browser where
    another secret is given."""

    def run(page: str = "", /, *, known_by: str = secret, **query: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=30)
        app.session_state["throughline.secret"] = known_by
        app.session_state["throughline.blocked"] = True  # no browser, so nothing that a browser could send by itself
        for name, value in query.items():
            app.query_params[name] = value
        if page:
            app.switch_page(page)
        return app.run()

    return run
