import os
import sys

import pytest

from core.jobs.memory import allowed, resident

MACHINE = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def test_a_job_gets_what_is_wanted_where_the_machine_has_plenty():
    assert allowed(1) == 1
    assert allowed(4096) == 4096


def test_a_job_gets_no_more_than_two_fifths_of_the_machine():
    most = allowed(1 << 60)
    assert 0 < most <= MACHINE * 2 // 5
    assert allowed(most + 1) == most
    assert allowed(most - 1) == most - 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its data")
def test_a_process_that_is_held_to_its_memory_is_refused_far_more(start):
    n_bytes = 50_000_000
    assert start("memory", n_bytes, n_bytes).communicate()[0] == f"{n_bytes}\n"
    assert start("memory", n_bytes, n_bytes * 9).communicate()[0] == "refused\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says it there")
def test_what_a_process_holds_grows_by_what_it_takes():
    before = resident()
    taken = b"x" * 100_000_000
    assert 90_000_000 < resident() - before < 200_000_000
    assert len(taken) == 100_000_000
