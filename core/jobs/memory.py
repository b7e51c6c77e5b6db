"""How much memory a job may take, and holding it to that."""

import os
import sys
from pathlib import Path

SHARE = 0.4
_CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def allowed(wanted: int) -> int:
    """`wanted` bytes, or 40 % of what the machine or its control group has where that is less."""
    sizes = [
        int(path.read_text()) for path in _CGROUP_LIMITS if path.is_file() and path.read_text().strip().isdecimal()
    ]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        sizes.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min([wanted, *(int(size * SHARE) for size in sizes)])


def limit_this_process(n_bytes: int) -> None:
    """Let the kernel refuse this process more than `n_bytes` of data; only Linux counts it that way."""
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        most = n_bytes if hard == resource.RLIM_INFINITY else min(n_bytes, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
