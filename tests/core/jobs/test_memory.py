import os
import sys

import pytest

from core.jobs.memory import allowed

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
def test_a_process_that_is_held_to_its_memory_is_refused_more(start):
    assert start("memory", 300_000_000).communicate()[0] == "refused\n"
