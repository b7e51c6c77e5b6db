import os
from contextlib import contextmanager

import pytest

from core.sessions import SHARED, SessionStore, SweepReport, utc_now
from core.sessions.housekeeping import set_aside
from core.sessions.shelf import Shelf
from core.settings import DAY, HOUR, Limits

NOW = 2_000_000_000.0


class Interrupted(Shelf):
    """A shelf on which `meanwhile` happens after a session was looked at and before it is held."""

    meanwhile = staticmethod(lambda path: None)

    @contextmanager
    def alone(self, session_id, *, timeout=None):
        self.meanwhile(self.path(session_id, ".lock"))
        with super().alone(session_id, timeout=timeout) as mine:
            yield mine


@pytest.fixture
def seen_last(home):
    """Make a session that was seen last at a moment, and give its id."""

    def make(moment, folder="sessions"):
        made = SessionStore(home).create("one", owner=SHARED)
        path = home / "sessions" / made.id
        if folder != "sessions":
            (home / folder).mkdir(exist_ok=True)
            path = path.rename(home / folder / made.id)
        os.utime(path / ".lock", (moment, moment))
        return made.id

    return make


def aside(home, meanwhile=lambda path: None, **limits):
    sessions, discarded = Interrupted(home / "sessions"), Interrupted(home / "deleted")
    sessions.meanwhile = discarded.meanwhile = meanwhile
    return set_aside(home, sessions, discarded, Limits(**limits), NOW)


def used(path):
    os.utime(path, (NOW, NOW))


def test_a_session_that_is_changed_just_before_it_would_be_swept_stays(home, seen_last):
    session_id = seen_last(NOW - 91 * DAY)
    assert aside(home, meanwhile=used, idle=90 * DAY) == SweepReport()
    assert Shelf(home / "sessions").load(session_id).id == session_id


def test_a_session_whose_lifetime_is_over_is_swept_whoever_used_it_last(home, seen_last):
    session_id = seen_last(NOW)
    assert aside(home, meanwhile=used, lifetime=DAY).expired == (session_id,)


def test_a_session_that_is_deleted_again_just_before_it_would_be_removed_stays(home, seen_last):
    session_id = seen_last(NOW - HOUR, folder="deleted")
    assert aside(home, meanwhile=used, undo=HOUR) == SweepReport()
    assert aside(home, undo=HOUR) == SweepReport()  # it counts from the later time
    assert (home / "deleted" / session_id).is_dir()


def test_the_first_sweep_of_a_home_finds_litter_of_any_age(home):
    store = SessionStore(home)
    made = store.create("one", owner=SHARED)
    litter = store.folder(made.id) / "left.tmp"
    litter.write_bytes(b"x")
    long_ago = utc_now().timestamp() - 900 * DAY
    for path in (litter, store.folder(made.id)):
        os.utime(path, (long_ago, long_ago))
    assert store.sweep().removed == ("left.tmp",)
    assert not litter.exists()
