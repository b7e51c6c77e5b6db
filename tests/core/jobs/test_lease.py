import os
import stat

from core.jobs.lease import is_held, lease, seat


def test_who_has_the_lease_has_it_alone(tmp_path, start):
    with lease(tmp_path) as mine:
        assert mine
        assert is_held(tmp_path)
        assert start("lease", tmp_path).stdout.readline() == "False\n"
    assert not is_held(tmp_path)


def test_the_lease_of_a_killed_process_is_free(tmp_path, start):
    holder = start("lease", tmp_path)
    assert holder.stdout.readline() == "True\n"
    assert is_held(tmp_path)
    holder.kill()
    holder.wait()
    assert not is_held(tmp_path)
    with lease(tmp_path) as mine:
        assert mine


def test_who_has_the_lease_is_nobody_elses_to_read(tmp_path):
    before = os.umask(0o022)
    try:
        with lease(tmp_path):
            assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    finally:
        os.umask(before)


def test_nobody_works_on_a_session_that_is_gone_and_asking_makes_no_folder(tmp_path):
    assert not is_held(tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []


def test_a_look_at_the_lease_does_not_take_it(tmp_path):
    assert not is_held(tmp_path)
    assert not is_held(tmp_path)


def test_there_are_as_many_seats_as_are_given_and_one_that_is_left_is_free(tmp_path):
    with seat(tmp_path, 2) as first:
        with seat(tmp_path, 2) as second:
            with seat(tmp_path, 2) as third:
                assert (first, second, third) == (True, True, False)
            with seat(tmp_path, 3) as third:
                assert third
        with seat(tmp_path, 2) as second:
            assert second
