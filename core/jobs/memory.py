"""How much memory a job may take, and holding it to that."""

import os
import sys
from pathlib import Path

SHARE = 0.4
RESERVED = 8  # times the memory in use: as much as allocators were seen to reserve, and some
_CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def allowed(wanted: int) -> int:
    """`wanted` bytes, or 40 % of what the machine or its control group has where that is less."""
    sizes = [
        int(path.read_text()) for path in _CGROUP_LIMITS if path.is_file() and path.read_text().strip().isdecimal()
    ]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        sizes.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min([wanted, *(int(size * SHARE) for size in sizes)])


def resident() -> int:
    """Bytes of memory that this process holds, 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def limit_this_process(n_bytes: int) -> None:
    """Let the kernel refuse this process far more than `n_bytes`, should it grow faster than anyone looks.

    What the kernel counts is reserved, not used: several times what is resident. Only Linux counts it.
    """
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = n_bytes * RESERVED
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
