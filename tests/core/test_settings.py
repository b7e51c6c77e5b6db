from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from core import settings
from core.errors import SettingError
from core.settings import Access, Guards, Limits, Settings

MB = 1024 * 1024
DAY = 86_400


def test_without_any_setting_there_are_defaults():
    found = settings.load({})
    assert found.home.name == "throughline"
    assert (found.jobs_at_once, found.job_memory, found.log_level) == (1, 512 * MB, "INFO")
    assert (found.limits, found.guards) == (Limits(), Guards())
    assert (found.limits.file_bytes, found.limits.idle, found.limits.lifetime) == (4096 * MB, 90 * DAY, 0)
    assert (found.guards.line_bytes, found.guards.columns) == (MB, 2000)
    assert found.access is Access.PRIVATE


def test_the_environment_wins_over_the_secrets():
    found = settings.load(
        {"THROUGHLINE_HOME": "/somewhere", "THROUGHLINE_FILE_MB": "7"}, {"file_mb": 9, "columns": 30, "home": "/other"}
    )
    assert found.home == Path("/somewhere")
    assert (found.limits.file_bytes, found.guards.columns) == (7 * MB, 30)


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "many", "1e3", "²"])
@pytest.mark.parametrize("name", [name for name, one in settings.NUMBERS.items() if one.least == 1])
def test_a_value_that_is_no_positive_number_is_refused_by_name(name, value):
    with pytest.raises(SettingError, match=f"^THROUGHLINE_{name} is '{value}'"):
        settings.load({f"THROUGHLINE_{name}": value})


@pytest.mark.parametrize("name", ["IDLE_DAYS", "LIFETIME_DAYS", "UNDO_MINUTES"])
def test_for_ever_is_a_nought_and_less_is_refused_by_name(name):
    found = settings.load({f"THROUGHLINE_{name}": "0"})
    assert 0 in (found.limits.idle, found.limits.lifetime, found.limits.undo)
    with pytest.raises(SettingError, match=f"^THROUGHLINE_{name} is '-1'"):
        settings.load({f"THROUGHLINE_{name}": "-1"})


def test_who_sees_a_session_is_one_of_two_words():
    assert settings.load({"THROUGHLINE_ACCESS": " Shared "}).access is Access.SHARED
    with pytest.raises(SettingError, match=r"^THROUGHLINE_ACCESS is 'everyone'\. It must be one of: private, shared"):
        settings.load({"THROUGHLINE_ACCESS": "everyone"})


def test_an_empty_value_is_as_good_as_none():
    assert settings.load({"THROUGHLINE_COLUMNS": " "}).guards.columns == 2000


def test_a_home_of_nobody_is_refused_by_name():
    with pytest.raises(SettingError, match=r"^THROUGHLINE_HOME is '~nobody-of-this-name/x'"):
        settings.load({"THROUGHLINE_HOME": "~nobody-of-this-name/x"})


def test_the_home_is_the_same_folder_from_wherever_it_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert settings.load({"THROUGHLINE_HOME": "data"}).home == tmp_path.resolve() / "data"


def test_a_child_process_has_the_same_settings():
    parent = Settings(
        home=Path("/data/throughline"),
        folder=Path("/data/exports"),
        chunk=64 * 1024,
        jobs_at_once=3,
        job_memory=700 * MB,
        log_level="DEBUG",
        access=Access.SHARED,
        job_time=2 * 3600,
        limits=Limits(
            file_bytes=5 * MB,
            files_per_session=6,
            session_bytes=9 * MB,
            sessions_per_owner=10,
            total_bytes=11 * MB,
            idle=0,
            lifetime=12 * DAY,
            undo=13 * 60,
        ),
        guards=Guards(line_bytes=7 * 1024, columns=8),
    )
    assert settings.load(parent.environment()) == parent


def test_settings_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        settings.load({}).jobs_at_once = 9
